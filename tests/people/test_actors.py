"""Whoever takes part meets the rules as they are, also where this process has kept the city from before."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import make_browser, make_city, make_guest, make_participant, make_process, make_step

from civitas.cities.models import City
from civitas.contributions.models import Contribution

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(db: None) -> Any:
    city = make_city("hamburg")
    make_step(make_process(city))
    return city


def settle_elsewhere(city: City) -> None:
    """As another web process does it: nothing that this one keeps is forgotten."""
    City.objects.filter(pk=city.pk).update(rules={"check_contributions": "before"}, rules_version=city.rules_version + 1)


def form_of(browser: Any) -> dict[str, str]:
    page = browser.get("/geben").text
    typed = dict(re.findall(r'name="(uid|seal|version)" value="([^"]+)"', page))
    return {**typed, "kind": "idea", "title": "Eine Bank", "text": "Am Kanal fehlt eine Bank.", "homepage": "", "pseudonym": "Jo"}


@pytest.mark.parametrize("who", ["login", "guest", "stranger"])
def test_what_is_given_after_a_new_rule_follows_it_at_once(city: Any, who: str) -> None:
    person = {"login": make_participant, "guest": make_guest}.get(who, lambda _city: None)(city)
    browser = make_browser(city, person)
    data = form_of(browser)
    settle_elsewhere(city)
    browser.post("/geben", data)
    assert Contribution.objects.of(city).get().visibility == "waiting"


def test_it_costs_no_query(city: Any) -> None:
    browser = make_browser(city, make_participant(city))
    browser.get("/konto/")
    with CaptureQueriesContext(connection) as before:
        browser.get("/konto/")
    assert not [query for query in before.captured_queries if 'FROM "cities_city"' in query["sql"]]
