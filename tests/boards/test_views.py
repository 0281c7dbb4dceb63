"""The pages of a board: live page, forms, phases, table and paper; for the wrong people too."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from tests.boards.playing import sit
from tests.factories import make_browser, make_city, make_staff

from civitas.boards.queries import document_of
from civitas.kit.pdf import may_print
from civitas.people.models import Role

if TYPE_CHECKING:
    from django.test import Client

    from civitas.boards.models import Board

PAGES = ("", "/tabelle.csv", "/papier.pdf")


def path_of(board: Board, rest: str = "") -> str:
    return f"/en/pinnwand/{board.uid}{rest}"


def options_of(page: str, board: Board) -> dict[str, Any]:
    found = re.search(rf'<script id="board-{board.uid}" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    read: dict[str, Any] = json.loads(found[1])
    return read


@pytest.fixture
def alice(board: Board) -> Client:
    """Somebody who sits at the board."""
    actor, _seat = sit(board)
    return make_browser(board.city, actor.participant)


def send(browser: Client, board: Board, **asked: str) -> int:
    return browser.post(path_of(board, "/aendern"), asked).status_code


def test_the_page_knows_where_to_connect_who_one_is_and_what_one_may(board: Board, alice: Client) -> None:
    page = alice.get(path_of(board))
    options = options_of(page.content.decode(), board)
    assert options["live"].endswith(f"/live/board/{board.uid}?language=en")
    assert (options["seats"][options["seat"]][0], options["charter"]["dots"], options["phase"]) == ("Alice", 3, "all")
    assert options["live"].partition("/live/")[0] in page.headers["Content-Security-Policy"]


def test_who_has_no_seat_watches_and_is_shown_the_door(board: Board) -> None:
    page = make_browser(board.city).get(path_of(board)).content.decode()
    options = options_of(page, board)
    assert (options["seat"], options["charter"]["write"]) == ("", "none")
    assert "Join in" in page
    assert send(make_browser(board.city), board, do="add", text="x") == 409


def test_every_verb_works_as_a_form(board: Board, alice: Client) -> None:
    assert send(alice, board, do="add", text="Schatten") == 303
    card = next(iter(document_of(board).cards))
    assert send(alice, board, do="text", on=card, text="Mehr Schatten") == 303
    assert send(alice, board, do="group", on=card, title="Kühle") == 303
    assert send(alice, board, do="dot", on=card) == 303
    things = document_of(board)
    assert (things.cards[card].text, [group.title for group in things.groups.values()], len(things.dots)) == ("Mehr Schatten", ["Kühle"], 1)
    page = alice.get(path_of(board)).content.decode()
    assert "Mehr Schatten" in page
    assert "Kühle" in page


def test_a_refusal_keeps_what_was_typed(board: Board, alice: Client) -> None:
    answer = alice.post(path_of(board, "/aendern"), {"do": "add", "text": "x" * 501})
    assert answer.status_code == 422
    assert "Please use at most 500 characters." in answer.content.decode()
    assert "x" * 501 in answer.content.decode()


@pytest.mark.parametrize("rest", PAGES)
def test_another_citys_board_is_not_found(board: Board, rest: str) -> None:
    stranger = make_browser(make_city("elsewhere"))
    assert stranger.get(path_of(board, rest)).status_code == 404
    assert stranger.post(path_of(board, "/aendern"), {"do": "add", "text": "x"}).status_code == 404
    assert stranger.post(path_of(board, "/leiten"), {"minutes": "5"}).status_code == 404


@pytest.mark.parametrize("role", ["", Role.MODERATOR])
def test_only_who_leads_goes_on(board: Board, role: str) -> None:
    person = make_staff(board.city, role) if role else sit(board)[0].participant
    for asked in ({"phase": "own"}, {"minutes": "5"}):
        assert make_browser(board.city, person).post(path_of(board, "/leiten"), asked).status_code == 403
    board.refresh_from_db()
    assert (board.phase, board.phase_ends_at) == ("all", None)


def test_who_leads_goes_to_a_phase_and_sets_the_timer(board: Board) -> None:
    leader = make_browser(board.city, make_staff(board.city, Role.FACILITATOR))
    assert leader.post(path_of(board, "/leiten"), {"phase": "own"}).status_code == 303
    answer = leader.post(path_of(board, "/leiten"), {"minutes": "5"}, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()) == (200, {})
    board.refresh_from_db()
    assert (board.phase, board.phase_ends_at is None) == ("own", False)
    refused = leader.post(path_of(board, "/leiten"), {"minutes": "soon"}, headers={"accept": "application/json"})
    assert (refused.status_code, refused.json()) == (422, {"said": "Please say the minutes as a number."})


def test_the_table_has_a_line_a_card_and_no_formulas(board: Board, alice: Client) -> None:
    send(alice, board, do="add", text="=1+1")
    send(alice, board, do="group", on=next(iter(document_of(board).cards)), title="Rechnen")
    answer = alice.get(path_of(board, "/tabelle.csv"))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows == [["Group", "Card", "By", "Dots", "Connected with"], ["Rechnen", "'=1+1", "Alice", "0", ""]]


@pytest.mark.skipif(not may_print(), reason="this machine has no Pango")
def test_the_paper_is_a_pdf(board: Board, alice: Client) -> None:
    send(alice, board, do="add", text="Schatten")
    answer = alice.get(path_of(board, "/papier.pdf"))
    assert (answer.status_code, answer.headers["Content-Type"], answer.content[:5]) == (200, "application/pdf", b"%PDF-")


def test_in_the_private_phase_a_form_writes_into_the_drawer(board: Board, alice: Client) -> None:
    board.phase = "private"
    board.save(update_fields=["phase"])
    assert send(alice, board, do="add", text="Nur für mich") == 303
    assert not document_of(board).cards
    assert "Nur für mich" in alice.get(path_of(board)).content.decode()
    bob, _seat = sit(board, "Bob")
    assert "Nur für mich" not in make_browser(board.city, bob.participant).get(path_of(board)).content.decode()
