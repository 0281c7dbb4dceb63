"""Cards that the server lays: no two on one another, in rows below what is there."""

from __future__ import annotations

from itertools import combinations

import pytest
from tests.boards.playing import new_id, sit

from civitas.boards.actions import empty_drawers, set_phase, write
from civitas.boards.places import apart, on_canvas
from civitas.boards.queries import document_of
from civitas.boards.things import Card, Things
from civitas.people.actors import city_actor


def overlap(one: Card, other: Card) -> bool:
    return abs(one.x - other.x) < 168 and abs(one.y - other.y) < 132


def test_cards_at_the_same_place_come_to_lie_beside_each_other_and_others_stay():
    there = Things()
    there.by_root["cards"] = {"lying000": Card("lying000", x=0, y=0)}
    new = [Card(f"new{n:05d}", x=0, y=0) for n in range(20)] + [Card("else0000", x=2000, y=30)]
    laid = apart(there, new)
    assert {card.id for card in laid} == {card.id for card in new}
    assert not any(overlap(one, other) for one, other in combinations([*laid, *there.cards.values()], 2))
    assert next(card for card in laid if card.id == "else0000") == new[-1]


def test_what_belongs_to_a_group_or_a_region_stays_there():
    new = [Card("card0001", group="gggggggg"), Card("card0002", group="gggggggg"), Card("card0003", region="who")]
    assert apart(Things(), new) == new


@pytest.mark.django_db
def test_what_people_wrote_for_themselves_lies_side_by_side_once_it_is_uncovered(board):
    people = [sit(board, name) for name in ("Alice", "Bob", "Carla")]
    set_phase(city_actor(board.city), board, "private")
    for actor, seat in people:
        cards = [Card(new_id(), by=seat.alias, text=f"Karte {n}", x=40 + 184 * n, y=40) for n in range(3)]
        write(actor, board, lambda _there, cards=cards: cards, drawer=True)
    assert empty_drawers(board) == 9
    lying = list(document_of(board).cards.values())
    assert (len(lying), any(overlap(one, other) for one, other in combinations(lying, 2))) == (9, False)
    assert empty_drawers(board) == 0


REGIONS = [{"key": "who", "x": 0, "y": 0, "w": 400, "h": 400}, {"key": "what", "x": 500, "y": 0, "w": 400, "h": 400}]


def test_a_card_of_a_form_lies_in_its_field_and_one_without_a_field_on_none():
    there = Things()
    laid = []
    for number in range(4):
        card = on_canvas(there, Card(f"card{number:04d}", region="what"), REGIONS)
        there.by_root["cards"][card.id] = card
        laid.append(card)
    assert all(500 <= card.x <= 900 - 168 and 84 <= card.y <= 400 - 132 for card in laid)
    assert not any(overlap(one, other) for one, other in combinations(laid, 2))
    assert on_canvas(there, Card("card0009", x=20, y=10), REGIONS).y >= 400
    assert on_canvas(there, Card("card0009", x=20, y=10), []) == Card("card0009", x=20, y=10)
