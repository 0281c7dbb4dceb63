"""What the room themes declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from civitas.kit.rooms import ContributionSection, NavItem, PersonalData, Recount, Room
from civitas.themes.faces import render_face, render_process_themes
from civitas.themes.figures import mend, miscounts
from civitas.themes.personal import adopt_themes, erase_themes, export_themes
from civitas.themes.queries import written_by_hand
from civitas.themes.rules import may_gather
from civitas.themes.tasks import LINKED, look_at

if TYPE_CHECKING:
    from civitas.people.actors import Actor


def _gathers(actor: Actor) -> bool:
    return bool(may_gather(actor))


ROOM = Room(
    key="themes",
    foot_navigation=(NavItem(_("Themes"), "themes", module="sensor", order=50),),
    staff_navigation=(NavItem(_("Themes"), "theme_desk", may=_gathers, order=24, menu="contributions"),),
    contribution_sections=(ContributionSection("body", render_face, order=10),),
    process_sections=(render_process_themes,),
    personal_data=PersonalData(export_themes, erase_themes, adopt_themes),
    on_given=(look_at,),
    on_redacted=(look_at,),
    on_linked=(LINKED,),
    keeps_words=written_by_hand,
    recounts=(Recount(miscounts, mend),),
)
