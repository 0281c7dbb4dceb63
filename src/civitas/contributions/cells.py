"""The marks on the map: single contributions, and many in one mark, at the cost of what is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from civitas.contributions.boxes import cells_in, level_of, within
from civitas.contributions.counts import CELL_LEVELS, CITY_SCOPE
from civitas.contributions.models import Contribution, path_of
from civitas.contributions.queries import listed
from civitas.contributions.words import MOST_MATCHES
from civitas.kit.geometry import tile_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from civitas.cities.models import City
    from civitas.contributions.queries import Filters
    from civitas.kit.geometry import Box

MOST_CELLS = 500


@dataclass(frozen=True)
class Cell:
    """A mark on the map: how many lie about this point (WGS84 degrees); a single one has its number and title."""

    lat: float
    lon: float
    count: int
    number: int | None = None
    title: str = ""
    path: str = ""


def cells(city: City, filters: Filters, box: Box, zoom: int) -> tuple[list[Cell], bool]:
    """The marks in a box at a zoom, at most 500, and whether the answer was cut.

    Without filters kept counts answer, at the cost of the cells shown; under filters the newest 10,000 matches are grouped.
    """
    level = max(CELL_LEVELS.start, zoom + 2)
    if filters.box:
        filters = replace(filters, box=None)  # the map shows where it is, not where the list was
    level = level_of(box, level) if level < CELL_LEVELS.stop else level
    if level < CELL_LEVELS.stop and filters.is_plain:
        return _kept_cells(city, filters, box, level)
    rows = within(city, listed(city, filters).filter(lat__isnull=False), box)
    if level >= CELL_LEVELS.stop:
        # Without making whole contributions of them: that would take most of the time.
        found = list(rows.order_by("-newest_key").values_list("lat", "lon", "number", "title")[: MOST_CELLS + 1])
        marks = [Cell(lat or 0.0, lon or 0.0, 1, number, title, path_of(number, title)) for lat, lon, number, title in found[:MOST_CELLS]]
        return marks, len(found) > MOST_CELLS
    return _grouped(rows, level)


def _single(row: Contribution) -> Cell:
    return Cell(row.lat or 0.0, row.lon or 0.0, 1, row.number, row.title, row.path)


def _kept_cells(city: City, filters: Filters, box: Box, level: int) -> tuple[list[Cell], bool]:
    scope = filters.process.pk if filters.process else CITY_SCOPE
    found = list(cells_in(city, scope, box, level).order_by("-count", "x", "y")[: MOST_CELLS + 1])
    alone = Contribution.objects.of(city).filter(number__in=[cell.number_sum for cell in found if cell.count == 1])
    singles = {row.number: row for row in alone.only("city_id", "number", "title", "lat", "lon", "root_id")}
    marks = []
    for cell in found[:MOST_CELLS]:
        single = singles.get(cell.number_sum) if cell.count == 1 else None
        marks.append(_single(single) if single else Cell(cell.lat_sum / cell.count, cell.lon_sum / cell.count, cell.count))
    return marks, len(found) > MOST_CELLS


def _grouped(rows: QuerySet[Contribution], level: int) -> tuple[list[Cell], bool]:
    groups: dict[tuple[int, int], list[tuple[float, float, int | None]]] = {}
    newest = rows.order_by("-newest_key").values_list("lat", "lon", "number")[: MOST_MATCHES + 1]
    total = 0
    for lat, lon, number in newest:
        assert lat is not None
        assert lon is not None  # a row in a box has a place
        total += 1
        groups.setdefault(tile_of(lat, lon, level), []).append((lat, lon, number))
    largest = sorted(groups.values(), key=len, reverse=True)
    marks = []
    for points in largest[:MOST_CELLS]:
        count = len(points)
        number = points[0][2] if count == 1 else None
        lat, lon = sum(p[0] for p in points) / count, sum(p[1] for p in points) / count
        marks.append(Cell(lat, lon, count, number, "", f"/beitrag/{number}" if number else ""))
    return marks, len(largest) > MOST_CELLS or total > MOST_MATCHES
