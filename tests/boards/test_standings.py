"""What decides over rights on open boards: read in the same few queries however many boards and people there are."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from tests.boards.playing import ALL, sit
from tests.factories import make_browser, make_participant, make_staff

from civitas.boards.actions import open_board, send_away, set_phase
from civitas.boards.charters import READING
from civitas.boards.live.standings import ended_among, look_at, take_pulses
from civitas.boards.queries import seat_of
from civitas.people.actors import actor_of, city_actor
from civitas.people.models import Membership, Participant

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("count", [1, 3])
def test_pulses_and_a_look_take_four_queries_each(board, django_assert_num_queries, count):
    boards = [board, *(open_board(board.step, table=table) for table in range(1, count))]
    people = {each.pk: [sit(each, f"Gast {n}")[0].participant.pk for n in range(count)] for each in boards}
    with django_assert_num_queries(4):
        pulses = take_pulses(board.city, people)
    assert {key: set(pulse.people) for key, pulse in pulses.items()} == {key: set(them) for key, them in people.items()}
    with django_assert_num_queries(4):
        look = look_at(board.city, board.pk, [None, *people[board.pk]])
    assert len(look.seats) == count
    assert {standing.charter for person, standing in look.standings.items() if person is not None} == {ALL}
    assert look.standings[None].charter == READING


def test_whatever_changes_rights_changes_the_pulse(board):
    actor, seat = sit(board)
    key, person = board.pk, actor.participant

    def pulse():
        return take_pulses(board.city, {key: [person.pk]})[key]

    seen = [pulse()]
    assert pulse() == seen[0]
    changes = [
        lambda: Membership.objects.create(city=board.city, participant=person, role="facilitator"),
        lambda: Participant.objects.of(board.city).filter(pk=person.pk).update(suspended_until=timezone.now() + dt.timedelta(days=1)),
        lambda: Participant.objects.of(board.city).filter(pk=person.pk).update(class_until=timezone.now()),
        lambda: set_phase(city_actor(board.city), board, "own"),
        lambda: sit(board, "Bob"),
        lambda: send_away(city_actor(board.city), board, seat),
        lambda: type(board.step).objects.of(board.city).filter(pk=board.step.pk).update(override="closed"),
        lambda: type(board.step.process).objects.of(board.city).filter(pk=board.step.process.pk).update(state="draft"),
    ]
    for change in changes:
        change()
        now = pulse()
        assert (now.board, now.people) != (seen[-1].board, seen[-1].people)
        seen.append(now)


def test_a_role_whose_end_has_come_leads_no_open_board(board):
    leader = actor_of(make_staff(board.city, "facilitator"))
    key = leader.participant.pk

    def pulse():
        return take_pulses(board.city, {board.pk: [key]})[board.pk].people

    before = pulse()
    assert look_at(board.city, board.pk, [key]).standings[key].leads
    Membership.objects.of(board.city).filter(participant=key).update(ends_at=timezone.now())
    assert pulse() != before
    assert not look_at(board.city, board.pk, [key]).standings[key].leads


def test_who_has_laid_the_roles_down_leads_no_board(board):
    leader = actor_of(make_staff(board.city, "facilitator"))
    key = leader.participant.pk
    assert look_at(board.city, board.pk, [key]).standings[key].leads
    assert not look_at(board.city, board.pk, [key], citizens={key}).standings[key].leads
    assert seat_of(board, leader.participant) is None


def test_sessions_that_were_signed_out_of_have_ended(board, django_assert_num_queries):
    here, gone = (
        make_browser(board.city, make_participant(board.city, "Alice")),
        make_browser(board.city, make_participant(board.city, "Bob")),
    )
    keys = [browser.session.session_key for browser in (here, gone)]
    with django_assert_num_queries(1):
        assert ended_among(keys) == set()
    gone.post("/konto/abmelden")
    assert ended_among([*keys, "nobodys"]) == {keys[1], "nobodys"}
    with django_assert_num_queries(0):
        assert ended_among([]) == set()
