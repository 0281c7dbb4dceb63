"""What lies on a board, as plain frozen values: cards, groups, lines, strokes, dots, and the bounds of each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ID = re.compile(r"[a-z0-9]{8,16}\Z")
COLOURS = ("yellow", "green", "blue", "red", "white")
FARTHEST = 50_000  # board units (px at 100 %)
LONGEST_TEXT = 500
LONGEST_TITLE = 120
LONGEST_LABEL = 60
LONGEST_FIELD = 120
LONGEST_KEY = 40
MOST_POINTS = 2_000
WIDEST_STROKE = 40
# Things on one board, those taken away included; of cards the charter's limit, and so many taken away besides.
MOST = {"groups": 2_000, "lines": 5_000, "strokes": 5_000}
MOST_GONE = 5_000
# One person's are at most half of all that, so that nobody fills a board for the others; but so many cards are nobody's too many.
LEAST_SHARE = 100
MOST_INK = 12_000_000  # signs of the points of all strokes together


@dataclass(frozen=True)
class Card:
    """A card. `number` is the contribution it came from (0: none), `group` the id of its group, `region` a key of the canvas."""

    id: str
    by: str = ""
    text: str = ""
    colour: str = "yellow"
    x: float = 0
    y: float = 0
    group: str = ""
    region: str = ""
    picture: str = ""
    number: int = 0
    fields: Mapping[str, str] = field(default_factory=dict)
    gone: bool = False


@dataclass(frozen=True)
class Group:
    """A group with its title. `proposed`: a machine's proposal that nobody has taken yet."""

    id: str
    by: str = ""
    title: str = ""
    colour: str = "white"
    x: float = 0
    y: float = 0
    w: float = 320
    h: float = 240
    proposed: bool = False
    gone: bool = False


@dataclass(frozen=True)
class Line:
    """A line between two cards or groups; `start` and `end` are their ids (`from` and `to` in the document)."""

    id: str
    by: str = ""
    start: str = ""
    end: str = ""
    label: str = ""
    gone: bool = False


@dataclass(frozen=True)
class Stroke:
    """A free line: `points` is 'x,y x,y …'."""

    id: str
    by: str = ""
    points: str = ""
    colour: str = "blue"
    width: float = 3
    gone: bool = False


@dataclass(frozen=True)
class Dot:
    """A dot of somebody on a card or group."""

    id: str
    by: str = ""
    on: str = ""


Thing = Card | Group | Line | Stroke | Dot
KINDS: dict[str, type[Thing]] = {"cards": Card, "groups": Group, "lines": Line, "strokes": Stroke, "dots": Dot}
ROOTS: dict[type[Thing], str] = {kind: root for root, kind in KINDS.items()}
STAGE = "stage"
# The field in which a card notes that it is gone since the city does not show it; no method names it.
HIDDEN = "hidden"


@dataclass(frozen=True)
class Removal:
    """The wish that a thing is no longer in the document at all, as a dot that is taken back."""

    root: str
    id: str


@dataclass(frozen=True)
class Change:
    """One thing as it was and as it is to be; None where it is not there."""

    root: str
    id: str
    before: Thing | None
    after: Thing | None


@dataclass
class Things:
    """All that lies on a board, by root and id; and `stage`, which the server alone sets."""

    by_root: dict[str, dict[str, Thing]] = field(default_factory=lambda: {root: {} for root in KINDS})
    stage: dict[str, str | float | bool] = field(default_factory=dict)

    @property
    def cards(self) -> dict[str, Card]:
        """Cards by id, those taken away included."""
        return self.by_root["cards"]  # type: ignore[return-value]  # one kind a root

    @property
    def groups(self) -> dict[str, Group]:
        """Groups by id, those taken away included."""
        return self.by_root["groups"]  # type: ignore[return-value]  # one kind a root

    @property
    def lines(self) -> dict[str, Line]:
        """Lines by id, those taken away included."""
        return self.by_root["lines"]  # type: ignore[return-value]  # one kind a root

    @property
    def strokes(self) -> dict[str, Stroke]:
        """Strokes by id, those taken away included."""
        return self.by_root["strokes"]  # type: ignore[return-value]  # one kind a root

    @property
    def dots(self) -> dict[str, Dot]:
        """Dots by id."""
        return self.by_root["dots"]  # type: ignore[return-value]  # one kind a root

    def get(self, root: str, key: str) -> Thing | None:
        """The thing of this root and id, None where there is none."""
        return self.by_root[root].get(key)

    def put(self, change: Change) -> None:
        """Have the thing as the change says it is after."""
        if change.after is None:
            self.by_root[change.root].pop(change.id, None)
        else:
            self.by_root[change.root][change.id] = change.after

    def holds(self, key: str) -> bool:
        """Whether a card or group of this id lies on the board and was not taken away."""
        thing = self.cards.get(key) or self.groups.get(key)
        return thing is not None and not thing.gone
