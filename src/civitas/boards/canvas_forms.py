"""The form in which a city makes a canvas without programming: fields on a grid, in whole steps, as wide and high as one counts.

A step to the right is a card and its gap, two steps down are the heading and a row of cards.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.boards.canvases import GAP, LONGEST_QUESTION, LONGEST_TITLE, MOST_REGIONS, Canvas, Region, faults_of
from civitas.boards.things import COLOURS, LONGEST_KEY
from civitas.kit.texts import cleaned_line, slugified
from civitas.kit.translated import Translated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ACROSS, DOWN, EDGE = 200, 124, 24  # board units: a step to the right, a step down, the margin
FARTHEST = 28


@dataclass
class Line:
    """A field of the canvas as it is typed: counted from 1."""

    key: str = ""
    title: dict[str, str] = field(default_factory=dict)
    question: dict[str, str] = field(default_factory=dict)
    column: int = 1
    row: int = 1
    wide: int = 3
    high: int = 2
    colour: str = "white"
    section: str = ""
    faults: list[str] = field(default_factory=list)


@dataclass
class CanvasForm:
    """What was typed; `faults` stand above the form, those of a field beside it."""

    languages: Sequence[tuple[str, str]]
    title: dict[str, str] = field(default_factory=dict)
    intro: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    version: int = 0
    faults: list[str] = field(default_factory=list)

    def canvas(self, key: str = "") -> Canvas:
        """The canvas that it makes; as large as its fields reach."""
        regions, taken = [], set()
        for number, line in enumerate(self.lines, 1):
            region_key = line.key or _key_of(line.title, f"field-{number}")
            while region_key in taken:
                region_key = f"{region_key[: LONGEST_KEY - 3]}-{number}"
            taken.add(region_key)
            line.key = region_key
            x, y = EDGE + (line.column - 1) * ACROSS, EDGE + (line.row - 1) * DOWN
            w, h = line.wide * ACROSS - GAP, line.high * DOWN - GAP
            plain = Region(region_key, Translated(line.title), Translated(line.question), x, y, w, h, line.colour, section=line.section)
            regions.append(Region(**{**vars(plain), "holds": max(plain.room, 1)}))
        width = max([each.x + each.w for each in regions], default=0) + EDGE
        height = max([each.y + each.h for each in regions], default=0) + EDGE
        return Canvas(key or _key_of(self.title, "canvas"), Translated(self.title), Translated(self.intro), width, height, tuple(regions))

    def check(self, canvas: Canvas) -> bool:
        """Whether it can be kept; says at each field what is in the way."""
        first = self.languages[0][0]
        if not self.title.get(first):
            self.faults.append(_("Please give the canvas a title."))
        for line in self.lines:
            if not line.title.get(first):
                line.faults.append(_("Please give this field a title."))
        for fault in faults_of(canvas):
            (self.lines[fault.region].faults if fault.region is not None else self.faults).append(fault.sentence)
        return not self.faults and not any(line.faults for line in self.lines)


def typed_form(data: Mapping[str, str], languages: Sequence[tuple[str, str]]) -> CanvasForm:
    """Read what was typed, cut where it is too long; a number that is none takes the smallest that fits."""
    count = min(_number(data.get("count", ""), 0, MOST_REGIONS), MOST_REGIONS)
    lines = [_line(data, f"field-{index}-", languages) for index in range(count)]
    return CanvasForm(
        languages,
        _by_language(data, "title_", languages, LONGEST_TITLE),
        _by_language(data, "intro_", languages, LONGEST_QUESTION),
        lines,
        _number(data.get("version", ""), 0, 2**31),
    )


def form_of(canvas: Canvas, languages: Sequence[tuple[str, str]], *, version: int = 0) -> CanvasForm:
    """A canvas in the form, its fields laid on the nearest steps."""
    lines = [
        Line(
            each.key,
            dict(each.title),
            dict(each.question),
            column=round((each.x - EDGE) / ACROSS) + 1,
            row=round((each.y - EDGE) / DOWN) + 1,
            wide=max(1, round((each.w + GAP) / ACROSS)),
            high=max(1, round((each.h + GAP) / DOWN)),
            colour=each.colour,
            section=each.section,
        )
        for each in canvas.regions
    ]
    return CanvasForm(languages, dict(canvas.title), dict(canvas.intro), lines, version)


def add_line(form: CanvasForm) -> None:
    """One more field, below all others."""
    if len(form.lines) < MOST_REGIONS:
        form.lines.append(Line(row=max([line.row + line.high for line in form.lines], default=1)))


def _line(data: Mapping[str, str], prefix: str, languages: Sequence[tuple[str, str]]) -> Line:
    column, row, wide, high = (_number(data.get(prefix + name, ""), 1, FARTHEST) for name in ("column", "row", "wide", "high"))
    colour = data.get(prefix + "colour", "white")
    return Line(
        slugified(data.get(prefix + "key", ""))[:LONGEST_KEY],
        _by_language(data, f"{prefix}title_", languages, LONGEST_TITLE),
        _by_language(data, f"{prefix}question_", languages, LONGEST_QUESTION),
        column=column,
        row=row,
        wide=wide,
        high=high,
        colour=colour if colour in COLOURS else "white",
        section=slugified(data.get(prefix + "section", ""))[:LONGEST_KEY],
    )


def _by_language(data: Mapping[str, str], prefix: str, languages: Sequence[tuple[str, str]], longest: int) -> dict[str, str]:
    typed = {key: cleaned_line(data.get(prefix + key, ""))[:longest] for key, _name in languages}
    return {key: text for key, text in typed.items() if text}


def _number(text: str, least: int, most: int) -> int:
    return max(least, min(most, int(text))) if text.isascii() and text.isdigit() and len(text) < 10 else least


def _key_of(title: Mapping[str, str], otherwise: str) -> str:
    slug = slugified(next((text for text in title.values() if text), ""))[:LONGEST_KEY].strip("-")
    return slug if slug[:1].isalpha() else otherwise
