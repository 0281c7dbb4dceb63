"""The way of a contribution drawn as a river: stations on the water, similar ones flowing in."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

WIDTH = 1120
HIGH, LOW, MIDDLE = 70, 130, 100
MOST = 6


@dataclass(frozen=True)
class Mark:
    """A station on the water, in the drawing's units."""

    x: float
    y: int
    state: str  # done, now, next


@dataclass(frozen=True)
class Water:
    """The paths of a river: flowed water, water to come, and its stations."""

    flowed: str
    coming: str
    marks: tuple[Mark, ...]
    stream_x: float
    stream_y: int


def water_through(states: list[str]) -> Water:
    """The river through stations with these states ('done', 'now', 'next'), from the left edge past the right one."""
    count = max(1, len(states))
    gap = 24
    column = (WIDTH - gap * (count - 1)) / count
    marks = tuple(
        Mark(round(14 + index * (column + gap), 1), (LOW, HIGH)[index % 2] if count > 1 else MIDDLE, state)
        for index, state in enumerate(states)
    )
    last_flowed = max((index for index, mark in enumerate(marks) if mark.state != "next"), default=0)
    first = marks[0]
    flowed = f"M-420 60C-300 20 -120 {first.y} {first.x} {first.y}"
    for before, after in pairwise(marks[: last_flowed + 1]):
        flowed += _bend(before, after)
    turn = marks[last_flowed]
    coming = f"M{turn.x} {turn.y}"
    for before, after in pairwise(marks[last_flowed:]):
        coming += _bend(before, after)
    end = marks[-1]
    coming += f"C{end.x + 150} {end.y + (45 if end.y == HIGH else -35)} {end.x + 370} {MIDDLE - 40} {WIDTH + 460} {MIDDLE}"
    meets = marks[1] if len(marks) > 1 else marks[0]
    return Water(flowed, coming, marks, meets.x, meets.y)


def _bend(before: Mark, after: Mark) -> str:
    half = round((before.x + after.x) / 2, 1)
    return f"C{half} {before.y} {half} {after.y} {after.x} {after.y}"
