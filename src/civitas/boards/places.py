"""Where cards lie that the server lays: in rows below what is there, and never one on another."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from math import ceil, sqrt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from civitas.boards.things import Card, Thing, Things

ROOMY = (240, 180)  # from card to card, board units
FEWEST_COLUMNS = 6
LEFT = TOP = 40
CARD_WIDTH, CARD_HEIGHT, APART, GAP = 168, 132, 48, 16
HEADING = 84  # of a region


def in_rows(there: Things, cards: Sequence[Card], *, columns: int = 0, left: float = LEFT) -> list[Thing]:
    """New cards in rows below all that lies from `left` on; without `columns` about as wide as high."""
    columns = columns or max(FEWEST_COLUMNS, ceil(sqrt(len(cards))))
    bottom = bottom_of(there, left=left)
    top = bottom + APART if bottom else TOP
    return [replace(card, x=left + place % columns * ROOMY[0], y=top + place // columns * ROOMY[1]) for place, card in enumerate(cards)]


def bottom_of(there: Things, *, left: float = float("-inf"), but: Collection[str] = ()) -> float:
    """How far down cards and groups reach that lie from `left` on, 0 where there is nothing; proposals that nobody took are looked through.

    Cards named in `but` are on their way elsewhere.
    """
    groups = {group.id: group for group in there.groups.values() if not group.gone and not group.proposed}
    loose = [card for card in there.cards.values() if not card.gone and card.group not in groups and card.id not in but]
    ends = [card.y + CARD_HEIGHT for card in loose if card.x >= left]
    ends += [group.y + group.h for group in groups.values() if group.x + group.w >= left]
    return max(ends, default=0)


def apart(there: Things, cards: Iterable[Card]) -> list[Thing]:
    """New free cards with no two on one another: those that would lie on another go in rows below; those of a group or region stay.

    People who wrote each for themselves began at the same place.
    """
    ground = _Ground(card for card in there.cards.values() if not card.gone)
    kept: list[Card] = []
    others: list[Card] = []
    for card in cards:
        if card.group or card.region or ground.is_free(card):
            kept.append(card)
            ground.take(card)
        else:
            others.append(card)
    lying = type(there)({**there.by_root, "cards": {**there.cards, **{card.id: card for card in kept}}})
    return [*kept, *(in_rows(lying, others) if others else [])]


def on_canvas(there: Things, card: Card, regions: Sequence[Mapping[str, Any]]) -> Card:
    """A card that a form lays: within the region it names, below its heading; one that names none below the whole canvas."""
    ground = _Ground(each for each in there.cards.values() if not each.gone and each.id != card.id)
    room = next((region for region in regions if region["key"] == card.region), None)
    if room is None:
        bottom = max((region["y"] + region["h"] + HEADING for region in regions), default=0)
        return replace(card, y=card.y + bottom)
    columns = max(1, int((room["w"] - GAP) // (CARD_WIDTH + GAP)))
    rows = max(1, int((room["h"] - HEADING) // (CARD_HEIGHT + GAP)))
    places = [
        (room["x"] + GAP + column * (CARD_WIDTH + GAP), room["y"] + HEADING + row * (CARD_HEIGHT + GAP))
        for row in range(rows)
        for column in range(columns)
    ]
    laid = (replace(card, x=x, y=y) for x, y in places)
    return next((each for each in laid if ground.is_free(each)), replace(card, x=places[-1][0], y=places[-1][1]))


class _Ground:
    """Where cards lie, by fields as large as a card: whether a place is free is asked of its neighbours alone."""

    def __init__(self, cards: Iterable[Card]) -> None:
        self._fields: defaultdict[tuple[int, int], list[Card]] = defaultdict(list)
        for card in cards:
            self.take(card)

    def take(self, card: Card) -> None:
        self._fields[_field_of(card)].append(card)

    def is_free(self, card: Card) -> bool:
        column, row = _field_of(card)
        near = (each for x in (-1, 0, 1) for y in (-1, 0, 1) for each in self._fields.get((column + x, row + y), ()))
        return not any(abs(card.x - each.x) < CARD_WIDTH and abs(card.y - each.y) < CARD_HEIGHT for each in near)


def _field_of(card: Card) -> tuple[int, int]:
    return int(card.x // CARD_WIDTH), int(card.y // CARD_HEIGHT)
