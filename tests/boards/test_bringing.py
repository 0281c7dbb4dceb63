"""Contributions on a board: brought once, kept as the city shows them, gone with what is hidden or blacked out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction
from tests.boards.playing import ALL, CHARTERS, sit
from tests.factories import make_actor, make_city, make_contribution, make_process, make_step

from civitas.boards.actions import put_on_board, write
from civitas.boards.bringing import (
    AT_ONCE,
    HIDDEN,
    about_id,
    bring_chosen,
    bring_contributions,
    keep_cards,
    lay_brought,
    may_bring,
    renew_cards,
    room_on,
)
from civitas.boards.brought_models import Brought
from civitas.boards.judging import judge
from civitas.boards.models import BoardSnapshot, BoardUpdate
from civitas.boards.places import in_rows
from civitas.boards.queries import document_of
from civitas.boards.tasks import keep_board, redact_cards
from civitas.boards.things import Card, Group, Things
from civitas.contributions.actions import change_visibility
from civitas.contributions.models import Contribution
from civitas.journal.models import Entry
from civitas.kit.verdicts import Refused
from civitas.outbox.models import OutboxRow
from civitas.processes.registry import methods

if TYPE_CHECKING:
    from civitas.boards.models import Board

pytestmark = pytest.mark.django_db


@pytest.fixture
def board(board: Board, monkeypatch: pytest.MonkeyPatch) -> Board:
    """An open board that takes ideas and themes."""
    method = replace(methods()["boardgame"], takes=frozenset({"idea", "theme"}))
    monkeypatch.setitem(methods(), "boardgame", method)
    return board


def texts(board: Board) -> list[str]:
    return sorted(card.text for card in document_of(board).cards.values() if not card.gone)


def ideas(board: Board, count: int) -> list[Contribution]:
    return [make_contribution(board.step, f"Idee {n:03}") for n in range(count)]


def every(board: Board) -> object:
    return Contribution.objects.of(board.city).filter(listed=1).order_by("pk")


def look(board: Board, *rows: Contribution) -> None:
    """What the worker does once something about these has changed."""
    with transaction.atomic():
        keep_cards(board.city, rows)
    for row in OutboxRow.objects.of(board.city).filter(kind="boards.keep").order_by("pk"):
        keep_board(board.city, **row.payload)


def kept(board: Board) -> list[bytes]:
    return [bytes(data) for rows in (BoardUpdate, BoardSnapshot) for data in rows.objects.of(board.city).values_list("data", flat=True)]


def test_a_blacked_out_number_is_on_no_card_in_no_title_and_in_no_log(board):
    row, other = make_contribution(board.step, "Ruft an: 040 1234567"), make_contribution(board.step, "Mehr Schatten")
    bring_contributions(board, [row, other])
    put_on_board(
        board, lambda _there: [Group(about_id(row.number), title=row.title), Group(about_id(other.number), title="Von Hand benannt")]
    )
    row.title = "Ruft an: ███"
    row.save()
    with transaction.atomic():
        renew_cards(board.city, [row])
    job = OutboxRow.objects.of(board.city).get(kind="boards.redact")
    redact_cards(board.city, **job.payload)
    assert texts(board) == ["Mehr Schatten", "Ruft an: ███"]
    assert sorted(group.title for group in document_of(board).groups.values()) == ["Ruft an: ███", "Von Hand benannt"]
    assert not any(b"1234567" in data for data in kept(board))
    redact_cards(board.city, **job.payload)
    assert len(document_of(board).cards) == 2


def test_contributions_come_as_cards_with_their_number_once(board):
    rows = [make_contribution(board.step, f"Idee {n}") for n in range(3)]
    bring_contributions(board, rows[:2])
    bring_contributions(board, rows)
    cards = document_of(board).cards.values()
    assert sorted((card.number, card.text, card.by) for card in cards) == sorted((row.number, row.title, "") for row in rows)


def test_what_is_hidden_later_leaves_the_board_with_its_words_and_comes_back_where_it_lay(board):
    row, other = ideas(board, 2)
    bring_contributions(board, [row, other])
    card = next(card for card in document_of(board).cards.values() if card.number == row.number)
    put_on_board(board, lambda _there: [Group("gggggggg", title="Von Menschen"), replace(card, group="gggggggg")])
    change_visibility(board.city, row, "hidden", reason="Verletzt die Regeln.")
    look(board, row)
    assert texts(board) == ["Idee 001"]
    assert document_of(board).cards[card.id].text == ""
    assert not any(b"Idee 000" in data for data in kept(board))
    change_visibility(board.city, row, "published")
    look(board, row)
    back = document_of(board).cards[card.id]
    assert (back.text, back.group, back.gone, dict(back.fields)) == ("Idee 000", "gggggggg", False, {})


def test_what_people_took_away_before_it_was_hidden_stays_away(board):
    row = ideas(board, 1)[0]
    bring_contributions(board, [row])
    card = next(iter(document_of(board).cards.values()))
    put_on_board(board, lambda _there: [replace(card, gone=True)])
    change_visibility(board.city, row, "hidden", reason="Verletzt die Regeln.")
    look(board, row)
    assert document_of(board).cards[card.id].text == ""
    change_visibility(board.city, row, "published")
    look(board, row)
    assert (document_of(board).cards[card.id].gone, document_of(board).cards[card.id].text) == (True, "Idee 000")


@pytest.mark.parametrize("visibility", ["hidden", "waiting", "withdrawn", "erased", "draft"])
def test_what_the_city_does_not_show_never_comes(board, visibility):
    row = make_contribution(board.step, "Geheim", visibility=visibility)
    bring_contributions(board, [row, make_contribution(board.step, "Offen")])
    assert texts(board) == ["Offen"]
    assert not any(b"Geheim" in data for data in kept(board))


def test_a_card_follows_the_words_of_its_contribution_and_lies_still(board):
    row, other = ideas(board, 2)
    bring_contributions(board, [row, other])
    before = document_of(board).cards
    Contribution.objects.of(board.city).filter(pk=row.pk).update(title="Klarer gesagt")
    look(board, row)
    after = document_of(board).cards
    assert {key: replace(card, text="") for key, card in after.items()} == {key: replace(card, text="") for key, card in before.items()}
    assert texts(board) == ["Idee 001", "Klarer gesagt"]


def test_looking_twice_changes_nothing_and_asks_for_nothing_more(board):
    bring_contributions(board, ideas(board, 2))
    OutboxRow.objects.of(board.city).delete()
    board.refresh_from_db()
    sequence = board.sequence
    assert lay_brought(board) is False
    board.refresh_from_db()
    assert board.sequence == sequence
    assert not OutboxRow.objects.of(board.city).exists()


def test_a_contribution_that_lies_on_no_board_costs_one_query(board, django_assert_num_queries):
    rows = ideas(board, 3)
    with transaction.atomic(), django_assert_num_queries(1):
        keep_cards(board.city, rows)


def test_many_are_laid_by_the_worker_and_none_is_lost_or_doubled(board):
    leader = make_actor(board.city, "facilitator")
    ideas(board, AT_ONCE + 2)
    came = bring_chosen(leader, board, every(board))
    assert (came.count, came.later) == (AT_ONCE + 2, True)
    assert texts(board) == []
    look(board)
    look(board)
    assert len(texts(board)) == AT_ONCE + 2
    assert len(document_of(board).cards) == AT_ONCE + 2


def test_newer_ones_come_below_what_lies_there_and_nothing_comes_twice(board):
    leader = make_actor(board.city, "facilitator")
    bring_contributions(board, ideas(board, 2))
    lowest = max(card.y for card in document_of(board).cards.values())
    make_contribution(board.step, "Neuer")
    rows = Contribution.objects.of(board.city).exclude(pk__in=Brought.objects.of(board.city).values("contribution")).order_by("pk")
    assert bring_chosen(leader, board, rows).count == 1
    assert texts(board) == ["Idee 000", "Idee 001", "Neuer"]
    assert next(card.y for card in document_of(board).cards.values() if card.text == "Neuer") > lowest
    with pytest.raises(Refused, match="lies there already"):
        bring_chosen(leader, board, rows.all())


def test_no_more_come_than_fit(board, monkeypatch):
    monkeypatch.setitem(CHARTERS, "all", replace(ALL, limit=3))
    leader = make_actor(board.city, "facilitator")
    put_on_board(board, lambda _there: [Card("eigenekarte1", text="Von Hand")])
    ideas(board, 4)
    assert room_on(leader, board) == 2
    assert bring_chosen(leader, board, every(board)).count == 2
    assert room_on(leader, board) == 0
    with pytest.raises(Refused, match="full"):
        bring_chosen(leader, board, every(board))


def test_bringing_is_recorded_without_words(board):
    ideas(board, 2)
    bring_chosen(make_actor(board.city, "facilitator"), board, every(board))
    assert Entry.objects.of(board.city).get(verb="board.brought").details == {"count": 2}


@pytest.mark.parametrize(
    ("role", "may"), [("facilitator", True), ("owner", True), ("administrator", True), ("moderator", False), ("expert", False), ("", False)]
)
def test_who_leads_and_who_administers_brings(board, role, may):
    assert bool(may_bring(make_actor(board.city, role), board.step)) is may


def test_nobody_of_another_city_brings_and_nothing_comes_to_a_closed_step(board):
    assert not may_bring(make_actor(make_city("kassel"), "facilitator"), board.step)
    board.step.override = "closed"
    verdict = may_bring(make_actor(board.city, "facilitator"), board.step)
    assert (bool(verdict), verdict.status) == (False, 409)


def test_a_building_block_that_takes_nothing_has_nothing_brought():
    step = make_step(make_process(make_city("hamburg"), "veddel"), method="brainstorm")
    assert may_bring(make_actor(step.city, "facilitator"), step).status == 404


def test_nobody_writes_into_the_words_of_a_contribution_or_brings_back_a_hidden_one(board):
    card = Card("number000001", text="Eine Stimme", number=1)
    assert judge(card, replace(card, text="Etwas anderes"), "leitleit", ALL).code == "voice"
    assert judge(card, replace(card, x=40.0, group="gggggggg"), "leitleit", ALL)
    hidden = replace(card, text="", gone=True, fields={HIDDEN: "1"})
    assert judge(hidden, replace(hidden, gone=False), "leitleit", ALL).code == "lost"


def test_words_of_a_contribution_are_refused_by_the_form_too(board):
    actor, _seat = sit(board)
    bring_contributions(board, ideas(board, 1))
    with pytest.raises(Refused, match="words of a contribution"):
        write(actor, board, lambda there: [replace(card, text="Anders") for card in there.cards.values()])


def test_rows_are_about_as_wide_as_high_and_keep_their_distance():
    cards = [Card(f"number{n:06d}", number=n) for n in range(1, 101)]
    laid = in_rows(Things(), cards)
    assert (len({card.x for card in laid}), len({card.y for card in laid})) == (10, 10)
    there = Things()
    there.by_root["cards"] = {card.id: card for card in laid}
    more = in_rows(there, [Card("number000200", number=200)])
    assert more[0].y >= max(card.y for card in laid) + 132


@pytest.mark.django_db(transaction=True)
def test_many_cards_are_laid_beside_the_row_so_that_nobody_waits_for_them(board, monkeypatch):
    held = []

    def lay(_board, there, cards, _rows):
        held.append(connection.in_atomic_block)
        return in_rows(there, cards)

    monkeypatch.setitem(methods(), "boardgame", replace(methods()["boardgame"], board=replace(methods()["boardgame"].board, lay=lay)))
    bring_contributions(board, ideas(board, AT_ONCE + 1))
    assert (held, texts(board)) == ([], [])
    keep_board(board.city, board.pk)
    assert (held, len(texts(board))) == ([False], AT_ONCE + 1)


def test_who_is_overtaken_while_laying_begins_anew_and_loses_nothing(board, monkeypatch):
    bring = ideas(board, 2)
    with transaction.atomic():
        _note_only(board, bring)
    tries = []

    def lay(_board, there, cards, _rows):
        tries.append(len(there.cards))
        if len(tries) == 1:
            put_on_board(board, lambda _there: [Card("others00", text="Dazwischen")])
        return in_rows(there, cards)

    monkeypatch.setitem(methods(), "boardgame", replace(methods()["boardgame"], board=replace(methods()["boardgame"].board, lay=lay)))
    keep_board(board.city, board.pk)
    assert (tries, sorted(texts(board))) == ([0, 1], ["Dazwischen", "Idee 000", "Idee 001"])


def _note_only(board, rows):
    Brought.objects.bulk_create([Brought(city=board.city, board=board, contribution=row) for row in rows])
