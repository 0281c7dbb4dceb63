"""Who is away, who stands in, and who may say so."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import make_actor, make_city, make_participant, make_staff
from tests.leaving import leave_for_good

from civitas.journal.models import Entry
from civitas.kit.verdicts import Refused
from civitas.people.actors import actor_of
from civitas.people.models import Membership, Participant
from civitas.team.actions import remove_absence, set_absence
from civitas.team.models import Absence
from civitas.team.queries import can_stand_in, deputy_of, is_away

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 6, 1)
FRIDAY = dt.date(2026, 6, 5)


@pytest.fixture
def city(db: None) -> Any:
    with time_machine.travel("2026-06-01T08:00Z", tick=False):
        yield make_city("hamburg")


def away(person: Participant, deputy: Participant | None = None, *, starts_on: dt.date = MONDAY, ends_on: dt.date = FRIDAY) -> Absence:
    return set_absence(actor_of(person), person, starts_on=starts_on, ends_on=ends_on, deputy=deputy)


def test_a_deputy_does_the_work_from_the_first_day_to_the_last(city: Any) -> None:
    alice, bob = make_staff(city, "expert", "Alice"), make_staff(city, "expert", "Bob")
    away(alice, bob)
    days = [MONDAY - dt.timedelta(days=1), MONDAY, FRIDAY, FRIDAY + dt.timedelta(days=1)]
    assert [deputy_of(alice, day) for day in days] == [None, bob, bob, None]
    assert [is_away(alice, day) for day in days] == [False, True, True, False]
    assert (deputy_of(alice), deputy_of(bob), is_away(bob)) == (bob, None, False)


def test_today_is_the_citys_day_and_not_that_of_the_machine(city: Any) -> None:
    alice, bob = make_staff(city, "expert", "Alice"), make_staff(city, "expert", "Bob")
    away(alice, bob, starts_on=dt.date(2026, 6, 2))
    with time_machine.travel("2026-06-01T21:59Z", tick=False):
        assert (is_away(alice), deputy_of(alice)) == (False, None)
    with time_machine.travel("2026-06-01T22:01Z", tick=False):  # after midnight in Hamburg
        assert (is_away(alice), deputy_of(alice)) == (True, bob)


def test_a_deputy_who_is_away_too_is_followed_by_theirs(city: Any) -> None:
    alice, bob, charlie, dora = (make_staff(city, "expert", name) for name in ("Alice", "Bob", "Charlie", "Dora"))
    away(alice, bob)
    away(bob, charlie)
    with CaptureQueriesContext(connection) as short:
        assert deputy_of(alice) == charlie
    away(charlie, dora)
    with CaptureQueriesContext(connection) as long:
        assert deputy_of(alice) == dora
    assert len(short) == len(long) == 2


def test_a_circle_of_deputies_and_a_chain_that_ends_leave_nobody(city: Any) -> None:
    alice, bob, charlie = (make_staff(city, "expert", name) for name in ("Alice", "Bob", "Charlie"))
    away(alice, bob)
    away(bob, charlie)
    away(charlie, alice)
    assert [deputy_of(person) for person in (alice, bob, charlie)] == [None, None, None]
    away(charlie)
    assert [deputy_of(person) for person in (alice, bob, charlie)] == [None, None, None]


def test_a_deputy_who_has_left_the_team_or_the_city_does_not_stand_in(city: Any) -> None:
    alice, bob = make_staff(city, "expert", "Alice"), make_staff(city, "expert", "Bob")
    away(alice, bob)
    Membership.objects.of(city).filter(participant=bob).delete()
    assert deputy_of(alice) is None
    leave_for_good(city, bob)
    assert (deputy_of(alice), Absence.objects.of(city).get().deputy) == (None, None)


@pytest.mark.parametrize(
    ("role", "held", "fits"),
    [
        ("expert", "expert", True),
        ("expert", "moderator", True),
        ("expert", "owner", True),
        ("expert", "administrator", True),
        ("expert", "facilitator", False),
        ("expert", "member", False),
        ("moderator", "moderator", True),
        ("moderator", "expert", False),
        ("moderator", "owner", False),
        ("owner", "moderator", False),
        ("owner", "administrator", True),
        ("administrator", "owner", False),
        ("administrator", "administrator", True),
    ],
)
def test_a_deputy_holds_the_same_role_or_a_higher_one(city: Any, role: str, held: str, fits: bool) -> None:
    person, deputy = make_staff(city, role), make_staff(city, held)
    assert can_stand_in([role], held=[held]) == fits
    if fits:
        assert away(person, deputy).deputy == deputy
    else:
        with pytest.raises(Refused) as refused:
            away(person, deputy)
        assert list(refused.value.fields) == ["deputy"]


def test_every_role_of_a_person_needs_somebody_who_can_do_it() -> None:
    assert can_stand_in(["expert", "owner"], held=["owner"])
    assert not can_stand_in(["moderator", "owner"], held=["owner"])
    assert not can_stand_in(["member"], held=["administrator"])


def test_nobody_stands_in_for_themselves_or_comes_from_another_city(city: Any) -> None:
    alice, elsewhere = make_staff(city, "expert"), make_staff(make_city("kassel"), "expert")
    for deputy in (alice, elsewhere):
        with pytest.raises(Refused):
            away(alice, deputy)
    assert Absence.objects.of(city).count() == 0


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "field"),
    [
        (FRIDAY, MONDAY, "ends_on"),
        (dt.date(2026, 5, 1), dt.date(2026, 5, 31), "ends_on"),
        (MONDAY, dt.date(2027, 8, 1), "ends_on"),
        (dt.date(2026, 6, 11), dt.date(2026, 6, 12), "starts_on"),
    ],
)
def test_days_that_do_not_fit_are_refused_at_their_field(city: Any, starts_on: dt.date, ends_on: dt.date, field: str) -> None:
    alice = make_staff(city, "expert")
    away(alice, starts_on=dt.date(2026, 6, 10), ends_on=dt.date(2026, 6, 12))
    with pytest.raises(Refused) as refused:
        away(alice, starts_on=starts_on, ends_on=ends_on)
    assert list(refused.value.fields) == [field]


def test_the_same_form_twice_is_one_absence_and_the_same_first_day_changes_it(city: Any) -> None:
    alice, bob = make_staff(city, "expert"), make_staff(city, "expert")
    for _twice in range(2):
        away(alice, bob)
    away(alice, bob, ends_on=dt.date(2026, 6, 9))
    assert [(row.ends_on, row.deputy) for row in Absence.objects.of(city)] == [(dt.date(2026, 6, 9), bob)]
    assert Entry.objects.of(city).filter(verb="absence.set").count() == 2


@pytest.mark.parametrize(
    ("role", "may"), [("administrator", True), ("owner", False), ("moderator", False), ("", False), ("stranger", False)]
)
def test_only_oneself_and_administrators_say_that_somebody_is_away(city: Any, role: str, may: bool) -> None:
    alice, actor = make_staff(city, "expert"), make_actor(city, role)
    row = away(alice)
    if may:
        remove_absence(actor, row)
        set_absence(actor, alice, starts_on=MONDAY, ends_on=FRIDAY)
        remove_absence(actor, row)
    else:
        for do in (lambda: remove_absence(actor, row), lambda: set_absence(actor, alice, starts_on=MONDAY, ends_on=FRIDAY)):
            with pytest.raises(Refused):
                do()
    assert Absence.objects.of(city).count() == 1


def test_who_has_no_role_is_never_away_and_another_citys_staff_is_not_found(city: Any) -> None:
    alice = make_participant(city)
    with pytest.raises(Refused):
        away(alice)
    administrator = make_actor(make_city("kassel"), "administrator")
    with pytest.raises(Refused) as refused:
        set_absence(administrator, make_staff(city, "expert"), starts_on=MONDAY, ends_on=FRIDAY)
    assert refused.value.status == 404
