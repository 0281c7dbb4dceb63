"""Where circles lie in a chart: a sunflower of equal dots, and bubbles of different size close together."""

from __future__ import annotations

from math import cos, hypot, pi, sin, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Circle = tuple[float, float, float]  # x, y, radius; pixels around the middle

# Half of the golden angle's turn keeps neighbours of a sunflower apart at every size.
GOLDEN = pi * (3 - sqrt(5))


class _Link:
    """A circle on the front, the ring of those that lie outside, with its neighbours."""

    __slots__ = ("after", "before", "r", "x", "y")

    def __init__(self, x: float, y: float, r: float) -> None:
        self.x, self.y, self.r = x, y, r
        self.before = self.after = self


def sunflower(count: int, *, most: float) -> list[Circle]:
    """So many equal dots in a round of this width, from the middle outwards."""
    step = spread_of(max(count, 1), most=most)
    return [
        (step * 0.94 * sqrt(at + 0.5) * cos(at * GOLDEN), step * 0.94 * sqrt(at + 0.5) * sin(at * GOLDEN), step * 0.62)
        for at in range(count)
    ]


def spread_of(count: int, *, most: float) -> float:
    """How far dots of a sunflower spread: so many lie in a round of this times the root of their number."""
    return min(most / 2 / sqrt(count), 9.0)


def packed(radii: Sequence[float], *, gap: float, most: float) -> tuple[list[Circle], float]:
    """Circles of these radii close together around the first, and the side of the square that holds them, at most `most`.

    The front chain of Wang and others (2006): each next one touches two of the front, nearest to the middle.
    """
    placed = _front_chain([radius + gap / 2 for radius in radii])
    if not placed:
        return [], 0.0
    left, right = min(each.x - each.r for each in placed), max(each.x + each.r for each in placed)
    low, high = min(each.y - each.r for each in placed), max(each.y + each.r for each in placed)
    x, y = (left + right) / 2, (low + high) / 2
    side = max(right - left, high - low)
    scale = min(1.0, most / side)
    return [((each.x - x) * scale, (each.y - y) * scale, (each.r - gap / 2) * scale) for each in placed], side * scale


def _front_chain(radii: Sequence[float]) -> list[_Link]:
    circles = [_Link(0.0, 0.0, radius) for radius in radii]
    if len(circles) > 1:
        circles[0].x, circles[1].x = -circles[1].r, circles[0].r
    if len(circles) < 3:
        return circles
    a, b, c = circles[:3]
    _touch(b, a, c)
    a.after = c.before = b
    b.after = a.before = c
    c.after = b.before = a
    at = 3
    while at < len(circles):
        c = circles[at]
        _touch(a, b, c)
        hit = _in_the_way(a, b, c)
        if hit is not None:
            a, b = hit
            a.after, b.before = b, a
            continue
        c.before, c.after = a, b
        a.after = b.before = b = c
        a = _nearest(a, b)
        b = a.after
        at += 1
    return circles


def _touch(b: _Link, a: _Link, c: _Link) -> None:
    """Put c so that it touches a and b."""
    dx, dy = b.x - a.x, b.y - a.y
    apart = dx * dx + dy * dy
    to_a, to_b = (a.r + c.r) ** 2, (b.r + c.r) ** 2
    if to_a > to_b:
        along = (apart + to_b - to_a) / (2 * apart)
        off = sqrt(max(0.0, to_b / apart - along * along))
        c.x, c.y = b.x - along * dx - off * dy, b.y - along * dy + off * dx
    else:
        along = (apart + to_a - to_b) / (2 * apart)
        off = sqrt(max(0.0, to_a / apart - along * along))
        c.x, c.y = a.x + along * dx - off * dy, a.y + along * dy + off * dx


def _in_the_way(a: _Link, b: _Link, c: _Link) -> tuple[_Link, _Link] | None:
    """The new neighbours, when c overlaps one of the front; looked for on both sides, the shorter way first."""
    ahead, behind = b.after, a.before
    way_ahead, way_behind = b.r, a.r
    while True:
        if way_ahead <= way_behind:
            if _overlap(ahead, c):
                return a, ahead
            way_ahead += ahead.r
            ahead = ahead.after
        else:
            if _overlap(behind, c):
                return behind, b
            way_behind += behind.r
            behind = behind.before
        if ahead is behind.after:
            return None


def _overlap(a: _Link, b: _Link) -> bool:
    return a.r + b.r - 1e-6 > hypot(b.x - a.x, b.y - a.y)


def _nearest(a: _Link, b: _Link) -> _Link:
    """Where on the front the next one comes to lie nearest to the middle."""
    best, least = a, _distance(a)
    link = b
    while (link := link.after) is not b:
        if (distance := _distance(link)) < least:
            best, least = link, distance
    return best


def _distance(a: _Link) -> float:
    b = a.after
    both = a.r + b.r
    return hypot((a.x * b.r + b.x * a.r) / both, (a.y * b.r + b.y * a.r) / both)
