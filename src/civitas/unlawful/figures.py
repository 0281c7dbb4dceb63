"""The figures of a year, as Articles 15 and 24 of the Digital Services Act ask for them, counted by the worker and shown so that
nobody can be made out.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civitas.contributions.models import Contribution
from civitas.moderation.models import Decision, Reason, Verb
from civitas.people.models import Suspension
from civitas.unlawful.models import Complaint, Evidence, Figure, Ground, Matter, Mention, Report, YearCount

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.utils.functional import _StrPromise

    from civitas.cities.models import City

SMALL = 10
PAGES = "page"
KINDS = (*[(kind.value, kind.label) for kind in Contribution.Kind], (PAGES, gettext_lazy("Another page")))
NAMED = (("named", gettext_lazy("With a name and a mail address")), ("nameless", gettext_lazy("Without a name")))
# table -> (heading, groups); each is a page's table and a block of the CSV.
TABLES: dict[str, tuple[str | _StrPromise, list[tuple[str, str | _StrPromise]]]] = {
    "reports_by_ground": (gettext_lazy("Reports, by what it may be"), list(Ground.choices)),
    "reports_by_name": (gettext_lazy("Reports, with and without a name"), list(NAMED)),
    "reported_by_kind": (gettext_lazy("What was reported"), list(KINDS)),
    "decisions_by_outcome": (gettext_lazy("Decisions"), list(Matter.Outcome.choices)),
    "restricted_by_ground": (gettext_lazy("What is not shown any more, by ground"), list(Ground.choices)),
    "complaints_by_side": (
        gettext_lazy("Complaints"),
        [("reporter", gettext_lazy("Of people who reported")), ("author", gettext_lazy("Of authors"))],
    ),
    "complaints_by_outcome": (gettext_lazy("What became of complaints"), list(Complaint.Outcome.choices)),
    "own": (
        gettext_lazy("Without a report"),
        [
            ("hidden", gettext_lazy("Hidden by the team on its own account, by the rules of dialogue")),
            ("unlawful", gettext_lazy("Found by the team itself, and against the law or our rules")),
            ("suspended", gettext_lazy("Shut out for a time or for good, since a text may break the law (Article 23)")),
            ("evidence", gettext_lazy("Kept as evidence")),
            ("machine", gettext_lazy("Decided by a machine")),
        ],
    ),
}


def _bounds(city: City, year: int) -> tuple[dt.datetime, dt.datetime]:
    zone = city.zone
    return dt.datetime(year, 1, 1, tzinfo=zone), dt.datetime(year + 1, 1, 1, tzinfo=zone)


def count_years(city: City) -> None:
    """Count the running year anew, and each year that is over once more after its end. Safe to run twice."""
    this_year = timezone.now().astimezone(city.zone).year
    first = Report.objects.of(city).order_by("at").values_list("at", flat=True).first()
    done = set(YearCount.objects.of(city).filter(is_final=True).values_list("year", flat=True))
    for year in range(first.astimezone(city.zone).year if first else this_year, this_year + 1):
        if year not in done:
            count_year(city, year, is_over=year < this_year)


@transaction.atomic
def count_year(city: City, year: int, *, is_over: bool) -> None:
    """Put the year's figures in the place of those that were there."""
    counted = _counted(city, year)
    Figure.objects.of(city).filter(year=year).delete()
    Figure.objects.bulk_create(
        Figure(city=city, year=year, table=table, group=group, count=count) for (table, group), count in sorted(counted.items()) if count
    )
    values = {"is_final": is_over, "counted_at": timezone.now(), "median_hours": _median_hours(city, year)}
    known = YearCount.objects.of(city).filter(year=year)
    if not known.update(**values):
        YearCount.objects.create(city=city, year=year, **values)


def _counted(city: City, year: int) -> Counter[tuple[str, str]]:
    start, end = _bounds(city, year)
    found: Counter[tuple[str, str]] = Counter()

    def add(table: str, pairs: Iterator[tuple[str, int]]) -> None:
        for group, count in pairs:
            found[table, group] += count

    reports = Report.objects.of(city).filter(at__gte=start, at__lt=end)
    add("reports_by_ground", _groups(reports, "ground"))
    add("reports_by_name", (("named" if named == "True" else "nameless", count) for named, count in _groups(reports, "with_name")))
    mentions = Mention.objects.of(city).filter(report__at__gte=start, report__at__lt=end)
    add("reported_by_kind", ((kind or PAGES, count) for kind, count in _groups(mentions, "matter__contribution__kind")))
    decided = Matter.objects.of(city).filter(decided_at__gte=start, decided_at__lt=end)
    add("decisions_by_outcome", _groups(decided, "outcome"))
    add("restricted_by_ground", _groups(decided.exclude(outcome=Matter.Outcome.LAWFUL), "ground"))
    complaints = Complaint.objects.of(city).filter(at__gte=start, at__lt=end)
    found["complaints_by_side", "author"] = complaints.filter(report=None).count()
    found["complaints_by_side", "reporter"] = complaints.filter(report__isnull=False).count()
    add("complaints_by_outcome", _groups(complaints.exclude(outcome=""), "outcome"))
    hidden = Decision.objects.of(city).filter(at__gte=start, at__lt=end, verb__in=[Verb.HIDE, Verb.SPAM], undone_at=None)
    found["own", "hidden"] = hidden.count()
    found["own", "suspended"] = Suspension.objects.of(city).filter(made_at__gte=start, made_at__lt=end, reason=Reason.UNLAWFUL).count()
    own = decided.filter(report_count=0).exclude(outcome=Matter.Outcome.LAWFUL)
    found["own", "unlawful"] = own.count()
    found["own", "evidence"] = Evidence.objects.of(city).filter(sealed_at__gte=start, sealed_at__lt=end).count()
    return found


def _groups(rows: object, name: str) -> Iterator[tuple[str, int]]:
    for group, count in rows.order_by(name).values_list(name).annotate(count=Count("pk")):  # type: ignore[attr-defined]  # any city's rows
        yield "" if group is None else str(group), count


def _median_hours(city: City, year: int) -> int | None:
    """The median of the hours from the first report to the decision; None below ten decisions."""
    start, end = _bounds(city, year)
    rows = Matter.objects.of(city).filter(decided_at__gte=start, decided_at__lt=end).order_by("pk").values_list("opened_at", "decided_at")
    hours = sorted(int((decided - opened).total_seconds() // 3600) for opened, decided in rows.iterator(chunk_size=2_000))
    return hours[len(hours) // 2] if len(hours) >= SMALL else None


@dataclass(frozen=True)
class Line:
    """A group with what is shown of its figure."""

    key: str
    label: str
    shown: str


@dataclass(frozen=True)
class Table:
    """One table of a year."""

    key: str
    heading: str
    lines: list[Line]


@dataclass(frozen=True)
class Year:
    """What is shown of a year; `coarse` says that every figure is given in steps of ten."""

    year: int
    tables: list[Table]
    median_hours: int | None
    coarse: bool
    counted_at: dt.datetime
    is_final: bool


def years_of(city: City) -> list[int]:
    """The years there are figures for, the newest first."""
    return list(YearCount.objects.of(city).order_by("-year").values_list("year", flat=True)[:30])


def year_of(city: City, year: int) -> Year | None:
    """The figures of a year as everybody may see them; two queries.

    As soon as one group has fewer than ten, all figures of the year are given in steps of ten: so none follows from the others.
    So are those of the running year, since from hour to hour one could see a single report come in.
    """
    known = YearCount.objects.of(city).filter(year=year).first()
    if known is None:
        return None
    kept = {(row.table, row.group): row.count for row in Figure.objects.of(city).filter(year=year)}
    coarse = not known.is_final or any(0 < count < SMALL for count in kept.values())
    tables = [
        Table(
            key,
            str(heading),
            [Line(group, str(label), shown_count(kept.get((key, group), 0), coarse=coarse)) for group, label in groups],
        )
        for key, (heading, groups) in TABLES.items()
    ]
    return Year(year, tables, known.median_hours, coarse, known.counted_at, known.is_final)


def shown_count(count: int, *, coarse: bool) -> str:
    """A figure as shown: none, fewer than ten, exact, or in steps of ten."""
    if count == 0:
        return _("none")
    if count < SMALL:
        return _("fewer than 10")
    if not coarse:
        return str(count)
    start = count // SMALL * SMALL
    return _("%(start)d to %(end)d") % {"start": start, "end": start + SMALL - 1}
