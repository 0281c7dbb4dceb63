"""Signing in over the city's service, against a process that speaks OpenID Connect: the way there, and who it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.factories import make_browser, make_city
from tests.people.oidc.steps import connect, said, type_code
from tests.people.signing_in import Provider, asked_for, come_over, set_out
from tests.people.test_security import code_now, is_in, set_up_factor
from tests.people.test_views import sign_in

from civitas.people.actors import actor_of
from civitas.people.models import Device, Identity, Participant, User
from civitas.people.suspensions import FOR_GOOD, may_take_part

pytestmark = pytest.mark.django_db


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
