"""What lay with somebody whose role ends goes to who stands in, or back to their department."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.utils import timezone
from tests.factories import make_participant, make_staff

from civitas.answering.actions.assigning import assign
from civitas.answering.actions.handing_over import hand_over
from civitas.answering.models import Assignment, AssignmentRule
from civitas.answering.queries.desk import lies_with
from civitas.notices.models import Notice
from civitas.notices.queries import worded
from civitas.outbox.worker import run_due
from civitas.people.actors import actor_of, city_actor
from civitas.people.models import Membership
from civitas.people.roles import end_roles, take_role
from civitas.team.actions import set_absence

if TYPE_CHECKING:
    from tests.answering.towns import Town

pytestmark = pytest.mark.django_db


def active(town: Town, row: Any) -> Assignment:
    found: Assignment = Assignment.objects.of(town.city).get(contribution=row, active=1)
    return found


def end(town: Town, person: Any) -> None:
    Membership.every.of(town.city).filter(participant=person).update(ends_at=timezone.now() - timedelta(seconds=1))
    end_roles(town.city)
    run_due()


def test_without_a_deputy_it_goes_back_to_the_department_which_is_told_once(town: Town) -> None:
    bob = make_staff(town.city, "expert", "Bob", organisation=town.office)
    rows = [town.give(f"Bank {n}") for n in range(3)]
    for row in rows:
        assign(town.actor("moderator"), row, organisation=town.office, person=bob)
    AssignmentRule.objects.create(city=town.city, organisation=town.office, person=bob)
    day = active(town, rows[0]).due_on
    end(town, bob)
    assert {(active(town, row).person_id, active(town, row).organisation_id) for row in rows} == {(None, town.office.pk)}
    assert active(town, rows[0]).due_on == day
    assert AssignmentRule.objects.of(town.city).get().person_id is None
    told = Notice.objects.of(town.city).filter(kind="answering.handed_over")
    assert list(told.values_list("recipient", flat=True)) == [town.expert.uid]
    assert "Bob beantwortet nichts mehr für die Kommune." in worded(town.city, list(told))[0].words.paragraphs[0]


def test_what_lies_in_no_department_is_told_to_the_editors(town: Town) -> None:
    bob = make_staff(town.city, "owner", "Bob")
    row = town.give()
    assign(town.actor("moderator"), row, organisation=None, person=bob)
    end(town, bob)
    assert active(town, row).person_id is None
    assert Notice.objects.of(town.city).filter(kind="answering.handed_over").get().recipient == town.moderator.uid


def test_who_stands_in_takes_over_also_new_work(town: Town) -> None:
    bob = make_staff(town.city, "expert", "Bob", organisation=town.office)
    row = town.give()
    assign(town.actor("moderator"), row, organisation=town.office, person=bob)
    AssignmentRule.objects.create(city=town.city, organisation=town.office, person=bob)
    today = timezone.localdate()
    set_absence(actor_of(bob), bob, starts_on=today + timedelta(days=1), ends_on=today + timedelta(days=9), deputy=town.expert)
    Membership.objects.of(town.city).filter(participant=bob).update(ends_at=timezone.now() - timedelta(seconds=1))
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        end_roles(town.city)
        run_due()
        assert active(town, row).person_id == town.expert.pk
        assert active(town, town.give("Neue Bank")).person_id == town.expert.pk


def test_who_holds_another_role_that_answers_keeps_it(town: Town) -> None:
    bob = make_staff(town.city, "moderator", "Bob")
    Membership.objects.create(city=town.city, participant=bob, role="owner")
    row = town.give()
    assign(town.actor("moderator"), row, organisation=town.office, person=bob)
    take_role(city_actor(town.city), Membership.objects.of(town.city).get(participant=bob, role="owner"))
    run_due()
    assert active(town, row).person_id == bob.pk
    take_role(city_actor(town.city), Membership.objects.of(town.city).get(participant=bob))
    for _twice in range(2):
        run_due()
        hand_over(town.city, bob.pk)
    assert lies_with(town.city) == {}
    assert Assignment.objects.of(town.city).filter(contribution=row, active=1).count() == 1


def test_nobody_of_another_city_is_touched(town: Town) -> None:
    hand_over(town.city, make_participant(town.city).pk + 1_000)
    assert not Assignment.objects.of(town.city).exists()
