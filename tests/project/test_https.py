"""Behind a proxy that does https and speaks plain http to the house, as the README has it run for real."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from tests.factories import make_city, make_contribution, make_process, make_step

if TYPE_CHECKING:
    from civitas.cities.models import City

pytestmark = pytest.mark.django_db
HOST = "hamburg.localhost"


@pytest.fixture
def city() -> City:
    return make_city("hamburg")


@pytest.fixture
def browser(city: City, settings: Any) -> Client:
    settings.SITE_SCHEME, settings.SECURE_HSTS_SECONDS = "https", 31_536_000
    return Client(enforce_csrf_checks=True, headers={"host": HOST})


def send(browser: Client, path: str, fields: dict[str, str], origin: str) -> Any:
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get(path).content.decode())
    assert token is not None
    return browser.post(path, fields | {"csrfmiddlewaretoken": token[1]}, headers={"origin": origin})


def test_a_form_from_the_https_page_is_taken_and_one_from_elsewhere_is_not(browser: Client) -> None:
    asked = {"email": "emine@example.org"}
    assert send(browser, "/konto/anmelden", asked, f"https://{HOST}").status_code == 302
    for origin in (f"http://{HOST}", "https://kassel.localhost", "https://evil.example"):
        assert send(browser, "/konto/anmelden", asked, origin).status_code == 403


def test_whole_addresses_are_as_people_type_them(browser: Client, city: City) -> None:
    step = make_step(make_process(city, "wasser"))
    make_contribution(step, "Ein Brunnen")
    feed = browser.get("/entdecken/feed").content.decode()
    assert f"https://{HOST}/beitrag/" in feed
    assert f"http://{HOST}" not in feed
    assert "max-age=31536000" in browser.get("/").headers["Strict-Transport-Security"]


def test_without_https_all_stays_as_it_is(city: City) -> None:
    browser = Client(enforce_csrf_checks=True, headers={"host": HOST})
    assert send(browser, "/konto/anmelden", {"email": "emine@example.org"}, f"http://{HOST}").status_code == 302
    assert "Strict-Transport-Security" not in browser.get("/").headers
