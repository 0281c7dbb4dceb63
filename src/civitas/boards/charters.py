"""The charter: what one person may do on a board now. The method makes it from step, settings, phase and actor."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

Reach = Literal["none", "own", "all"]
MOST_IN_DRAWER = 100  # cards


@dataclass(frozen=True)
class Charter:
    """Abilities on a board. The default opens nothing but reading."""

    write: Reach = "none"  # lay cards; change the words of own or all cards
    move: Reach = "none"  # to another spot or region
    remove: Reach = "none"  # take away and bring back: cards, groups, lines, strokes
    group: bool = False  # make and change groups, put any card into one, take a proposal
    name_groups: bool = False
    connect: bool = False
    draw: bool = False
    colour: bool = False  # cards and groups in another colour than yellow
    pictures: bool = False
    dots: int = 0  # so many each
    drawer: Literal["none", "cards", "dots"] = "none"  # what goes into one's own drawer instead of on the board
    fields: tuple[str, ...] = ()  # further short texts of a card, as 'who' and 'until'
    fill: Reach = "own"  # whose cards' short texts somebody fills in, where cards are written at all
    limit: int = 500  # cards on the board, those taken away not counted

    @property
    def opens_nothing(self) -> bool:
        """Whether it lets somebody only read."""
        return replace(self, drawer="none", fields=(), limit=0) == Charter(limit=0)

    def on_board(self) -> Charter:
        """What of it holds on the board itself: what goes into the drawer does not."""
        if self.drawer == "cards":
            return Charter()
        if self.drawer == "dots":
            return replace(self, dots=0, drawer="none")
        return self

    def in_drawer(self) -> Charter:
        """What of it holds in one's own drawer."""
        if self.drawer == "cards":
            own = Charter(write=self.write, move=self.move, remove=self.remove, limit=MOST_IN_DRAWER)
            return replace(own, colour=self.colour, pictures=self.pictures, fields=self.fields)
        if self.drawer == "dots":
            return Charter(dots=self.dots)
        return Charter()

    def as_json(self) -> dict[str, Any]:
        """For the browser."""
        return asdict(self) | {"fields": list(self.fields)}


READING = Charter()
