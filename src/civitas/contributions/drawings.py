"""What people draw on the map: a point, a line or an area, read with care, kept small, and said in words."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from shapely import from_wkt, get_num_coordinates
from shapely.affinity import scale
from shapely.errors import GEOSException, ShapelyError
from shapely.geometry import LineString, Point, Polygon, mapping, shape

from civitas.cities.queries import area_at, areas_of
from civitas.kit.geometry import Box
from civitas.kit.verdicts import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

    from civitas.cities.models import City

# A longer text is not even parsed: it is far more than anybody draws.
LONGEST = 200_000
MOST_CORNERS = 500
# Drawn more finely than this nobody can: the first try at leaving corners out, in degrees (about a metre).
_FINE = 1e-5
_DIGITS = 6
_METRES_PER_DEGREE = 111_320
_SORTS = {"Point": 0, "LineString": 1, "Polygon": 2}


def read_drawing(text: str) -> dict[str, Any] | None:
    """The GeoJSON geometry that a form sent, None for an empty text; raises Refused for anything that is no drawing."""
    if not text.strip():
        return None
    if len(text) > LONGEST:
        raise _refused(_("The drawing has too many corners for us. Please draw it more simply."), status=413)
    try:
        found = json.loads(text, parse_constant=_no_number)
        return _checked_shape(found)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError):
        raise _refused(_("We could not read the drawing. Please draw it once more.")) from None


def checked_drawing(city: City, geometry: dict[str, Any]) -> tuple[dict[str, Any], float, float]:
    """A drawing as kept, with the point that stands for it (lat, lon in WGS84 degrees).

    It has 500 corners at most, its edge does not cross itself, and it lies in the city. Raises Refused with a sentence.
    """
    drawn = _drawn(geometry)
    pin = _pin(city, drawn)
    if pin is None:
        raise _refused(_("The drawing lies outside %(city)s. Please draw within the city.") % {"city": city})
    return _kept(drawn), pin.y, pin.x


def brought_drawing(city: City, geometry: dict[str, Any]) -> tuple[dict[str, Any], float, float]:
    """A drawing that a file brings, as `checked_drawing` keeps it; it may lie outside the city, as points of a file may."""
    drawn = _drawn(geometry)
    pin = _pin(city, drawn) or next(_candidates(drawn))
    return _kept(drawn), round(pin.y, _DIGITS), round(pin.x, _DIGITS)


def drawing_in_words(geometry: dict[str, Any] | None) -> str:
    """A drawing for those who do not see it, 'Gezeichnete Fläche, etwa 120 m × 80 m'; '' without one."""
    if not geometry or geometry.get("type") not in _SORTS:
        return ""
    drawn = shape(geometry)
    flat = scale(drawn, math.cos(math.radians(drawn.centroid.y)) * _METRES_PER_DEGREE, _METRES_PER_DEGREE, origin=(0, 0))
    if isinstance(drawn, LineString):
        return _("Drawn line, about %(length)s long") % {"length": _length(flat.length)}
    if isinstance(drawn, Polygon):
        long, short = _sides(flat)
        return _("Drawn area, about %(long)s by %(short)s") % {"long": _length(long), "short": _length(short)}
    return _("Drawn point")


def drawing_text(geometry: dict[str, Any] | None) -> str:
    """A drawing as a table keeps it: WKT in WGS84 lon/lat degrees, '' without one."""
    return shape(geometry).wkt if geometry else ""


def drawing_from_text(text: str) -> dict[str, Any] | None:
    """A drawing from WKT or GeoJSON, as a table brings it; None for an empty text. Raises Refused for anything that is no drawing."""
    text = text.strip()
    if not text or text.startswith("{"):
        return read_drawing(text)
    if len(text) > LONGEST:
        raise _refused(_("The drawing has too many corners for us. Please draw it more simply."), status=413)
    try:
        return _checked_shape(json.loads(json.dumps(mapping(from_wkt(text)))))
    except (ShapelyError, GEOSException, ValueError, TypeError, KeyError, IndexError):
        raise _refused(_("We could not read the drawing. Please draw it once more.")) from None


def _drawn(geometry: dict[str, Any]) -> BaseGeometry:
    """The shape of a geometry, of few enough corners; raises Refused with a sentence."""
    try:
        drawn = shape(_checked_shape(geometry))
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, ShapelyError):
        raise _refused(_("We could not read the drawing. Please draw it once more.")) from None
    if isinstance(drawn, Polygon) and not (drawn.is_valid and drawn.area):
        raise _refused(_("The edge of the area crosses itself. Please take back its last corner, or draw it once more."))
    return _simplified(drawn)


def _kept(drawn: BaseGeometry) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(json.dumps(mapping(drawn)), parse_float=lambda number: round(float(number), _DIGITS))
    return kept


def _refused(sentence: str, *, status: int = 400) -> Refused:
    return Refused(sentence, status=status, fields={"drawing": sentence})


def _no_number(name: str) -> float:
    raise ValueError(name)


def _checked_shape(found: Any) -> dict[str, Any]:
    """The geometry with nothing in it but its type and finite coordinates; raises ValueError for others."""
    depth = _SORTS[found["type"]]
    corners = found["coordinates"]
    if depth == 0:
        return {"type": "Point", "coordinates": _corner(corners)}
    if depth == 1:
        return {"type": "LineString", "coordinates": _corners(corners, least=2)}
    if len(corners) != 1:
        raise ValueError("an area has one edge and no holes")
    ring = _corners(corners[0], least=3)
    return {"type": "Polygon", "coordinates": [ring if ring[0] == ring[-1] else [*ring, ring[0]]]}


def _corners(found: Any, *, least: int) -> list[list[float]]:
    if not isinstance(found, list):
        raise TypeError("no list of corners")
    corners = [_corner(each) for each in found]
    if len({tuple(corner) for corner in corners}) < least:
        raise ValueError("too few corners")
    return corners


def _corner(found: Any) -> list[float]:
    lon, lat = found[0], found[1]
    for value, most in ((lon, 180), (lat, 90)):
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not -most <= value <= most:
            raise ValueError("no WGS84 degrees")
    return [round(float(lon), _DIGITS), round(float(lat), _DIGITS)]


def _simplified(drawn: BaseGeometry) -> BaseGeometry:
    fine = _FINE
    while get_num_coordinates(drawn) > MOST_CORNERS:
        drawn = drawn.simplify(fine, preserve_topology=True)
        fine *= 2
    return drawn


def _pin(city: City, drawn: BaseGeometry) -> Point | None:
    """A point of the drawing that lies in the city, the middle one first; None if all of it, or a corner by far, lies outside."""
    areas = [area for area in areas_of(city) if area.west is not None]
    if not areas:
        return None
    box = Box(
        *(pick(getattr(area, side) for area in areas) for pick, side in ((min, "west"), (min, "south"), (max, "east"), (max, "north")))
    )
    west, south, east, north = drawn.bounds
    if not (box.holds(south, west) and box.holds(north, east)):
        return None
    return next((point for point in _candidates(drawn) if area_at(city, point.y, point.x) is not None), None)


def _candidates(drawn: BaseGeometry) -> Iterator[Point]:
    if isinstance(drawn, LineString):
        yield drawn.interpolate(0.5, normalized=True)
    yield drawn.representative_point()
    edge = drawn.exterior if isinstance(drawn, Polygon) else drawn
    yield from (Point(corner) for corner in edge.coords)


def _sides(flat: BaseGeometry) -> tuple[float, float]:
    """The longer and the shorter side of the smallest rectangle round an area."""
    corners = flat.minimum_rotated_rectangle.exterior.coords if isinstance(flat.minimum_rotated_rectangle, Polygon) else [(0, 0)] * 4
    one, other = (math.dist(corners[at], corners[at + 1]) for at in (0, 1))
    return max(one, other), min(one, other)


def _length(metres: float) -> str:
    """About so many metres or kilometres, in two figures: '340 m', '1,2 km'."""
    if metres < 995:
        figures = round(metres, -1) if metres >= 100 else max(round(metres), 1)
        return _("%(number)s m") % {"number": number_format(int(figures))}
    return _("%(number)s km") % {"number": number_format(metres / 1000, decimal_pos=1 if metres < 10_000 else 0)}
