"""What boards keep of a person: handed out, erased without harming the board, handed over on claiming."""

from __future__ import annotations

import pytest
from tests.boards.playing import new_id, sit
from tests.factories import make_guest, make_participant

from civitas.boards.actions import set_phase, take_seat, write
from civitas.boards.models import Board, Seat
from civitas.boards.personal import adopt_boards, erase_boards, export_boards
from civitas.boards.queries import document_of, drawer_of, names_of
from civitas.boards.things import Card
from civitas.people.actors import actor_of, city_actor

pytestmark = pytest.mark.django_db


def test_a_person_gets_what_they_wrote_on_boards_and_in_drawers(board):
    actor, seat = sit(board, "Alice")
    write(actor, board, lambda _there: [Card(new_id(), by=seat.alias, text="Auf dem Brett")])
    set_phase(city_actor(board.city), board, "private")
    write(actor, board, lambda _there: [Card(new_id(), by=seat.alias, text="Im Fach")], drawer=True)
    (found,) = export_boards(board.city, actor.participant)["boards"]
    assert (found["name"], found["cards"], found["drawer"]) == ("Alice", ["Auf dem Brett"], ["Im Fach"])


def test_who_is_erased_leaves_cards_without_a_name(board):
    actor, seat = sit(board, "Alice")
    write(actor, board, lambda _there: [Card(new_id(), by=seat.alias, text="Bleibt")])
    set_phase(city_actor(board.city), board, "private")
    write(actor, board, lambda _there: [Card(new_id(), by=seat.alias, text="Geht")], drawer=True)
    version = Board.objects.of(board.city).get(pk=board.pk).version
    erase_boards(board.city, actor.participant)
    assert [card.text for card in document_of(board).cards.values()] == ["Bleibt"]
    assert drawer_of(board, seat).cards == {}
    assert names_of(board) == {seat.alias: ""}
    assert Board.objects.of(board.city).get(pk=board.pk).version > version


def test_a_guest_who_signs_in_keeps_the_seat(board):
    guest, person = make_guest(board.city, "Gast"), make_participant(board.city, "Alice")
    seat = take_seat(actor_of(guest), board)
    adopt_boards(board.city, guest, person)
    assert names_of(board) == {seat.alias: "Alice"}
    assert take_seat(actor_of(person), board).pk == seat.pk


def test_who_sat_there_both_as_guest_and_signed_in_keeps_one_seat(board):
    guest, person = make_guest(board.city, "Gast"), make_participant(board.city, "Alice")
    old, new = take_seat(actor_of(guest), board), take_seat(actor_of(person), board)
    adopt_boards(board.city, guest, person)
    assert names_of(board) == {old.alias: "Gast", new.alias: "Alice"}
    assert Seat.objects.of(board.city).filter(participant=person).get().pk == new.pk
