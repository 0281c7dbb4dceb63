"""News of steps with a board: opened, closing, concluded; to who took part, each once."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from django.utils.formats import date_format
from tests.boards.playing import sit
from tests.factories import make_contribution, make_participant, make_step

from civitas.boards.actions import send_away
from civitas.boards.concluding import Wanted, settle
from civitas.boards.news import CLOSES, CONCLUDED, OPENED, tell_of_steps
from civitas.kit.rooms import notice_kind
from civitas.notices.models import Notice
from civitas.people.actors import city_actor

if TYPE_CHECKING:
    from civitas.boards.models import Board
    from civitas.kit.rooms import Worded

HOUR = dt.timedelta(hours=1)


def worded(notice: Notice, board: Board) -> Worded | None:
    return notice_kind(notice.kind).word(board.city, notice)


def window(board: Board, *, opens: dt.timedelta, closes: dt.timedelta) -> None:
    step = board.step
    step.opens_at, step.closes_at = timezone.now() + opens, timezone.now() + closes
    step.save()


def test_who_sits_there_hears_a_day_before_that_it_closes_and_once(board: Board) -> None:
    actor, _seat = sit(board, "Alice")
    _away, seat = sit(board, "Bob")
    send_away(city_actor(board.city), board, seat)
    window(board, opens=-50 * HOUR, closes=20 * HOUR)
    tell_of_steps()
    tell_of_steps()
    (notice,) = Notice.objects.of(board.city)
    assert (notice.kind, notice.recipient) == (CLOSES, actor.uid)
    said = worded(notice, board)
    assert said is not None
    assert said.path.endswith(f"/beteiligung/{board.step.process.slug}/schritt/{board.step.position}")
    window(board, opens=-50 * HOUR, closes=-HOUR)
    assert worded(notice, board) is None


def test_what_closes_at_midnight_names_the_day_before(board: Board) -> None:
    _actor, _seat = sit(board, "Alice")
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + dt.timedelta(days=1)
    board.step.opens_at, board.step.closes_at = midnight - 50 * HOUR, midnight
    board.step.save()
    tell_of_steps()
    (notice,) = Notice.objects.of(board.city)
    said = worded(notice, board)
    assert said is not None
    assert f"closes at the end of {date_format(midnight - HOUR, 'DATE_FORMAT')}." in said.paragraphs[0]


def test_who_gave_something_before_hears_that_the_board_is_open(board: Board) -> None:
    earlier = make_step(board.step.process, position=board.step.position + 1)
    author = make_participant(board.city, "Emine")
    make_contribution(earlier, author=author)
    window(board, opens=-2 * HOUR, closes=90 * HOUR)
    tell_of_steps()
    (notice,) = Notice.objects.of(board.city)
    assert (notice.kind, notice.recipient) == (OPENED, author.uid)
    said = worded(notice, board)
    assert said is not None
    assert str(board.step.title) in said.subject


@pytest.mark.parametrize(("opens", "closes"), [(2, 90), (-50, 90), (-50, -2)])
def test_at_other_times_nobody_hears_anything(board: Board, opens: int, closes: int) -> None:
    sit(board)
    window(board, opens=opens * HOUR, closes=closes * HOUR)
    tell_of_steps()
    assert not Notice.objects.of(board.city).exists()


def test_a_step_that_was_closed_by_hand_calls_nobody(board: Board) -> None:
    sit(board)
    window(board, opens=-50 * HOUR, closes=20 * HOUR)
    board.step.override = "closed"
    board.step.save()
    tell_of_steps()
    assert not Notice.objects.of(board.city).exists()


def test_who_worked_there_hears_once_that_it_was_concluded(board: Board) -> None:
    actor, _seat = sit(board)
    owner = city_actor(board.city)
    settle(owner, board.step, [Wanted("card:aaaaaaaa", "idea", "Schatten")])
    settle(owner, board.step, [Wanted("card:aaaaaaaa", "idea", "Schatten"), Wanted("card:bbbbbbbb", "idea", "Wasser")])
    (notice,) = Notice.objects.of(board.city).filter(kind=CONCLUDED)
    assert notice.recipient == actor.uid
    said = worded(notice, board)
    assert said is not None
    assert "2 results" in said.paragraphs[0]
