"""Signing in by passkey and by password with a second step, where one is signed in, and being told of a new browser."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.test import Client
from django.utils import timezone
from fido2.utils import websafe_decode, websafe_encode
from tests.factories import make_browser, make_city, make_participant
from tests.people.keyring import Keyring
from tests.people.test_views import sign_in

from civitas.outbox.worker import run_due
from civitas.people.actions import export_everything
from civitas.people.models import Device, Passkey, User
from civitas.people.second_factor import recovery_codes

pytestmark = pytest.mark.django_db

PASSWORD = "drei Möwen am Kai"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def _mails_stay_here(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def city(db: None) -> Any:
    return make_city("hamburg")


@pytest.fixture
def person(city: Any) -> Any:
    return make_participant(city, "Dilek")


@pytest.fixture
def browser(city: Any, person: Any) -> Client:
    browser = make_browser(city)
    sign_in(browser, person.user.email)
    return browser


def code_now(secret: str, *, step: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def set_up_factor(browser: Client) -> str:
    """Scan the picture and type the app's first code; gives the secret."""
    secret = browser.get("/konto/sicherheit/app").context["secret"].replace(" ", "")
    assert browser.post("/konto/sicherheit/app", {"code": code_now(secret)}).status_code == 303
    return str(secret)


def add_passkey(browser: Client, keyring: Keyring, **more: Any) -> Any:
    asked = browser.post("/konto/sicherheit/passkey/frage").json()
    return browser.post("/konto/sicherheit/passkey", {"name": "Handy", "answer": keyring.make(asked, **more)})


def use_passkey(browser: Client, keyring: Keyring, **more: Any) -> Any:
    asked = browser.post("/konto/passkey/frage").json()
    return browser.post("/konto/passkey", {"answer": keyring.use(asked, **more)})


def is_in(browser: Client) -> bool:
    return browser.get("/konto/sicherheit").status_code == 200


def test_a_passkey_is_added_named_used_and_removed(city: Any, browser: Client) -> None:
    keyring = Keyring("http://hamburg.localhost")
    assert add_passkey(browser, keyring).headers["Location"] == "/konto/sicherheit"
    key = Passkey.objects.get()
    assert (key.name, key.host, key.used_at) == ("Handy", "hamburg.localhost", None)
    browser.post(f"/konto/sicherheit/passkey/{key.pk}", {"do": "rename", "name": "  Mein Handy "})
    assert "Mein Handy" in browser.get("/konto/sicherheit").content.decode()

    other = make_browser(city)
    assert use_passkey(other, keyring).headers["Location"] == "/mein"
    assert is_in(other)

    browser.post(f"/konto/sicherheit/passkey/{key.pk}", {"do": "remove"})
    late = make_browser(city)
    assert use_passkey(late, keyring).status_code == 403
    assert not is_in(late)


def test_a_passkey_asks_for_no_second_step(city: Any, browser: Client) -> None:
    keyring = Keyring("http://hamburg.localhost")
    set_up_factor(browser)
    add_passkey(browser, keyring)
    other = make_browser(city)
    assert use_passkey(other, keyring).headers["Location"] == "/mein"
    assert is_in(other)


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "http://kassel.localhost"},
        {"origin": "https://hamburg.localhost.evil.example"},
        {"host": "kassel.localhost"},
        {"challenge": websafe_encode(b"another question entirely, 32 by")},
        {"signature": b"forged"},
        {"verified": False},
    ],
    ids=["another city's page", "another site", "another host", "an old question", "a forged signature", "not looked who holds it"],
)
def test_a_passkey_that_lies_opens_nothing(city: Any, browser: Client, lie: dict[str, Any]) -> None:
    keyring = Keyring("http://hamburg.localhost")
    add_passkey(browser, keyring)
    other = make_browser(city)
    refused = use_passkey(other, keyring, **lie)
    assert refused.status_code == 403
    assert "Dieser Passkey öffnet Hamburg nicht" in refused.content.decode()
    assert not is_in(other)
    assert Passkey.objects.get().used_at is None


def test_a_passkey_of_one_city_opens_no_other(city: Any, browser: Client) -> None:
    keyring = Keyring("http://hamburg.localhost")
    add_passkey(browser, keyring)
    there = make_browser(make_city("kassel"))
    assert use_passkey(there, keyring, origin="http://kassel.localhost", host="kassel.localhost").status_code == 403
    assert not is_in(there)


def test_an_answer_that_was_given_before_opens_nothing(city: Any, browser: Client) -> None:
    keyring = Keyring("http://hamburg.localhost")
    add_passkey(browser, keyring)
    other = make_browser(city)
    answer = keyring.use(other.post("/konto/passkey/frage").json())
    assert other.post("/konto/passkey", {"answer": answer}).status_code == 302
    thief = make_browser(city)
    assert thief.post("/konto/passkey", {"answer": answer}).status_code == 403
    thief.post("/konto/passkey/frage")
    assert thief.post("/konto/passkey", {"answer": answer}).status_code == 403


@pytest.mark.parametrize("answer", ["", "null", "[]", "{}", '{"id": 7}', "x" * 30_000, '{"rawId": "AA", "response": {}}'])
def test_nonsense_for_an_answer_is_refused_in_words(city: Any, browser: Client, answer: str) -> None:
    stranger = make_browser(city)
    stranger.post("/konto/passkey/frage")
    assert stranger.post("/konto/passkey", {"answer": answer}).status_code == 403
    browser.post("/konto/sicherheit/passkey/frage")
    refused = browser.post("/konto/sicherheit/passkey", {"answer": answer})
    assert refused.status_code == 422
    assert "ließ sich nicht hinzufügen" in refused.content.decode()
    assert not Passkey.objects.exists()


@pytest.mark.parametrize("lie", [{"origin": "http://kassel.localhost"}, {"host": "kassel.localhost"}, {"verified": False}])
def test_a_key_made_for_another_host_is_not_added(browser: Client, lie: dict[str, Any]) -> None:
    assert add_passkey(browser, Keyring("http://hamburg.localhost"), **lie).status_code == 422
    assert not Passkey.objects.exists()


def test_a_copied_key_is_noticed_by_its_counter(city: Any, browser: Client) -> None:
    keyring = Keyring("http://hamburg.localhost")
    add_passkey(browser, keyring)
    assert use_passkey(make_browser(city), keyring, counter=5).status_code == 302
    assert use_passkey(make_browser(city), keyring, counter=5).status_code == 403


def test_a_second_step_is_asked_for_after_the_mailed_code(city: Any, person: Any, browser: Client) -> None:
    secret = set_up_factor(browser)
    other = make_browser(city)
    assert sign_in(other, person.user.email).headers["Location"] == "/konto/zweiter-schritt"
    assert not is_in(other)
    wrong = other.post("/konto/zweiter-schritt", {"code": "000000"})
    assert "nicht der Code" in wrong.content.decode()
    assert not is_in(other)
    assert other.post("/konto/zweiter-schritt", {"code": code_now(secret)}).headers["Location"] == "/mein"
    assert is_in(other)


def test_a_recovery_code_opens_once(city: Any, person: Any, browser: Client) -> None:
    set_up_factor(browser)
    code = recovery_codes(person.user)[0]
    assert code in browser.get("/konto/sicherheit/codes").content.decode()
    first, second = make_browser(city), make_browser(city)
    for each in (first, second):
        sign_in(each, person.user.email)
        each.post("/konto/zweiter-schritt", {"code": code})
    assert (is_in(first), is_in(second)) == (True, False)
    assert len(recovery_codes(person.user)) == 9


def test_new_recovery_codes_end_the_old_ones(person: Any, browser: Client) -> None:
    set_up_factor(browser)
    before = set(recovery_codes(person.user))
    browser.post("/konto/sicherheit/codes")
    assert before.isdisjoint(recovery_codes(person.user))


def test_guessing_the_second_step_is_stopped(city: Any, person: Any, browser: Client) -> None:
    secret = set_up_factor(browser)
    other = make_browser(city)
    sign_in(other, person.user.email)
    for _each in range(6):
        other.post("/konto/zweiter-schritt", {"code": "000000"})
    other.post("/konto/zweiter-schritt", {"code": code_now(secret)})
    assert not is_in(other)


def test_the_secret_of_the_app_is_locked_in_the_database(browser: Client) -> None:
    from allauth.mfa.models import Authenticator

    secret = set_up_factor(browser)
    assert secret not in json.dumps(list(Authenticator.objects.order_by("pk").values_list("data", flat=True)))


def test_a_password_needs_the_second_step_and_goes_with_it(city: Any, person: Any, browser: Client) -> None:
    assert browser.get("/konto/sicherheit/passwort").headers["Location"] == "/konto/sicherheit"
    assert browser.post("/konto/sicherheit/passwort", {"password": PASSWORD}).status_code == 422
    secret = set_up_factor(browser)
    assert browser.post("/konto/sicherheit/passwort", {"password": PASSWORD}).status_code == 303
    assert is_in(browser)

    other = make_browser(city)
    answer = other.post("/konto/passwort", {"email": person.user.email.upper(), "password": PASSWORD})
    assert answer.headers["Location"] == "/konto/zweiter-schritt"
    other.post("/konto/zweiter-schritt", {"code": code_now(secret, step=-1)})
    assert is_in(other)

    browser.post("/konto/sicherheit/app/aus")
    assert is_in(browser)
    assert not is_in(other)
    assert not User.objects.get(pk=person.user.pk).has_usable_password()
    assert make_browser(city).post("/konto/passwort", {"email": person.user.email, "password": PASSWORD}).status_code == 422


@pytest.mark.parametrize(("password", "sentence"), [("kurz", "mindestens 12"), ("", "Bitte geben Sie"), ("qwerty123456", "haben viele")])
def test_a_weak_password_comes_back_with_a_sentence(browser: Client, password: str, sentence: str) -> None:
    set_up_factor(browser)
    refused = browser.post("/konto/sicherheit/passwort", {"password": password})
    assert refused.status_code == 422
    assert sentence in refused.content.decode()


@pytest.mark.parametrize("email", ["dilek", "niemand"])
def test_a_wrong_password_says_the_same_of_known_and_unknown_addresses(city: Any, person: Any, email: str) -> None:
    address = person.user.email if email == "dilek" else "niemand@example.org"
    refused = make_browser(city).post("/konto/passwort", {"email": address, "password": "falsch geraten 1"})
    assert refused.status_code == 422
    assert "passen nicht zusammen" in refused.content.decode()


def test_guessing_a_password_is_stopped(city: Any, person: Any) -> None:
    said = [
        make_browser(city).post("/konto/passwort", {"email": person.user.email, "password": f"geraten {each}"}).content.decode()
        for each in range(6)
    ]
    assert ["mehrmals falsch" in page for page in said] == [False] * 5 + [True]


def test_browsers_are_listed_and_signed_out_one_by_one_or_all(city: Any, person: Any, browser: Client) -> None:
    others = [make_browser(city), make_browser(make_city("kassel"))]
    for other in others:
        sign_in(other, person.user.email)
    assert len(browser.get("/konto/sicherheit").context["devices"]) == 3
    first = Device.objects.order_by("pk")[1]
    browser.post("/konto/sicherheit/geraete", {"device": str(first.uid)})
    assert [is_in(other) for other in others] == [False, True]
    browser.post("/konto/sicherheit/geraete", {"device": "others"})
    assert [is_in(other) for other in others] == [False, False]
    assert is_in(browser)


def test_nobody_signs_out_somebody_else(city: Any, browser: Client) -> None:
    other = make_browser(city)
    sign_in(other, "bob@example.org")
    theirs = Device.objects.get(user__email="bob@example.org")
    assert browser.post("/konto/sicherheit/geraete", {"device": str(theirs.uid)}).status_code == 404
    assert browser.post("/konto/sicherheit/geraete", {"device": "unsinn"}).status_code == 404
    assert is_in(other)


def test_nobody_changes_somebody_elses_passkey(city: Any, browser: Client) -> None:
    add_passkey(browser, Keyring("http://hamburg.localhost"))
    other = make_browser(city)
    sign_in(other, "bob@example.org")
    for what in ("rename", "remove"):
        assert other.post(f"/konto/sicherheit/passkey/{Passkey.objects.get().pk}", {"do": what, "name": "Meins"}).status_code == 404
    assert Passkey.objects.get().name == "Handy"


def test_a_new_browser_is_told_once_and_a_known_one_never(city: Any, person: Any) -> None:
    first = make_browser(city)
    sign_in(first, person.user.email)
    first.post("/konto/abmelden")
    sign_in(first, person.user.email)
    run_due()
    assert [each for each in mail.outbox if "Neue Anmeldung" in each.subject] == []
    stranger = Client(headers={"host": "hamburg.localhost", "user-agent": FIREFOX})
    sign_in(stranger, person.user.email)
    run_due()
    run_due()
    told = [each for each in mail.outbox if "Neue Anmeldung" in each.subject]
    assert [each.to for each in told] == [[person.user.email]]
    assert "Firefox" in told[0].body
    assert "140" not in told[0].body


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/konto/sicherheit", "get"),
        ("/konto/sicherheit/app", "get"),
        ("/konto/sicherheit/codes", "get"),
        ("/konto/sicherheit/passwort", "get"),
        ("/konto/sicherheit/passkey/frage", "post"),
        ("/konto/sicherheit/passkey", "post"),
        ("/konto/sicherheit/passkey/1", "post"),
        ("/konto/sicherheit/app/aus", "post"),
        ("/konto/sicherheit/geraete", "post"),
    ],
)
def test_who_is_not_signed_in_signs_in_first(city: Any, path: str, method: str) -> None:
    answer = getattr(make_browser(city), method)(path)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/konto/anmelden")


@pytest.mark.parametrize("path", ["app", "app/aus", "codes", "passwort", "passkey", "passkey/frage", "passkey/1"])
def test_a_window_left_open_changes_nothing(city: Any, person: Any, path: str) -> None:
    left_open = make_browser(city, person)  # in a session that nobody has proved lately
    assert left_open.post(f"/konto/sicherheit/{path}").status_code == 403
    page = left_open.get("/konto/sicherheit").content.decode()
    assert "Noch einmal anmelden" in page
    assert "Passkey hinzufügen" not in page
    assert left_open.post("/konto/abmelden", {"next": "/konto/sicherheit"}).headers["Location"] == (
        "/konto/anmelden?next=%2Fkonto%2Fsicherheit"
    )


@pytest.mark.parametrize("path", ["app", "codes", "passwort"])
def test_an_old_session_is_led_back_from_the_pages_that_change_a_door(city: Any, person: Any, path: str) -> None:
    assert make_browser(city, person).get(f"/konto/sicherheit/{path}").headers["Location"] == "/konto/sicherheit"


@pytest.mark.parametrize("path", ["/konto/passwort", "/konto/sicherheit"])
def test_the_bare_host_has_no_doors(db: None, path: str) -> None:
    make_city("hamburg")
    assert Client(headers={"host": "localhost"}).get(path).status_code in {302, 404}


def test_leaving_erases_browsers_and_passkeys_of_this_city(city: Any, person: Any, browser: Client) -> None:
    add_passkey(browser, Keyring("http://hamburg.localhost"))
    sign_in(make_browser(make_city("kassel")), person.user.email)
    kept = export_everything(city, person)["people"]
    assert [key["name"] for key in kept["passkeys"]] == ["Handy"]
    assert len(kept["signed_in"]) == 1
    browser.post("/konto/verlassen", {"texts": "go", "where": "here", "sure": "on"})
    assert (Passkey.objects.count(), list(Device.objects.order_by("pk").values_list("city__slug", flat=True))) == (0, ["kassel"])


def test_a_browser_is_forgotten_after_a_year(browser: Client) -> None:
    from datetime import timedelta

    from civitas.people.devices import forget_devices

    forget_devices()
    assert Device.objects.count() == 1
    Device.objects.update(last_at=timezone.now() - timedelta(days=366))
    forget_devices()
    assert Device.objects.count() == 0


def test_the_keyring_reads_what_the_house_asks(browser: Client) -> None:
    asked = browser.post("/konto/sicherheit/passkey/frage").json()["publicKey"]
    assert asked["rp"]["id"] == "hamburg.localhost"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert len(websafe_decode(asked["challenge"])) == 32


def test_people_who_take_turns_at_one_browser_are_told_of_it_once_each(city: Any, person: Any) -> None:
    shared, bob = make_browser(city), make_participant(city, "Bob")
    for _turn in range(3):
        for each in (person, bob):
            sign_in(shared, each.user.email)
            shared.post("/konto/abmelden")
    # One for each, told of once; that they share it the house does not know: the browser's own cookie names both.
    assert sorted(Device.objects.values_list("user__email", flat=True)) == sorted([person.user.email, bob.user.email])
    assert len(set(Device.objects.values_list("uid", flat=True))) == 2
