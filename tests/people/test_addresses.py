"""Addresses that asked for a code and never came in are forgotten."""

import datetime as dt

import pytest
from django.utils import timezone
from tests.factories import make_city, make_participant, make_user

from civitas.people.actions import user_of_address
from civitas.people.models import User
from civitas.people.tasks import forget_addresses

pytestmark = pytest.mark.django_db


def test_an_address_that_never_came_in_is_forgotten_after_a_day() -> None:
    kept = {make_participant(make_city()).user.pk, user_of_address("heute@example.org").pk, make_user(last_login=timezone.now()).pk}
    user_of_address("gestern@example.org")
    User.objects.exclude(email="heute@example.org").update(joined_at=timezone.now() - dt.timedelta(days=2))
    forget_addresses()
    assert set(User.objects.values_list("pk", flat=True)) == kept


def test_an_address_is_one_login_however_it_is_written() -> None:
    assert user_of_address(" Neu@Example.org ") == user_of_address("neu@example.org")
