"""A sign-in service that lies: tokens, keys and descriptions that are not believed."""

from __future__ import annotations

import time
from typing import Any

import pytest
from tests.factories import make_browser
from tests.people.oidc.steps import UNSURE, connect, from_now, said, told
from tests.people.signing_in import Provider, come_over
from tests.people.test_security import is_in

from civitas.people.models import Identity

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "lie",
    [
        {"answers": {"iss": "https://evil.example"}},
        {"answers": {"aud": "another-client"}},
        {"answers": {"aud": ["civitas-hamburg", "another-client"]}},
        {"answers": {"aud": ["civitas-hamburg", "other"], "azp": "other"}},
        {"answers": {"azp": "other"}},
        {"answers": {"aud": None}},
        {"answers": {"nonce": "geraten"}},
        {"answers": {"nonce": None}},
        {"answers": {"exp": -120}},
        {"answers": {"exp": None}},
        {"answers": {"exp": "bald"}},
        {"answers": {"iat": 3_600, "exp": 7_200}},
        {"answers": {"iat": -3_600}},
        {"answers": {"iat": None}},
        {"answers": {"nbf": 3_600}},
        {"answers": {"sub": None}},
        {"answers": {"sub": ""}},
        {"answers": {"sub": "   "}},
        {"answers": {"sub": 4711}},
        {"answers": {"sub": "a\x00b"}},
        {"answers": {"sub": "x" * 256}},
        {"age": 3_600},
        {"sign_with": "another key"},
        {"sign_with": "none"},
        {"sign_with": "secret"},
        {"sign_with": "public key"},
        {"header": {"kid": "unbekannt"}},
        {"header": {"kid": None}, "sign_with": "another key"},
        {"header": {"crit": ["b64"], "b64": False}},
    ],
    ids=str,
)
def test_a_token_that_lies_opens_nothing(city: Any, person: Any, provider: Provider, lie: dict[str, Any]) -> None:
    connect(city, person, provider)
    provider.tell(**from_now(lie))
    browser = make_browser(city)
    assert UNSURE in told(browser, come_over(browser))
    assert not is_in(browser)
    assert browser.get("/konto/oidc/adresse").status_code == 303  # nobody waits for an account either
    assert Identity.objects.of(city).get().used_at is None


@pytest.mark.parametrize(
    "truth",
    [
        {"answers": {"aud": ["civitas-hamburg"]}},
        {"answers": {"aud": ["civitas-hamburg", "other"], "azp": "civitas-hamburg"}},
        {"answers": {"iat": 15}},
        {"answers": {"email": 7, "auth_time": "gestern"}},
        {"rotate": "ES256"},
    ],
    ids=str,
)
def test_an_unusual_token_that_holds_opens(city: Any, person: Any, provider: Provider, truth: dict[str, Any]) -> None:
    connect(city, person, provider)
    provider.tell(**from_now(truth))
    browser = make_browser(city)
    come_over(browser)
    assert is_in(browser)


def test_new_keys_are_fetched_once_and_forgers_fetch_them_no_more(city: Any, person: Any, provider: Provider) -> None:
    connect(city, person, provider)
    come_over(make_browser(city))
    assert provider.asked("keys") == 1
    come_over(make_browser(city))
    assert provider.asked("keys") == 1
    provider.tell(rotate="RS256")
    browser = make_browser(city)
    come_over(browser)
    assert is_in(browser)
    assert provider.asked("keys") == 2
    provider.tell(header={"kid": "erfunden"})
    for _each in range(3):
        assert come_over(make_browser(city)).headers["Location"] == "/konto/anmelden"
    assert provider.asked("keys") == 2


def test_keys_that_change_again_are_fetched_after_a_minute(
    city: Any, person: Any, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(city, person, provider)
    for _each in range(2):
        provider.tell(rotate="RS256")
        come_over(make_browser(city))
    provider.tell(rotate="RS256")
    assert come_over(make_browser(city)).headers["Location"] == "/konto/anmelden"
    now = time.monotonic()
    monkeypatch.setattr("civitas.people.provider.time.monotonic", lambda: now + 61)
    assert come_over(make_browser(city)).headers["Location"] == "/mein"


@pytest.mark.parametrize(
    "lie",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"authorization_endpoint": "http://evil.example/authorize"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
        {"token_endpoint": "http://169.254.169.254/token"},
        {"token_endpoint": "file:///etc/passwd"},
        {"token_endpoint": ["https://a.example"]},
        {"jwks_uri": "https://name:word@a.example/keys"},
        {"jwks_uri": "https://[a.example/keys"},
        {"end_session_endpoint": "http://evil.example/logout"},
    ],
    ids=str,
)
def test_a_description_that_lies_leads_nowhere(city: Any, provider: Provider, lie: dict[str, Any]) -> None:
    provider.tell(described=lie)
    answers = [make_browser(city).get("/konto/oidc") for _each in range(4)]
    assert [answer.status_code for answer in answers] == [403, 403, 503, 503]
    assert UNSURE in said(answers[0])
    assert provider.asked(".well-known/openid-configuration") == 2
