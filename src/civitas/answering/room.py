"""What the answering room declares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy, ngettext_lazy

from civitas.answering.actions.assigning import assign_new, put_on_desk
from civitas.answering.actions.handing_over import HAND_OVER
from civitas.answering.calls import calls_of
from civitas.answering.notices import KINDS
from civitas.answering.personal import adopt_answering, erase_answering, export_answering, leave_answering
from civitas.answering.queries.desk import lies_with, with_nobody_to_answer
from civitas.answering.quoting import QUOTES
from civitas.answering.sections import render_overdue
from civitas.answering.tasks import SETTLE
from civitas.contributions.rules import may_work
from civitas.kit.rooms import NavItem, PersonalData, Recount, Room

if TYPE_CHECKING:
    from collections.abc import Mapping

    from civitas.cities.models import City
    from civitas.people.actors import Actor


_OPEN = ngettext_lazy("%(count)s answer open", "%(count)s answers open", "count")


def _works(actor: Actor) -> bool:
    return bool(may_work(actor))


def _workload(city: City) -> Mapping[int, list[tuple[Any, int]]]:
    """How many open answers lie with whom."""
    return {person: [(_OPEN, count)] for person, count in lies_with(city).items()}


def _missing(city: Any) -> list[str]:
    count = with_nobody_to_answer(city).count()
    return [f"{count} contributions wait for an answer and are not on the answer desk"] if count else []


ROOM = Room(
    key="answering",
    staff_navigation=(NavItem(gettext_lazy("Answers"), "answer_desk", may=_works, order=15, also=("/verwaltung/vorlagen",)),),
    notice_kinds=KINDS,
    personal_data=PersonalData(export_answering, erase_answering, adopt_answering, nameless=leave_answering),
    staff_sections=(render_overdue,),
    calls=(calls_of,),
    on_given=(assign_new,),
    on_answered=(SETTLE,),
    on_role_lost=(HAND_OVER,),
    workload=_workload,
    recounts=(Recount(_missing, put_on_desk),),
    quotes=QUOTES,
)
