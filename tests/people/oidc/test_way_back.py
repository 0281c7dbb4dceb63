"""The way back from the city's sign-in service: an answer counts once, in the browser and the city that set out."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from tests.factories import make_browser, make_city
from tests.people.oidc.steps import OLD, UNSURE, connect, told
from tests.people.signing_in import Provider, asked_for, come_over, keep_secret, set_out, settings_with, sign_in_there
from tests.people.test_security import is_in

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db


def test_an_answer_counts_once(city: Any, person: Any, provider: Provider) -> None:
    connect(city, person, provider)
    browser = make_browser(city)
    back = sign_in_there(set_out(browser))
    assert browser.get(back).status_code == 302
    browser.post("/konto/abmelden")
    asked = provider.asked("token")
    assert OLD in told(browser, browser.get(back))
    assert provider.asked("token") == asked
    assert not is_in(browser)


def test_an_answer_counts_in_the_browser_that_set_out(city: Any, person: Any, provider: Provider) -> None:
    connect(city, person, provider)
    back = sign_in_there(set_out(make_browser(city)))
    thief = make_browser(city)
    assert OLD in told(thief, thief.get(back))
    assert not is_in(thief)
    assert provider.asked("token") == 0


def test_an_answer_counts_in_the_city_that_set_out(city: Any, person: Any, provider: Provider, tmp_path: Path) -> None:
    connect(city, person, provider)
    keep_secret(tmp_path, "kassel")
    kassel = make_city("kassel", settings=settings_with(provider.issuer))
    browser = make_browser(city)
    back = sign_in_there(set_out(browser))
    there = make_browser(kassel)
    there.cookies = browser.cookies
    assert OLD in told(there, there.get(back))
    assert provider.asked("token") == 0
    # Who is known in one city is not by that known in another.
    assert come_over(make_browser(kassel)).headers["Location"] == "/konto/oidc/adresse"


@pytest.mark.parametrize("query", ["", "?state=geraten&code=x", "?state=&code=", "?code=x", "?error=access_denied"])
def test_an_answer_that_nobody_asked_for_is_refused(city: Any, provider: Provider, query: str) -> None:
    browser = make_browser(city)
    assert OLD in told(browser, browser.get(f"/konto/oidc/zurueck{query}"))
    assert provider.asked("token") == 0


def test_an_answer_that_took_too_long_is_refused(city: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = make_browser(city)
    back = sign_in_there(set_out(browser))
    now = time.time()
    monkeypatch.setattr("civitas.people.oidc.time.time", lambda: now + 16 * 60)
    assert OLD in told(browser, browser.get(back))


def test_of_many_windows_the_newest_four_may_come_back(city: Any) -> None:
    browser = make_browser(city)
    ways = [set_out(browser) for _each in range(6)]
    answers = [browser.get(sign_in_there(way)).headers["Location"] for way in ways]
    assert answers == ["/konto/anmelden"] * 2 + ["/konto/oidc/adresse"] * 4


def test_who_cancels_reads_it_calmly(city: Any, provider: Provider) -> None:
    browser = make_browser(city)
    answer = browser.get(sign_in_there(set_out(browser, "/konto/oidc?next=/konto/"), "Abbrechen"))
    assert answer.headers["Location"] == "/konto/anmelden?next=%2Fkonto%2F"
    assert "Sie haben sich nicht mit BundID angemeldet" in told(browser, answer)
    assert provider.asked("token") == 0


def test_an_error_of_the_service_is_said_without_its_words(city: Any) -> None:
    browser = make_browser(city)
    state = asked_for(set_out(browser))["state"]
    answer = browser.get("/konto/oidc/zurueck", {"state": state, "error": "server_error", "error_description": "<b>ORA-600</b>"})
    page = told(browser, answer)
    assert (UNSURE in page, "ORA-600" in page) == (True, False)


def test_an_answer_in_another_services_name_is_refused(city: Any, provider: Provider) -> None:
    browser = make_browser(city)
    back = sign_in_there(set_out(browser))
    assert UNSURE in told(browser, browser.get(f"{back}&iss=https://evil.example"))
    assert provider.asked("token") == 0
    back = sign_in_there(set_out(browser))
    assert browser.get(f"{back}&iss={provider.issuer}").headers["Location"] == "/konto/oidc/adresse"


def test_a_code_of_another_attempt_is_refused(city: Any) -> None:
    """A code that was stolen does not fit the verifier that this browser's session keeps."""
    victim, thief = make_browser(city), make_browser(city)
    stolen = asked_for(f"http://x{sign_in_there(set_out(victim))}")["code"]
    state = asked_for(set_out(thief))["state"]
    assert UNSURE in told(thief, thief.get("/konto/oidc/zurueck", {"state": state, "code": stolen}))
