"""Reading the kept figures: as many queries however much was given, and rows only for what is shown."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from civitas.answering.models import Assignment
from civitas.answering.queries.desk import overdue_ones
from civitas.cities.models import Area
from civitas.cockpit.measures import (
    ACT,
    AREA,
    CHANNEL,
    DAYS,
    EVER,
    NEW,
    PEOPLE,
    REACH,
    STAGE,
    WAITS,
    WEEK,
    median_of,
    quarter_of,
    week_of,
)
from civitas.cockpit.models import Counted, Figure
from civitas.contributions.models import Contribution
from civitas.coproduction.models import Concept
from civitas.provision.models import ServiceProcess, ServiceStory
from civitas.services.models import Service, ServiceState

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from civitas.cities.models import City
    from civitas.processes.models import Process

WEEKS = 12
# The cloud of a stage shows at most so many bubbles.
MOST_BUBBLES = 60


@dataclass(frozen=True)
class Figures:
    """The figures of a city or process in a span: numbers by (measure, value)."""

    counts: dict[tuple[str, int], int]

    def of(self, measure: str, value: int = 0) -> int:
        """One figure; 0 where there is none."""
        return self.counts.get((measure, value), 0)

    def cells(self, measure: str) -> dict[int, int]:
        """A breakdown by its values."""
        return {value: count for (name, value), count in self.counts.items() if name == measure}

    def median_days(self, stage: int) -> int | None:
        """How long the way from a stage to the next takes, in the middle; None where nobody has gone it."""
        return median_of((value % 10_000, count) for value, count in self.cells(DAYS).items() if value // 10_000 == stage)


def figures(city: City, scope: int, span: int) -> Figures:
    """All figures of a span but the weeks'; one query."""
    rows = Figure.objects.of(city).filter(
        scope=scope, span=span, count__gt=0, measure__in=[STAGE, REACH, WAITS, DAYS, PEOPLE, NEW, AREA, CHANNEL, ACT]
    )
    return Figures({(measure, value): count for measure, value, count in rows.values_list("measure", "value", "count")})


def voices_by_week(city: City, scope: int, last: int) -> dict[int, list[int]]:
    """Voices by area (0: no district) in the twelve weeks up to this one, the oldest first; one query."""
    first = last - WEEKS + 1
    found: dict[int, list[int]] = defaultdict(lambda: [0] * WEEKS)
    rows = Figure.objects.of(city).filter(scope=scope, measure=WEEK, span__gte=first, span__lte=last, count__gt=0)
    for span, value, count in rows.values_list("span", "value", "count"):
        found[value][span - first] = count
    return dict(found)


def last_voices(city: City, scopes: Collection[int], today: dt.date) -> dict[int, int]:
    """The last week in which somebody gave a voice, by process, looked for in the last year; one query."""
    rows = Figure.objects.of(city).filter(scope__in=scopes, measure=WEEK, span__gt=week_of(today) - 53, count__gt=0)
    return dict(rows.order_by("scope", "span").values_list("scope", "span").distinct())  # the last one of each stays


def voices_of(city: City, scopes: Collection[int]) -> dict[int, int]:
    """How many voices each process has; one query."""
    rows = Figure.objects.of(city).filter(scope__in=scopes, measure=STAGE, span=EVER, value=0)
    return dict(rows.values_list("scope", "count"))


def largest(city: City, stage: int, *, process: Process | None, since: dt.date | None, until: dt.date | None) -> list[Counted]:
    """What was made of voices, the most voices first; at most so many as are drawn. One query."""
    rows = Counted.objects.of(city).filter(stage=stage, shown=1)
    if process is not None:
        rows = rows.filter(process=process)
    if since is not None and until is not None:
        rows = rows.filter(on__gte=since, on__lte=until)
    return list(rows.order_by("-weight")[:MOST_BUBBLES])


def overdue_by_process(city: City, today: dt.date) -> dict[int, tuple[int, int]]:
    """How many answers are overdue in each process, and for how many days the oldest; one query."""
    rows = Assignment.objects.of(city).filter(active=1, due_on__lt=today).order_by("contribution__process")
    found = rows.values_list("contribution__process").annotate(count=Count("pk"), oldest=Min("due_on"))
    return {process: (count, (today - oldest).days) for process, count, oldest in found}


def overdue_answers(city: City, *, process: Process | None) -> QuerySet[Assignment]:
    """Each overdue answer with its contribution, the longest first."""
    rows = overdue_ones(city).select_related("contribution__process", "organisation").order_by("due_key")
    return rows.filter(contribution__process=process) if process is not None else rows


def areas_of(city: City) -> dict[int, Area]:
    """The city's districts by key, without their boundaries; one query. What lies in no other is one."""
    return {area.pk: area for area in Area.objects.of(city).filter(parent=None).defer("boundary").order_by("name")}


def made_of(city: City, kind: str, *, process: Process | None) -> QuerySet[Contribution]:
    """Themes, concepts or service stories that are shown, unordered rows for a page."""
    rows: QuerySet[Contribution] = (
        Contribution.objects.of(city).filter(listed=1, kind=kind).select_related("process", "organisation", "author")
    )
    return rows.filter(process=process) if process is not None else rows


def counted_by(city: City, keys: Collection[int]) -> dict[int, Counted]:
    """The ledger's rows of these contributions; one query."""
    return {row.contribution_id: row for row in Counted.objects.of(city).filter(contribution__in=list(keys))}


def courses_of(city: City, keys: Collection[int]) -> dict[int, tuple[str, dt.date | None]]:
    """The stage of each of these contributions that is a concept, and the day on which a gate last decided about it; one query."""
    rows = Concept.objects.of(city).filter(contribution__in=list(keys)).annotate(decided_on=Max("gates__decided_on"))
    return {key: (stage, decided_on) for key, stage, decided_on in rows.values_list("contribution", "stage", "decided_on")}


def services_of(city: City, *, process: Process | None) -> QuerySet[Service]:
    """The services of the catalogue, unordered rows for a page; of a process those that came of it or that it is about."""
    rows: QuerySet[Service] = Service.objects.of(city).select_related("organisation", "responsible")
    if process is None:
        return rows
    came = ServiceStory.objects.of(city).filter(contribution__process=process)
    about = ServiceProcess.objects.of(city).filter(process=process)
    return rows.filter(Q(pk__in=came.values("service")) | Q(pk__in=about.values("service")))


def states_since(city: City, keys: Collection[int]) -> dict[int, dt.datetime]:
    """Since when each of these services is in its state, where that is known; one query."""
    rows = ServiceState.objects.of(city).filter(service__in=list(keys)).order_by("at", "pk")
    return dict(rows.values_list("service", "at"))  # the last one of each stays


def voices_behind(city: City, services: Collection[int]) -> dict[int, int]:
    """How many voices stand behind each of these services that grew out of a concept; two queries."""
    stories = dict(ServiceStory.objects.of(city).filter(service__in=list(services)).values_list("contribution", "service"))
    found: dict[int, int] = defaultdict(int)
    for key, row in counted_by(city, stories).items() if stories else ():
        found[stories[key]] += row.weight if row.shown else 0
    return dict(found)


@dataclass(frozen=True)
class Period:
    """A span of time to look at: its key in the address, its number, first and last day (None: no end)."""

    key: str
    span: int
    since: dt.date | None = None
    until: dt.date | None = None


def periods(today: dt.date) -> list[Period]:
    """The spans that can be chosen: this quarter and the one before, this year and the one before, all time."""
    quarter = quarter_of(today)
    before = quarter - 1 if quarter % 10 > 1 else quarter - 10 + 3
    year = today.year
    return [
        Period("quartal", quarter, *_days_of(quarter)),
        Period("letztes-quartal", before, *_days_of(before)),
        Period("jahr", year * 10, dt.date(year, 1, 1), dt.date(year, 12, 31)),
        Period("letztes-jahr", (year - 1) * 10, dt.date(year - 1, 1, 1), dt.date(year - 1, 12, 31)),
        Period("immer", EVER),
    ]


def _days_of(quarter: int) -> tuple[dt.date, dt.date]:
    year, number = divmod(quarter, 10)
    first = dt.date(year, number * 3 - 2, 1)
    after = dt.date(year + (number == 4), number * 3 % 12 + 1, 1)
    return first, after - dt.timedelta(days=1)


def today_here() -> dt.date:
    """The day on which the page is looked at."""
    return timezone.localdate()
