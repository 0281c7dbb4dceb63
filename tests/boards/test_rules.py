"""Who sees a board, sits at it and leads it, and what they may there: role by state of the step."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from tests.boards.playing import ALL
from tests.factories import make_actor, make_city

from civitas.boards.actions import set_phase, take_seat
from civitas.boards.charters import READING
from civitas.boards.leading import pause_writing
from civitas.boards.queries import seat_of
from civitas.boards.rules import charter_of, may_lead, may_open, may_sit
from civitas.kit.verdicts import Refused
from civitas.people.actors import city_actor

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
WINDOWS = {"planned": (1, 2), "open": (-1, 1), "closed": (-2, -1)}


def put(board, state):
    opens, closes = WINDOWS[state]
    board.step.opens_at, board.step.closes_at = timezone.now() + opens * DAY, timezone.now() + closes * DAY
    board.step.save()


@pytest.mark.parametrize(
    ("role", "state", "sees", "sits", "leads"),
    [
        ("", "planned", False, False, False),
        ("", "open", True, True, False),
        ("", "closed", True, False, False),
        ("stranger", "open", True, True, False),
        ("stranger", "closed", True, False, False),
        ("moderator", "planned", True, False, False),
        ("moderator", "open", True, True, False),
        ("facilitator", "planned", True, True, True),
        ("facilitator", "open", True, True, True),
        ("facilitator", "closed", True, True, True),
        ("owner", "closed", True, True, True),
        ("administrator", "open", True, True, True),
    ],
)
def test_who_may_what_and_when(board, role, state, sees, sits, leads):
    put(board, state)
    actor = make_actor(board.city, role)
    assert (bool(may_open(actor, board)), bool(may_sit(actor, board)), bool(may_lead(actor, board))) == (sees, sits, leads)


@pytest.mark.parametrize("role", ["", "facilitator", "administrator"])
def test_another_citys_board_is_not_there_for_anybody(board, role):
    actor = make_actor(make_city(), role)
    assert [may_open(actor, board).status, may_sit(actor, board).status, may_lead(actor, board).status] == [404, 404, 404]


@pytest.mark.parametrize(("state", "open_to_all"), [("open", True), ("closed", False)])
def test_the_charter_of_the_method_holds_while_the_step_is_open_for_those_who_sit(board, state, open_to_all):
    actor = make_actor(board.city, "facilitator")
    assert charter_of(actor, board, None) == READING
    take_seat(actor, board)
    put(board, state)
    assert charter_of(actor, board, seat_of(board, actor.participant)) == (ALL if open_to_all else READING)


@pytest.mark.parametrize(("phase", "drawer"), [("private", "cards"), ("hidden", "dots"), ("all", "none")])
def test_in_a_pause_and_once_closed_the_drawer_is_still_the_phases_and_nobody_writes_into_it(board, phase, drawer):
    actor = make_actor(board.city)
    take_seat(actor, board)
    set_phase(city_actor(board.city), board, phase)
    put(board, "open")
    pause_writing(city_actor(board.city), board, paused=True)
    board.refresh_from_db(fields=["paused_at"])
    paused = charter_of(actor, board, seat_of(board, actor.participant))
    board.paused_at = None
    put(board, "closed")
    for charter in (paused, charter_of(actor, board, seat_of(board, actor.participant))):
        assert charter.drawer == drawer
        assert charter.opens_nothing
        assert charter.in_drawer().opens_nothing
        assert charter.on_board().opens_nothing


def test_a_draft_is_seen_by_the_team_alone_and_changed_by_nobody(board):
    board.step.process.state = "draft"
    board.step.process.save()
    assert may_open(make_actor(board.city), board).status == 404
    leader = make_actor(board.city, "facilitator")
    take_seat(leader, board)
    assert charter_of(leader, board, seat_of(board, leader.participant)) == READING
    with pytest.raises(Refused):
        take_seat(make_actor(board.city), board)
