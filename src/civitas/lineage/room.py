"""What the lineage declares: news of hops, what it keeps of a person for them, and streams of voices."""

from civitas.kit.rooms import PersonalData, Recount, Room
from civitas.lineage.notices import KINDS
from civitas.lineage.personal import adopt_told, erase_told, export_told
from civitas.lineage.streams import mend, miscounts
from civitas.lineage.tasks import FLOWED, LINKED, SHOWN, STOOD

ROOM = Room(
    key="lineage",
    notice_kinds=KINDS,
    personal_data=PersonalData(export_told, erase_told, adopt_told),
    on_linked=(LINKED, FLOWED),
    on_counted=(STOOD,),
    on_published=(SHOWN,),
    recounts=(Recount(miscounts, mend),),
)
