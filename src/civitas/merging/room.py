"""What the merging room declares."""

from __future__ import annotations

from civitas.dialogue.merged import mend_merge_counts, merge_miscounts
from civitas.kit.rooms import PersonalData, Recount, Room
from civitas.merging.notices import KINDS
from civitas.merging.personal import adopt_merging, erase_merging, export_merging

ROOM = Room(
    key="merging",
    notice_kinds=KINDS,
    personal_data=PersonalData(export_merging, erase_merging, adopt_merging),
    recounts=(Recount(merge_miscounts, mend_merge_counts),),
)
