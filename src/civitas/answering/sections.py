"""What the team's overview shows of answers: what is overdue, by department."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import render_to_string

from civitas.answering.queries.desk import count_of, overdue_by_department
from civitas.contributions.rules import may_work
from civitas.processes.policies import promised_days

if TYPE_CHECKING:
    from django.http import HttpRequest

SHOWN = 5


def render_overdue(request: HttpRequest) -> str:
    """The box of the overview: how many answers are overdue, with whom, since when; and what waits for release or a reply."""
    city, actor = request.city, request.actor
    if city is None or not actor.is_staff:
        return ""
    lines = overdue_by_department(city)
    works = bool(may_work(actor))
    context = {
        "lines": lines[:SHOWN],
        "others": len(lines) - SHOWN if len(lines) > SHOWN else 0,
        "count": sum(line.count for line in lines),
        "oldest_on": min((line.oldest_on for line in lines), default=None),
        "answer_days": promised_days(city),
        "works": works,
        "to_release": count_of(actor, "release") if works else 0,
        "asked": count_of(actor, "questions") if works else 0,
    }
    return render_to_string("answering/_overdue.html", context, request=request)
