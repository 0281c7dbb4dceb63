"""A process in its course: pause, go on, close, open again, extend; steps that move and go."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from tests.factories import make_actor, make_city, make_contribution, make_process, make_step

from civitas.journal.models import Entry
from civitas.kit.translated import Translated
from civitas.kit.verdicts import Refused
from civitas.processes.actions import set_process_state
from civitas.processes.models import Process, Removed, Step
from civitas.processes.queries import process_view
from civitas.processes.registry import Ability
from civitas.processes.rules import is_open, may_use
from civitas.processes.steering import (
    close_process,
    extend_step,
    move_step,
    pause_process,
    remove_step,
    reopen_process,
    resume_process,
)
from civitas.processes.windows import StepState, state_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from civitas.people.actors import Actor

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def process() -> Process:
    """Collecting is open until next week, discussing comes after it."""
    process = make_process(make_city("hamburg"), "wasser", title=Translated({"de": "Wasser"}))
    now = timezone.now()
    make_step(process, key="collect", position=1, opens_at=now - DAY, closes_at=now + 7 * DAY)
    make_step(process, key="discuss", position=2, method="discuss", opens_at=now + 7 * DAY, closes_at=now + 14 * DAY)
    return process


@pytest.fixture
def owner(process: Process) -> Actor:
    return make_actor(process.city, "owner")


def remove(actor: Actor, process: Process, key: str) -> Removed:
    found = step(process, key)
    return remove_step(actor, found, version=found.version)


def step(process: Process, key: str) -> Step:
    return Step.objects.of(process.city).select_related("process", "city").get(process=process, key=key)


def order(process: Process) -> list[str]:
    return list(Step.objects.of(process.city).filter(process=process).order_by("position").values_list("key", flat=True))


def verbs(process: Process) -> list[str]:
    return list(Entry.objects.of(process.city).order_by("pk").values_list("verb", flat=True))


def test_a_pause_takes_nothing_and_says_so_until_it_goes_on(process: Process, owner: Actor) -> None:
    citizen = make_actor(process.city)
    pause_process(owner, process)
    pause_process(owner, process)
    refused = is_open(step(process, "collect"))
    assert (bool(refused), refused.status, "Pause" in str(refused.reason)) == (False, 409, True)
    assert not may_use(citizen, step(process, "collect"), Ability.SUBMIT)
    view = process_view(process.city, "wasser")
    assert view is not None
    assert (view.current, view.is_over) == (None, False)
    resume_process(owner, process)
    resume_process(owner, process)
    assert may_use(citizen, step(process, "collect"), Ability.SUBMIT)
    assert verbs(process) == ["process.paused", "process.resumed"]


def test_closing_ends_every_step_and_opening_again_takes_it_back(process: Process, owner: Actor) -> None:
    assert [each.key for each in close_process(owner, process)] == ["collect", "discuss"]
    assert close_process(owner, process) == []
    assert [state_of(step(process, key)) for key in ("collect", "discuss")] == [StepState.CLOSED, StepState.CLOSED]
    reopen_process(owner, process)
    assert [state_of(step(process, key)) for key in ("collect", "discuss")] == [StepState.OPEN, StepState.PLANNED]
    assert verbs(process) == ["process.closed", "process.reopened"]


def test_what_is_over_by_its_days_is_not_opened_again_but_extended(process: Process, owner: Actor) -> None:
    Step.objects.of(process.city).filter(process=process).update(
        opens_at=timezone.now() - 9 * DAY, closes_at=timezone.now() - DAY, override="closed"
    )
    with pytest.raises(Refused) as caught:
        reopen_process(owner, process)
    assert caught.value.status == 409
    extend_step(owner, step(process, "discuss"), closes_at=timezone.now() + DAY)
    assert state_of(step(process, "discuss")) is StepState.OPEN


@pytest.mark.parametrize("following", ["move", "stay"])
def test_what_comes_after_an_extended_step_moves_by_as_many_days_or_stays(process: Process, owner: Actor, following: Any) -> None:
    before = step(process, "discuss")
    moved = extend_step(owner, step(process, "collect"), closes_at=step(process, "collect").closes_at + 3 * DAY, following=following)
    days = {"move": 3, "stay": 0}[following]
    assert [each.key for each in moved] == (["discuss"] if days else [])
    assert (step(process, "discuss").opens_at - before.opens_at).days == days
    assert extend_step(owner, step(process, "collect"), closes_at=step(process, "collect").closes_at, following=following) == []
    entry = Entry.objects.of(process.city).get(verb="step.extended")
    assert entry.details["moved"] == [each.pk for each in moved]


def test_what_moves_over_the_night_in_which_the_clocks_change_keeps_its_hour(process: Process, owner: Actor) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    year = timezone.now().year + 1
    march = dt.datetime(year, 3, 20, 9, 30, tzinfo=berlin)
    Step.objects.of(process.city).filter(key="collect").update(opens_at=march - 9 * DAY, closes_at=march)
    Step.objects.of(process.city).filter(key="discuss").update(opens_at=march + DAY, closes_at=march + 5 * DAY)
    extend_step(owner, step(process, "collect"), closes_at=dt.datetime(year, 4, 3, 9, 30, tzinfo=berlin), following="move")
    local = step(process, "discuss").opens_at.astimezone(berlin)
    assert (local.month, local.day, local.hour, local.minute) == (4, 4, 9, 30)


@pytest.mark.parametrize("opens", [None, 5, -5])
def test_what_was_opened_by_hand_stays_open_and_closes_by_itself_once_it_is_extended(
    process: Process, owner: Actor, opens: int | None
) -> None:
    now = timezone.now()
    opens_at = now + opens * DAY if opens is not None else None
    Step.objects.of(process.city).filter(key="collect").update(opens_at=opens_at, override="open")
    extend_step(owner, step(process, "collect"), closes_at=now + 20 * DAY)
    held = step(process, "collect")
    assert (state_of(held), state_of(held, now=now + 21 * DAY)) == (StepState.OPEN, StepState.CLOSED)


@pytest.mark.parametrize("days", [-1, 0, 6])
def test_an_end_that_is_not_later_is_refused_at_its_field(process: Process, owner: Actor, days: int) -> None:
    with pytest.raises(Refused) as caught:
        extend_step(owner, step(process, "collect"), closes_at=timezone.now() + days * DAY)
    assert (caught.value.status, list(caught.value.fields)) == (400, ["closes_at"])


def test_steps_of_a_draft_change_places_and_a_second_click_changes_nothing(process: Process, owner: Actor) -> None:
    Process.objects.of(process.city).filter(pk=process.pk).update(state="draft")
    move_step(owner, step(process, "discuss"), 1)
    move_step(owner, step(process, "discuss"), 1)
    assert order(process) == ["discuss", "collect"]
    assert verbs(process) == ["step.moved"]


def test_what_has_begun_in_public_keeps_its_place_and_stays(process: Process, owner: Actor) -> None:
    for refused in (lambda: move_step(owner, step(process, "discuss"), 1), lambda: remove(owner, process, "collect")):
        with pytest.raises(Refused) as caught:
            refused()
        assert caught.value.status == 409
    assert order(process) == ["collect", "discuss"]


def test_a_step_goes_while_nobody_has_given_anything_in_it(process: Process, owner: Actor) -> None:
    Process.objects.of(process.city).filter(pk=process.pk).update(state="draft")
    make_contribution(step(process, "discuss"))
    with pytest.raises(Refused) as caught:
        remove(owner, process, "discuss")
    assert caught.value.status == 409
    remove(owner, process, "collect")
    assert (order(process), step(process, "discuss").position) == (["discuss"], 1)


def test_a_board_on_a_step_keeps_it(process: Process, owner: Actor) -> None:
    from civitas.boards.actions import open_board

    Process.objects.of(process.city).filter(pk=process.pk).update(state="draft")
    Step.objects.of(process.city).filter(key="collect").update(method="brainstorm")
    open_board(step(process, "collect"))
    with pytest.raises(Refused):
        remove(owner, process, "collect")
    assert order(process) == ["collect", "discuss"]


def test_the_last_step_of_a_public_process_stays(process: Process, owner: Actor) -> None:
    Step.objects.of(process.city).filter(key="collect").delete()
    with pytest.raises(Refused):
        remove(owner, process, "discuss")


def test_the_place_for_ideas_neither_pauses_nor_closes(process: Process, owner: Actor) -> None:
    standing = make_process(process.city)
    make_step(standing)
    for act in (pause_process, close_process):
        with pytest.raises(Refused) as caught:
            act(owner, standing)
        assert caught.value.status == 409


def test_archiving_ends_a_pause(process: Process, owner: Actor) -> None:
    pause_process(owner, process)
    process.refresh_from_db()
    set_process_state(owner, process, "archived")
    assert Process.objects.of(process.city).get(pk=process.pk).paused_at is None


ACTS: dict[str, Callable[[Actor, Process], object]] = {
    "pause": pause_process,
    "resume": resume_process,
    "close": close_process,
    "reopen": reopen_process,
    "extend": lambda actor, process: extend_step(actor, step(process, "collect"), closes_at=timezone.now() + 90 * DAY),
    "move": lambda actor, process: move_step(actor, step(process, "discuss"), 2),
    "remove": lambda actor, process: remove(actor, process, "discuss"),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", ["", "moderator", "expert", "member"])
def test_only_who_steers_may(process: Process, act: str, role: str) -> None:
    with pytest.raises(Refused) as caught:
        ACTS[act](make_actor(process.city, role), process)
    assert caught.value.status == 403


@pytest.mark.parametrize("act", ACTS)
def test_a_draft_has_no_course_yet_and_another_city_none(process: Process, owner: Actor, act: str) -> None:
    with pytest.raises(Refused) as caught:
        ACTS[act](make_actor(make_city("kassel"), "administrator"), process)
    assert caught.value.status == 404
    Process.objects.of(process.city).filter(pk=process.pk).update(state="draft")
    process.refresh_from_db()
    if act in {"pause", "close", "reopen", "extend"}:
        with pytest.raises(Refused) as caught:
            ACTS[act](owner, process)
        assert caught.value.status == 409
