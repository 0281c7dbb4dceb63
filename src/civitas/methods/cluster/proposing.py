"""A machine's proposal laid on a cluster board: dashed groups of cards that nobody has grouped yet, for people to take or put away."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from math import sqrt
from typing import TYPE_CHECKING

from civitas.boards.actions import put_on_board
from civitas.boards.places import APART, TOP, bottom_of
from civitas.boards.queries import document_of
from civitas.boards.things import LONGEST_TITLE, Group
from civitas.contributions.models import Contribution
from civitas.methods.cluster.grouping import propose_groups

if TYPE_CHECKING:
    from civitas.boards.models import Board
    from civitas.boards.things import Card, Thing, Things

# As the board draws cards in a group.
CARD_WIDTH, CARD_HEIGHT, GAP, PAD, HEAD = 168, 132, 16, 20, 56
COLUMNS, PER_ROW = 3, 3
_LONGEST_ROW = 10
MOST_OF_TEXT = 600  # characters: how a text begins says what it is about


def propose(board: Board) -> int:
    """Lay a proposal on the board; earlier proposals that nobody took go. Returns how many groups it has; may run twice."""
    things = document_of(board)
    free = _free_cards(things)
    found = propose_groups(_texts_of(board, free))
    members = [[free[place] for place in each.members] for each in found]
    names = [each.name for each in found]

    def wish(there: Things) -> list[Thing]:
        wanted: list[Thing] = [replace(group, gone=True) for group in _proposals(there)]
        left = {group.id for group in _proposals(there)}
        known = {card.id: card for card in _free_cards(there)}
        chosen = [[known[card.id] for card in cards if card.id in known] for cards in members]
        # What somebody put elsewhere meanwhile may leave too few.
        chosen = [cards if len(cards) > 1 else [] for cards in chosen]
        grouped = {card.id for cards in chosen for card in cards}
        # Before anybody has made a group, everything is laid anew, so that the groups lie above what stays alone.
        begins = all(group.gone or group.proposed for group in there.groups.values())
        place = _Place(TOP if begins else bottom_of(there, but=grouped) + APART)
        for name, inside in zip(names, chosen, strict=True):
            if inside:
                group = place.next_group(_id_of(inside), name, len(inside))
                left.discard(group.id)
                wanted = [each for each in wanted if each.id != group.id]
                wanted += [group, *(replace(card, group=group.id, x=at * GAP, y=0) for at, card in enumerate(inside))]
        # What lay in a proposal that goes lies free again, where there is room.
        loose = [card for card in known.values() if card.id not in grouped and (begins or card.group in left)]
        spots = [place.next_spot(at) for at in range(len(loose))]
        return [*wanted, *(replace(card, group="", x=x, y=y) for card, (x, y) in zip(loose, spots, strict=True))]

    put_on_board(board, wish)
    return len(found)


def _texts_of(board: Board, cards: list[Card]) -> list[str]:
    """What cards say; those that came from a contribution say all of it."""
    numbers = [card.number for card in cards if card.number]
    rows = Contribution.objects.of(board.city).filter(number__in=numbers) if numbers else Contribution.objects.none()
    whole = {number: f"{title}\n{title}\n{text[:MOST_OF_TEXT]}" for number, title, text in rows.values_list("number", "title", "text")}
    return [whole.get(card.number, card.text) for card in cards]


def _proposals(things: Things) -> list[Group]:
    return [group for group in things.groups.values() if group.proposed and not group.gone]


def _free_cards(things: Things) -> list[Card]:
    """Cards in no group, or in one that is a mere proposal, or was taken away."""
    real = {group.id for group in things.groups.values() if not group.proposed and not group.gone}
    cards = [card for card in things.cards.values() if not card.gone and card.text.strip() and card.group not in real]
    return sorted(cards, key=lambda card: card.id)


def _id_of(cards: list[Card]) -> str:
    """The same cards make the same group, so that a second run changes nothing."""
    said = ",".join(sorted(card.id for card in cards))
    return "p" + hashlib.sha256(said.encode()).hexdigest()[:11]


class _Place:
    """Lays groups in rows below what is there."""

    def __init__(self, top: float) -> None:
        self.top, self.left, self.height, self.count = top, 40.0, 0.0, 0

    def next_group(self, key: str, name: str, cards: int) -> Group:
        """The next group in the row, large enough for its cards."""
        columns = min(cards, max(COLUMNS, round(sqrt(cards))))
        rows = -(-cards // columns)
        width = 2 * PAD + columns * CARD_WIDTH + (columns - 1) * GAP
        height = HEAD + rows * CARD_HEIGHT + (rows - 1) * GAP + PAD
        if self.count and self.count % PER_ROW == 0:
            self.top, self.left, self.height = self.top + self.height + APART, 40.0, 0.0
        group = Group(id=key, title=name[:LONGEST_TITLE], x=self.left, y=self.top, w=width, h=height, proposed=True)
        self.left, self.height, self.count = self.left + width + APART, max(self.height, height), self.count + 1
        return group

    def next_spot(self, at: int) -> tuple[float, float]:
        """Where a loose card lies, below the groups."""
        row, column = divmod(at, _LONGEST_ROW)
        return 40 + column * (CARD_WIDTH + GAP), self.top + self.height + APART + row * (CARD_HEIGHT + GAP)
