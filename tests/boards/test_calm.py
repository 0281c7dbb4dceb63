"""Why nothing is written now: a calm sentence where the paper would lie, in the page, in its forms and over the wire."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from tests.boards.playing import CHARTERS, make_board, sit
from tests.boards.test_views import options_of, path_of
from tests.factories import make_actor, make_browser

from civitas.boards.actions import set_phase
from civitas.boards.calm import CODES, calm_of, sentences
from civitas.boards.charters import Charter
from civitas.boards.leading import pause_writing
from civitas.boards.live.standings import standing_of
from civitas.people.actors import Actor, city_actor
from civitas.processes.models import Step

if TYPE_CHECKING:
    from civitas.boards.models import Board

DAY = dt.timedelta(days=1)


def closed(board: Board) -> None:
    Step.objects.of(board.city).update(opens_at=timezone.now() - 2 * DAY, closes_at=timezone.now() - DAY)
    board.step.opens_at, board.step.closes_at = timezone.now() - 2 * DAY, timezone.now() - DAY


def code(board: Board, actor: Actor, seat: object, phase: str = "reading") -> str:
    return calm_of(actor, board, seat, CHARTERS[phase]).code  # type: ignore[arg-type]  # a seat or None


def test_who_may_write_hears_nothing(board: Board) -> None:
    actor, seat = sit(board)
    assert calm_of(actor, board, seat, CHARTERS["all"]).sentence == ""


def test_each_reason_has_its_code(board: Board) -> None:
    actor, seat = sit(board)
    guest = Actor(board.city)
    assert code(board, guest, None) == "watch"
    assert code(board, actor, seat) == "phase"
    assert calm_of(actor, board, seat, Charter(dots=3)).code == "dots"
    assert calm_of(actor, board, seat, Charter(move="all")).code == "sort"
    pause_writing(make_actor(board.city, "facilitator"), board, paused=True)
    board.refresh_from_db(fields=["paused_at"])
    assert code(board, actor, seat) == "paused"
    board.step.settings = {"who": "signed_in"}
    assert code(board, guest, None) == "barred"
    closed(board)
    assert code(board, actor, seat) == "closed"


def test_the_sentence_names_the_day_on_which_the_step_closed(board: Board) -> None:
    actor, seat = sit(board)
    closed(board)
    said = calm_of(actor, board, seat, CHARTERS["reading"]).sentence
    assert said.startswith("This step closed on ")
    assert said.endswith(" You can still read everything.")


def test_the_page_says_it_where_the_paper_was_and_so_do_its_forms(board: Board) -> None:
    actor, _seat = sit(board)
    browser = make_browser(board.city, actor.participant)
    page = browser.get(path_of(board)).content.decode()
    assert options_of(page, board)["calm"] == {"code": "", "sentence": ""}
    set_phase(city_actor(board.city), board, "reading")
    page = browser.get(path_of(board)).content.decode()
    sentence = sentences()["phase"]
    assert options_of(page, board)["calm"] == {"code": "phase", "sentence": sentence}
    assert f"<span data-says>{sentence}</span>" in page
    assert 'value="add"' not in page


def test_the_live_side_tells_the_same_code(board: Board) -> None:
    actor, seat = sit(board)
    assert standing_of(actor, board, seat).calm == ""
    pause_writing(make_actor(board.city, "facilitator"), board, paused=True)
    board.refresh_from_db(fields=["paused_at"])
    assert standing_of(actor, board, seat).calm == "paused"


@pytest.mark.usefixtures("db", "game")
def test_each_code_has_a_sentence_in_the_browser() -> None:
    board = make_board()
    page = make_browser(board.city).get(path_of(board)).content.decode()
    words = options_of(page, board)["words"]
    assert set(sentences()) == set(CODES)
    assert {key: words[f"calm_{key}"] for key in CODES} == sentences()
    assert json.dumps(words)
