"""Who may what in a step, and when: one table, role by state; windows are half-open and follow the city's clock."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from tests.factories import make_actor, make_city, make_process, make_step

from civitas.people.actors import city_actor
from civitas.processes.models import Process
from civitas.processes.registry import Ability
from civitas.processes.rules import is_open, may_see_process, may_steer, may_use
from civitas.processes.windows import StepState, state_of

if TYPE_CHECKING:
    from civitas.cities.models import City

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
OPENS = dt.datetime(2026, 5, 4, 8, 0, tzinfo=BERLIN)
CLOSES = dt.datetime(2026, 5, 18, 18, 0, tzinfo=BERLIN)
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def city() -> City:
    return make_city("hamburg")


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        (OPENS - SECOND, StepState.PLANNED),
        (OPENS, StepState.OPEN),
        (CLOSES - SECOND, StepState.OPEN),
        (CLOSES, StepState.CLOSED),
        (CLOSES + SECOND, StepState.CLOSED),
    ],
)
def test_a_window_is_half_open(city: City, moment: dt.datetime, state: StepState) -> None:
    step = make_step(make_process(city), opens_at=OPENS, closes_at=CLOSES)
    with time_machine.travel(moment, tick=False):
        assert state_of(step) is state
        assert bool(is_open(step)) == (state is StepState.OPEN)


@pytest.mark.parametrize(
    ("override", "moment", "state"),
    [
        ("open", OPENS - SECOND, StepState.OPEN),
        ("open", CLOSES, StepState.OPEN),
        ("closed", OPENS, StepState.CLOSED),
        ("closed", OPENS - SECOND, StepState.CLOSED),
    ],
)
def test_a_hand_goes_before_the_window(city: City, override: str, moment: dt.datetime, state: StepState) -> None:
    step = make_step(make_process(city), opens_at=OPENS, closes_at=CLOSES, override=override)
    assert state_of(step, now=moment) is state


def test_a_step_without_a_beginning_waits_and_one_without_an_end_stays_open(city: City) -> None:
    process = make_process(city)
    assert state_of(make_step(process, opens_at=None)) is StepState.PLANNED
    assert state_of(make_step(process, opens_at=OPENS), now=OPENS + 3650 * dt.timedelta(days=1)) is StepState.OPEN


@pytest.mark.parametrize(
    ("day", "hours"),
    [(dt.date(2026, 3, 29), 23), (dt.date(2026, 10, 25), 25), (dt.date(2026, 5, 4), 24)],
    ids=["clocks go forward", "clocks go back", "any day"],
)
def test_a_day_of_the_city_is_as_long_as_it_is_there(city: City, day: dt.date, hours: int) -> None:
    opens = dt.datetime.combine(day, dt.time(), BERLIN)
    closes = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), BERLIN)
    step = make_step(make_process(city), opens_at=opens, closes_at=closes)
    step.refresh_from_db()
    assert step.closes_at - step.opens_at == dt.timedelta(hours=hours)
    assert state_of(step, now=opens.astimezone(dt.UTC)) is StepState.OPEN
    assert state_of(step, now=closes.astimezone(dt.UTC) - SECOND) is StepState.OPEN
    assert state_of(step, now=closes.astimezone(dt.UTC)) is StepState.CLOSED


PEOPLE = ["stranger", "", "member", "moderator", "facilitator", "expert", "owner", "administrator"]
TIMES = {"before": OPENS - SECOND, "during": OPENS, "after": CLOSES}


@pytest.mark.parametrize("role", PEOPLE)
@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("ability", [Ability.SUBMIT, Ability.COMMENT, Ability.SUPPORT])
def test_everyone_uses_an_open_step_and_nobody_a_closed_one(city: City, role: str, time: str, ability: Ability) -> None:
    step = make_step(make_process(city), opens_at=OPENS, closes_at=CLOSES)
    verdict = may_use(make_actor(city, role), step, ability, now=TIMES[time])
    assert bool(verdict) == (time == "during")
    if not verdict:
        assert verdict.status == 409
        assert verdict.reason


@pytest.mark.parametrize("ability", [Ability.RATE, Ability.VOTE, Ability.ARRANGE])
def test_what_a_method_does_not_open_stays_closed(city: City, ability: Ability) -> None:
    step = make_step(make_process(city), opens_at=OPENS, closes_at=CLOSES)
    assert not may_use(make_actor(city), step, ability, now=OPENS)


@pytest.mark.parametrize(("settings", "ability"), [({"comments": False}, Ability.COMMENT), ({"support": False}, Ability.SUPPORT)])
def test_a_setting_closes_an_ability(city: City, settings: dict[str, Any], ability: Ability) -> None:
    step = make_step(make_process(city), opens_at=OPENS, settings=settings)
    assert not may_use(make_actor(city), step, ability, now=OPENS)


@pytest.mark.parametrize(("role", "allowed"), [("stranger", False), ("", True), ("moderator", True)])
def test_a_step_may_ask_for_signing_in(city: City, role: str, allowed: bool) -> None:
    step = make_step(make_process(city), opens_at=OPENS, settings={"who": "signed_in"})
    assert bool(may_use(make_actor(city, role), step, Ability.SUBMIT, now=OPENS)) == allowed


def test_the_city_itself_brings_things_in_after_the_window(city: City) -> None:
    step = make_step(make_process(city), opens_at=OPENS, closes_at=CLOSES)
    assert may_use(city_actor(city), step, Ability.SUBMIT, now=CLOSES)


@pytest.mark.parametrize("state", Process.State.values)
@pytest.mark.parametrize("role", PEOPLE)
def test_drafts_are_for_the_team(city: City, state: str, role: str) -> None:
    process = make_process(city, state=state)
    staff = role in {"moderator", "facilitator", "expert", "owner", "administrator"}
    assert bool(may_see_process(make_actor(city, role), process)) == (state != "draft" or staff)
    assert bool(is_open(make_step(process, opens_at=OPENS), now=OPENS)) == (state == "published")


@pytest.mark.parametrize("role", PEOPLE)
def test_owners_and_administrators_steer_in_their_own_city(city: City, role: str) -> None:
    process = make_process(city)
    assert bool(may_steer(make_actor(city, role), process)) == (role in {"owner", "administrator"})
    stranger = may_steer(make_actor(make_city("kassel"), role), process)
    assert (bool(stranger), stranger.status) == (False, 404)


def test_a_building_block_that_is_gone_closes_its_step_with_a_sentence(city: City) -> None:
    step = make_step(make_process(city), method="gone", opens_at=OPENS)
    verdict = may_use(make_actor(city), step, Ability.SUBMIT, now=OPENS)
    assert (bool(verdict), verdict.status) == (False, 409)
