"""The clock, the pause, the tables; and what the wall shows of a board."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.utils import timezone
from tests.boards.playing import new_id, sit
from tests.factories import make_guest, make_staff

from civitas.boards.actions import put_on_board, set_phase, set_timer, write
from civitas.boards.leading import add_minute, clock_of, pause_writing, run_timer, seconds_left, set_tables, stop_timer
from civitas.boards.leading_desk import script_of
from civitas.boards.models import Board
from civitas.boards.queries import boards_of
from civitas.boards.things import Card, Dot, Group
from civitas.boards.walls import MOST_PAPERS, cards_in_drawers, people_at, wall_of
from civitas.kit.verdicts import Refused
from civitas.people.actors import Actor, actor_of
from civitas.processes.registry import Line

if TYPE_CHECKING:
    from civitas.boards.walls import Wall

NOON = dt.datetime(2026, 5, 12, 10, 0, tzinfo=dt.UTC)


def lead(board: Board) -> Actor:
    return actor_of(make_staff(board.city, "facilitator"))


def shown(board: Board, **names: str) -> Wall:
    return wall_of(Actor(board.city), board, names=names)


def lay(board: Board, *cards: Card) -> None:
    for card in cards:
        put_on_board(board, lambda _there, card=card: [card])


@time_machine.travel(NOON, tick=False)
def test_the_clock_stops_goes_on_and_gets_a_minute_more(board: Board) -> None:
    actor = lead(board)
    set_timer(actor, board, minutes=5)
    with time_machine.travel(NOON + dt.timedelta(seconds=90), tick=False):
        stop_timer(actor, board)
    with time_machine.travel(NOON + dt.timedelta(hours=1), tick=False):
        assert seconds_left(board) == 210
        add_minute(actor, board)
        assert seconds_left(Board.objects.of(board.city).get()) == 270
        run_timer(actor, board)
        assert (seconds_left(board), board.time_left) == (270, None)
    with time_machine.travel(NOON + dt.timedelta(hours=3), tick=False):
        assert seconds_left(board) == 0
        add_minute(actor, board)
        assert seconds_left(board) == 60


def test_a_clock_that_is_not_there_cannot_be_stopped(board: Board) -> None:
    with pytest.raises(Refused, match="No timer is set"):
        stop_timer(lead(board), board)


def test_a_new_phase_and_a_new_timer_end_the_stop(board: Board) -> None:
    actor = lead(board)
    for again in (lambda: set_timer(actor, board, minutes=2), lambda: set_phase(actor, board, "own", minutes=2)):
        set_timer(actor, board, minutes=1)
        stop_timer(actor, board)
        again()
        assert Board.objects.of(board.city).get().time_left is None


def test_only_who_leads_has_the_clock_and_the_pause(board: Board) -> None:
    actor = actor_of(make_guest(board.city))
    for act in (stop_timer, run_timer, add_minute, lambda who, where: pause_writing(who, where, paused=True)):
        with pytest.raises(Refused, match="Only facilitators"):
            act(actor, board)
    with pytest.raises(Refused, match="Only facilitators"):
        set_tables(actor, board.step, 2)


def test_in_a_pause_people_read_and_afterwards_they_write(board: Board) -> None:
    alice, seat = sit(board)
    version = Board.objects.of(board.city).get().version
    pause_writing(lead(board), board, paused=True)
    with pytest.raises(Refused):
        write(alice, board, lambda _there: [Card(new_id(), by=seat.alias, text="Schatten")])
    assert Board.objects.of(board.city).get().version > version
    pause_writing(lead(board), board, paused=False)
    write(alice, board, lambda _there: [Card(new_id(), by=seat.alias, text="Schatten")])
    assert shown(board).cards == 1


def test_tables_are_added_and_never_taken_away(board: Board) -> None:
    set_tables(lead(board), board.step, 2)
    set_tables(lead(board), board.step, 1)
    assert [each.table for each in boards_of(board.step)] == [0, 1, 2]
    with pytest.raises(Refused, match="at most 30"):
        set_tables(lead(board), board.step, 31)


def test_a_clock_says_minutes_and_seconds() -> None:
    assert [clock_of(left) for left in (None, 0, 59, 60, 462, 3661)] == ["", "0:00", "0:59", "1:00", "7:42", "61:01"]


def test_each_line_of_the_script_belongs_to_a_phase() -> None:
    lines = tuple(Line(say, phase=phase) for say, phase in (("hello", ""), ("write", "own"), ("still", ""), ("read", "all"), ("bye", "")))
    assert [line.say for line in script_of(lines, ["own", "all"], "own")] == ["hello", "write", "still"]
    assert [line.say for line in script_of(lines, ["own", "all"], "all")] == ["read", "bye"]


def test_the_wall_begins_empty_and_then_shows_the_newest_cards_first(board: Board) -> None:
    assert shown(board).kind == "empty"
    cards = [Card(new_id(), by="alias", text=f"Karte {number}") for number in range(MOST_PAPERS + 2)]
    lay(board, *cards, Card(new_id(), text="  "), Card(new_id(), text="fort", gone=True))
    wall = shown(board, alias="Alice")
    assert (wall.kind, wall.beyond, wall.cards) == ("cards", 2, MOST_PAPERS + 2)
    assert [paper.text for paper in wall.papers] == [f"Karte {number}" for number in range(MOST_PAPERS + 1, 1, -1)]
    assert wall.latest is not None
    assert (wall.latest.text, wall.latest.name) == (f"Karte {MOST_PAPERS + 1}", "Alice")


def test_groups_stand_on_the_wall_by_how_many_cards_they_have(board: Board) -> None:
    one, two, proposed = (Group(new_id(), title=title) for title in ("Licht", "Wege", "Vorschlag"))
    put_on_board(board, lambda _there: [one, two, replace(proposed, proposed=True)])
    lay(board, *(Card(new_id(), text="x", group=each.id) for each in (two, two, proposed, one)))
    wall = shown(board)
    assert (wall.kind, [(row.title, row.count, row.is_new) for row in wall.rows]) == ("groups", [("Wege", 2, False), ("Licht", 1, True)])


def test_dots_make_the_ranking(board: Board) -> None:
    card, other = Card(new_id(), text="Schatten"), Card(new_id(), text="Bank")
    put_on_board(board, lambda _there: [card, other])
    put_on_board(board, lambda _there: [Dot(new_id(), on=each.id, by="alias") for each in (other, other, card)])
    assert [(row.title, row.count) for row in shown(board).rows] == [("Bank", 2), ("Schatten", 1)]


def test_while_everybody_writes_in_peace_the_wall_keeps_quiet(board: Board) -> None:
    set_phase(lead(board), board, "private")
    alice, seat = sit(board)
    write(alice, board, lambda _there: [Card(new_id(), by=seat.alias, text="geheim")], drawer=True)
    assert (shown(board).kind, shown(board).papers, cards_in_drawers(board)) == ("quiet", [], 1)


def test_who_was_sent_away_is_not_counted(board: Board) -> None:
    sit(board, "Alice")
    _actor, seat = sit(board, "Bob")
    assert people_at(board) == 2
    seat.sent_away_at = timezone.now()
    seat.save()
    assert people_at(board) == 1
