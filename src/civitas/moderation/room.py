"""What the moderation room declares: the queue, the link to flag, news, personal data, counts, demo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from civitas.kit.rooms import ContributionSection, MySection, NavItem, PersonalData, Quotes, Recount, Room
from civitas.moderation.calls import calls_of
from civitas.moderation.cases import look_anew, take_up
from civitas.moderation.counts import miscounts, recount
from civitas.moderation.models import Appeal, Decision, Flag, Run, RunItem, SavedView
from civitas.moderation.notices import KINDS
from civitas.moderation.personal import adopt_person, erase_person, export_person, leave_person
from civitas.moderation.queries import letters_at_work, open_count, workload
from civitas.moderation.retention import DECIDED
from civitas.moderation.rules import may_decide
from civitas.moderation.views.authors import render_mine, render_questions
from civitas.moderation.views.flags import render_foot
from civitas.moderation.views.overview import render_overview

if TYPE_CHECKING:
    from typing import Any

    from civitas.people.actors import Actor


def _decides(actor: Actor) -> bool:
    return bool(may_decide(actor))


def _decisions(city: Any, ids: list[int]) -> Any:
    return Decision.objects.of(city).filter(contribution__in=ids)


def _flags(city: Any, ids: list[int]) -> Any:
    return Flag.objects.of(city).filter(case__contribution__in=ids)


def _appeals(city: Any, ids: list[int]) -> Any:
    return Appeal.objects.of(city).filter(decision__contribution__in=ids)


def _items(city: Any, ids: list[int]) -> Any:
    return RunItem.objects.of(city).filter(case__contribution__in=ids)


def _runs(city: Any, ids: list[int]) -> Any:
    return Run.objects.of(city).filter(pk__in=_items(city, ids).values("run"))


def _views(city: Any, _ids: list[int]) -> Any:
    return SavedView.objects.of(city)


ROOM = Room(
    key="moderation",
    staff_navigation=(NavItem(_("Editorial desk"), "queue", may=_decides, order=14, also=("/verwaltung/sperren",)),),
    notice_kinds=KINDS,
    personal_data=PersonalData(export_person, erase_person, adopt_person, nameless=leave_person),
    contribution_sections=(ContributionSection("head", render_mine, order=10), ContributionSection("foot", render_foot, order=200)),
    staff_sections=(render_overview,),
    calls=(calls_of,),
    my_sections=(MySection(render_questions, order=4),),
    quotes=(
        Quotes(_decisions, ("text", "was_reason", "reply")),
        Quotes(_flags, ("words",)),
        Quotes(_appeals, ("words",)),
        Quotes(_runs, ("text",)),
        Quotes(_items, ("fault",)),
        Quotes(_views, ("name", "query"), anywhere=True),
    ),
    on_redacted=(look_anew,),
    retention=(DECIDED,),
    on_given=(take_up,),
    needs_letters=letters_at_work,
    workload=workload,
    figures={"open_cases": open_count},
    recounts=(Recount(miscounts, recount),),
)
