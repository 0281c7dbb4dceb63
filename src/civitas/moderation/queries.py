"""Reading the queue: its order, filters and pages; one case with all that is known of it; what waits and who is on it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, fields
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.contributions.models import WORDS, Contribution
from civitas.kit.ids import read_number
from civitas.moderation.models import Appeal, Case, Decision, Flag, Signal, Trace, Verb

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from civitas.cities.models import City
    from civitas.people.actors import Actor
    from civitas.people.models import Participant

CASES_A_PAGE = 30
MOST_FLAGS = 100
# What is linear stops here: a filter that has no index of its own looks among the first so many of the queue's order.
MOST_CASES = 10_000
LONGEST_WORDS = 100


@dataclass(frozen=True)
class Filters:
    """What of the queue somebody wants to see. Empty is no wish; the names are those of the address."""

    state: str = Case.State.OPEN
    why: str = ""
    kind: str = ""  # a kind of contribution, 'comment' or 'letter'
    process: str = ""  # slug
    category: str = ""  # key
    area: str = ""  # key
    signal: str = ""
    held: str = ""  # 'me' or 'nobody'
    like: str = ""  # the id of a contribution: what reads like it
    q: str = ""

    @property
    def query(self) -> str:
        """The address's query for these filters, without '?'."""
        said = {each.name: getattr(self, each.name) for each in fields(self) if getattr(self, each.name)}
        if said.get("state") == Case.State.OPEN:
            del said["state"]
        return urlencode(said)

    @property
    def is_narrow(self) -> bool:
        """Whether anything but the state is asked for."""
        return any(getattr(self, each.name) for each in fields(self) if each.name != "state")


def filters_from(values: Mapping[str, Any]) -> Filters:
    """The filters of an address; what does not fit is left out."""
    said = {each.name: " ".join(str(values.get(each.name, "")).split())[:LONGEST_WORDS] for each in fields(Filters)}
    for name, known in (("state", Case.State.values), ("why", Case.Why.values), ("signal", Signal.Kind.values), ("held", ["me", "nobody"])):
        if said[name] not in known:
            said[name] = ""
    said["state"] = said["state"] or Case.State.OPEN
    if not said["like"].isdecimal() or len(said["like"]) > 18:
        said["like"] = ""
    return Filters(**said)


def cases_under(actor: Actor, filters: Filters) -> Any:
    """The cases that these filters leave, without an order; beyond state and reason among the first 10,000 of the queue."""
    city = actor.city
    rows = Case.objects.of(city).filter(state=filters.state)
    if filters.why:
        rows = rows.filter(why=filters.why)
    conditions = _conditions(actor, filters)
    if not conditions:
        return rows
    first = rows.order_by(*order_of(filters.state))[:MOST_CASES]
    return Case.objects.of(city).filter(*conditions, pk__in=first.values("pk"))


def _conditions(actor: Actor, filters: Filters) -> list[Q]:
    city = actor.city
    found: list[Q] = []
    if filters.kind:
        found.append(Q(letter__isnull=False) if filters.kind == "letter" else Q(contribution__kind=filters.kind))
    for name, path in (("process", "process__slug"), ("category", "category__key"), ("area", "area__key")):
        if value := getattr(filters, name):
            found.append(Q(**{f"contribution__{path}": value}))
    if filters.signal:
        found.append(Q(pk__in=Signal.objects.of(city).filter(kind=filters.signal).values("case")))
    if filters.held == "me":
        found.append(Q(held_by=actor.participant, held_until__gt=timezone.now()))
    elif filters.held == "nobody":
        found.append(Q(held_until=None) | Q(held_until__lte=timezone.now()))
    if filters.like:
        families = Trace.objects.of(city).filter(contribution=int(filters.like)).values("family")
        found.append(Q(contribution__in=Trace.objects.of(city).filter(family__in=families).values("contribution")))
    number = read_number(filters.q)
    if number is not None:
        found.append(Q(contribution__number=number))
    elif filters.q:
        found.append(reduce(or_, (Q(**{f"contribution__{name}__icontains": filters.q}) for name in WORDS)))
    return found


def order_of(state: str) -> tuple[str, str]:
    """The queue's order: the heaviest first, of the same weight the oldest; what is decided, the latest first."""
    return ("-closed_at", "-pk") if state == Case.State.CLOSED else ("-weight", "pk")


@dataclass(frozen=True)
class Page:
    """Some cases of the queue, and the cursor of the next ones ('' at the end)."""

    rows: list[Case]
    next_cursor: str


def queue_page(actor: Actor, filters: Filters, *, cursor: str = "", size: int = CASES_A_PAGE) -> Page:
    """A page of the queue, each case with what it is about; one query, and one more where a page has cases of two weights."""
    found = _first_after(_with_things(cases_under(actor, filters)), filters.state, cursor, size + 1)
    return Page(found[:size], cursor_of(found[size - 1]) if len(found) > size else "")


def cursor_of(case: Case) -> str:
    """Where the queue goes on after this case."""
    key = int(case.closed_at.timestamp() * 1_000_000) if case.closed_at else case.weight
    return f"{key}.{case.pk}"


def _first_after(rows: Any, state: str, cursor: str, most: int) -> list[Case]:
    found: list[Case] = []
    for part in _after(rows, state, cursor):
        if len(found) < most:
            found += part.order_by(*order_of(state))[: most - len(found)]
    return found


def _after(rows: Any, state: str, cursor: str) -> list[Any]:
    """What comes after a cursor, in parts that are each one stretch of an index: one condition for both would read all of a weight."""
    first, _dot, last = cursor.partition(".")
    if not (last.isdecimal() and first.removeprefix("-").isdecimal() and len(cursor) < 40):
        return [rows]
    if state == Case.State.CLOSED:
        at = dt.datetime.fromtimestamp(int(first[:16]) / 1_000_000, dt.UTC)
        return [rows.filter(closed_at=at, pk__lt=int(last)), rows.filter(closed_at__lt=at)]
    return [rows.filter(weight=int(first), pk__gt=int(last)), rows.filter(weight__lt=int(first))]


def neighbour(actor: Actor, filters: Filters, case: Case) -> Case | None:
    """The case that comes after this one in the queue's order, be this one decided already, or the first; three queries at most."""
    rows = cases_under(actor, filters).exclude(pk=case.pk).only("pk", "city_id", "weight")
    found = _first_after(rows, filters.state, cursor_of(case), 1) or rows.order_by(*order_of(filters.state))[:1]
    return next(iter(found), None)


def keys_under(actor: Actor, filters: Filters) -> list[int]:
    """The keys of all cases that the filters leave, at most 10,000, the first of the queue first."""
    return list(cases_under(actor, filters).order_by(*order_of(filters.state)).values_list("pk", flat=True)[:MOST_CASES])


def count_under(actor: Actor, filters: Filters) -> int:
    """How many cases the filters leave, counted up to 10,000."""
    return int(cases_under(actor, filters).order_by()[:MOST_CASES].values("pk").count())


def case_by_key(city: City, key: int) -> Case | None:
    """A case with the thing it is about, and who is on it."""
    case: Case | None = _with_things(Case.objects.of(city)).filter(pk=key).first()
    return case


def _with_things(rows: Any) -> Any:
    about = ("root", "author", "organisation", "process", "step", "category", "area", "service")
    letter = ("author", "organisation", "conversation", "conversation__contribution")
    return rows.select_related(
        "contribution",
        *(f"contribution__{name}" for name in about),
        "letter",
        *(f"letter__{name}" for name in letter),
        "closed_by",
        "held_by",
    )


def signals_of(city: City, cases: list[Case]) -> dict[int, list[str]]:
    """The signals of each case, by its key; one query."""
    found: dict[int, list[str]] = {}
    rows = Signal.objects.of(city).filter(case__in=[case.pk for case in cases]).order_by("case", "pk")
    for case, kind in rows.values_list("case", "kind"):
        found.setdefault(case, []).append(kind)
    return found


def flags_of(case: Case) -> list[Flag]:
    """All flags of a case with who gave them, the first first, at most 100."""
    rows = Flag.objects.of(case.city_id).filter(case=case).select_related("participant")
    return list(rows.order_by("pk")[:MOST_FLAGS])


def decisions_about(case: Case) -> list[Decision]:
    """What was decided about a case's thing so far, the latest first, at most 20; one query."""
    rows = Decision.objects.of(case.city_id).select_related("by", "undone_by")
    about = {"contribution": case.contribution_id} if case.contribution_id else {"case": case.pk}
    return list(rows.filter(**about).order_by("-pk")[:20])


def standing_hide(city: City, row: Contribution) -> Decision | None:
    """The decision of the queue that hides a contribution or comment: the last that showed or hid it and stands; None if that showed it."""
    shows = Decision.objects.of(city).filter(contribution=row, undone_at=None, verb__in=[Verb.PUBLISH, Verb.HIDE, Verb.SPAM])
    last: Decision | None = shows.order_by("-pk").first()
    return last if last is not None and last.hides else None


def appeals_of(case: Case) -> list[Appeal]:
    """The objections in a case with the decisions they are about; one query."""
    rows = Appeal.objects.of(case.city_id).filter(case=case).select_related("decision", "decision__by", "participant")
    return list(rows.order_by("pk"))


def appealed_by(actor: Actor, cases: list[Case]) -> set[int]:
    """In which of these cases somebody objects to a decision of the actor's own; one query, none without objections."""
    keys = [case.pk for case in cases if case.why == Case.Why.APPEAL]
    if not keys or actor.participant is None:
        return set()
    rows = Appeal.objects.of(actor.city).filter(case__in=keys, outcome="", decision__by=actor.participant).order_by("pk")
    return set(rows.values_list("case", flat=True))


def family_size(case: Case) -> int:
    """How many texts read like a case's, itself counted, up to 10,000; one query."""
    if case.contribution_id is None:
        return 0
    families = Trace.objects.of(case.city_id).filter(contribution=case.contribution_id).values("family")
    return int(Trace.objects.of(case.city_id).filter(family__in=families).order_by()[:MOST_CASES].values("pk").count())


def questions_to(person: Participant) -> list[Decision]:
    """What the team asks somebody and waits for, the latest first, at most 20; one query."""
    theirs = Contribution.objects.of(person.city_id).filter(author=person).values("pk")
    rows = Decision.objects.of(person.city_id).select_related("contribution", "contribution__root")
    waiting = rows.filter(verb=Verb.ASK, undone_at=None, replied_at=None, contribution__in=theirs).exclude(case__state=Case.State.CLOSED)
    return list(waiting.order_by("-pk")[:20])


def last_decision_of(actor: Actor) -> Decision | None:
    """The actor's own last decision of today that still stands, to be taken back with one key; one query."""
    if actor.participant is None:
        return None
    rows = Decision.objects.of(actor.city).filter(by=actor.participant).select_related("contribution", "contribution__root", "case")
    last: Decision | None = rows.order_by("-pk").first()
    fresh = last is not None and last.undone_at is None and last.at > timezone.now() - dt.timedelta(days=1)
    return last if fresh else None


@dataclass(frozen=True)
class Pile:
    """How much waits, and since when the oldest does."""

    count: int
    oldest: dt.datetime | None


def open_pile(city: City, *, why: str = "") -> Pile:
    """How many cases are open (counted up to 10,000) and when the oldest was opened; two queries at most."""
    rows = Case.objects.of(city).filter(state=Case.State.OPEN, **({"why": why} if why else {}))
    count = int(rows.order_by()[:MOST_CASES].values("pk").count())
    return Pile(count, rows.order_by("opened_at").values_list("opened_at", flat=True).first() if count else None)


def piles(city: City) -> dict[str, int]:
    """How many of the open cases (the first 10,000 of the queue) are here for which reason; one query."""
    first = (
        Case.objects.of(city).filter(state=Case.State.OPEN).order_by(*order_of(Case.State.OPEN)).values_list("why", flat=True)[:MOST_CASES]
    )
    found: dict[str, int] = {}
    for why in first:
        found[why] = found.get(why, 0) + 1
    return found


def on_it(city: City) -> list[tuple[str, int]]:
    """Who is on how many cases just now, by name; one query."""
    rows = Case.objects.of(city).filter(state=Case.State.OPEN, held_by__isnull=False, held_until__gt=timezone.now())
    found: dict[str, int] = {}
    for case in rows.select_related("held_by").order_by("held_by", "pk")[:100]:
        if case.held_by:
            found[case.held_by.shown_name] = found.get(case.held_by.shown_name, 0) + 1
    return list(found.items())


def letters_at_work(city: City) -> QuerySet[Case, Any]:
    """The ids of letters that the team is looking at: they stay until it has decided."""
    return Case.objects.of(city).filter(letter__isnull=False).exclude(state=Case.State.CLOSED).values("letter")


def open_count(city: City) -> int:
    """How many cases wait, counted up to 10,000."""
    return int(Case.objects.of(city).filter(state=Case.State.OPEN).order_by()[:MOST_CASES].values("pk").count())


def workload(city: City) -> dict[int, list[tuple[str, int]]]:
    """How many cases are in whose hands just now, for the team's page: by participant, in words; one query."""
    rows = Case.objects.of(city).filter(state=Case.State.OPEN, held_by__isnull=False, held_until__gt=timezone.now())
    counts = Counter(rows.order_by("held_by", "pk").values_list("held_by", flat=True)[:MOST_CASES])
    return {person: [(_("in the queue just now"), count)] for person, count in counts.items()}
