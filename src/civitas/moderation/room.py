"""What the moderation room declares: the link to flag, the team's list and card, news, personal data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from civitas.kit.rooms import ContributionSection, NavItem, PersonalData, Quotes, Room
from civitas.moderation.actions import adopt_flags, erase_flags, export_flags
from civitas.moderation.models import Case, Flag
from civitas.moderation.notices import KINDS
from civitas.moderation.retention import DECIDED_FLAGS
from civitas.moderation.rules import may_decide
from civitas.moderation.views import render_card, render_foot

if TYPE_CHECKING:
    from typing import Any

    from civitas.people.actors import Actor


def _decides(actor: Actor) -> bool:
    return bool(may_decide(actor))


def _cases(city: Any, ids: list[int]) -> Any:
    return Case.objects.of(city).filter(contribution__in=ids)


def _flags(city: Any, ids: list[int]) -> Any:
    return Flag.objects.of(city).filter(case__contribution__in=ids)


ROOM = Room(
    key="moderation",
    staff_navigation=(NavItem(_("Flags"), "flags", may=_decides, order=25),),
    notice_kinds=KINDS,
    personal_data=PersonalData(export_flags, erase_flags, adopt_flags),
    contribution_sections=(ContributionSection("foot", render_foot, order=200),),
    staff_sections=(render_card,),
    quotes=(Quotes(_cases, ("decision_text",)), Quotes(_flags, ("words",))),
    retention=(DECIDED_FLAGS,),
)
