"""What lies on a step's boards, as its method needs it: cards in reading order, members of groups, dots, and it all as plain data."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from civitas.boards.models import Seat
from civitas.boards.pictures import words_of_pictures
from civitas.boards.queries import boards_of, document_of, seats_of
from civitas.contributions.models import TITLE_LENGTH, Contribution

if TYPE_CHECKING:
    from civitas.boards.models import Board
    from civitas.boards.things import Card, Group, Things
    from civitas.people.models import Participant
    from civitas.processes.models import Step

# Cards in one row differ a little in height when people lay them by hand.
_ROW = 90


@dataclass(frozen=True)
class Read:
    """A board with what lies on it, and who wrote what."""

    board: Board
    things: Things
    authors: dict[str, Participant | None] = field(default_factory=dict)

    @property
    def cards(self) -> list[Card]:
        """The cards that were not taken away and say something, in words or by a picture, in reading order."""
        lying = [card for card in self.things.cards.values() if not card.gone and card.text.strip()]
        return sorted(lying, key=lambda card: (round(card.y / _ROW), card.x, card.id))

    @property
    def groups(self) -> list[Group]:
        """The groups that people made or took, in reading order; proposals that nobody took are none."""
        lying = [group for group in self.things.groups.values() if not group.gone and not group.proposed]
        return sorted(lying, key=lambda group: (round(group.y / _ROW), group.x, group.id))

    def members(self, group: Group) -> list[Card]:
        """The cards of a group."""
        return [card for card in self.cards if card.group == group.id]

    def dots(self) -> Counter[str]:
        """How many dots lie on which card or group."""
        return Counter(dot.on for dot in self.things.dots.values() if self.things.holds(dot.on))

    def author(self, card: Card) -> Participant | None:
        """Who wrote a card; None once they have left."""
        return self.authors.get(card.by)


def read_boards(step: Step) -> list[Read]:
    """All boards of a step, the one for all first; three queries a board, a fourth where a card is a picture alone."""
    return [
        Read(board, _spoken(board, document_of(board)), {seat.alias: seat.participant for seat in seats_of(board)})
        for board in boards_of(step)
    ]


def _spoken(board: Board, things: Things) -> Things:
    for key, words in words_of_pictures(board.city, things.cards.values()).items():
        things.by_root["cards"][key] = replace(things.cards[key], text=words)
    return things


def earlier_contributions(step: Step, kinds: frozenset[str], *, most: int = 200) -> list[Contribution]:
    """What the steps before this one gave of these kinds, the oldest first; of many the newest."""
    rows = Contribution.objects.of(step.city_id).filter(process=step.process_id, step__position__lt=step.position, listed=1)
    return list(rows.filter(kind__in=kinds).order_by("-newest_key")[:most])[::-1]


def title_of(text: str) -> tuple[str, str]:
    """A card's words as title and text of a contribution: long ones begin the title and stand whole in the text."""
    line = " ".join(text.split())
    if len(line) <= TITLE_LENGTH // 2:
        return line, ""
    return f"{line[: TITLE_LENGTH // 2].rpartition(' ')[0]} …", text


def exported(step: Step) -> dict[str, Any]:
    """The boards of a step as plain data; who wrote what stands as an alias of that board."""
    return {
        "boards": [
            {
                "table": read.board.table,
                "cards": [
                    {
                        "id": card.id, "text": card.text, "by": card.by, "colour": card.colour, "x": card.x, "y": card.y,
                        "group": card.group, "region": card.region, "number": card.number, "fields": dict(card.fields),
                    }
                    for card in read.cards
                ],
                "groups": [{"id": group.id, "title": group.title, "x": group.x, "y": group.y} for group in read.groups],
                "lines": [
                    {"from": line.start, "to": line.end, "label": line.label} for line in read.things.lines.values() if not line.gone
                ],
                "dots": dict(sorted(read.dots().items())),
            }
            for read in read_boards(step)
        ]
    }  # fmt: skip


def count_cards(step: Step) -> int:
    """How many cards lie on the step's boards."""
    return sum(len(read.cards) for read in read_boards(step))


def count_people(step: Step) -> int:
    """How many people sat down at the step's boards."""
    return Seat.objects.of(step.city_id).filter(board__step=step).count()
