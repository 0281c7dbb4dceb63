"""The thanks page offers what means something to the one who gave: news, a claim, what comes up nearby."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from tests.factories import (
    make_area,
    make_browser,
    make_city,
    make_contribution,
    make_guest,
    make_participant,
    make_process,
    make_step,
    make_user,
)

if TYPE_CHECKING:
    from civitas.people.models import Participant
    from civitas.processes.models import Step

pytestmark = pytest.mark.django_db
CLAIM, FOLLOW = "/zuordnen/", "/entdecken/merken?area=ottensen"


@pytest.fixture
def step() -> Step:
    return make_step(make_process(make_city("hamburg")))


def thanks(step: Step, person: Participant) -> str:
    given = make_contribution(step, "Eine Bank", author=person, area=make_area(step.city, key="ottensen"))
    return make_browser(step.city, person).get(f"/beitrag/{given.number}/danke").text


def test_a_guest_without_an_address_is_offered_to_be_written_to(step: Step) -> None:
    page = thanks(step, make_guest(step.city))
    assert page.count(CLAIM) == 1
    assert FOLLOW not in page


def test_a_guest_whose_address_waits_is_asked_to_confirm_it(step: Step) -> None:
    guest = make_guest(step.city)
    guest.guest_mail = "ida@example.org"
    guest.save()
    page = thanks(step, guest)
    assert "ida@example.org" in page
    assert page.count(CLAIM) == 1
    assert FOLLOW not in page


def test_who_can_be_told_may_follow_the_area_at_once(step: Step) -> None:
    guest = make_guest(step.city)
    guest.guest_mail, guest.guest_mail_confirmed_at = "ida@example.org", timezone.now()
    guest.save()
    assert FOLLOW in thanks(step, guest)


def test_who_has_an_account_is_offered_no_claim(step: Step) -> None:
    page = thanks(step, make_participant(step.city, "Ida", user=make_user("ida@example.org")))
    assert CLAIM not in page
    assert FOLLOW in page
