"""What lies in a box of the map: by the index of places or along the newest, as the kept cells say, and those cells themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, Sum

from civitas.contributions.counts import CELL_LEVELS, CITY_SCOPE
from civitas.contributions.models import MapCell
from civitas.kit.geometry import tile_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from civitas.cities.models import City
    from civitas.contributions.models import Contribution
    from civitas.kit.geometry import Box

# A box with more is read along the list of the newest, one with fewer by its place.
MANY_IN_BOX = 20_000
# A box is looked at in so many cells at most.
MOST_CELLS_READ = 4_096


def within(city: City, rows: QuerySet[Contribution], box: Box) -> QuerySet[Contribution]:
    """Rows that lie in a box. With many in it, few of the newest have to be looked at; with few, the index of places finds them.

    The database cannot know which, so the kept cells are asked (one query).
    """
    inside = {"north": box.north, "south": box.south, "east": box.east, "west": box.west}
    if _kept_in(city, box) <= MANY_IN_BOX:
        return rows.filter(lat__gte=inside["south"], lat__lte=inside["north"], lon__gte=inside["west"], lon__lte=inside["east"])
    # Written as a sum, so that no index of places is used.
    rows = rows.alias(lat_here=F("lat") + 0.0, lon_here=F("lon") + 0.0)
    return rows.filter(
        lat_here__gte=inside["south"], lat_here__lte=inside["north"], lon_here__gte=inside["west"], lon_here__lte=inside["east"]
    )


def _kept_in(city: City, box: Box) -> int:
    """How many listed contributions lie in the cells that a box touches: a little more than in the box; one query."""
    level = level_of(box, CELL_LEVELS.stop - 1)
    return cells_in(city, CITY_SCOPE, box, level).aggregate(sum=Sum("count"))["sum"] or 0


def count_placed(city: City, scope: int) -> int:
    """How many listed contributions have a place, in a process or the city (`CITY_SCOPE`); one query over few kept cells."""
    cells = MapCell.objects.of(city).filter(scope=scope, level=CELL_LEVELS.start)
    return cells.aggregate(sum=Sum("count"))["sum"] or 0


def level_of(box: Box, level: int) -> int:
    """The level, or a coarser one at which the box has few enough cells to read."""
    while level > CELL_LEVELS.start:
        west, north = tile_of(box.north, box.west, level)
        east, south = tile_of(box.south, box.east, level)
        if (east - west + 1) * (south - north + 1) <= MOST_CELLS_READ:
            break
        level -= 1
    return level


def cells_in(city: City, scope: int, box: Box, level: int) -> QuerySet[MapCell]:
    """The kept cells of a level that a box touches and that have something in them."""
    west, north = tile_of(box.north, box.west, level)
    east, south = tile_of(box.south, box.east, level)
    return MapCell.objects.of(city).filter(scope=scope, level=level, x__gte=west, x__lte=east, y__gte=north, y__lte=south, count__gt=0)
