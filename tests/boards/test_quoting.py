"""Results repeat no voice that the city does not show any more, and none of the words that were blacked out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from tests.factories import make_city, make_contribution, make_process, make_step

from civitas.boards.actions import open_board, put_on_board
from civitas.boards.bringing import bring_contributions, renew_cards
from civitas.boards.concluding import conclude
from civitas.boards.queries import document_of
from civitas.boards.tasks import keep_board, redact_cards
from civitas.boards.things import Dot
from civitas.contributions.actions import change_visibility
from civitas.contributions.models import Contribution, Revision
from civitas.people.actors import city_actor

if TYPE_CHECKING:
    from civitas.boards.models import Board

pytestmark = pytest.mark.django_db
UNSAID = "(ein Beitrag, der nicht mehr gezeigt wird)"


@pytest.fixture
def board() -> Board:
    """A concluded dots board: two voices, of which the first has two dots, the second one."""
    city = make_city()
    step = make_step(make_process(city), method="dots")
    board = open_board(step)
    rows = [make_contribution(step, title) for title in ("Schatten (viel davon)", "Ein Brunnen")]
    bring_contributions(board, rows)
    cards = {card.text: card.id for card in document_of(board).cards.values()}
    first, second = cards["Schatten (viel davon)"], cards["Ein Brunnen"]
    put_on_board(board, lambda _there: [Dot("dot00001", on=first), Dot("dot00002", on=first), Dot("dot00003", on=second)])
    conclude(city_actor(city), step)
    return board


def result(board: Board) -> Contribution:
    return Contribution.objects.of(board.city).get(kind="result")


def voice(board: Board) -> Contribution:
    return Contribution.objects.of(board.city).get(title="Schatten (viel davon)")


def test_what_is_hidden_later_is_in_no_result_and_in_no_older_version_of_it(board):
    made = result(board)
    Revision.objects.create(city=board.city, contribution=made, version=1, title=made.title, text=made.text, at=made.given_at)
    change_visibility(board.city, voice(board), "hidden", reason="Verletzt die Regeln.")
    keep_board(board.city, board.pk)
    assert result(board).text == f"1. {UNSAID} (2 Punkte)\n2. Ein Brunnen (1 Punkt)"
    assert result(board).version == made.version + 1
    assert [each.text for each in Revision.objects.of(board.city).filter(contribution=made)] == [result(board).text]
    keep_board(board.city, board.pk)
    assert result(board).version == made.version + 1


def test_words_that_its_author_had_mended_before_go_too(board):
    row = voice(board)
    Revision.objects.create(city=board.city, contribution=row, version=1, title=row.title, text=row.text, at=row.given_at)
    Contribution.objects.of(board.city).filter(pk=row.pk).update(title="Mehr Schatten")
    keep_board(board.city, board.pk)
    assert result(board).text == "1. Schatten (viel davon) (2 Punkte)\n2. Ein Brunnen (1 Punkt)"
    change_visibility(board.city, Contribution.objects.of(board.city).get(pk=row.pk), "hidden", reason="Verletzt die Regeln.")
    keep_board(board.city, board.pk)
    assert result(board).text == f"1. {UNSAID} (2 Punkte)\n2. Ein Brunnen (1 Punkt)"


def test_what_was_blacked_out_is_black_in_the_result(board):
    row = voice(board)
    Contribution.objects.of(board.city).filter(pk=row.pk).update(title="███ (viel davon)")
    with transaction.atomic():
        renew_cards(board.city, [row])
    redact_cards(board.city, row.number)
    assert result(board).text == "1. ███ (viel davon) (2 Punkte)\n2. Ein Brunnen (1 Punkt)"


def test_a_result_that_does_not_repeat_it_stays_as_it_is(board):
    other = make_contribution(board.step, "Ein Brunnen am Markt")
    bring_contributions(board, [other])
    before = result(board)
    change_visibility(board.city, other, "hidden", reason="Verletzt die Regeln.")
    keep_board(board.city, board.pk)
    assert (result(board).text, result(board).version) == (before.text, before.version)


def test_of_two_who_say_the_same_one_line_stays(board: Board) -> None:
    twin = make_contribution(board.step, "Ein Brunnen")
    bring_contributions(board, [twin])
    put_on_board(board, lambda there: [Dot("dot00004", on=next(card.id for card in there.cards.values() if card.number == twin.number))])
    conclude(city_actor(board.city), board.step)
    assert result(board).text.count("Ein Brunnen (1 Punkt)") == 2
    change_visibility(board.city, twin, "hidden", reason="Verletzt die Regeln.")
    keep_board(board.city, board.pk)
    assert (result(board).text.count("Ein Brunnen (1 Punkt)"), result(board).text.count(UNSAID)) == (1, 1)
