"""What the lineage declares: news of hops, and what it keeps of a person for them."""

from civitas.kit.rooms import PersonalData, Room
from civitas.lineage.notices import KINDS
from civitas.lineage.personal import adopt_told, erase_told, export_told
from civitas.lineage.tasks import LINKED, SHOWN

ROOM = Room(
    key="lineage",
    notice_kinds=KINDS,
    personal_data=PersonalData(export_told, erase_told, adopt_told),
    on_linked=(LINKED,),
    on_published=(SHOWN,),
)
