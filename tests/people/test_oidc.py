"""Signing in over the city's service, against a process that speaks OpenID Connect: the way, lies, faults, connecting and parting."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from tests.factories import make_browser, make_city, make_participant
from tests.leaving import leave_for_good
from tests.people.signing_in import (
    NAME,
    Provider,
    asked_for,
    come_over,
    keep_secret,
    set_out,
    settings_with,
    sign_in_there,
    start_provider,
)
from tests.people.test_security import code_now, is_in, set_up_factor
from tests.people.test_views import code_in, sign_in

from civitas.cities.queries import forget_cities
from civitas.journal.models import Entry
from civitas.kit import asking
from civitas.people import provider as providers
from civitas.people.actions import export_everything
from civitas.people.actors import actor_of
from civitas.people.identities import link_identity
from civitas.people.models import Device, Identity, Participant, User
from civitas.people.oidc import Said
from civitas.people.suspensions import FOR_GOOD, may_take_part

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.django_db

GONE = "antwortet gerade nicht"
UNSURE = "nicht sicher"
OLD = "zu alt"


@pytest.fixture(autouse=True)
def _mails_stay_here(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture(scope="module")
def started() -> Iterator[Provider]:
    with start_provider() as provider:
        yield provider


@pytest.fixture
def provider(started: Provider) -> Provider:
    started.tell(reset=True, seen={}, signed_out=[], codes={})
    started.knows("dilek-4711", "Dilek@BundID.example")
    providers.forget_providers()
    return started


@pytest.fixture
def city(db: None, provider: Provider, settings: Any, tmp_path: Path) -> Any:
    settings.OIDC_SECRETS = str(keep_secret(tmp_path))
    return make_city("hamburg", settings=settings_with(provider.issuer))


@pytest.fixture
def person(city: Any) -> Any:
    """Somebody who has been here before, by a mailed code, with another address than the service knows."""
    person = make_participant(city, "Dilek")
    sign_in(make_browser(city), person.user.email)
    return person


def connect(city: Any, person: Any, provider: Provider, subject: str = "dilek-4711") -> Identity:
    """As if the person had connected the two long ago."""
    return link_identity(city, person.user, Said(provider.issuer, subject), name=NAME)


def type_code(browser: Client, path: str = "/konto/code") -> Any:
    return browser.post(path, {"code": code_in(mail.outbox[-1].body)})


def said(response: Any) -> str:
    return str(response.content.decode())


def told(browser: Client, answer: Any) -> str:
    """What somebody reads whom the city did not believe: on the page with the doors, the service's code no longer in the address."""
    assert answer.status_code == 303, said(answer)
    assert answer.headers["Location"].startswith("/konto/anmelden")
    assert "code=" not in answer.headers["Location"]
    return said(browser.get(answer.headers["Location"]))


# The way there


def test_the_button_stands_where_the_city_has_a_service(city: Any) -> None:
    page = said(make_browser(city).get("/konto/anmelden?next=/mein"))
    assert "Mit BundID anmelden" in page
    assert 'href="/konto/oidc?next=/mein"' in page
    assert "Sign in with BundID" in said(make_browser(city).get("/en/konto/anmelden"))


@pytest.mark.parametrize("path", ["", "/zurueck?state=x&code=y", "/adresse"])
def test_a_city_without_one_has_no_button_and_no_address(db: None, path: str) -> None:
    browser = make_browser(make_city("kassel"))
    assert "/konto/oidc" not in said(browser.get("/konto/anmelden"))
    assert browser.get(f"/konto/oidc{path}").status_code == 404
    assert Client(headers={"host": "localhost"}).get(f"/konto/oidc{path}").status_code == 404


def test_without_its_secret_a_service_is_not_offered(city: Any, settings: Any) -> None:
    settings.OIDC_SECRETS = ""
    assert "/konto/oidc" not in said(make_browser(city).get("/konto/anmelden"))
    assert make_browser(city).get("/konto/oidc").status_code == 404


def test_the_way_there_is_sealed_and_in_the_language_of_the_page(city: Any) -> None:
    browser = make_browser(city)
    first, second = asked_for(set_out(browser)), asked_for(set_out(browser, "/en/konto/oidc"))
    assert {name: first[name] for name in ("response_type", "scope", "ui_locales", "redirect_uri", "code_challenge_method")} == {
        "response_type": "code",
        "scope": "openid email",
        "ui_locales": "de",
        "redirect_uri": "http://hamburg.localhost/konto/oidc/zurueck",
        "code_challenge_method": "S256",
    }
    assert second["ui_locales"] == "en"
    assert all(first[name] != second[name] and len(first[name]) >= 32 for name in ("state", "nonce", "code_challenge"))
    assert "prompt" not in first


def test_before_a_door_is_changed_people_show_themselves_anew(city: Any) -> None:
    asked = asked_for(set_out(make_browser(city), "/konto/oidc?next=/konto/sicherheit"))
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")


# Who it is


def test_who_is_connected_is_in_and_goes_on(city: Any, person: Any, provider: Provider) -> None:
    connect(city, person, provider)
    browser = make_browser(city)
    assert come_over(browser, "/konto/oidc?next=/konto/").headers["Location"] == "/konto/"
    assert "Hallo Dilek" in said(browser.get("/konto/"))
    assert Identity.objects.of(city).get().used_at is not None
    assert Device.objects.get(browser="", way="service").user == person.user
    assert "mit BundID" in said(make_second(city, person).get("/konto/sicherheit"))


def make_second(city: Any, person: Any) -> Client:
    """A second window of the person, in which the first one is listed."""
    browser = make_browser(city)
    sign_in(browser, person.user.email)
    return browser


def test_who_set_out_in_another_language_comes_back_in_it(city: Any, person: Any, provider: Provider) -> None:
    connect(city, person, provider)
    browser = make_browser(city)
    first = come_over(browser, "/en/konto/oidc")
    assert first.headers["Location"].startswith("/en/konto/oidc/zurueck?")
    assert browser.get(first.headers["Location"]).headers["Location"] == "/en/mein"


def test_who_is_new_gives_an_address_and_types_the_code(city: Any, provider: Provider) -> None:
    browser = make_browser(city)
    assert come_over(browser, "/konto/oidc?next=/konto/").headers["Location"] == "/konto/oidc/adresse"
    assert 'value="dilek@bundid.example"' in said(browser.get("/konto/oidc/adresse"))
    assert browser.post("/konto/oidc/adresse", {"email": "Neu@Example.org"}).headers["Location"] == "/konto/code?next=%2Fkonto%2F"
    assert "verbinden Sie auch Ihr Konto hier mit BundID" in said(browser.get("/konto/code"))
    assert not Identity.objects.of(city).exists()
    assert type_code(browser, "/konto/code?next=%2Fkonto%2F").headers["Location"] == "/konto/"
    assert "Ab jetzt können Sie sich mit BundID anmelden." in said(browser.get("/konto/"))
    row = Identity.objects.of(city).get()
    assert (row.user.email, row.issuer, row.subject) == ("neu@example.org", provider.issuer, "dilek-4711")
    # From now on the service is enough.
    assert come_over(make_browser(city)).headers["Location"] == "/mein"


def test_without_a_mail_at_the_service_one_is_asked_for(city: Any, provider: Provider) -> None:
    provider.knows("namenlos")
    browser = make_browser(city)
    come_over(browser)
    assert browser.get("/konto/oidc/adresse").context["form"]["email"].value() in {None, ""}
    refused = browser.post("/konto/oidc/adresse", {"email": ""})
    assert refused.status_code == 422
    assert not User.objects.filter(email="").exists()


def test_the_services_word_about_a_mail_opens_no_account(city: Any, person: Any, provider: Provider) -> None:
    provider.knows("fremd", person.user.email)
    browser = make_browser(city)
    assert come_over(browser).headers["Location"] == "/konto/oidc/adresse"
    assert not is_in(browser)
    browser.post("/konto/oidc/adresse", {"email": person.user.email})
    assert not is_in(browser)
    wrong = browser.post("/konto/code", {"code": "AAAAAA"})
    assert "nicht der Code" in said(wrong)
    assert not Identity.objects.of(city).exists()
    type_code(browser)
    assert Identity.objects.of(city).get().user == person.user


def test_another_mail_at_the_service_changes_nothing_here(city: Any, person: Any, provider: Provider) -> None:
    connect(city, person, provider)
    before = person.user.email
    provider.knows("dilek-4711", "neuer-name@bundid.example")
    browser = make_browser(city)
    come_over(browser)
    assert is_in(browser)
    assert User.objects.get(pk=person.user.pk).email == before
    assert not User.objects.filter(email="neuer-name@bundid.example").exists()
    # Whoever gets the old address at the service is somebody else, and does not come in.
    provider.knows("nachfolger", before)
    other = make_browser(city)
    assert come_over(other).headers["Location"] == "/konto/oidc/adresse"
    assert not is_in(other)


def test_two_people_at_the_service_with_one_mail_do_not_share_an_account(city: Any, person: Any, provider: Provider) -> None:
    connect(city, person, provider)
    provider.knows("zweite", person.user.email)
    browser = make_browser(city)
    come_over(browser)
    browser.post("/konto/oidc/adresse", {"email": person.user.email})
    type_code(browser)
    # The code has proved who it is: the sign-in stands, and nothing is connected.
    assert "schon mit jemand anderem bei BundID verbunden" in said(browser.get("/konto/"))
    assert is_in(browser)
    assert [row.subject for row in Identity.objects.of(city)] == ["dilek-4711"]


def test_who_signs_in_by_another_way_is_not_connected(city: Any, person: Any) -> None:
    """Somebody left the page at which the code is asked for; whoever comes next signs in as usual."""
    browser = make_browser(city)
    come_over(browser)
    browser.post("/konto/oidc/adresse", {"email": person.user.email})
    sign_in(browser, person.user.email)
    assert is_in(browser)
    assert not Identity.objects.of(city).exists()


def test_the_code_of_another_address_connects_nothing(city: Any, person: Any) -> None:
    browser = make_browser(city)
    come_over(browser)
    browser.post("/konto/oidc/adresse", {"email": "dilek@bundid.example"})
    sign_in(browser, person.user.email)
    assert not Identity.objects.of(city).exists()
    assert browser.get("/konto/oidc/adresse").headers["Location"] == "/mein"


def test_the_second_step_is_asked_for_after_the_service_too(city: Any, person: Any, provider: Provider) -> None:
    connect(city, person, provider)
    first = make_browser(city)
    sign_in(first, person.user.email)
    secret = set_up_factor(first)
    browser = make_browser(city)
    assert come_over(browser).headers["Location"] == "/konto/zweiter-schritt"
    assert not is_in(browser)
    browser.post("/konto/zweiter-schritt", {"code": code_now(secret, step=-1)})
    assert is_in(browser)


def test_the_second_step_stands_before_connecting_as_well(city: Any, person: Any) -> None:
    first = make_browser(city)
    sign_in(first, person.user.email)
    secret = set_up_factor(first)
    browser = make_browser(city)
    come_over(browser)
    browser.post("/konto/oidc/adresse", {"email": person.user.email})
    assert type_code(browser).headers["Location"] == "/konto/zweiter-schritt"
    assert not Identity.objects.of(city).exists()
    browser.post("/konto/zweiter-schritt", {"code": code_now(secret, step=-1)})
    assert Identity.objects.of(city).get().user == person.user


def test_who_is_switched_off_or_shut_out_stays_so(city: Any, person: Any, provider: Provider) -> None:
    connect(city, person, provider)
    Participant.objects.of(city).filter(pk=person.pk).update(suspended_until=FOR_GOOD)
    browser = make_browser(city)
    come_over(browser)
    assert is_in(browser)  # to read why, and to object
    assert not may_take_part(actor_of(Participant.objects.of(city).select_related("city").get(pk=person.pk)))
    User.objects.filter(pk=person.user.pk).update(is_active=False)
    other = make_browser(city)
    assert come_over(other).headers["Location"] == "/konto/inaktiv"
    assert not is_in(other)


# What a way back has to be


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


# Lies

TIMES = {"exp", "iat", "nbf", "auth_time"}


def from_now(told: dict[str, Any]) -> dict[str, Any]:
    """What a provider is told, its times counted in seconds from now."""
    now = int(time.time())
    answers = told.get("answers", {})
    moved = {name: now + value if name in TIMES and isinstance(value, int) else value for name, value in answers.items()}
    return {**told, "answers": moved}


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


# Faults

DESCRIPTION = ".well-known/openid-configuration"


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


# Connecting and parting


def test_who_is_signed_in_connects_after_saying_yes(city: Any, person: Any, provider: Provider) -> None:
    browser = make_browser(city)
    sign_in(browser, person.user.email)
    assert "Mit BundID verbinden" in said(browser.get("/konto/sicherheit"))
    assert come_over(browser).headers["Location"] == "/konto/oidc/verbinden"
    page = said(browser.get("/konto/oidc/verbinden"))
    assert person.user.email in page
    assert "dilek@bundid.example" in page
    assert not Identity.objects.of(city).exists()
    assert browser.post("/konto/oidc/verbinden").headers["Location"] == "/konto/sicherheit"
    row = Identity.objects.of(city).get()
    page = said(browser.get("/konto/sicherheit"))
    assert "Von BundID trennen" in page
    assert "Mit BundID verbinden" not in page
    assert browser.post("/konto/oidc/verbinden").headers["Location"] == "/konto/sicherheit"  # nobody waits any more
    assert browser.post(f"/konto/sicherheit/dienst/{row.pk}").headers["Location"] == "/konto/sicherheit"
    assert not Identity.objects.of(city).exists()
    assert come_over(make_browser(city)).headers["Location"] == "/konto/oidc/adresse"
    notes = Entry.objects.filter(city=city, verb__startswith="identity.").order_by("pk")
    assert [(note.verb, note.subject, note.details) for note in notes] == [
        ("identity.linked", f"participant:{person.pk}", {}),
        ("identity.unlinked", f"participant:{person.pk}", {}),
    ]


def test_one_identity_belongs_to_one_account(city: Any, person: Any, provider: Provider) -> None:
    connect(city, person, provider)
    browser = make_browser(city)
    sign_in(browser, "bob@example.org")
    come_over(browser)
    browser.post("/konto/oidc/verbinden")
    assert "schon mit einem anderen Konto hier verbunden" in said(browser.get("/konto/sicherheit"))
    assert Identity.objects.of(city).get().user == person.user


def test_one_account_has_one_identity(city: Any, person: Any, provider: Provider) -> None:
    connect(city, person, provider, "früher")
    browser = make_browser(city)
    sign_in(browser, person.user.email)
    come_over(browser)
    browser.post("/konto/oidc/verbinden")
    assert "schon mit jemand anderem" in said(browser.get("/konto/sicherheit"))
    assert Identity.objects.of(city).get().subject == "früher"


def test_a_window_left_open_connects_and_parts_nothing(city: Any, person: Any, provider: Provider) -> None:
    row = connect(city, person, provider)
    left_open = make_browser(city, person)
    assert left_open.get("/konto/oidc").headers["Location"] == "/konto/sicherheit"
    assert left_open.post(f"/konto/sicherheit/dienst/{row.pk}").status_code == 403
    assert "Von BundID trennen" not in said(left_open.get("/konto/sicherheit"))


def test_what_the_service_knew_from_last_week_changes_no_door(city: Any, person: Any, provider: Provider) -> None:
    row = connect(city, person, provider)
    provider.tell(**from_now({"answers": {"auth_time": -7 * 86_400}}))
    browser = make_browser(city)
    come_over(browser)
    assert is_in(browser)
    assert browser.post(f"/konto/sicherheit/dienst/{row.pk}").status_code == 403
    provider.tell(answers={})
    other = make_browser(city)
    come_over(other)
    assert other.post(f"/konto/sicherheit/dienst/{row.pk}").status_code == 303


def test_nobody_parts_somebody_elses(city: Any, person: Any, provider: Provider) -> None:
    row = connect(city, person, provider)
    other = make_browser(city)
    sign_in(other, "bob@example.org")
    assert other.post(f"/konto/sicherheit/dienst/{row.pk}").status_code == 404
    kassel = make_browser(make_city("kassel"))
    sign_in(kassel, person.user.email)
    assert kassel.post(f"/konto/sicherheit/dienst/{row.pk}").status_code == 404
    assert Identity.objects.of(city).exists()


@pytest.mark.parametrize(
    ("path", "method"), [("/konto/oidc/verbinden", "get"), ("/konto/oidc/verbinden", "post"), ("/konto/sicherheit/dienst/1", "post")]
)
def test_who_is_not_signed_in_signs_in_first(city: Any, path: str, method: str) -> None:
    answer = getattr(make_browser(city), method)(path)
    assert answer.headers["Location"].startswith("/konto/anmelden")


def test_who_signed_in_as_somebody_else_meanwhile_connects_nothing(city: Any, person: Any) -> None:
    browser = make_browser(city)
    sign_in(browser, person.user.email)
    back = sign_in_there(set_out(browser))
    browser.post("/konto/abmelden")
    sign_in(browser, "bob@example.org")
    browser.get(back)
    browser.post("/konto/oidc/verbinden")
    assert not Identity.objects.of(city).exists()


def test_a_service_that_the_city_left_is_shown_by_its_host_and_can_be_parted(city: Any, person: Any) -> None:
    link_identity(city, person.user, Said("https://alt.example/realm", "x"), name="Alt")
    browser = make_browser(city)
    sign_in(browser, person.user.email)
    page = said(browser.get("/konto/sicherheit"))
    assert "Von alt.example trennen" in page
    assert "Mit BundID verbinden" in page


# Signing out


def test_signing_out_is_offered_at_the_service_too(city: Any, person: Any, provider: Provider) -> None:
    connect(city, person, provider)
    browser = make_browser(city)
    come_over(browser)
    page = browser.post("/konto/abmelden")
    assert not is_in(browser)
    assert "Auch bei BundID abmelden" in said(page)
    assert "no-store" in page.headers["Cache-Control"]
    asked = asked_for(page.context["address"])
    assert asked["post_logout_redirect_uri"] == "http://hamburg.localhost/konto/abgemeldet"
    assert asked["client_id"] == "civitas-hamburg"
    assert asked["id_token_hint"].count(".") == 2
    assert "Sie sind abgemeldet" in said(browser.get("/konto/abgemeldet"))
    assert not dict(browser.session)


def test_signing_out_needs_no_service(city: Any, person: Any, provider: Provider) -> None:
    connect(city, person, provider)
    provider.tell(described={"end_session_endpoint": None})
    providers.forget_providers()
    browser = make_browser(city)
    come_over(browser)
    provider.tell(moods={"logout": "hangs", DESCRIPTION: "500"})
    assert browser.post("/konto/abmelden").headers["Location"] == "/"
    assert not is_in(browser)


def test_who_signed_in_by_code_signs_out_as_ever(city: Any, person: Any) -> None:
    browser = make_browser(city)
    sign_in(browser, person.user.email)
    assert browser.post("/konto/abmelden").headers["Location"] == "/"


def test_the_page_after_signing_out_leads_on_who_is_signed_in(city: Any, person: Any) -> None:
    assert make_browser(city, person).get("/konto/abgemeldet").headers["Location"] == "/mein"
    assert Client(headers={"host": "localhost"}).get("/konto/abgemeldet").status_code == 404


# What is kept


def test_the_identity_is_exported_and_erased_with_the_person(city: Any, person: Any, provider: Provider) -> None:
    connect(city, person, provider)
    kassel = make_city("kassel")
    link_identity(kassel, person.user, Said(provider.issuer, "in-kassel"), name=NAME)
    make_participant(kassel, "Dilek", user=person.user)
    kept = export_everything(city, person)["people"]["identities"]
    assert [(row["issuer"], row["subject"]) for row in kept] == [(provider.issuer, "dilek-4711")]
    leave_for_good(city, person)
    assert not Identity.objects.of(city).exists()
    assert Identity.objects.of(kassel).count() == 1


def test_the_secret_is_kept_in_no_row_and_no_page(city: Any, person: Any, provider: Provider) -> None:
    connect(city, person, provider)
    browser = make_browser(city)
    come_over(browser)
    for text in (
        str(dict(browser.session)),
        str(city.settings),
        said(browser.get("/konto/sicherheit")),
        str(export_everything(city, person)),
    ):
        assert "ganz geheim" not in text
    assert "ganz geheim" not in repr(providers.provider_of(city))


def test_a_public_client_needs_no_secret(city: Any, settings: Any, provider: Provider) -> None:
    settings.OIDC_SECRETS = ""
    city.settings = settings_with(provider.issuer, public=True)
    city.save()
    forget_cities()
    assert set_out(make_browser(city)).startswith(f"{provider.issuer}/authorize?")


def test_an_old_identity_is_found_by_its_day(city: Any, person: Any, provider: Provider) -> None:
    row = connect(city, person, provider)
    Identity.objects.of(city).filter(pk=row.pk).update(linked_at=timezone.now() - dt.timedelta(days=3))
    browser = make_browser(city)
    sign_in(browser, person.user.email)
    assert "Verbunden vor 3 Tagen, seitdem nicht benutzt" in said(browser.get("/konto/sicherheit"))
