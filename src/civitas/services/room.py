"""What the services room declares: the pack's catalogue, its counts, and what it keeps of the team."""

from civitas.kit.rooms import PackSection, PersonalData, Recount, Room
from civitas.services.actions import count_anew, miscounts
from civitas.services.packs import check_services, load_services
from civitas.services.personal import adopt_services, erase_services, export_services

ROOM = Room(
    key="services",
    pack_sections=(PackSection("services", check_services, load_services, order=30),),
    personal_data=PersonalData(export_services, erase_services, adopt_services),
    recounts=(Recount(miscounts, count_anew),),
)
