"""Addresses that take forms alone lead a person to the page above."""

from __future__ import annotations

from typing import Any

import pytest
from tests.factories import make_browser, make_city, make_staff

from civitas.kit.redirects import page_above

pytestmark = pytest.mark.django_db
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize(
    ("path", "above"),
    [
        ("/verwaltung/redaktion/7/entscheiden", "/verwaltung/redaktion/7"),
        ("/verwaltung/redaktion/zuruecknehmen/7", "/verwaltung/redaktion"),
        ("/verwaltung/redaktion/ansichten", "/verwaltung/redaktion"),
        ("/verwaltung/antworten/7/frage", "/verwaltung/antworten/7"),
        ("/verwaltung/antworten/7/notiz/3/weg", "/verwaltung/antworten/7/notiz"),
        ("/verwaltung/antworten/viele", "/verwaltung/antworten"),
        ("/verwaltung/sperren/7/aufheben", "/verwaltung/sperren"),
        ("/nirgends/und/nie", "/"),
        ("/nirgends", "/"),
    ],
)
def test_the_page_above_is_the_nearest_that_is_there(path: str, above: str) -> None:
    assert page_above(path) == above


@pytest.mark.parametrize(("prefix", "code"), [("", "de"), ("/en", "en"), ("/einfach", "de-simple")])
def test_a_person_is_led_up_in_their_language_with_the_query(prefix: str, code: str) -> None:
    city = make_city("hamburg")
    browser = make_browser(city, make_staff(city, "moderator"))
    answer = browser.get(f"{prefix}/verwaltung/redaktion/7/entscheiden?state=asked", headers=BROWSER)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{prefix}/verwaltung/redaktion/7?state=asked")
    assert browser.get(f"{prefix}/verwaltung/antworten/viele", headers=BROWSER, follow=True).status_code == 200


@pytest.mark.parametrize("headers", [{"Accept": "application/json"}, {}, {**BROWSER, "HX-Request": "true"}])
def test_programs_and_parts_of_pages_are_told_plainly(headers: dict[str, str]) -> None:
    city = make_city("hamburg")
    browser = make_browser(city, make_staff(city, "moderator"))
    assert browser.get("/verwaltung/antworten/viele", headers=headers).status_code == 405


def test_only_asking_is_led_up_and_what_is_refused_stays_refused() -> None:
    city = make_city("hamburg")
    address = "/verwaltung/redaktion/7/entscheiden"
    signed_out: Any = make_browser(city).get(address, headers=BROWSER)
    assert signed_out.headers["Location"].startswith("/konto/anmelden")
    assert make_browser(city, make_staff(city, "moderator")).put(address, headers=BROWSER).status_code == 405
