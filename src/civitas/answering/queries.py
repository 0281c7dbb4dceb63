"""Reading the answer desk: its piles and pages, what is overdue by department, and all that belongs to one contribution."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.utils import timezone

from civitas.answering.languages import read_in
from civitas.answering.models import (
    AnswerDraft,
    Assignment,
    AssignmentRule,
    Batch,
    BatchItem,
    Body,
    Mention,
    Note,
    Question,
    Template,
    due_key,
)
from civitas.cities.queries import areas_of
from civitas.contributions.models import MADE, Contribution, StatusEvent
from civitas.contributions.neighbours import found_by, nearby, resembling
from civitas.contributions.words import matching
from civitas.kit.keyset import KeysetPage, keyset_page_up
from civitas.people.models import Membership, Organisation, Participant, Role
from civitas.processes.policies import promised_days

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from django.db.models import QuerySet

    from civitas.cities.models import City
    from civitas.people.actors import Actor

PAGE_SIZE = 30
# So many are counted; beyond, "more than" is the better word.
MOST_COUNTED = 1_000
MOST_OVERDUE = 10_000
MOST_STAFF = 300
MOST_LARGER = 8
_SHOWN = (
    "organisation", "person", "contribution", "contribution__author", "contribution__organisation", "contribution__area",
    "contribution__category", "contribution__process",
)  # fmt: skip
# An answer stays among these.
STEERING = (Role.MODERATOR, Role.OWNER)


@dataclass(frozen=True)
class Wanted:
    """Filters of the desk; empty values do not filter."""

    organisation: int | None = None
    category: int | None = None
    area: int | None = None
    process: int | None = None
    status: str = ""
    words: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether nothing is filtered."""
        return self == Wanted()


def promised_on(city: City, contribution: Contribution) -> dt.date:
    """The day by which a contribution is answered, as it was promised to its author."""
    given_on: dt.date = timezone.localtime(contribution.given_at).date()
    return given_on + dt.timedelta(days=promised_days(city, contribution.process))


def active_ones(city: City) -> QuerySet[Assignment]:
    """Assignments with something to do, of contributions that the city shows."""
    rows: QuerySet[Assignment] = Assignment.objects.of(city).filter(active=1, contribution__listed=1, contribution__city=city)
    return rows


def assignment_of(city: City, contribution: Contribution) -> Assignment | None:
    """The active assignment of a contribution with who has it."""
    rows = Assignment.objects.of(city).filter(contribution=contribution, active=1)
    return rows.select_related("organisation", "person", "by").first()


def assignments_of(city: City, contributions: Iterable[int]) -> dict[int, Assignment]:
    """The active assignments of these contributions, by contribution; one query."""
    rows = Assignment.objects.of(city).filter(contribution__in=list(contributions), active=1).select_related("organisation", "person")
    return {row.contribution_id: row for row in rows.order_by("pk")}


def _first_key_of_today() -> int:
    return due_key(timezone.localdate(), 0)


def desk_rows(actor: Actor, view: str, wanted: Wanted) -> QuerySet[Assignment]:
    """The active assignments of a view (mine, department, unassigned, overdue, all) under the filters, unordered."""
    city = actor.city
    rows = active_ones(city)
    if view == "mine":
        rows = rows.filter(person=actor.participant) if actor.participant else rows.none()
    elif view == "department":
        rows = rows.filter(organisation__in=actor.organisation_ids)
    elif view == "unassigned":
        rows = rows.filter(organisation=None, person=None)
    elif view == "overdue":
        rows = rows.filter(due_key__lt=_first_key_of_today())
    plain = {"organisation": wanted.organisation, "contribution__category": wanted.category, "contribution__process": wanted.process}
    rows = rows.filter(**{name: value for name, value in plain.items() if value})
    if wanted.area:
        below = [area.pk for area in areas_of(city) if wanted.area in {area.pk, area.parent_id}]
        rows = rows.filter(contribution__area__in=below)
    if wanted.status:
        rows = rows.filter(contribution__status=wanted.status)
    words = wanted.words
    if words.isascii() and words.isdigit():
        rows = rows.filter(contribution__number=int(words[:18]))
    elif words:
        keys = matching(city, words)
        rows = rows.none() if keys is None else rows.filter(contribution__newest_key__in=keys)
    return rows


def desk_page(actor: Actor, view: str, wanted: Wanted, *, cursor: str = "", size: int = PAGE_SIZE) -> KeysetPage[Assignment]:
    """One page of a view, the most urgent first; one query."""
    return keyset_page_up(desk_rows(actor, view, wanted).select_related(*_SHOWN), by="due_key", cursor=cursor, size=size)


def count_of(actor: Actor, view: str) -> int:
    """How many lie in a view, counted up to 1,000."""
    if view == "release":
        return waiting_drafts(actor).order_by().values("pk")[:MOST_COUNTED].count() + len(waiting_batches(actor))
    if view == "questions":
        return questions_to(actor).order_by().values("pk")[:MOST_COUNTED].count()
    return desk_rows(actor, view, Wanted()).order_by().values("pk")[:MOST_COUNTED].count()


def waiting_drafts(actor: Actor) -> QuerySet[AnswerDraft]:
    """Answers that wait for a colleague's release: all for the editorial team and owners, their department's for experts."""
    rows: QuerySet[AnswerDraft] = AnswerDraft.objects.of(actor.city).filter(state=AnswerDraft.State.WAITING)
    if not actor.has(*STEERING):
        rows = rows.filter(organisation__in=actor.organisation_ids)
    return rows


def release_page(actor: Actor, *, cursor: str = "", size: int = PAGE_SIZE) -> KeysetPage[AnswerDraft]:
    """Answers that wait for release, the oldest first."""
    rows = waiting_drafts(actor).select_related("contribution", "contribution__process", "organisation", "by")
    return keyset_page_up(rows, by="pk", cursor=cursor, size=size)


def waiting_batches(actor: Actor) -> list[Batch]:
    """Answers to many that wait for release, at most 20; for the editorial team and owners."""
    if not actor.has(*STEERING):
        return []
    rows = Batch.objects.of(actor.city).filter(state=Batch.State.WAITING).select_related("by", "organisation")
    return list(rows.order_by("pk")[:20])


def questions_to(actor: Actor) -> QuerySet[Question]:
    """Questions without a reply: to one's own departments, for the editorial team and owners to all."""
    rows: QuerySet[Question] = Question.objects.of(actor.city).filter(
        replied_at=None, contribution__visibility=Contribution.Visibility.PUBLISHED, contribution__city=actor.city
    )
    return rows if actor.has(*STEERING) else rows.filter(organisation__in=actor.organisation_ids)


def questions_page(actor: Actor, *, cursor: str = "", size: int = PAGE_SIZE) -> KeysetPage[Question]:
    """Questions without a reply, the oldest first."""
    rows = questions_to(actor).select_related("contribution", "organisation", "asked_by")
    return keyset_page_up(rows, by="pk", cursor=cursor, size=size)


def brought_in_lately(city: City) -> bool:
    """Whether something among the newest 20 was brought in from elsewhere: nobody was promised an answer to it. One query."""
    newest = Contribution.objects.of(city).filter(listed=1).order_by("-newest_key").only("city_id", "source_key", "source_url")
    return any(row.is_from_elsewhere for row in newest[:20])


@dataclass(frozen=True)
class Overdue:
    """What is overdue with a department (None: with nobody yet): how many, and since which day the oldest."""

    organisation: Organisation | None
    count: int
    oldest_on: dt.date


def overdue_by_department(city: City) -> list[Overdue]:
    """What is overdue, by department, most first; among the first 10,000. Two queries."""
    rows = active_ones(city).filter(due_key__lt=_first_key_of_today()).order_by("due_key")
    found = list(rows.values_list("organisation", "due_on")[:MOST_OVERDUE])
    counts = Counter(organisation for organisation, _due_on in found)
    oldest: dict[int | None, dt.date] = {}
    for organisation, due_on in found:
        oldest.setdefault(organisation, due_on)
    names = Organisation.objects.of(city).defer("description").in_bulk([pk for pk in counts if pk])
    lines = [Overdue(names.get(pk) if pk else None, count, oldest[pk]) for pk, count in counts.items()]
    return sorted(lines, key=lambda line: (-line.count, line.oldest_on, line.organisation.name if line.organisation else ""))


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


def rules_in_order(city: City) -> list[AssignmentRule]:
    """The city's rules of who gets what, in the order they are tried."""
    rows = AssignmentRule.objects.of(city).select_related("category", "area", "service", "process", "organisation", "person")
    return list(rows.order_by("position", "pk"))


def fits(rule: AssignmentRule, row: Contribution, district: int | None) -> bool:
    """Whether a rule takes a contribution; `district` is the one above its quarter."""
    return (
        rule.category_id in {None, row.category_id}
        and rule.service_id in {None, row.service_id}
        and rule.process_id in {None, row.process_id}
        and (rule.area_id is None or rule.area_id in {row.area_id, district})
    )


def first_fitting(city: City, rules: Iterable[AssignmentRule], row: Contribution) -> AssignmentRule | None:
    """The first rule that takes a contribution."""
    parents = {area.pk: area.parent_id for area in areas_of(city)}
    district = parents.get(row.area_id) if row.area_id else None
    return next((rule for rule in rules if fits(rule, row, district)), None)


def waiting_for_rules(city: City) -> list[Contribution]:
    """What lies with nobody, the most urgent first, at most 1,000."""
    rows = active_ones(city).filter(organisation=None, person=None).select_related("contribution", "contribution__process")
    return [row.contribution for row in rows.order_by("due_key")[:MOST_COUNTED]]


def would_go(city: City, rules: list[AssignmentRule], rows: list[Contribution]) -> dict[int, list[Contribution]]:
    """Which contributions would go by which rule (its id), the first that fits; no query where the areas are known."""
    taken: dict[int, list[Contribution]] = {}
    for row in rows:
        rule = first_fitting(city, rules, row)
        if rule:
            taken.setdefault(rule.pk, []).append(row)
    return taken


def templates_of(city: City) -> list[Template]:
    """The city's answer templates by title."""
    return list(Template.objects.of(city).order_by("title", "pk")[:500])


def bodies_of(city: City) -> list[Body]:
    """Bodies that things are handed over to, by name, without those that are retired."""
    return list(Body.objects.of(city).filter(retired_at=None).order_by("name", "pk")[:500])


def departments_of(city: City) -> list[Organisation]:
    """The departments of the city by name."""
    rows = Organisation.objects.of(city).filter(kind=Organisation.Kind.DEPARTMENT).defer("description")
    return list(rows.order_by("name", "pk"))


def colleagues(city: City) -> list[Participant]:
    """Who answers for the city, by name, at most 300; one query."""
    people = Participant.objects.of(city).filter(
        memberships__city=city, memberships__role__in=[Role.EXPERT, Role.MODERATOR, Role.OWNER, Role.ADMINISTRATOR], erased_at=None
    )
    return list(people.exclude(pseudonym="").distinct().order_by("pseudonym", "pk")[:MOST_STAFF])


def experts_of(city: City, organisation: int) -> list[UUID]:
    """Whom to tell in a department: its experts, at most 50."""
    rows = Membership.objects.of(city).filter(organisation=organisation, role__in=[Role.EXPERT, Role.OWNER], participant__erased_at=None)
    return list(rows.order_by("pk").values_list("participant__uid", flat=True)[:50])


def batch_by_key(city: City, key: int) -> Batch | None:
    """A batch with who began it."""
    return Batch.objects.of(city).select_related("by", "organisation", "person", "released_by").filter(pk=key).first()


def batch_counts(batch: Batch) -> dict[str, int]:
    """How many items stand how; one query."""
    rows = BatchItem.objects.of(batch.city_id).filter(batch=batch).order_by("state")
    return dict(rows.values_list("state").annotate(count=Count("pk")))


def failed_items(batch: Batch) -> list[BatchItem]:
    """The items that could not be done, with the reason, at most 100."""
    rows = BatchItem.objects.of(batch.city_id).filter(batch=batch, state=BatchItem.State.FAILED).select_related("contribution")
    return list(rows.order_by("pk")[:100])


def items_page(batch: Batch, *, size: int = 50) -> list[BatchItem]:
    """The first contributions of a batch."""
    rows = BatchItem.objects.of(batch.city_id).filter(batch=batch).select_related("contribution", "contribution__author")
    return list(rows.order_by("pk")[:size])


def readers(city: City, rows: Iterable[Contribution]) -> dict[str, int]:
    """How many of the contributions' authors read the city in which language, the one of most first; no query where authors are loaded."""
    return dict(Counter(read_in(city, row) for row in rows).most_common())


def readers_of(city: City, batch: Batch) -> dict[str, int]:
    """The same for all contributions of a batch; one query."""
    items = BatchItem.objects.of(city).filter(batch=batch).select_related("contribution", "contribution__author")
    shown = ("city_id", "contribution__city_id", "contribution__language", "contribution__author__language")
    return readers(city, [item.contribution for item in items.only(*shown).order_by("pk")])


def ticked(city: City, numbers: Iterable[int]) -> list[Contribution]:
    """Contributions by their numbers that the city shows, by number."""
    rows = Contribution.objects.of(city).filter(number__in=list(numbers), listed=1).select_related("process", "author", "organisation")
    return list(rows.order_by("number"))


def lies_with(city: City) -> dict[int, int]:
    """How many active assignments lie with each person; one query."""
    rows = Assignment.objects.of(city).filter(active=1, person__isnull=False).order_by("person")
    return dict(rows.values_list("person").annotate(count=Count("pk")))


def with_nobody_to_answer(city: City) -> QuerySet[Contribution]:
    """Contributions that were promised an answer and were never put on the desk; unordered. To what a step made nobody promised one."""
    known = Assignment.objects.of(city).values("contribution")
    rows: QuerySet[Contribution] = Contribution.objects.of(city).filter(
        Q(status=Contribution.Status.RECEIVED), number__isnull=False, source_key="", source_url=""
    )
    return rows.exclude(pk__in=known).exclude(kind__in=MADE)
