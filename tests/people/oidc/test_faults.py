"""A sign-in service that hangs, talks nonsense or is gone, and tries without end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from tests.factories import make_browser, make_city
from tests.people.oidc.steps import DESCRIPTION, GONE, UNSURE, connect, said, told
from tests.people.signing_in import Provider, come_over, keep_secret, set_out, settings_with, sign_in_there, start_provider
from tests.people.test_security import is_in
from tests.people.test_views import sign_in

from civitas.kit import asking

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "SECONDS", 0.6)


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize("mood", ["hangs", "drips", "nonsense", "a list", "deep", "huge", "elsewhere", "500", "404"])
def test_a_service_that_fails_is_said_at_once(city: Any, provider: Provider, mood: str) -> None:
    provider.tell(moods={DESCRIPTION: mood})
    began = time.monotonic()
    answer = make_browser(city).get("/konto/oidc")
    assert time.monotonic() - began < 10
    assert answer.status_code == 503
    assert GONE in said(answer)
    assert "Code senden" in said(answer)  # the way that is always there
    assert provider.asked("trap") == 0


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize("mood", ["hangs", "nonsense", "500"])
@pytest.mark.parametrize("part", ["token", "keys"])
def test_a_service_that_fails_on_the_way_leaves_nothing_half_done(city: Any, person: Any, provider: Provider, part: str, mood: str) -> None:
    connect(city, person, provider)
    browser = make_browser(city)
    back = sign_in_there(set_out(browser))
    provider.tell(moods={part: mood})
    assert GONE in told(browser, browser.get(back))
    assert not is_in(browser)
    provider.tell(moods={})
    come_over(browser)
    assert is_in(browser)


@pytest.mark.usefixtures("_impatient")
def test_a_service_that_hangs_is_left_alone_for_a_while(city: Any, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    provider.tell(moods={DESCRIPTION: "hangs"})
    for _each in range(5):
        assert make_browser(city).get("/konto/oidc").status_code == 503
    assert provider.asked(DESCRIPTION) == 2
    provider.tell(moods={})
    now = time.monotonic()
    monkeypatch.setattr("civitas.people.provider.time.monotonic", lambda: now + 31)
    assert make_browser(city).get("/konto/oidc").status_code == 302


def test_a_service_that_is_gone_is_said_and_the_code_still_opens(db: None, settings: Any, tmp_path: Path) -> None:
    settings.OIDC_SECRETS = str(keep_secret(tmp_path))
    with start_provider() as mortal:
        mortal.knows("dilek-4711")
        city = make_city("hamburg", settings=settings_with(mortal.issuer))
        browser = make_browser(city)
        back = sign_in_there(set_out(browser))
        mortal.kill()
        assert GONE in told(browser, browser.get(back))
    sign_in(browser, "dilek@example.org")
    assert is_in(browser)


def test_a_wrong_secret_is_no_persons_fault(city: Any, settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "hamburg").write_text("veraltet-und-geheim")
    browser = make_browser(city)
    assert UNSURE in told(browser, come_over(browser))
    assert "status 401" in caplog.text
    assert "veraltet-und-geheim" not in caplog.text


def test_many_tries_from_one_place_are_stopped(city: Any, provider: Provider, settings: Any) -> None:
    settings.RATE_FACTOR = 0.01
    browser = make_browser(city)
    assert [browser.get("/konto/oidc").status_code for _each in range(7)] == [302] * 6 + [429]
    assert "sehr viele Codes" in told(browser, browser.get("/konto/oidc/zurueck?state=x"))
