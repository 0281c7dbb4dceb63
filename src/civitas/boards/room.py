"""What the room of boards declares: personal data, and the canvases of a pack."""

from __future__ import annotations

from civitas.boards.packs import check_canvases, load_canvases
from civitas.boards.personal import adopt_boards, erase_boards, export_boards
from civitas.kit.rooms import PackSection, PersonalData, Room

ROOM = Room(
    key="boards",
    personal_data=PersonalData(export_boards, erase_boards, adopt_boards),
    pack_sections=(PackSection("canvases", check_canvases, load_canvases, order=35),),
)
