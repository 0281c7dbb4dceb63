"""What boards keep of a person: handed out, erased without harming the board, handed over on claiming."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.boards.playing import new_id, sit
from tests.factories import make_guest, make_participant

from civitas.boards.actions import set_phase, take_seat, write
from civitas.boards.models import Board, BoardSnapshot, BoardUpdate, Seat
from civitas.boards.personal import adopt_boards, erase_boards, export_boards, leave_boards
from civitas.boards.queries import document_of, drawer_of, names_of
from civitas.boards.things import Card, Dot, Group
from civitas.people.actors import actor_of, city_actor

pytestmark = pytest.mark.django_db


def test_a_person_gets_what_they_wrote_on_boards_and_in_drawers(board):
    actor, seat = sit(board, "Alice")
    write(actor, board, lambda _there: [Card(new_id(), by=seat.alias, text="Auf dem Brett")])
    set_phase(city_actor(board.city), board, "private")
    write(actor, board, lambda _there: [Card(new_id(), by=seat.alias, text="Im Fach")], drawer=True)
    (found,) = export_boards(board.city, actor.participant)["boards"]
    assert (found["name"], found["cards"], found["drawer"]) == ("Alice", ["Auf dem Brett"], ["Im Fach"])


def test_who_leaves_their_texts_leaves_cards_without_a_name(board):
    actor, seat = sit(board, "Alice")
    write(actor, board, lambda _there: [Card(new_id(), by=seat.alias, text="Bleibt")])
    set_phase(city_actor(board.city), board, "private")
    write(actor, board, lambda _there: [Card(new_id(), by=seat.alias, text="Geht")], drawer=True)
    version = Board.objects.of(board.city).get(pk=board.pk).version
    leave_boards(board.city, actor.participant)
    assert [card.text for card in document_of(board).cards.values()] == ["Bleibt"]
    assert drawer_of(board, seat).cards == {}
    assert names_of(board) == {seat.alias: ""}
    assert Board.objects.of(board.city).get(pk=board.pk).version > version


def test_who_takes_their_texts_along_leaves_empty_cards_to_which_others_are_tied(board):
    actor, seat = sit(board, "Alice")
    bob, other = sit(board, "Bob")
    mine = [Card("cardofalice1", by=seat.alias, text="Geht"), Group("groupofalice", by=seat.alias, title="Geht auch")]
    write(actor, board, lambda _there: mine)
    write(bob, board, lambda _there: [Card("cardofbob001", by=other.alias, text="Bleibt", group="groupofalice")])
    erase_boards(board.city, actor.participant)
    things = document_of(board)
    assert [(things.cards[key].text, things.cards[key].gone) for key in ("cardofbob001", "cardofalice1")] == [("Bleibt", False), ("", True)]
    assert (things.groups["groupofalice"].title, things.cards["cardofbob001"].group) == ("", "groupofalice")
    logged = [*BoardUpdate.objects.of(board.city).all(), *BoardSnapshot.objects.of(board.city).all()]
    assert [b"Geht" in bytes(row.data) for row in logged] == [False]


def test_a_guest_who_signs_in_keeps_the_seat(board):
    guest, person = make_guest(board.city, "Gast"), make_participant(board.city, "Alice")
    seat = take_seat(actor_of(guest), board)
    adopt_boards(board.city, guest, person)
    assert names_of(board) == {seat.alias: "Alice"}
    assert take_seat(actor_of(person), board).pk == seat.pk


def sit_twice(board):
    """Somebody who sat down as a guest, and again after signing in."""
    guest, person = make_guest(board.city, "Gast"), make_participant(board.city, "Alice")
    return actor_of(guest), take_seat(actor_of(guest), board), actor_of(person), take_seat(actor_of(person), board)


def test_who_sat_there_both_as_guest_and_signed_in_keeps_one_seat_and_all_that_they_made(board):
    guest, old, person, new = sit_twice(board)
    write(guest, board, lambda _there: [Card("cardofguest1", by=old.alias, text="Als Gast"), Group("groupofguest", by=old.alias)])
    write(person, board, lambda _there: [Card("cardofalice1", by=new.alias, text="Angemeldet")])
    adopt_boards(board.city, guest.participant, person.participant)
    assert names_of(board) == {old.alias: "", new.alias: "Alice"}
    assert Seat.objects.of(board.city).filter(participant=person.participant).get().pk == new.pk
    things = document_of(board)
    assert {thing.by for thing in [*things.cards.values(), *things.groups.values()]} == {new.alias}
    set_phase(city_actor(board.city), board, "own")
    write(person, board, lambda there: [replace(there.cards["cardofguest1"], text="Noch immer meine")])
    assert document_of(board).cards["cardofguest1"].text == "Noch immer meine"
    (found,) = export_boards(board.city, person.participant)["boards"]
    assert sorted(found["cards"]) == ["Angemeldet", "Noch immer meine"]


def test_what_a_guest_had_in_the_drawer_lies_in_that_of_the_seat_that_stays(board):
    guest, old, person, new = sit_twice(board)
    set_phase(city_actor(board.city), board, "private")
    write(guest, board, lambda _there: [Card("cardofguest1", by=old.alias, text="Als Gast")], drawer=True)
    write(person, board, lambda _there: [Card("cardofalice1", by=new.alias, text="Angemeldet")], drawer=True)
    adopt_boards(board.city, guest.participant, person.participant)
    assert drawer_of(board, old).cards == {}
    assert sorted((card.text, card.by) for card in drawer_of(board, new).cards.values()) == [
        ("Als Gast", new.alias),
        ("Angemeldet", new.alias),
    ]


def test_nobody_has_more_dots_for_having_sat_there_twice(board):
    guest, old, person, new = sit_twice(board)
    write(guest, board, lambda _there: [Card("cardofguest1", by=old.alias, text="Punktekarte")])
    write(guest, board, lambda _there: [Dot(f"dotofguest{n}", by=old.alias, on="cardofguest1") for n in range(3)])
    set_phase(city_actor(board.city), board, "hidden")
    write(person, board, lambda _there: [Dot(f"dotofalice{n}", by=new.alias, on="cardofguest1") for n in range(2)], drawer=True)
    adopt_boards(board.city, guest.participant, person.participant)
    dots = [*document_of(board).dots.values(), *drawer_of(board, new).dots.values()]
    assert [dot.by for dot in dots] == [new.alias] * 3


def test_erasing_who_sat_there_twice_leaves_no_name(board):
    guest, old, person, new = sit_twice(board)
    write(guest, board, lambda _there: [Card("cardofguest1", by=old.alias, text="Bleibt")])
    adopt_boards(board.city, guest.participant, person.participant)
    leave_boards(board.city, person.participant)
    assert names_of(board) == {old.alias: "", new.alias: ""}
    assert [card.text for card in document_of(board).cards.values()] == ["Bleibt"]
