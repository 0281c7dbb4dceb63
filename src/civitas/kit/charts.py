"""Charts as SVG made by the server: bars, lines, and several small ones side by side, each with the table that says the same.

Labels stand at what they name, colours are the page's own (`frontend/src/styles/charts.css`), and nothing needs a script.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string

from civitas.kit.templatetags.kit import number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Drawn as wide as a phone shows it, so that words on it keep a size one can read.
WIDTH, HEIGHT = 340, 170
SMALL_HEIGHT = 90
LEFT, RIGHT, TOP, BOTTOM = 4, 4, 20, 22
# A line's name stands right of its end.
NAMES = 92
# More words below the bars than this would run into each other.
MOST_TICKS = 5
DASHES = ("", "6 4", "2 3", "8 3 2 3")


@dataclass(frozen=True)
class Point:
    """A value with its name in full for the table, and short below the bar ('' stands for itself)."""

    label: str
    value: int
    short: str = ""


@dataclass(frozen=True)
class Series:
    """A line: its name and its values, one for each name of the axis."""

    name: str
    values: Sequence[int]


def bar_chart(title: str, points: Sequence[Point], *, heads: tuple[str, str], note: str = "", is_small: bool = False) -> str:
    """Bars from left to right, the highest and the last with their number: safe HTML of figure and table.

    `heads` name the two columns of the table, `note` is a sentence below; '' without any point.
    """
    if not points:
        return ""
    height = SMALL_HEIGHT if is_small else HEIGHT
    top = max(point.value for point in points)
    step = (WIDTH - LEFT - RIGHT) / len(points)
    wide = max(1.0, min(step * 0.78, 48.0))
    room = height - TOP - BOTTOM
    highest = next(index for index, point in enumerate(points) if point.value == top)
    bars = []
    for index, point in enumerate(points):
        tall = room * point.value / top if top else 0.0
        x = LEFT + step * index + (step - wide) / 2
        said = number(point.value) if top and (index == highest or (index == len(points) - 1 and index - highest > 2)) else ""
        if len(points) <= MOST_TICKS * 2 and point.value:
            said = number(point.value)
        bars.append(
            {
                "x": _at(x),
                "y": _at(height - BOTTOM - tall),
                "width": _at(wide),
                "height": _at(tall),
                "middle": _at(x + wide / 2),
                "said": said,
            }
        )
    context = {
        "bars": bars,
        "ticks": _ticks([point.short or point.label for point in points], LEFT + step / 2, step),
        "rows": [(point.label, number(point.value)) for point in points],
    }
    return _drawn(title, context, heads=list(heads), note=note, height=height, is_small=is_small)


def line_chart(title: str, labels: Sequence[str], series: Sequence[Series], *, heads: Sequence[str], note: str = "") -> str:
    """Lines over the same names, told apart by stroke and by the name at their end: safe HTML of figure and table; '' without any.

    `heads` name the columns of the table: what the names are, then each line.
    """
    if not labels or not series:
        return ""
    top = max((value for each in series for value in each.values), default=0)
    room, width = HEIGHT - TOP - BOTTOM, WIDTH - LEFT - RIGHT - NAMES
    step = width / max(1, len(labels) - 1)

    def spot(index: int, value: int) -> tuple[float, float]:
        return LEFT + step * index, HEIGHT - BOTTOM - (room * value / top if top else 0.0)

    lines: list[dict[str, Any]] = []
    for order, each in enumerate(series):
        spots = [spot(index, value) for index, value in enumerate(each.values)]
        lines.append(
            {
                "points": " ".join(f"{_at(x)},{_at(y)}" for x, y in spots),
                "dash": DASHES[order % len(DASHES)],
                "order": order % len(DASHES) + 1,
                "name": each.name,
                "said": number(each.values[-1]) if each.values else "",
                "end": {"x": _at(spots[-1][0] + 6), "y": spots[-1][1]} if spots else None,
            }
        )
    _keep_apart([line["end"] for line in lines if line["end"]])
    context = {
        "lines": lines,
        "top": number(top),
        "ticks": _ticks(list(labels), LEFT, step),
        "rows": [(label, *(number(each.values[index]) for each in series)) for index, label in enumerate(labels)],
    }
    return _drawn(title, context, heads=list(heads), note=note, height=HEIGHT, is_small=False)


def small_multiples(charts: Sequence[tuple[str, Sequence[Point]]], *, heads: tuple[str, str]) -> str:
    """Several small bar charts side by side, each with its title and table: safe HTML."""
    drawn = [bar_chart(title, points, heads=heads, is_small=True) for title, points in charts]
    return render_to_string("kit/_charts.html", {"charts": [chart for chart in drawn if chart]})


def _drawn(title: str, context: Mapping[str, Any], *, heads: Sequence[str], note: str, height: int, is_small: bool) -> str:
    frame = {"title": title, "heads": heads, "note": note, "width": WIDTH, "height": height, "base": height - BOTTOM, "is_small": is_small}
    return render_to_string("kit/_chart.html", {**context, **frame})


def _ticks(words: Sequence[str], first: float, step: float) -> list[dict[str, str]]:
    """The words below the axis: first, last, and as many between as have room."""
    if len(words) == 1:
        return [{"x": _at(first), "anchor": "middle", "word": words[0]}]
    every = ceil((len(words) - 1) / (MOST_TICKS - 1)) if len(words) > MOST_TICKS else 1
    shown = [index for index in range(0, len(words), every) if len(words) - 1 - index >= every or index == len(words) - 1]
    shown = [*shown, len(words) - 1] if shown[-1] != len(words) - 1 else shown
    anchors = {0: "start", len(words) - 1: "end"}
    return [{"x": _at(first + step * index), "anchor": anchors.get(index, "middle"), "word": words[index]} for index in shown]


def _keep_apart(ends: list[dict[str, Any]]) -> None:
    """Move names of lines that end close together away from each other, in their order."""
    ordered = sorted(ends, key=lambda end: end["y"])
    for above, below in pairwise(ordered):
        below["y"] = max(below["y"], above["y"] + 26)
    for end in ordered:
        end["y"] = _at(end["y"])


def _at(value: float) -> str:
    """A coordinate as SVG reads it, whatever the page's language."""
    return f"{value:.1f}".removesuffix(".0")
