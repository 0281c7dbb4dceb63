"""A canvas: a poster of regions with guiding questions, as plain values. Read from a file or a row, checked in one place.

Numbers are board units (px at 100 %). A region has room for its heading and at least one card.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from civitas.boards.things import COLOURS, LONGEST_KEY
from civitas.kit.packs import Fault, translations_missing
from civitas.kit.translated import Translated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.utils.functional import _StrPromise

    from civitas.kit.packs import Pack

KEY = re.compile(r"[a-z][a-z0-9-]*\Z")
# A card with the room around it, and the heading of a region; as the board draws them.
CARD_WIDTH, CARD_HEIGHT, GAP, HEADING = 168, 132, 16, 84
LEAST_WIDTH, LEAST_HEIGHT = CARD_WIDTH + 2 * GAP, HEADING + CARD_HEIGHT + GAP
LARGEST = 6_000
MOST_REGIONS = 40
LONGEST_TITLE, LONGEST_QUESTION = 60, 120
COLOUR_WORDS = {"white": _("White"), "yellow": _("Yellow"), "green": _("Green"), "blue": _("Blue"), "red": _("Red")}


@dataclass(frozen=True)
class Region:
    """A field of a canvas with its question; `holds` is how many cards look good in it.

    `section` names the part of a concept that is filled with what lies here ('' = none of its own).
    """

    key: str
    title: Translated
    question: Translated
    x: int
    y: int
    w: int
    h: int
    colour: str = "white"
    holds: int = 4
    section: str = ""

    def meets(self, other: Region) -> bool:
        """Whether both share more than an edge."""
        return self.x < other.x + other.w and other.x < self.x + self.w and self.y < other.y + other.h and other.y < self.y + self.h

    @property
    def room(self) -> int:
        """How many cards lie in it side by side."""
        return max(0, (self.w - GAP) // (CARD_WIDTH + GAP)) * max(0, (self.h - HEADING) // (CARD_HEIGHT + GAP))


@dataclass(frozen=True)
class Canvas:
    """A poster with its regions in the order in which they are read."""

    key: str
    title: Translated
    intro: Translated
    width: int
    height: int
    regions: tuple[Region, ...]

    def as_json(self) -> dict[str, Any]:
        """For the browser, in the reader's language."""
        return {
            "title": str(self.title),
            "size": [self.width, self.height],
            "regions": [
                {
                    "key": each.key,
                    "title": str(each.title),
                    "question": str(each.question),
                    **{name: getattr(each, name) for name in ("x", "y", "w", "h", "colour", "holds")},
                }
                for each in self.regions
            ],
        }


@dataclass(frozen=True)
class CanvasFault:
    """What is wrong with a canvas: the region by its place in the order (None: the canvas itself), the field, the sentence."""

    sentence: str
    region: int | None = None
    field: str = ""


def faults_of(canvas: Canvas) -> Iterator[CanvasFault]:
    """Everything that keeps a canvas from being drawn well, in the reader's language."""
    if not canvas.regions:
        yield CanvasFault(str(_("A canvas needs at least one region.")))
    if len(canvas.regions) > MOST_REGIONS:
        yield CanvasFault(str(_("A canvas has at most %(most)s regions.") % {"most": MOST_REGIONS}))
    if not (LEAST_WIDTH <= canvas.width <= LARGEST and LEAST_HEIGHT <= canvas.height <= LARGEST):
        yield CanvasFault(str(_("A canvas is at most %(most)s wide and high.") % {"most": LARGEST}), field="size")
    seen: set[str] = set()
    for index, region in enumerate(canvas.regions):
        yield from _faults_of_region(canvas, index, region)
        if region.key in seen:
            yield CanvasFault(_said(_("There are two regions “%(name)s”."), region.key), index, "key")
        seen.add(region.key)
        for other in canvas.regions[:index]:
            if region.meets(other):
                said = _("“%(name)s” overlaps “%(other)s”.") % {"name": _name(region), "other": _name(other)}
                yield CanvasFault(str(said), index, "x")


def _faults_of_region(canvas: Canvas, index: int, region: Region) -> Iterator[CanvasFault]:
    name = _name(region)
    if not KEY.match(region.key) or len(region.key) > LONGEST_KEY:
        yield CanvasFault(_said(_("The key of “%(name)s” is made of small letters, digits and hyphens."), name), index, "key")
    if region.section and (not KEY.match(region.section) or len(region.section) > LONGEST_KEY):
        yield CanvasFault(_said(_("The section of “%(name)s” is made of small letters, digits and hyphens."), name), index, "section")
    if region.colour not in COLOURS:
        yield CanvasFault(
            str(_("“%(name)s” has an unknown colour: %(colour)s.") % {"name": name, "colour": region.colour}), index, "colour"
        )
    if region.w < LEAST_WIDTH:
        said = _("“%(name)s” is too narrow: a card needs a width of %(least)s.") % {"name": name, "least": LEAST_WIDTH}
        yield CanvasFault(str(said), index, "w")
    if region.h < LEAST_HEIGHT:
        said = _("“%(name)s” is too low: heading and a card need a height of %(least)s.") % {"name": name, "least": LEAST_HEIGHT}
        yield CanvasFault(str(said), index, "h")
    if region.x < 0 or region.y < 0 or region.x + region.w > canvas.width or region.y + region.h > canvas.height:
        yield CanvasFault(_said(_("“%(name)s” reaches beyond the edge of the canvas."), name), index, "x")
    if region.holds < 1 or region.holds > max(region.room, 1):
        said = _("“%(name)s” has room for %(room)s cards.") % {"name": name, "room": max(region.room, 1)}
        yield CanvasFault(str(said), index, "holds")
    if any(len(text) > LONGEST_TITLE for text in region.title.values()) or any(
        len(text) > LONGEST_QUESTION for text in region.question.values()
    ):
        figures = {"title": LONGEST_TITLE, "question": LONGEST_QUESTION, "name": name}
        said = _("Title (%(title)s characters) or question (%(question)s) of “%(name)s” is too long.") % figures
        yield CanvasFault(str(said), index, "title")


def _said(sentence: _StrPromise, name: str) -> str:
    return str(sentence % {"name": name})


def _name(region: Region) -> str:
    return str(region.title) or region.key


def canvas_of(data: Mapping[str, Any]) -> Canvas:
    """A canvas from the content of its file; raises KeyError, TypeError or ValueError where it is none."""
    width, height = (int(number) for number in data["size"])
    regions = tuple(
        Region(
            key=str(entry["key"]),
            title=Translated(entry["title"]),
            question=Translated(entry.get("question", {})),
            **{name: int(entry[name]) for name in ("x", "y", "w", "h")},
            colour=str(entry.get("colour", "white")),
            holds=int(entry.get("holds", 4)),
            section=str(entry.get("section", "")),
        )
        for entry in data.get("region", [])
    )
    return Canvas(str(data["key"]), Translated(data["title"]), Translated(data.get("intro", {})), width, height, regions)


def read_canvas(pack: Pack, name: str) -> Canvas:
    """A canvas file of a folder that was checked; see `check_canvas`."""
    return canvas_of(pack.toml(name))


def check_canvas(pack: Pack, name: str) -> Iterator[Fault]:
    """Faults of a canvas file by line: what is missing, doubled, unknown, too small, or lies on something else."""
    data = pack.toml(name)
    entries = list(pack.entries(name, "region"))
    gaps = [*_gaps(name, 1, "canvas", data, ("key", "title", "size"))]
    for line, entry in entries:
        gaps += _gaps(name, line, str(entry.get("key", "")), entry, ("key", "title", "x", "y", "w", "h"))
    yield from gaps
    if gaps:
        return
    try:
        canvas = canvas_of(data)
    except (TypeError, ValueError) as error:
        yield Fault(name, 0, f"is no canvas: {error}")
        return
    if not KEY.match(canvas.key):
        yield Fault(name, 1, f"the key '{canvas.key}' is not made of small letters, digits and hyphens")
    with translation.override("en"):
        for fault in faults_of(canvas):
            yield Fault(name, entries[fault.region][0] if fault.region is not None else 1, fault.sentence)


def _gaps(name: str, line: int, part: str, entry: Mapping[str, Any], needed: tuple[str, ...]) -> Iterator[Fault]:
    for field in needed:
        if field not in entry:
            yield Fault(name, line, f"'{part}' has no {field}")
    for field in ("title", "intro", "question"):
        if field in entry and (languages := translations_missing(entry[field])):
            yield Fault(name, line, f"the {field} of '{part}' lacks {', '.join(languages)}")
