"""What the room of boards declares: personal data."""

from __future__ import annotations

from civitas.boards.personal import adopt_boards, erase_boards, export_boards
from civitas.kit.rooms import PersonalData, Room

ROOM = Room(key="boards", personal_data=PersonalData(export_boards, erase_boards, adopt_boards))
