"""One card whole, and the cards as they lie on a sheet of paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from civitas.lab.catalogue import Tile, minutes_of, people_of, tile_of
from civitas.lab.drawings import drawing_on_paper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.utils.safestring import SafeString

    from civitas.processes.registry import Card, Method

# A sheet of A4 holds four cards of A6, two beside each other.
A_SHEET, A_ROW = 4, 2
LONG = 860  # characters that the back of a card holds in its usual size
# The printer's own ink: dark line, one warm accent, two tints that stay apart in grey.
INK = {"line": "#17343f", "move": "#b3541e", "tint": "#d9e4e2", "move_tint": "#f7dfcd"}


@dataclass(frozen=True)
class Station:
    """A line of the script with the minute at which it begins."""

    say: str
    do: str
    minutes: int
    begins: int


@dataclass(frozen=True)
class PaperCard:
    """A card of A6: its tile, its card, its script, its drawing in ink."""

    tile: Tile
    card: Card
    stations: list[Station]
    total: int
    drawing: SafeString

    @property
    def is_long(self) -> bool:
        """Whether its back holds so many words that they stand smaller."""
        said = sum(len(station.say) + len(station.do) for station in self.stations)
        return said + sum(len(str(text)) for text in self.card.materials) > LONG


@dataclass(frozen=True)
class Sheet:
    """Four fronts, and their backs in the order in which they lie behind them when the sheet is turned over its long edge."""

    fronts: list[PaperCard]
    backs: list[PaperCard | None]


def stations_of(card: Card) -> list[Station]:
    """The script in order; `begins` counts from the first line."""
    stations, begins = [], 0
    for line in card.lines:
        stations.append(Station(str(line.say), str(line.do), line.minutes, begins))
        begins += line.minutes
    return stations


def card_context(method: Method) -> dict[str, Any]:
    """What the page of a card shows."""
    stations = stations_of(method.card)
    return {
        "method": method,
        "card": method.card,
        "tile": tile_of(method),
        "minutes": minutes_of(method),
        "people": people_of(method),
        "stations": stations,
        "total": sum(station.minutes for station in stations),
    }


def sheets_of(chosen: Sequence[Method]) -> list[Sheet]:
    """The methods' cards, four on a sheet."""
    papers = [_on_paper(method) for method in chosen]
    sheets = []
    for start in range(0, len(papers), A_SHEET):
        four = papers[start : start + A_SHEET]
        places: list[PaperCard | None] = [*four, *[None] * (A_SHEET - len(four))]
        backs = [card for row in range(0, A_SHEET, A_ROW) for card in reversed(places[row : row + A_ROW])]
        sheets.append(Sheet(four, backs))
    return sheets


def _on_paper(method: Method) -> PaperCard:
    stations = stations_of(method.card)
    total = sum(station.minutes for station in stations)
    return PaperCard(tile_of(method), method.card, stations, total, drawing_on_paper(method, **INK))
