"""Who took part in a process, in numbers that say nothing about few: groups under ten are not named, nor to be had by subtraction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count

from civitas.contributions.models import Contribution
from civitas.dialogue.models import Support

if TYPE_CHECKING:
    from civitas.processes.models import Process

FEWEST = 10


@dataclass(frozen=True)
class Reach:
    """How many contributions, comments and people; `people` and `supporters` are None below ten; areas are those that may be named."""

    contributions: int
    comments: int
    people: int | None
    supporters: int | None
    areas: tuple[tuple[str, int], ...] = ()


def reach_of(process: Process) -> Reach:
    """The numbers of a process; five queries."""
    city = process.city_id
    rows = Contribution.objects.of(city).filter(process=process, visibility=Contribution.Visibility.PUBLISHED)
    given = rows.filter(listed=1, source_key="").exclude(kind__in=("theme", "concept", "result", "measure", "service_story"))
    comments = rows.filter(kind=Contribution.Kind.COMMENT)
    people = rows.filter(author__isnull=False).aggregate(count=Count("author", distinct=True))["count"]
    supports = Support.objects.of(city).filter(contribution__process=process, contribution__city=city)
    supporters = supports.aggregate(count=Count("participant", distinct=True))["count"]
    by_area = given.filter(author__isnull=False, area__isnull=False, area__city=city).order_by().values_list("area__name")
    counts = dict(by_area.annotate(count=Count("author", distinct=True)))
    total = given.filter(author__isnull=False).aggregate(count=Count("author", distinct=True))["count"]
    return Reach(
        contributions=given.count(),
        comments=comments.count(),
        people=people if people >= FEWEST else None,
        supporters=supporters if supporters >= FEWEST else None,
        areas=nameable(counts, total) if people >= FEWEST else (),
    )


def nameable(counts: dict[str, int], total: int) -> tuple[tuple[str, int], ...]:
    """The groups that may be named, largest first: none under ten, and what is left of the total is none or ten at least.

    Where the rest would be under ten, the smallest named ones go too, until nothing can be told by subtraction.
    """
    named = sorted(((name, count) for name, count in counts.items() if count >= FEWEST), key=lambda each: (-each[1], each[0]))
    while named and 0 < total - sum(count for _name, count in named) < FEWEST:
        named.pop()
    return tuple(named)
