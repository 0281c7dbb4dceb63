"""Opening a board, sitting down, changing things by form, phases and drawers."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.utils import timezone
from tests.boards.playing import ALL, Browser, make_board, new_id, sit
from tests.factories import make_actor, make_city, make_guest, make_staff

from civitas.boards.actions import (
    empty_drawers,
    let_back,
    open_board,
    put_on_board,
    rename_seat,
    send_away,
    set_phase,
    set_timer,
    take_seat,
    write,
)
from civitas.boards.log import COMPACT_EVERY
from civitas.boards.models import Board, BoardSnapshot, BoardUpdate, Seat
from civitas.boards.opened import Made, OpenBoard
from civitas.boards.queries import board_by_uid, document_of, drawer_of, names_of
from civitas.boards.sheets import Tried
from civitas.boards.tasks import compact, tidy
from civitas.boards.things import Card, Dot, Removal
from civitas.journal.models import Entry
from civitas.kit.verdicts import Refused
from civitas.outbox.models import OutboxRow
from civitas.people.actors import actor_of

pytestmark = pytest.mark.django_db


def lead(board):
    return actor_of(make_staff(board.city, "facilitator"))


def lay(board, actor, seat, text="Mehr Schatten", **fields):
    card = Card(new_id(), by=seat.alias, text=text, **fields)
    write(actor, board, lambda _there: [card])
    return card


def test_a_step_has_one_board_in_its_first_phase(board):
    again = open_board(board.step)
    assert (again.pk, again.phase, board.sequence) == (board.pk, "all", 0)
    assert document_of(board).stage == {"phase": "all"}
    assert open_board(board.step, table=1).pk != board.pk


def test_a_step_without_a_board_says_so(board):
    board.step.method = "collect"
    with pytest.raises(Refused, match="This step has no board"):
        open_board(board.step)


def test_who_sits_down_gets_one_seat_with_an_alias_that_tells_nothing(board):
    actor, seat = sit(board, "Alice")
    again = take_seat(actor, board, nickname="  Ali\nce ")
    assert again.pk == seat.pk
    assert (len(seat.alias), seat.place, names_of(board)) == (8, 1, {seat.alias: "Ali ce"})
    assert "alice" not in seat.alias
    guest = take_seat(actor_of(make_guest(board.city, "Gast")), board)
    assert (guest.place, guest.colour) == (2, "violet")


@pytest.mark.parametrize(("fields", "sentence"), [({"settings": {"who": "signed_in"}}, "sign in"), ({"override": "closed"}, "closed")])
def test_who_may_not_take_part_does_not_sit_down(board, fields, sentence):
    for name, value in fields.items():
        setattr(board.step, name, value)
    board.step.save()
    with pytest.raises(Refused, match=sentence):
        take_seat(actor_of(make_guest(board.city)), board)
    assert Seat.objects.of(board.city).count() == 0


def test_who_is_suspended_does_not_sit_down(board):
    person = make_guest(board.city, suspended_until=timezone.now() + dt.timedelta(days=1))
    with pytest.raises(Refused, match="shut you out"):
        take_seat(actor_of(person), board)


def test_another_citys_board_does_not_exist(board):
    other = make_city("kassel")
    assert board_by_uid(other, board.uid) is None
    with pytest.raises(Refused) as refused:
        take_seat(make_actor(other), board)
    assert refused.value.status == 404


def test_a_form_changes_things_as_a_browser_does(board):
    actor, seat = sit(board)
    card = lay(board, actor, seat)
    write(actor, board, lambda there: [replace(there.cards[card.id], text="Mehr Bäume", x=5)])
    assert document_of(board).cards == {card.id: replace(card, text="Mehr Bäume", x=5)}
    write(actor, board, lambda _there: [Removal("cards", card.id)])
    assert document_of(board).cards == {}


def test_a_form_is_judged_like_any_edit(board):
    alice, seat = sit(board, "Alice")
    card = lay(board, alice, seat)
    set_phase(lead(board), board, "own")
    bob, _seat = sit(board, "Bob")
    with pytest.raises(Refused, match="only change your own cards"):
        write(bob, board, lambda there: [replace(there.cards[card.id], text="Anders")])
    with pytest.raises(Refused, match="does not belong to you"):
        write(bob, board, lambda _there: [Card(new_id(), by=seat.alias)])
    with pytest.raises(Refused, match="sit down"):
        write(make_actor(board.city), board, lambda _there: [])
    assert document_of(board).cards == {card.id: card}


def test_three_dots_are_three_dots_however_they_come(board):
    actor, seat = sit(board)
    card = lay(board, actor, seat)
    dots = [Dot(new_id(), seat.alias, card.id) for _ in range(4)]
    for dot in dots[:3]:
        write(actor, board, lambda _there, dot=dot: [dot])
    with pytest.raises(Refused, match="all your dots"):
        write(actor, board, lambda _there: [dots[3]])
    write(actor, board, lambda _there: [Removal("dots", dots[0].id), dots[3]])
    assert set(document_of(board).dots) == {dot.id for dot in dots[1:]}


def test_who_writes_on_an_old_head_is_told_and_nothing_is_written(board):
    _actor, seat = sit(board)
    slow, quick = OpenBoard(board), OpenBoard(board)
    edits = {each: Browser(each.main).change(Card(new_id(), by=seat.alias)) for each in (slow, quick)}
    tried = {each: each.main.try_update(edits[each], seat.alias, ALL) for each in (slow, quick)}
    assert quick.commit([Made(None, seat.pk, tried[quick])]) is not None
    assert slow.commit([Made(None, seat.pk, tried[slow])]) is None
    assert len(slow.catch_up()) == 1
    assert isinstance(again := slow.main.try_update(edits[slow], seat.alias, ALL), Tried)
    assert slow.commit([Made(None, seat.pk, again)]) is not None
    assert document_of(board).cards == slow.things.cards
    assert len(slow.things.cards) == 2


def test_a_phase_that_changed_meanwhile_makes_the_head_an_old_one(board):
    _actor, seat = sit(board)
    opened = OpenBoard(board)
    tried = opened.main.try_update(Browser(opened.main).change(Card(new_id(), by=seat.alias)), seat.alias, ALL)
    set_timer(lead(board), board, minutes=5)
    assert opened.commit([Made(None, seat.pk, tried)]) is None


def test_only_who_leads_sets_phase_and_timer(board):
    actor, seat = sit(board)
    for forbidden in (
        lambda: set_phase(actor, board, "own"),
        lambda: set_timer(actor, board, minutes=5),
        lambda: send_away(actor, board, seat),
    ):
        with pytest.raises(Refused, match="Only facilitators"):
            forbidden()
    leader = lead(board)
    with pytest.raises(Refused, match="no such phase"):
        set_phase(leader, board, "odd")
    set_phase(leader, board, "own", minutes=5)
    row = Board.objects.of(board.city).get(pk=board.pk)
    assert (row.phase, row.phase_ends_at > timezone.now()) == ("own", True)
    assert document_of(board).stage == {"phase": "own"}
    assert Entry.objects.of(board.city).filter(verb="board.phase", subject=f"board:{board.pk}").count() == 1
    set_timer(leader, board, minutes=0)
    assert Board.objects.of(board.city).get(pk=board.pk).phase_ends_at is None


def test_who_was_sent_away_is_out_until_let_back(board):
    actor, seat = sit(board)
    leader = lead(board)
    send_away(leader, board, seat)
    with pytest.raises(Refused, match="sent you away"):
        lay(board, actor, seat)
    let_back(leader, board, seat)
    lay(board, actor, seat)
    rename_seat(leader, board, seat, "Mensch")
    assert names_of(board)[seat.alias] == "Mensch"


def test_what_is_in_the_drawers_comes_onto_the_board_when_the_phase_ends_once(board):
    leader = lead(board)
    set_phase(leader, board, "private")
    people = [sit(board, name) for name in ("Alice", "Bob")]
    cards = [Card(new_id(), by=seat.alias, text=seat.name) for _actor, seat in people]
    for (actor, _seat), card in zip(people, cards, strict=True):
        write(actor, board, lambda _there, card=card: [card], drawer=True)
        with pytest.raises(Refused, match="cannot write here"):
            write(actor, board, lambda _there, card=card: [card])
    assert document_of(board).cards == {}
    assert drawer_of(board, people[0][1]).cards == {cards[0].id: cards[0]}
    set_phase(leader, board, "all")
    # As they were written, but none lies on another.
    there = document_of(board).cards
    assert {key: (card.by, card.text) for key, card in there.items()} == {card.id: (card.by, card.text) for card in cards}
    assert len({(card.x, card.y) for card in there.values()}) == len(cards)
    assert drawer_of(board, people[0][1]).cards == {}
    assert empty_drawers(board) == 0


def test_hidden_dots_are_counted_in_the_drawer_and_shown_at_the_end(board):
    actor, seat = sit(board)
    card = lay(board, actor, seat)
    leader = lead(board)
    set_phase(leader, board, "hidden")
    dots = [Dot(new_id(), seat.alias, card.id) for _ in range(4)]
    write(actor, board, lambda _there: dots[:3], drawer=True)
    with pytest.raises(Refused, match="all your dots"):
        write(actor, board, lambda _there: dots[3:], drawer=True)
    with pytest.raises(Refused, match="No dots"):
        write(actor, board, lambda _there: dots[3:])
    assert document_of(board).dots == {}
    set_phase(leader, board, "all")
    assert set(document_of(board).dots) == {dot.id for dot in dots[:3]}


def test_compaction_changes_nothing_but_the_size(board):
    actor, seat = sit(board)
    card = lay(board, actor, seat)
    for n in range(30):
        write(actor, board, lambda there, n=n: [replace(there.cards[card.id], x=n)])
    follower, late = OpenBoard(board), OpenBoard(board)
    before = document_of(board)
    compact(board.city, board.pk)
    assert BoardUpdate.objects.of(board.city).count() == 0
    assert BoardSnapshot.objects.of(board.city).get().sequence == follower.sequence
    assert document_of(board) == before
    write(actor, board, lambda there: [replace(there.cards[card.id], x=100)])
    compact(board.city, board.pk)
    assert [each.entry.whole for each in follower.catch_up()] == [True]
    assert follower.things == document_of(board)
    late.sequence = 3  # one that was far behind
    late.catch_up()
    assert late.things == document_of(board)


def test_the_board_of_a_closed_step_is_laid_anew_and_says_the_same(board):
    actor, seat = sit(board)
    card = lay(board, actor, seat)
    for n in range(60):
        write(actor, board, lambda there, n=n: [replace(there.cards[card.id], x=n, text=f"Mehr Schatten {n}")])
    follower = OpenBoard(board)
    compact(board.city, board.pk)
    compacted = bytes(BoardSnapshot.objects.of(board.city).get().data)
    write(actor, board, lambda there: [replace(there.cards[card.id], x=100)])
    tidy()
    assert BoardUpdate.objects.of(board.city).count() == 1, "an open step is left alone"
    board.step.override = "closed"
    board.step.save()
    before = document_of(board)
    tidy()
    assert document_of(board) == before
    assert BoardUpdate.objects.of(board.city).count() == 0
    assert len(BoardSnapshot.objects.of(board.city).get().data) < len(compacted)
    follower.catch_up()
    assert follower.things == before


def test_a_long_log_is_compacted_by_the_worker(board):
    _actor, seat = sit(board)
    opened = OpenBoard(board)
    browser = Browser(opened.main)
    card = Card(new_id(), by=seat.alias)
    for n in range(COMPACT_EVERY + 1):
        tried = opened.main.try_update(browser.change(replace(card, x=n)), seat.alias, ALL)
        opened.commit([Made(None, seat.pk, tried)])
    assert OutboxRow.objects.of(board.city).filter(kind="boards.compact").count() == 1


def test_the_city_lays_things_without_being_asked(board):
    put_on_board(board, lambda _there: [Card("seedcard0001", text="Beispiel")])
    assert document_of(board).cards["seedcard0001"].text == "Beispiel"


def test_each_city_has_boards_of_its_own(board):
    other = make_board("kassel")
    put_on_board(other, lambda _there: [Card("seedcard0001", text="Kassel")])
    assert document_of(board).cards == {}
    assert OpenBoard(board).things.cards == {}
