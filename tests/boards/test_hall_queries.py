"""The pages of a hall ask the database the same for one person at one table as for thirty at thirty."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.boards.playing import make_board, new_id
from tests.factories import make_browser, make_guest, make_staff

from civitas.boards.actions import open_board, put_on_board, take_seat
from civitas.boards.codes import code_of, signature_of
from civitas.boards.things import Card, Dot, Group
from civitas.people.actors import actor_of

if TYPE_CHECKING:
    from django.test import Client

    from civitas.boards.models import Board

pytestmark = pytest.mark.django_db


def hall(slug: str, count: int) -> Board:
    """A board with so many people, groups, cards and dots, and as many tables."""
    board = make_board(slug)
    for table in range(1, count + 1):
        open_board(board.step, table=table)
    for number in range(count):
        seat = take_seat(actor_of(make_guest(board.city, f"Gast {number}")), board)
        group, card = Group(new_id(), title=f"Gruppe {number}"), new_id()
        things = [group, Card(card, by=seat.alias, text=f"Karte {number}", group=group.id), Dot(new_id(), by=seat.alias, on=card)]
        put_on_board(board, lambda _there, things=things: things)  # type: ignore[misc]  # bound at once
    board.refresh_from_db()
    return board


def asked(browser: Client, path: str) -> int:
    """How many queries a page takes; it must be one."""
    browser.get(path)  # what is remembered for a while, as the city's texts, is known from then on
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(path).status_code == 200
    return len(queries)


PAGES = {"the screen of who leads": "leiten", "its news": "leiten/neues", "the wall": "wand", "its news, too": "wand?gesehen=0"}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_a_hall_takes_no_more_queries_for_many(game: None, name: str) -> None:
    counts = []
    for slug, count in (("eine", 1), ("viele", 30)):
        board = hall(slug, count)
        leader = make_browser(board.city, make_staff(board.city, "facilitator"))
        counts.append(asked(leader, f"/en/beteiligung/veddel/schritt/{board.step.position}/{PAGES[name]}"))
    assert counts[0] == counts[1]
    assert counts[0] <= 20


@pytest.mark.parametrize("rest", ["", "/tabelle.csv"])
def test_the_board_itself_takes_no_more_queries_for_many(game: None, rest: str) -> None:
    counts = []
    for slug, count in (("eine", 1), ("viele", 30)):
        board = hall(slug, count)
        counts.append(asked(make_browser(board.city), f"/en/pinnwand/{board.uid}{rest}"))
    assert counts[0] == counts[1]


def test_the_door_takes_no_more_queries_for_many_tables(game: None) -> None:
    counts = []
    for slug, count in (("eine", 1), ("viele", 30)):
        board = hall(slug, count)
        code = code_of(board)
        browser = make_browser(board.city)
        page = browser.get(f"/en/mit/{code}?z={signature_of(board, code)}").content.decode()
        assert len(re.findall(r'name="table"', page)) == count
        counts.append(asked(browser, f"/en/mit/{code}?z={signature_of(board, code)}"))
    assert counts[0] == counts[1]


def test_many_walls_of_one_board_read_it_once(game: None) -> None:
    board = hall("viele", 3)
    path = f"/en/beteiligung/veddel/schritt/{board.step.position}/wand?gesehen=0"
    walls = [make_browser(board.city) for _ in range(3)]
    reads = []
    for wall in walls:
        with CaptureQueriesContext(connection) as queries:
            assert wall.get(path).status_code == 200
        reads.append(sum('FROM "boards_boardupdate"' in each["sql"] for each in queries.captured_queries))
    assert reads == [1, 0, 0]
