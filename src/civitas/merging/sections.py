"""What merging shows on other pages: the question to an author, the team's way in, the box of the overview."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import render_to_string

from civitas.contributions.models import Contribution
from civitas.contributions.rules import is_author
from civitas.merging.queries import objected_merges, open_pairs, question_about, questions_of
from civitas.merging.rules import may_arrange

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.people.models import Participant


def render_question(request: HttpRequest, row: Contribution) -> str:
    """At the head of a contribution, for its author: what the team asks. No query for anybody else."""
    if row.kind == Contribution.Kind.COMMENT or row.merged_into_id or not is_author(request.actor, row):
        return ""
    question = question_about(row)
    return render_to_string("merging/_question.html", {"question": question}, request=request) if question else ""


def render_foot(request: HttpRequest, row: Contribution) -> str:
    """On a contribution: for authors of what lies in it the way back, for the team the way in. No query."""
    actor = request.actor
    if row.kind == Contribution.Kind.COMMENT or actor.participant is None:
        return ""
    mine = [each for each in row.merged_wordings if is_author(actor, each)]
    arranges = row.visibility == Contribution.Visibility.PUBLISHED and bool(may_arrange(actor, row))
    if not mine and not arranges:
        return ""
    return render_to_string("merging/_foot.html", {"item": row, "mine": mine, "arranges": arranges}, request=request)


def render_mine(request: HttpRequest, participant: Participant | None) -> str:
    """On "my page": what the team asks; one query."""
    questions = questions_of(participant) if participant else []
    return render_to_string("merging/_mine.html", {"questions": questions}, request=request) if questions else ""


def render_card(request: HttpRequest) -> str:
    """The box of the team's overview: how many pairs wait, and what authors want back."""
    if not may_arrange(request.actor):
        return ""
    context = {"pairs": open_pairs(request.city), "objected": len(objected_merges(request.city))}
    return render_to_string("merging/_card.html", context, request=request)
