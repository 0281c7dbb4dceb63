"""What the room cockpit declares."""

from django.utils.translation import gettext_lazy as _

from civitas.cockpit.personal import adopt_deeds, erase_deeds, export_deeds
from civitas.cockpit.rules import may_steer_city
from civitas.cockpit.samples import render_charts
from civitas.cockpit.scratch import mend, miscounts
from civitas.cockpit.tasks import COUNTED, DID, LINKED
from civitas.kit.rooms import NavItem, PersonalData, Recount, Room

ROOM = Room(
    key="cockpit",
    staff_navigation=(NavItem(_("Cockpit"), "cockpit", may=lambda actor: bool(may_steer_city(actor)), order=12),),
    personal_data=PersonalData(export_deeds, erase_deeds, adopt_deeds),
    on_counted=(COUNTED,),
    on_linked=(LINKED,),
    on_deeds=(DID,),
    gallery_parts=(render_charts,),
    recounts=(Recount(miscounts, mend),),
)
