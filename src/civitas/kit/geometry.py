"""Points on the map: WGS84 degrees, web mercator tiles."""

from __future__ import annotations

import math
from dataclasses import dataclass

# Web mercator ends here (EPSG:3857).
_MERCATOR_LATITUDE = 85.0511


@dataclass(frozen=True)
class Box:
    """A rectangle in WGS84 degrees: west, south, east, north."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lat: float, lon: float) -> bool:
        """Whether the point lies in the box, its edge included."""
        return self.south <= lat <= self.north and self.west <= lon <= self.east


def read_box(text: str) -> Box | None:
    """A box from 'w,s,e,n'; None if it is not one."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        return None
    if not all(map(math.isfinite, (west, south, east, north))) or not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        return None
    return Box(west, south, east, north)


def tile_of(lat: float, lon: float, level: int) -> tuple[int, int]:
    """The web mercator tile (x, y) of a point at a zoom level; source: OSM slippy map tile names."""
    lat = max(-_MERCATOR_LATITUDE, min(_MERCATOR_LATITUDE, lat))
    count = 1 << level
    x = int((lon + 180) / 360 * count)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * count)
    return min(max(x, 0), count - 1), min(max(y, 0), count - 1)
