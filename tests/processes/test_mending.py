"""What the desk proposes about something that does not fit, one button each, mends it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from tests.factories import make_actor, make_city, make_process, make_staff, make_step

from civitas.kit.translated import Translated
from civitas.kit.verdicts import Refused
from civitas.processes.checks import Misfit, misfits
from civitas.processes.mending import mend
from civitas.processes.models import Process, Step

if TYPE_CHECKING:
    from django.test import Client

    from civitas.people.actors import Actor

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def alike(text: str) -> Translated:
    return Translated({"de": text, "en": text, "simple": text})


@pytest.fixture
def process() -> Process:
    """A draft that fits: collect, discuss, then cluster."""
    process = make_process(make_city("hamburg"), "wasser", title=alike("Wasser"), question=alike("Wo?"), owner_name="Jan", state="draft")
    now = timezone.now()
    for position, method in enumerate(("collect", "discuss", "cluster"), 1):
        opens = now + position * 10 * DAY
        make_step(process, key=method, position=position, method=method, title=alike(method), opens_at=opens, closes_at=opens + 10 * DAY)
    return process


@pytest.fixture
def owner(process: Process) -> Actor:
    return make_actor(process.city, "owner")


def proposed(process: Process) -> list[Misfit]:
    return [each for each in misfits(process.city, Process.objects.of(process.city).get(pk=process.pk)) if each.mend]


def test_what_fits_has_no_proposal(process: Process, owner: Actor) -> None:
    assert misfits(process.city, process) == []


def steps(process: Process) -> Any:
    return Step.objects.of(process.city).filter(process=process)


def swap(process: Process, first: str, second: str) -> None:
    """Two steps in each other's place, with each other's days."""
    one, two = steps(process).get(key=first), steps(process).get(key=second)
    windows = (one.position, one.opens_at, one.closes_at), (two.position, two.opens_at, two.closes_at)
    for row, (position, opens_at, closes_at) in ((one, (99, *windows[1][1:])), (two, windows[0]), (one, windows[1])):
        row.position, row.opens_at, row.closes_at = position, opens_at, closes_at
        row.save()


def past(process: Process) -> None:
    """Every step a hundred days earlier."""
    for row in steps(process):
        row.opens_at, row.closes_at = row.opens_at - 100 * DAY, row.closes_at - 100 * DAY
        row.save()


BROKEN: dict[str, Any] = {
    "name_me": lambda process: Process.objects.of(process.city).update(owner_name=""),
    "first_step": lambda process: steps(process).delete(),
    "before": lambda process: steps(process).exclude(method="discuss").delete(),
    "behind": lambda process: (steps(process).filter(key="cluster").delete(), swap(process, "collect", "discuss")),
    "remove": lambda process: steps(process).filter(key="cluster").update(method="gone"),
    "settings": lambda process: steps(process).filter(key="collect").update(settings={"unknown": 1, "place": "none"}),
    "after": lambda process: steps(process).filter(key="discuss").update(opens_at=timezone.now()),
    "begin": lambda process: steps(process).filter(key="cluster").update(opens_at=None),
    "later": past,
}


@pytest.mark.parametrize("key", BROKEN)
def test_a_button_mends_what_it_says_once(process: Process, owner: Actor, key: str) -> None:
    BROKEN[key](process)
    found = next(each for each in proposed(process) if each.mend and each.mend.key == key)
    mend(owner, process, key, found.step)
    assert key not in [each.mend.key for each in proposed(process) if each.mend]
    with pytest.raises(Refused) as caught:
        mend(owner, process, key, found.step)
    assert caught.value.status == 409


def test_all_proposals_one_after_the_other_make_a_process_that_fits(process: Process, owner: Actor) -> None:
    for key in ("name_me", "remove", "settings", "after"):
        BROKEN[key](process)
    for _turn in range(9):
        found = proposed(process)
        if not found:
            break
        assert found[0].mend is not None
        mend(owner, process, found[0].mend.key, found[0].step)
    assert misfits(process.city, Process.objects.of(process.city).get(pk=process.pk)) == []


def test_settings_that_fit_stay(process: Process, owner: Actor) -> None:
    BROKEN["settings"](process)
    mend(owner, process, "settings", steps(process).get(key="collect"))
    kept = steps(process).get(key="collect").settings
    assert ("unknown" in kept, kept["place"]) == (False, "none")


def test_a_step_that_begins_while_what_it_works_with_is_still_collected_hinders_nobody(process: Process, owner: Actor) -> None:
    steps(process).filter(key="discuss").delete()
    steps(process).filter(key="cluster").update(opens_at=timezone.now() + 12 * DAY)
    assert [(each.hinders, each.mend.key if each.mend else "") for each in misfits(process.city, process)] == [(False, "after")]


def test_the_desk_carries_out_a_proposal_and_says_when_there_is_none(client: Client, process: Process) -> None:
    client.defaults["HTTP_HOST"] = "hamburg.localhost"
    client.force_login(make_staff(process.city, "owner", "Nils Albers").user)
    BROKEN["name_me"](process)
    desk = "/verwaltung/beteiligungen/wasser"
    assert client.post(f"{desk}/richten", {"mend": "name_me"})["Location"] == f"{desk}#passt"
    assert Process.objects.of(process.city).get(pk=process.pk).owner_name == "Nils Albers"
    for sent in ({"mend": "name_me"}, {"mend": "anything"}, {}):
        assert client.post(f"{desk}/richten", sent).status_code == 409


@pytest.mark.parametrize("role", ["", "moderator", "expert"])
def test_only_who_steers_mends(process: Process, role: str) -> None:
    BROKEN["name_me"](process)
    with pytest.raises(Refused) as caught:
        mend(make_actor(process.city, role), process, "name_me")
    assert caught.value.status == 403
