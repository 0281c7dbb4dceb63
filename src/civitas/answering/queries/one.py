"""Reading all that belongs to the answer of one contribution, and what was said before to something similar."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from civitas.answering.models import AnswerDraft, Assignment, Mention, Note, Question
from civitas.contributions.models import Contribution, StatusEvent
from civitas.contributions.neighbours import found_by, nearby, resembling
from civitas.processes.policies import promised_days

if TYPE_CHECKING:
    from collections.abc import Iterable

    from civitas.cities.models import City
    from civitas.people.models import Participant

MOST_LARGER = 8


def promised_on(city: City, contribution: Contribution) -> dt.date:
    """The day by which a contribution is answered, as it was promised to its author."""
    given_on: dt.date = timezone.localtime(contribution.given_at).date()
    return given_on + dt.timedelta(days=promised_days(city, contribution.process))


def assignment_of(city: City, contribution: Contribution) -> Assignment | None:
    """The active assignment of a contribution with who has it."""
    rows = Assignment.objects.of(city).filter(contribution=contribution, active=1)
    return rows.select_related("organisation", "person", "by").first()


def assignments_of(city: City, contributions: Iterable[int]) -> dict[int, Assignment]:
    """The active assignments of these contributions, by contribution; one query."""
    rows = Assignment.objects.of(city).filter(contribution__in=list(contributions), active=1).select_related("organisation", "person")
    return {row.contribution_id: row for row in rows.order_by("pk")}


def notes_of(city: City, contribution: Contribution) -> list[Note]:
    """What the team wrote to itself, the first first, at most 200, each with `meant_for`."""
    rows = Note.objects.of(city).filter(contribution=contribution).select_related("author", "file")
    notes = list(rows.order_by("pk")[:200])
    meant: dict[int, list[Participant]] = {}
    for mention in Mention.objects.of(city).filter(note__in=[note.pk for note in notes]).select_related("person").order_by("pk"):
        meant.setdefault(mention.note_id, []).append(mention.person)
    for note in notes:
        note.meant_for = meant.get(note.pk, [])
    return notes


def questions_of(city: City, contribution: Contribution) -> list[Question]:
    """The questions about a contribution, the first first, at most 50."""
    rows = Question.objects.of(city).filter(contribution=contribution).select_related("organisation", "asked_by", "replied_by")
    return list(rows.order_by("pk")[:50])


def question_by_key(city: City, key: int) -> Question | None:
    """A question with what it is about."""
    rows = Question.objects.of(city).select_related(
        "organisation", "asked_by", "replied_by", "contribution", "contribution__author", "contribution__organisation",
        "contribution__area", "contribution__process",
    )  # fmt: skip
    return rows.filter(pk=key).first()


def draft_of(city: City, contribution: Contribution) -> AnswerDraft | None:
    """The open draft of a contribution's answer."""
    rows = AnswerDraft.objects.of(city).filter(contribution=contribution, state__in=["writing", "waiting"])
    return rows.select_related("organisation", "by", "body", "part_of_process").first()


def closed_drafts(city: City, contribution: Contribution) -> int:
    """The key of the newest draft that was published or thrown away, 0 for none: what a browser kept before that is over."""
    rows = AnswerDraft.objects.of(city).filter(contribution=contribution, state__in=["said", "dropped"]).order_by("-pk")
    return rows.values_list("pk", flat=True).first() or 0


def larger_ones(city: City, contribution: Contribution, words: str) -> list[Contribution]:
    """What a contribution may be part of: by number or words, without either what is alike or close by; at most 8."""
    if words:
        return found_by(city, words, but=contribution)[:MOST_LARGER]
    alike = {row.pk: row for row in resembling(city, contribution)}
    for near in nearby(city, contribution):
        alike.setdefault(near.row.pk, near.row)
    return list(alike.values())[:MOST_LARGER]


@dataclass(frozen=True)
class Said:
    """What was said before to something similar."""

    row: Contribution
    event: StatusEvent


def said_before(city: City, contribution: Contribution) -> list[Said]:
    """The newest official words on what is alike in words or close by, at most 4; each contribution once."""
    alike = {row.pk: row for row in resembling(city, contribution)}
    for near in nearby(city, contribution):
        alike.setdefault(near.row.pk, near.row)
    rows = (
        StatusEvent.objects.of(city).filter(contribution__in=alike).exclude(text="").select_related("organisation").order_by("-at", "-pk")
    )
    newest: dict[int, StatusEvent] = {}
    for event in rows.order_by("-at", "-pk")[:40]:
        newest.setdefault(event.contribution_id, event)
    return [Said(row, newest[pk]) for pk, row in alike.items() if pk in newest][:4]
