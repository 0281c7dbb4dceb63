"""Whatever changes about how somebody signs in is told to their address once, without a secret, and stands in the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from tests.factories import make_browser, make_city, make_participant
from tests.people.keyring import Keyring
from tests.people.test_security import PASSWORD, add_passkey, set_up_factor
from tests.people.test_views import sign_in

from civitas.journal.models import Entry
from civitas.outbox.models import OutboxRow
from civitas.outbox.worker import run_due
from civitas.people.identities import link_identity, unlink_identity
from civitas.people.models import Passkey, User
from civitas.people.oidc import Said
from civitas.people.second_factor import recovery_codes

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
SECURITY = "/konto/sicherheit"


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
    run_due()
    mail.outbox.clear()
    return browser


def told() -> list[str]:
    """The subjects of what was mailed since, once the worker has run."""
    run_due()
    subjects = [sent.subject for sent in mail.outbox]
    mail.outbox.clear()
    return subjects


def verbs(city: Any) -> list[str]:
    return list(Entry.objects.of(city).order_by("pk").values_list("verb", flat=True))


def test_each_change_is_told_once_and_recorded(city: Any, browser: Client) -> None:
    add_passkey(browser, Keyring("http://hamburg.localhost"))
    assert told() == ["Ein Passkey kam hinzu"]
    browser.post(f"{SECURITY}/passkey/{Passkey.objects.get().pk}", {"do": "rename", "name": "Mein Handy"})
    assert told() == []
    browser.post(f"{SECURITY}/passkey/{Passkey.objects.get().pk}", {"do": "remove"})
    assert told() == ["Ein Passkey wurde entfernt"]
    set_up_factor(browser)
    assert told() == ["Der zweite Schritt ist eingeschaltet"]
    browser.post(f"{SECURITY}/codes")
    assert told() == ["Es gibt neue Ersatz-Codes"]
    for said in ("Ein Passwort wurde gesetzt", "Das Passwort wurde geändert"):
        browser.post(f"{SECURITY}/passwort", {"password": PASSWORD, "again": PASSWORD})
        assert told() == [said]
    for expected in (["Das Passwort wurde entfernt"], []):
        browser.post(f"{SECURITY}/passwort", {"do": "remove"})
        assert told() == expected
    browser.post(f"{SECURITY}/passwort", {"password": PASSWORD, "again": PASSWORD})
    told()
    for expected in (["Der zweite Schritt ist ausgeschaltet"], []):
        browser.post(f"{SECURITY}/app/aus")
        assert told() == expected
    assert verbs(city) == [
        "passkey.added",
        "passkey.removed",
        "second_step.started",
        "recovery_codes.renewed",
        "password.set",
        "password.changed",
        "password.removed",
        "password.set",
        "second_step.ended",
    ]


def test_the_mail_says_what_when_and_what_to_do_and_no_secret(city: Any, person: Any, browser: Client) -> None:
    secret = set_up_factor(browser)
    assert person.user.email not in str(list(OutboxRow.objects.of(city).values("payload", "key")))
    run_due()
    (sent,) = mail.outbox
    assert sent.to == [person.user.email]
    assert "Wenn Sie das waren, brauchen Sie nichts zu tun." in sent.body
    assert "/konto/sicherheit" in sent.body
    everything = sent.body + str(sent.alternatives) + str(sent.extra_headers)
    assert [each for each in (secret, *recovery_codes(person.user)) if each in everything] == []


def test_a_weak_password_and_a_wrong_code_change_nothing_and_say_nothing(city: Any, browser: Client) -> None:
    browser.get(f"{SECURITY}/app")
    assert browser.post(f"{SECURITY}/app", {"code": "000000"}).status_code == 422
    set_up_factor(browser)
    told()
    assert browser.post(f"{SECURITY}/passwort", {"password": "kurz", "again": "kurz"}).status_code == 422
    assert told() == []
    assert verbs(city) == ["second_step.started"]


def test_connecting_and_parting_with_the_sign_in_service_is_told(city: Any, person: Any) -> None:
    for _twice in range(2):
        row = link_identity(city, person.user, Said("https://id.example", "x", ""), name="BundID")
    assert told() == ["Ein Anmeldedienst wurde verbunden"]
    unlink_identity(city, person.user, row.pk)
    assert told() == ["Ein Anmeldedienst wurde getrennt"]
    assert verbs(city) == ["identity.linked", "identity.unlinked"]


def test_only_the_journal_of_the_city_in_whose_pages_it_was_says_so(city: Any, person: Any, browser: Client) -> None:
    kassel = make_city("kassel")
    make_participant(kassel, "Dilek", user=person.user, language="en")
    add_passkey(browser, Keyring("http://hamburg.localhost"))
    assert len(told()) == 1
    assert (verbs(city), verbs(kassel)) == (["passkey.added"], [])


def test_who_has_erased_the_account_meanwhile_is_not_written_to(city: Any, person: Any, browser: Client) -> None:
    add_passkey(browser, Keyring("http://hamburg.localhost"))
    User.objects.filter(pk=person.user_id).delete()
    assert told() == []
