"""Reading the answer desk: its piles and pages, what waits for a release or a reply, what is overdue by department."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Min, Q
from django.utils import timezone

from civitas.answering.models import AnswerDraft, Assignment, Batch, Question, due_key
from civitas.cities.queries import areas_of
from civitas.contributions.models import MADE, Contribution
from civitas.contributions.words import matching
from civitas.kit.ids import read_number
from civitas.kit.keyset import KeysetPage, keyset_page_up
from civitas.people.models import Membership, Organisation, Participant, Role
from civitas.team.queries import absences_on, staff_roles, stand_in

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from civitas.cities.models import City
    from civitas.people.actors import Actor

PAGE_SIZE = 30
# So many are counted; beyond, "more than" is the better word.
MOST_COUNTED = 1_000
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


def active_ones(city: City) -> QuerySet[Assignment]:
    """Assignments with something to do, of contributions that the city shows."""
    rows: QuerySet[Assignment] = Assignment.objects.of(city).filter(active=1, contribution__listed=1, contribution__city=city)
    return rows


def _first_key_of_today() -> int:
    return due_key(timezone.localdate(), 0)


def overdue_ones(city: City) -> QuerySet[Assignment]:
    """Those whose promised day is over."""
    return active_ones(city).filter(due_key__lt=_first_key_of_today())


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
    number = read_number(words)
    if number is not None:
        rows = rows.filter(contribution__number=number)
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
    """What is overdue, by department, most first; two queries."""
    rows = overdue_ones(city).order_by("organisation")
    found = list(rows.values_list("organisation").annotate(count=Count("pk"), oldest=Min("due_on")))
    names = Organisation.objects.of(city).defer("description").in_bulk([pk for pk, _count, _oldest in found if pk])
    lines = [Overdue(names.get(pk) if pk else None, count, oldest) for pk, count, oldest in found]
    return sorted(lines, key=lambda line: (-line.count, line.oldest_on, line.organisation.name if line.organisation else ""))


def overdue_of(city: City, person: Participant) -> tuple[int, dt.date | None]:
    """How many overdue answers lie with somebody (as a deputy, or with their departments too), and since which day the oldest;
    five queries."""
    held = list(Membership.objects.of(city).filter(participant=person).order_by("pk").values_list("role", "organisation"))
    away, roles = absences_on(city), staff_roles(city)
    absent = Participant.objects.of(city).in_bulk(list(away))
    stood_for = [each.pk for each in absent.values() if stand_in(each, away, roles) == person]
    offices = [office for role, office in held if office and role in {Role.EXPERT, Role.OWNER}]
    mine = Q(person__in=[person.pk, *stood_for]) | Q(person=None, organisation__in=offices)
    if any(role == Role.MODERATOR for role, _office in held):
        mine |= Q(person=None, organisation=None)
    found = overdue_ones(city).filter(mine).aggregate(count=Count("pk"), oldest=Min("due_on"))
    return found["count"], found["oldest"]


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
