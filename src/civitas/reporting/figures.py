"""Who took part in a process, in numbers that say nothing about few (`kit.privacy`): the same as the cockpit shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from civitas.contributions.models import MADE, Contribution
from civitas.dialogue.models import Support
from civitas.kit.privacy import told, told_cells

if TYPE_CHECKING:
    from civitas.processes.models import Process

PUBLISHED = Contribution.Visibility.PUBLISHED


@dataclass(frozen=True)
class Reach:
    """How many contributions and comments, exactly; how many people, in tens (None below ten), also by district where that is told."""

    contributions: int
    comments: int
    people: int | None
    supporters: int | None
    areas: tuple[tuple[str, int], ...] = ()


def reach_of(process: Process) -> Reach:
    """The numbers of a process, all of the same voices: shown, also within another, and given here by people; five queries."""
    city = process.city_id
    shown = Contribution.objects.of(city).filter(process=process, visibility=PUBLISHED, source_key="").exclude(kind__in=MADE)
    shown = shown.filter(Q(merged_into=None) | Q(merged_into__visibility=PUBLISHED), Q(root=None) | Q(root__visibility=PUBLISHED))
    given, comments = shown.exclude(kind=Contribution.Kind.COMMENT), shown.filter(kind=Contribution.Kind.COMMENT)
    people = shown.aggregate(count=Count("author", distinct=True))["count"]
    supports = Support.objects.of(city).filter(contribution__in=shown.values("pk"))
    supporters = supports.aggregate(count=Count("participant", distinct=True))["count"]
    by_area = given.filter(author__isnull=False, area__isnull=False, area__city=city).order_by().values_list("area__name")
    cells = told_cells(dict(by_area.annotate(count=Count("author", distinct=True))))
    named = [(name, count) for name, count in cells.items() if count is not None] if told(people) else []
    return Reach(
        contributions=given.count(),
        comments=comments.count(),
        people=told(people),
        supporters=told(supporters),
        areas=tuple(sorted(named, key=lambda each: (-each[1], each[0]))),
    )
