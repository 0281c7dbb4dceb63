"""What the cockpit draws on the server: rows of bars, small curves on one scale and the funnel of dots, each with sentence and table.

A chart holds numbers that are already fit to be shown. Text lies in percent and pixels beside shapes that stretch, so that it is as
large on a phone as on a wall; colours are classes, so that dark mode, print and a city's look reach them. Lines and bars over time
are in `kit.charts`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import sqrt
from typing import TYPE_CHECKING, Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from civitas.kit.packing import packed, spread_of, sunflower

if TYPE_CHECKING:
    from collections.abc import Sequence

    from civitas.kit.packing import Circle

# A cloud of dots has at most so many marks; beyond that each stands for 10, 100 … of what it counts.
MOST_DOTS = 1_300
MOST_BUBBLES = 60
# Pixels: the height of a small curve, of a bar's row, and the width of a cloud.
CURVE_HEIGHT, BAR_ROW, CLOUD = 44, 36, 208


@dataclass(frozen=True)
class Chart:
    """A figure as a page shows it. `template` draws `body`; `table` says the same in rows of cells, the first a row's name.

    `key` is unique on the page (ids are made of it); `said` is the sentence that says what one sees.
    """

    template: str
    key: str
    title: str
    said: str
    body: dict[str, Any]
    headings: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Bar:
    """A bar: its name, its value (None: not shown), the words at its end ('' = the number), and 'wait' where it asks for attention."""

    label: str
    value: int | None
    text: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Curve:
    """A small curve with its name, the number beside it, a word on how it goes, and 'wait' where it asks for attention."""

    label: str
    values: Sequence[int]
    total: int
    note: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Stage:
    """A stage of the funnel: how many, their name, a sentence, and how long the way to the next takes ('' = nobody knows yet).

    `sizes` are what stands behind each (voices of a theme), largest first; without them each dot is one. The first `waiting` of the
    dots, or those bubbles whose place is in `waits`, wait for somebody.
    """

    label: str
    count: int
    note: str = ""
    way: str = ""
    sizes: Sequence[int] = ()
    waiting: int = 0
    waits: frozenset[int] = field(default_factory=frozenset)


def bar_rows(key: str, title: str, bars: Sequence[Bar], *, said: str, headings: tuple[str, str]) -> Chart:
    """Bars below each other, each with its name above it and its number at its end."""
    top = max([bar.value or 0 for bar in bars] + [1])
    rows = [
        {
            "label": bar.label,
            "text": bar.text or shown(bar.value),
            "tone": bar.tone,
            "words_at": at * BAR_ROW + 16,
            "bar_at": at * BAR_ROW + 21,
            "width": _percent(100 * (bar.value or 0) / top),
        }
        for at, bar in enumerate(bars)
    ]
    table = tuple((bar.label, bar.text or shown(bar.value)) for bar in bars)
    return Chart("cockpit/_rows.html", key, title, said, {"rows": rows, "height": BAR_ROW * len(bars)}, headings, table)


def curves_of(key: str, title: str, curves: Sequence[Curve], dates: Sequence[str], *, said: str, first: str) -> Chart:
    """A small curve each, all on one scale; `dates` names the points and heads the table's columns, `first` its first one."""
    top = max([value for curve in curves for value in curve.values] + [1])
    drawn = []
    for curve in curves:
        at = [(_share(index, len(curve.values)), 100 * (1 - value / top)) for index, value in enumerate(curve.values)]
        drawn.append(
            {
                "label": curve.label,
                "total": shown(curve.total),
                "note": curve.note,
                "tone": curve.tone,
                "line": _path(at),
                "area": _closed(at),
                "end": _mark(at[-1]) if at else None,
            }
        )
    table = tuple((curve.label, *(shown(value) for value in curve.values), shown(curve.total)) for curve in curves)
    body = {"curves": drawn, "field": CURVE_HEIGHT, "height": CURVE_HEIGHT + 12, "floor": CURVE_HEIGHT + 6}
    return Chart("cockpit/_curves.html", key, title, said, body, (first, *dates, _("Together")), table)


def dot_funnel(key: str, title: str, stages: Sequence[Stage], *, said: str, headings: tuple[str, ...]) -> Chart:
    """From many dots to few bubbles; between the stages how long the way takes. However many there are, the marks stay few."""
    drawn = []
    for at, stage in enumerate(stages):
        marks, stands_for, side = _bubbles(stage, stages) if stage.sizes else _dots(stage)
        drawn.append(
            {
                "count": shown(stage.count),
                "label": stage.label,
                "note": stage.note,
                "way": stage.way,
                "is_last": at == len(stages) - 1,
                "tone": at + 1,
                "marks": marks,
                "side": _px(side),
                "stands_for": shown(stands_for) if stands_for > 1 else "",
            }
        )
    table = tuple((stage.label, shown(stage.count), stage.note or "–", stage.way or "–") for stage in stages)
    return Chart("cockpit/_funnel.html", key, title, said, {"stages": drawn}, headings, table)


def _dots(stage: Stage) -> tuple[list[dict[str, Any]], int, float]:
    """The cloud of a stage whose single ones nobody looks at: who waits lies outside, where it is seen."""
    stands_for = 1
    while stage.count / stands_for > MOST_DOTS:
        stands_for *= 10
    many = -(-stage.count // stands_for)
    waiting = round(many * stage.waiting / stage.count) if stage.count else 0
    circles = sunflower(many, most=CLOUD)
    return _drawn(circles, frozenset(range(many - waiting, many)), CLOUD), stands_for, CLOUD


def _bubbles(stage: Stage, stages: Sequence[Stage]) -> tuple[list[dict[str, Any]], int, float]:
    sizes = stage.sizes[:MOST_BUBBLES]
    # A bubble is as large as its voices are as dots; one scale for all stages, so that they can be held against each other.
    scale = spread_of(max(stages[0].count, 1), most=CLOUD)
    circles, side = packed([max(5.0, scale * sqrt(size)) for size in sizes], gap=3.0, most=CLOUD)
    return _drawn(circles, stage.waits, side), 1, side


def _drawn(circles: list[Circle], waits: frozenset[int], side: float) -> list[dict[str, Any]]:
    middle = side / 2
    return [
        {"x": _px(middle + x), "y": _px(middle + y), "r": _px(radius), "waits": index in waits}
        for index, (x, y, radius) in enumerate(circles)
    ]


def shown(value: int | None) -> str:
    """A number as people read it; '–' for one that is not shown."""
    return "–" if value is None else number_format(value, force_grouping=True)


def _share(index: int, count: int) -> float:
    # A little room at both ends, so that a mark at the edge is whole.
    return 50.0 if count < 2 else 1 + 98 * index / (count - 1)


def _mark(point: tuple[float, float]) -> dict[str, str]:
    x, y = point
    return {"x": _percent(x), "y": _px(6 + CURVE_HEIGHT * y / 100)}


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points) if points else ""


def _closed(points: Sequence[tuple[float, float]]) -> str:
    return f"{_path(points)}L{points[-1][0]:.2f} 100L{points[0][0]:.2f} 100Z" if points else ""


def _px(value: float) -> str:
    return f"{value:.1f}"


def _percent(value: float) -> str:
    return f"{value:.2f}%"
