"""An account and the city's sign-in service: connecting, parting, signing out, and what is kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.factories import make_browser, make_city, make_participant
from tests.leaving import leave_for_good
from tests.people.oidc.steps import DESCRIPTION, connect, from_now, said
from tests.people.signing_in import NAME, Provider, asked_for, come_over, set_out, settings_with, sign_in_there
from tests.people.test_security import is_in
from tests.people.test_views import sign_in

from civitas.cities.queries import forget_cities
from civitas.journal.models import Entry
from civitas.people import provider as providers
from civitas.people.actions import export_everything
from civitas.people.identities import link_identity
from civitas.people.models import Identity
from civitas.people.oidc import Said

pytestmark = pytest.mark.django_db


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


def test_what_holds_in_all_cities_is_not_changed_on_the_word_of_one_citys_service(city: Any, person: Any, provider: Provider) -> None:
    connect(city, person, provider)
    browser = make_browser(city)
    come_over(browser)
    page = said(browser.get("/konto/sicherheit"))
    assert "gelten in allen Städten" in page
    assert "App einrichten" not in page
    for path in ("/konto/sicherheit/app", "/konto/sicherheit/codes", "/konto/sicherheit/passwort"):
        assert browser.get(path).headers["Location"] == "/konto/sicherheit"
        assert browser.post(path, {"code": "123456", "password": "drei Möwen am Kai"}).status_code == 403
    assert browser.post("/konto/sicherheit/app/aus").status_code == 403
    assert "Endgültig verlassen" in said(browser.get("/konto/verlassen"))
    make_participant(make_city("kassel"), "Dilek", user=person.user)
    left = browser.get("/konto/verlassen")
    assert "da es mehrere Städte betrifft" in said(left)
    assert browser.post("/konto/verlassen", {"texts": "stay", "everywhere": "on"}).headers["Location"] == "/konto/verlassen"
    own = make_browser(city)
    sign_in(own, person.user.email)
    assert own.get("/konto/sicherheit/app").status_code == 200
    assert "Endgültig verlassen" in said(own.get("/konto/verlassen"))


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
