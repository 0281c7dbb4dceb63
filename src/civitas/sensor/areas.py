"""Areas by number: how many contributions each has, in five steps for the map and as a table."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from civitas.contributions.queries import facets
from civitas.contributions.words import MOST_MATCHES
from civitas.kit.templatetags.kit import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from civitas.cities.models import City
    from civitas.sensor.filters import Asked, Offer

STEPS = 5


@dataclass(frozen=True)
class AreaRow:
    """An area with its count, its step (0 = none, 1 to 5) and the address of its list."""

    key: str
    name: str
    count: int
    step: int
    url: str


@dataclass(frozen=True)
class Numbered:
    """The areas of a city by number, most first; the legend's steps with their range in words; how many have none."""

    rows: list[AreaRow]
    legend: list[tuple[int, str]]
    empty: int

    @property
    def steps(self) -> str:
        """Step by the area's key as JSON, for the map."""
        return json.dumps({row.key: row.step for row in self.rows})


def tops_of(counts: Sequence[int]) -> list[int]:
    """The highest count of each step, rising, at most five: as many areas in each step as can be, equal counts never apart."""
    found = sorted(count for count in counts if count)
    tops = {found[max(0, round(len(found) * step / STEPS) - 1)] for step in range(1, STEPS + 1)} if found else set()
    return sorted(tops)


def numbered_areas(city: City, asked: Asked, offer: Offer, counts: dict[str, dict[str, int]], *, narrowed: bool) -> Numbered | None:
    """The areas by number under the filters, if the address asks for it; `narrowed` says that `counts` are already of the filters."""
    if asked.values.get("shade") != "areas":
        return None
    if not asked.filters.is_plain and not narrowed:
        counts = facets(city, asked.filters, most=MOST_MATCHES)
    found = counts.get("area", {})
    quarters = [area for area in offer.areas if area.level == "quarter"] or list(offer.areas)
    numbers = {area.key: found.get(str(area.pk), 0) for area in quarters}
    tops = tops_of(list(numbers.values()))
    path = reverse("explore")
    rows = [
        AreaRow(area.key, area.name, numbers[area.key], _step(numbers[area.key], tops), asked.url(path, area=area.key, shade="", view=""))
        for area in sorted(quarters, key=lambda area: (-numbers[area.key], area.name))
        if numbers[area.key]
    ]
    bottoms = [1, *(top + 1 for top in tops[:-1])]
    legend = [(step, _range(bottom, top)) for step, (bottom, top) in enumerate(zip(bottoms, tops, strict=True), 1 + STEPS - len(tops))]
    return Numbered(rows, legend, len(quarters) - len(rows))


def _step(count: int, tops: list[int]) -> int:
    # With fewer steps than five the darker ones are used.
    return next((step for step, top in enumerate(tops, 1 + STEPS - len(tops)) if count <= top), STEPS) if count else 0


def _range(bottom: int, top: int) -> str:
    if bottom == top:
        return number(top)
    return _("%(bottom)s to %(top)s") % {"bottom": number(bottom), "top": number(top)}
