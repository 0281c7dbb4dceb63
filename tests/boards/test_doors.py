"""Every address of boards, halls and catalogue for the wrong people: a stranger, a team member without the role, another city's team."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from tests.boards.playing import sit
from tests.factories import SETTINGS, make_browser, make_city, make_staff

from civitas.boards import urls as board_urls
from civitas.boards.codes import code_of
from civitas.cities.queries import forget_cities
from civitas.lab import urls as lab_urls

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from civitas.boards.models import Board

SIGN_IN = 302


@dataclass(frozen=True)
class Door:
    """What a stranger without a login, a moderator, who leads, and who leads in another city hear there."""

    args: Callable[[Board, str], list[object]]
    stranger: int
    moderator: int
    leads: int
    elsewhere: int
    post: tuple[tuple[str, str], ...] = ()


def nothing(_board: Board, _alias: str) -> list[object]:
    return []


def of_board(board: Board, _alias: str) -> list[object]:
    return [board.uid]


def of_step(board: Board, _alias: str) -> list[object]:
    return [board.step.process.slug, board.step.position]


def of_seat(board: Board, alias: str) -> list[object]:
    return [*of_step(board, alias), alias]


def of_code(board: Board, _alias: str) -> list[object]:
    return [code_of(board)]


def of_canvas(_board: Board, _alias: str) -> list[object]:
    return ["nirgends"]


def of_picture(board: Board, _alias: str) -> list[object]:
    return [board.uid, "nirgends.jpg"]


def of_no_card(board: Board, _alias: str) -> list[object]:
    return [board.uid, "nirgends"]


def of_nobody(_board: Board, _alias: str) -> list[object]:
    return [999_999]


def of_method(_board: Board, _alias: str) -> list[object]:
    return ["brainstorm"]


DOORS = {
    "canvases": Door(nothing, SIGN_IN, 403, 200, 200),
    "preview_canvas": Door(nothing, SIGN_IN, 403, 200, 200, post=(("title_de", "x"),)),
    "edit_canvas": Door(of_canvas, SIGN_IN, 403, 404, 404),
    "drop_canvas": Door(of_canvas, SIGN_IN, 403, 404, 404, post=(("do", "drop"),)),
    "conclude_step": Door(of_step, SIGN_IN, 403, 200, 404),
    "bring_to_board": Door(
        of_step, SIGN_IN, 403, 404, 404
    ),  # a brainstorm takes nothing; tests/boards/test_bring_desk.py has one that does
    "board": Door(of_board, 200, 200, 200, 404),
    "change_board": Door(of_board, 409, 409, 409, 404, post=(("do", "add"), ("text", "x"))),
    "lead_board": Door(of_board, 403, 403, 303, 404, post=(("minutes", "5"),)),
    "board_table": Door(of_board, 200, 200, 200, 404),
    "board_pdf": Door(of_board, 200, 200, 200, 404),
    "add_board_picture": Door(of_board, 400, 400, 400, 404, post=(("alt", "x"),)),
    "board_picture": Door(of_picture, 404, 404, 404, 404),
    "pictures_of_board": Door(of_board, 200, 200, 200, 404),
    "board_pictures": Door(nothing, SIGN_IN, 200, 200, 200),
    "decide_board_picture": Door(of_nobody, SIGN_IN, 404, 404, 404, post=(("do", "show"),)),
    "flag_card": Door(of_no_card, 404, 404, 404, 404),  # tests/boards/test_card_flags.py has one that lies there
    "decide_flagged_card": Door(of_nobody, SIGN_IN, 404, 404, 404, post=(("do", "kept"),)),
    "join_hall": Door(nothing, 200, 200, 200, 200),
    "join_code": Door(of_code, 200, 200, 200, 200),
    "wall": Door(of_step, 200, 200, 200, 404),
    "lead_step": Door(of_step, SIGN_IN, 403, 200, 404),
    "lead_news": Door(of_step, SIGN_IN, 403, 200, 404),
    "lead_seat": Door(of_seat, SIGN_IN, 403, 200, 404),
    "board_sample": Door(nothing, 200, 200, 200, 200),
    "catalogue": Door(nothing, 200, 200, 200, 200),
    "card_set": Door(nothing, 200, 200, 200, 200),
    "card_set_pdf": Door(nothing, 200, 200, 200, 200),
    "method_card": Door(of_method, 200, 200, 200, 200),
    "try_method": Door(of_method, 200, 200, 200, 200),
}


def test_no_address_is_without_its_door() -> None:
    names = {str(pattern.name) for urls in (board_urls, lab_urls) for pattern in urls.urlpatterns}
    assert names == set(DOORS)


def knock(browser: Client, door: Door, path: str) -> int:
    return browser.post(path, dict(door.post)).status_code if door.post else browser.get(path).status_code


@pytest.mark.parametrize("name", DOORS)
def test_who_comes_in_by_which_address(board: Board, name: str) -> None:
    door = DOORS[name]
    modules = SETTINGS | {"modules": [*SETTINGS["modules"], "lab"]}
    board.city.settings = modules
    board.city.save()
    forget_cities()
    _actor, seat = sit(board)
    path = reverse(name, args=door.args(board, seat.alias))
    elsewhere = make_city("kassel", settings=modules)
    people = (
        make_browser(board.city),
        make_browser(board.city, make_staff(board.city, "moderator")),
        make_browser(board.city, make_staff(board.city, "facilitator")),
        make_browser(elsewhere, make_staff(elsewhere, "facilitator")),
    )
    board.refresh_from_db()
    before = (board.version, board.sequence)
    assert [knock(browser, door, path) for browser in people[:2]] == [door.stranger, door.moderator]
    assert knock(people[3], door, path) == door.elsewhere
    board.refresh_from_db()
    assert (board.version, board.sequence) == before, "the wrong people change nothing"
    assert knock(people[2], door, path) == door.leads


@pytest.mark.parametrize("name", [name for name, door in DOORS.items() if door.post])
def test_what_changes_something_cannot_be_looked_at(board: Board, name: str) -> None:
    path = reverse(name, args=DOORS[name].args(board, ""))
    leader = make_browser(board.city, make_staff(board.city, "facilitator"))
    answer = leader.get(path)
    assert answer.status_code == 405 or (answer.status_code in {302, 303} and answer.headers["Location"] != path)
