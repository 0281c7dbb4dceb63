"""The forms of the list twin, verb by verb."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.boards.playing import sit

from civitas.boards.actions import write
from civitas.boards.queries import document_of
from civitas.boards.wishes import wish_of
from civitas.kit.verdicts import Refused

if TYPE_CHECKING:
    from civitas.boards.models import Board
    from civitas.boards.things import Things


class Sitting:
    """Somebody at a board who sends forms."""

    def __init__(self, board: Board, name: str = "Alice") -> None:
        self.board = board
        self.actor, self.seat = sit(board, name)

    def does(self, do: str, **asked: str) -> Things:
        write(self.actor, self.board, wish_of({"do": do, **asked}, self.seat.alias))
        return document_of(self.board)

    def adds(self, text: str, **asked: str) -> str:
        things = self.does("add", text=text, **asked)
        return next(card.id for card in things.cards.values() if card.text == text)


@pytest.fixture
def alice(board: Board) -> Sitting:
    return Sitting(board)


def test_cards_are_laid_side_by_side_where_nothing_lies(alice: Sitting) -> None:
    for text in ("eins", "zwei", "drei"):
        alice.adds(text)
    cards = sorted(document_of(alice.board).cards.values(), key=lambda card: card.x)
    assert [(card.text, card.x, card.y, card.by) for card in cards] == [
        ("eins", 20, 0, alice.seat.alias),
        ("zwei", 204, 0, alice.seat.alias),
        ("drei", 388, 0, alice.seat.alias),
    ]


def test_a_card_goes_into_a_group_a_region_and_out_again(alice: Sitting) -> None:
    first, second = alice.adds("eins"), alice.adds("zwei")
    group = next(iter(alice.does("group", on=first, title="Schatten").groups))
    things = alice.does("move", on=second, where=f"group {group}")
    assert [things.cards[key].group for key in (first, second)] == [group, group]
    assert things.cards[second].x > things.cards[first].x
    things = alice.does("move", on=second, where="region who")
    assert (things.cards[second].group, things.cards[second].region) == ("", "who")
    things = alice.does("ungroup", on=group)
    assert (things.groups[group].gone, things.cards[first].group) == (True, "")


def test_words_colour_and_name_change(alice: Sitting) -> None:
    card = alice.adds("eins", colour="blue")
    group = next(iter(alice.does("group", on=card, title="Schatten").groups))
    alice.does("text", on=card, text="zwei\r\nZeilen")
    alice.does("colour", on=card, colour="green")
    things = alice.does("rename", on=group, title="Kühle")
    assert (things.cards[card].text, things.cards[card].colour, things.groups[group].title) == ("zwei\nZeilen", "green", "Kühle")


def test_two_cards_are_connected_once(alice: Sitting) -> None:
    first, second = alice.adds("eins"), alice.adds("zwei")
    alice.does("connect", on=first, other=second, label="braucht")
    things = alice.does("connect", on=second, other=first)
    assert [(line.start, line.end, line.label) for line in things.lines.values()] == [(first, second, "braucht")]


def test_dots_are_given_and_taken_back(alice: Sitting) -> None:
    card = alice.adds("eins")
    for _turn in range(3):
        alice.does("dot", on=card)
    with pytest.raises(Refused, match="all your dots"):
        alice.does("dot", on=card)
    assert len(alice.does("undot", on=card).dots) == 2


def test_what_was_taken_away_comes_back(alice: Sitting) -> None:
    card = alice.adds("eins")
    assert alice.does("remove", on=card).cards[card].gone is True
    assert alice.does("restore", on=card).cards[card].gone is False


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"do": "burn"}, 400),
        ({"do": "add", "text": "  "}, 422),
        ({"do": "add", "text": "x" * 501}, 422),
        ({"do": "text", "on": "nowhere000", "text": "x"}, 409),
        ({"do": "rename", "on": "nowhere000", "title": "x"}, 409),
        ({"do": "connect", "on": "nowhere000", "other": "nowhere000"}, 422),
        ({"do": "dot", "on": "nowhere000"}, 409),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(alice: Sitting, asked: dict[str, Any], status: int) -> None:
    with pytest.raises(Refused) as refused:
        alice.does(**asked)
    assert refused.value.status == status
    assert not document_of(alice.board).cards


def test_nobody_changes_what_others_wrote_where_it_is_theirs(board: Board, alice: Sitting) -> None:
    card, bob = alice.adds("eins"), Sitting(board, "Bob")
    board.phase = "own"
    board.save(update_fields=["phase"])
    with pytest.raises(Refused, match="your own cards"):
        bob.does("text", on=card, text="von Bob")
    assert document_of(board).cards[card].text == "eins"


def test_short_texts_come_along(alice: Sitting) -> None:
    card = alice.adds("eins", field_who="Ada", field_until="Mai")
    things = alice.does("text", on=card, text="eins", field_until=" Juni ")
    assert dict(things.cards[card].fields) == {"who": "Ada", "until": "Juni"}
    with pytest.raises(Refused):
        alice.does("text", on=card, text="eins", field_secret="x")
