"""Drawings without their map: how one lies beside another, as a small picture that needs no script and no background."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH, HEIGHT = 160, 100
_MARGIN = 10
# Smaller things are not blown up: a point has no size at all (degrees, about 20 m).
_SMALLEST = 2e-4


@dataclass(frozen=True)
class Stroke:
    """One drawing in the picture: an SVG path, whether it is an area, and what it is beside the others ('', 'gone', 'new')."""

    path: str
    is_area: bool
    change: str = ""


def sketch_of(geometry: dict[str, Any] | None) -> tuple[Stroke, ...]:
    """A drawing by itself; () without one."""
    return _strokes([(geometry, "")])


def sketch_of_change(before: dict[str, Any] | None, after: dict[str, Any] | None) -> tuple[Stroke, ...]:
    """What was drawn before and what after, in one picture at one scale; () without either."""
    return _strokes([(before, "gone"), (after, "new")])


def _strokes(drawn: Iterable[tuple[dict[str, Any] | None, str]]) -> tuple[Stroke, ...]:
    shapes = [(geometry["type"] == "Polygon", _corners(geometry), change) for geometry, change in drawn if geometry]
    if not shapes:
        return ()
    points = [point for _is_area, corners, _change in shapes for point in corners]
    west, east = min(lon for lon, _lat in points), max(lon for lon, _lat in points)
    south, north = min(lat for _lon, lat in points), max(lat for _lon, lat in points)
    narrow = math.cos(math.radians((south + north) / 2))  # a degree to the east is shorter than one to the north
    wide, high = max((east - west) * narrow, _SMALLEST), max(north - south, _SMALLEST)
    scale = min((WIDTH - 2 * _MARGIN) / wide, (HEIGHT - 2 * _MARGIN) / high)

    def at(lon: float, lat: float) -> str:
        right = WIDTH / 2 + (lon - (west + east) / 2) * narrow * scale
        down = HEIGHT / 2 - (lat - (south + north) / 2) * scale
        return f"{right:.1f} {down:.1f}"

    return tuple(
        Stroke(
            "M" + "L".join(at(lon, lat) for lon, lat in (corners * 2 if len(corners) == 1 else corners)) + "Z" * is_area, is_area, change
        )
        for is_area, corners, change in shapes
    )


def _corners(geometry: dict[str, Any]) -> list[tuple[float, float]]:
    found = geometry["coordinates"]
    if geometry["type"] == "Point":
        return [(found[0], found[1])]
    return [(lon, lat) for lon, lat in (found[0][:-1] if geometry["type"] == "Polygon" else found)]
