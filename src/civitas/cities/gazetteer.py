"""Where is that? Finding an area, a place or a name of the city by its beginning, and saying a point in words.

Everything is kept in the process until the city's areas or names change, so that a search while somebody types costs no query.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from shapely import STRtree
from shapely.geometry import Point

from civitas.cities.models import Area, Place, PlaceName
from civitas.cities.queries import KEPT, area_at, areas_of
from civitas.kit.folding import folded, foldings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from civitas.cities.models import City

MOST_HITS = 8
# A name further away than this says nothing about a point, in metres.
NEAR = 400
LONGEST_QUERY = 100
# Names that one beginning may have before the rest is left out.
_MOST_CANDIDATES = 400
_METRES_PER_DEGREE = 111_320
_RANKS = {"area": 0, "place": 1}
_kept: dict[int, tuple[int, Gazetteer]] = {}
KEPT.append(_kept)


@dataclass(frozen=True)
class Spot:
    """Somewhere in the city. `sort` is area, place, name or address; `kind` says what stands there ('square', 'centre', …).

    `lat`, `lon` are WGS84 degrees; an area has none, since all of it is meant. `key` is the area's or place's own.
    """

    sort: str
    name: str
    kind: str = ""
    lat: float | None = None
    lon: float | None = None
    key: str = ""
    area: str = ""

    @property
    def value(self) -> str:
        """The spot as a form sends it back: see `read_spot`."""
        if self.sort in {"area", "place"}:
            return f"{self.sort}:{self.key}"
        return f"{self.lat:.6f},{self.lon:.6f},{self.name}"

    @property
    def said(self) -> str:
        """Its name with the area it lies in: 'Spritzenplatz, Ottensen'."""
        return f"{self.name}, {self.area}" if self.area and self.area != self.name else self.name

    @property
    def kind_said(self) -> str:
        """What it is, in a word: 'Platz'."""
        known = dict(PlaceName.Kind.choices)
        return str(known.get(self.kind, "")) or (_("Address") if self.sort == "address" else "")


class Gazetteer:
    """The areas, places and names of one city, by the beginnings of their words and by where they lie."""

    def __init__(self, spots: Iterable[Spot]) -> None:
        self.spots = sorted(spots, key=lambda spot: (_RANKS.get(spot.sort, 2), spot.name.casefold()))
        words = {(word, at) for at, spot in enumerate(self.spots) for way in foldings(spot.name) for word in way.split()}
        self._words = sorted(words)
        self._folded = [folded(spot.name) for spot in self.spots]

    def beginning(self, query: str) -> list[Spot]:
        """The spots of which every word of the query begins a word; the whole name first, then the name's own beginning."""
        wanted = folded(query[:LONGEST_QUERY]).split()
        if not wanted:
            return []
        found = set.intersection(*(self._with(word) for word in wanted[:6]))
        whole = " ".join(wanted)
        best = sorted(found, key=lambda at: (self._folded[at] != whole, not self._folded[at].startswith(whole), at))
        return [self.spots[at] for at in best]

    def _with(self, start: str) -> set[int]:
        first = bisect_left(self._words, (start, -1))
        found: set[int] = set()
        for word, at in self._words[first : first + _MOST_CANDIDATES]:
            if not word.startswith(start):
                break
            found.add(at)
        return found

    def nearest(self, lat: float, lon: float) -> tuple[Spot, float] | None:
        """The spot next to a point, with its distance in metres; None in a city without names."""
        if self._tree is None:
            return None
        spot = self._placed[int(self._tree.nearest(_flat(lat, lon)))]
        assert spot.lat is not None
        assert spot.lon is not None
        return spot, distance(lat, lon, spot.lat, spot.lon)

    @cached_property
    def _placed(self) -> list[Spot]:
        return [spot for spot in self.spots if spot.lat is not None]

    @cached_property
    def _tree(self) -> STRtree | None:
        points = [_flat(spot.lat, spot.lon) for spot in self._placed if spot.lat is not None and spot.lon is not None]
        return STRtree(points) if points else None


def _flat(lat: float, lon: float) -> Point:
    """A point on a plane that is true to distances within one city."""
    return Point(lon * math.cos(math.radians(round(lat))), lat)


def distance(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Metres between two points of one city (WGS84 degrees, equirectangular)."""
    east = (other_lon - lon) * math.cos(math.radians((lat + other_lat) / 2))
    return math.hypot(east, other_lat - lat) * _METRES_PER_DEGREE


def gazetteer_of(city: City) -> Gazetteer:
    """The city's gazetteer, read again when its areas or names changed."""
    kept = _kept.get(city.pk)
    if kept and kept[0] == city.areas_version:
        return kept[1]
    made = Gazetteer([*_areas(city), *_places(city), *_names(city)])
    _kept[city.pk] = (city.areas_version, made)
    return made


def _areas(city: City) -> Iterable[Spot]:
    areas = areas_of(city)
    quarters = [area for area in areas if area.level == "quarter"]
    # Where there are quarters, people choose one of them, as the form offers them.
    for area in quarters or areas:
        yield Spot("area", area.name, area.level, key=area.key)


def _places(city: City) -> Iterable[Spot]:
    for place in Place.objects.of(city).select_related("area").order_by("key"):
        area = place.area.name if place.area else ""
        yield Spot("place", place.name, place.kind, place.lat, place.lon, place.key, area)


def _names(city: City) -> Iterable[Spot]:
    for row in PlaceName.objects.of(city).select_related("area").order_by("name", "kind"):
        yield Spot("name", row.name, row.kind, row.lat, row.lon, area=row.area.name if row.area else "")


def find_spots(city: City, query: str, *, most: int = MOST_HITS) -> list[Spot]:
    """At most `most` areas, places and names of the city that begin like this, the likeliest first; [] for an empty query."""
    found = gazetteer_of(city).beginning(query)[:most]
    # Schematic boundaries may put a well-known spot on the wrong side: then only the pack says its area.
    return [with_area(city, spot) for spot in found] if city.config.map.boundaries == "official" else found


def with_area(city: City, spot: Spot) -> Spot:
    """The spot with the name of the area it lies in, as the city's boundaries are today."""
    if spot.area or spot.lat is None or spot.lon is None:
        return spot
    area = area_at(city, spot.lat, spot.lon)
    return Spot(spot.sort, spot.name, spot.kind, spot.lat, spot.lon, spot.key, area.name if area else "")


def nearby_spot(city: City, lat: float, lon: float, *, within: float = NEAR) -> Spot | None:
    """The place or name next to a point, at most `within` metres away; its `kind` says what stands there."""
    found = gazetteer_of(city).nearest(lat, lon)
    return found[0] if found and found[1] <= within else None


def place_in_words(city: City, lat: float, lon: float) -> str:
    """A point as one says it, 'Ottensen, nahe Spritzenplatz'; '' outside the city."""
    area = area_at(city, lat, lon)
    if area is None:
        return ""
    near = nearby_spot(city, lat, lon)
    return _("%(area)s, near %(name)s") % {"area": area.name, "name": near.name} if near else area.name


def read_spot(city: City, value: str) -> Spot | None:
    """The spot that a form sent back as `Spot.value`; None for anything else. Whether it lies in the city, the rule says."""
    sort, _colon, key = value.partition(":")
    if sort == "area":
        area = Area.objects.of(city).filter(key=key).only("city", "key", "name", "level").first()
        return Spot("area", area.name, area.level, key=area.key) if area else None
    if sort == "place":
        place = Place.objects.of(city).select_related("area").filter(key=key).first()
        return (
            Spot("place", place.name, place.kind, place.lat, place.lon, place.key, place.area.name if place.area else "") if place else None
        )
    parts = value.split(",", 2)
    try:
        lat, lon = float(parts[0]), float(parts[1])
    except (ValueError, IndexError):
        return None
    if not (math.isfinite(lat) and math.isfinite(lon)):
        return None
    return Spot("name", parts[2][:160] if len(parts) > 2 else "", lat=lat, lon=lon)
