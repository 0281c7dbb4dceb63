"""Reading tenants, areas and their geometry; what hardly ever changes is kept in the process for some seconds."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from shapely.geometry import Point, shape
from shapely.prepared import prep

from civitas.cities.models import Area, City, CityHost
from civitas.kit.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Hashable

KEPT_SECONDS = 5.0
_cities: dict[str, tuple[float, City | None]] = {}
_areas: dict[int, tuple[int, list[Area]]] = {}
_shapes: dict[int, tuple[Hashable, list[tuple[Area, Box, Any]]]] = {}
# Everything that is kept of cities in this process; `forget_cities` empties it.
KEPT: list[dict[Any, Any]] = [_cities, _areas, _shapes]


def city_by_host(host: str) -> City | None:
    """The city of a host name (without port, any case); kept for five seconds, so a loaded pack shows soon everywhere."""
    host = host.lower().rstrip(".")
    kept = _cities.get(host)
    now = time.monotonic()
    if kept and kept[0] > now:
        return kept[1]
    row = CityHost.objects.select_related("city").filter(host=host).first()
    if len(_cities) > 1_000:
        _cities.clear()
    _cities[host] = (now + KEPT_SECONDS, row.city if row else None)
    return row.city if row else None


def with_rules(city: City, version: int) -> City:
    """The city with the rules of this version, which a query has brought along: a kept one may have been changed elsewhere meanwhile."""
    return city if city.rules_version == version else read_again(city)


def read_again(city: City) -> City:
    """The city as it is now, from now on for everybody in this process; one query."""
    fresh: City = City.objects.get(pk=city.pk)
    for host, (until, kept) in list(_cities.items()):
        if kept is not None and kept.pk == city.pk:
            _cities[host] = (until, fresh)
    return fresh


def stored_rules(city: City) -> dict[str, object]:
    """What the city's pack brings of its rules, and over it what was set in the browser, as JSON."""
    return {**city.config.rules, **city.rules}


def forget_cities() -> None:
    """Read every city and boundary afresh; for the loader of packs and for tests."""
    for kept in KEPT:
        kept.clear()


def areas_of(city: City) -> list[Area]:
    """The city's areas by name, without their boundaries; kept until the areas change. For reading only."""
    kept = _areas.get(city.pk)
    if kept and kept[0] == city.areas_version:
        return kept[1]
    found = list(Area.objects.of(city).defer("boundary").order_by("name", "key"))
    _areas[city.pk] = (city.areas_version, found)
    return found


def area_at(city: City, lat: float, lon: float) -> Area | None:
    """The smallest area (quarter before district) whose boundary holds the point; None outside the city."""
    point = Point(lon, lat)
    for area, box, boundary in _boundaries(city):
        if box.holds(lat, lon) and boundary.covers(point):
            return area
    return None


def _boundaries(city: City) -> list[tuple[Area, Box, Any]]:
    version = (city.pk, city.areas_version)
    kept = _shapes.get(city.pk)
    if kept and kept[0] == version:
        return kept[1]
    areas = Area.objects.of(city).exclude(boundary=None)
    ordered = sorted(areas, key=lambda area: (area.level == "district", area.key))
    shapes = [(area, shape(area.boundary)) for area in ordered]
    found = [(area, Box(*geometry.bounds), prep(geometry)) for area, geometry in shapes]
    _shapes[city.pk] = (version, found)
    return found
