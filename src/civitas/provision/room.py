"""What the room provision declares: the service desk, its news, what it shows on other pages, what happened to services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from civitas.kit.rooms import ContributionSection, NavItem, PersonalData, Quotes, Room
from civitas.provision.calls import calls_of
from civitas.provision.hops import STATE, stations, told
from civitas.provision.notices import KINDS
from civitas.provision.personal import adopt_provision, erase_provision, export_provision
from civitas.provision.queries.quoting import looks_about, states_about
from civitas.provision.rules import may_read_desk
from civitas.provision.sections import render_about, render_due, render_next, render_service

if TYPE_CHECKING:
    from civitas.people.actors import Actor


def _works(actor: Actor) -> bool:
    return bool(may_read_desk(actor))


ROOM = Room(
    key="provision",
    foot_navigation=(NavItem(_("Services"), "services", module="services", order=70),),
    staff_navigation=(NavItem(_("Services"), "staff_services", module="services", may=_works, order=38, menu="city"),),
    notice_kinds=KINDS,
    personal_data=PersonalData(export_provision, erase_provision, adopt_provision),
    contribution_sections=(ContributionSection("body", render_service, order=5), ContributionSection("body", render_next, order=90)),
    process_sections=(render_about,),
    staff_sections=(render_due,),
    stations=stations,
    hops={STATE: told},
    calls=(calls_of,),
    on_role_lost=("provision.hand_over",),
    quotes=(Quotes(states_about, ("reason", "body")), Quotes(looks_about, ("note",))),
)
