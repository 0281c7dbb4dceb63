"""What people agree to by sending: one sentence by the button, the full terms in each version, and which one holds for what was given."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from tests.factories import make_browser, make_city, make_contribution, make_participant, make_process, make_service, make_staff, make_step

from civitas.cities.models import City
from civitas.cities.queries import forget_cities
from civitas.contributions.actions import submit_contribution
from civitas.contributions.intake import Given, take_in
from civitas.contributions.models import Contribution, Terms
from civitas.contributions.terms import check_terms, house_terms, load_terms
from civitas.coproduction.actions.beginning import begin_concept
from civitas.dialogue.actions import add_comment
from civitas.kit.ids import uuid7
from civitas.kit.packs import Pack
from civitas.people.actors import actor_of, city_actor

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

pytestmark = pytest.mark.django_db
NO_PACK: Any = None
WORDS = "Hier fehlt ein Baum, und zwar seit vielen Jahren."


@pytest.fixture
def city(db: None) -> Any:
    return make_city("hamburg")


def settle(city: City, **usage: Any) -> City:
    """As after loading a pack with these settings."""
    city.settings = {**city.settings, "usage": usage}
    city.save()
    fresh = City.objects.get(pk=city.pk)
    load_terms(fresh, NO_PACK)
    return fresh


def given(city: City) -> Contribution:
    step = make_step(make_process(city, f"p{uuid.uuid4().hex[:6]}"))
    actor = actor_of(make_participant(city, "Alice"))
    return submit_contribution(actor, step, uid=uuid7(), kind="idea", title="Ein Baum", text="Hier fehlt er.")


def test_what_is_sent_keeps_the_version_that_held(city: City) -> None:
    make_step(make_process(city))  # where a concept begins
    city = settle(city, licence="CC-BY-4.0")
    first = given(city)
    city = settle(city, licence="CC0-1.0")
    second = given(city)
    said = add_comment(actor_of(make_participant(city, "Bob")), second, uid=uuid7(), text="Ja.")
    concept = begin_concept(actor_of(make_participant(city, "Cem")), uid=uuid7(), title="Bäume", text="Viele.")
    assert [row.terms for row in (first, second, said, concept.contribution)] == [1, 2, 2, 2]


def test_the_same_terms_loaded_again_are_the_same_version(city: City) -> None:
    for _time in range(3):
        city = settle(city, licence="DL-DE-BY-2.0")
    assert list(Terms.objects.of(city).values_list("number", "licence")) == [(1, "DL-DE-BY-2.0")]
    city = settle(city, licence="DL-DE-BY-2.0", text={"de": "Neu", "en": "New", "simple": "Neu"})
    assert (city.terms_version, Terms.objects.of(city).count()) == (2, 2)


def test_what_was_brought_in_has_none(city: City) -> None:
    step = make_step(make_process(city))
    take_in(city_actor(city, channel="import"), step, [Given("a", "Ein Baum", "Hier.")])
    assert Contribution.objects.of(city).get().terms is None


@pytest.mark.parametrize(
    ("prefix", "sentence"), [("", "Mit dem Senden erlauben Sie"), ("/en", "By sending you allow"), ("/einfach", "CC BY 4.0")]
)
def test_each_form_says_it_in_one_sentence_without_a_box(city: City, prefix: str, sentence: str) -> None:
    step = make_step(make_process(city, "hafen"))
    row = make_contribution(step)
    browser = make_browser(city)
    for address in (f"/beteiligung/hafen/schritt/{step.position}", row.path):
        page = browser.get(f"{prefix}{address}").content.decode()
        assert page.count(sentence) >= 1
        assert f'href="{prefix}/nutzungsrechte"' in page
    assert 'name="terms"' not in page


def test_who_saw_other_terms_is_asked_to_read_them_and_keeps_the_text(city: City) -> None:
    step = make_step(make_process(city, "hafen"))
    row, service = make_contribution(step), make_service(city, "Leihregal", status="operation")
    make_step(make_process(city))
    settle(city, licence="CC-BY-4.0")
    forms = {  # page -> where its form goes and what is typed
        f"/en/beteiligung/hafen/schritt/{step.position}": ("", {"kind": "idea", "title": "Ein Baum", "text": WORDS, "where": "nowhere"}),
        f"/en{row.path}": (f"/en/beitrag/{row.number}/kommentar", {"text": WORDS}),
        f"/en/dienstleistung/{service.key}/rueckmeldung": ("", {"words": WORDS}),
    }
    browser = make_browser(city, make_participant(city, "Alice"))
    sent = {}
    for page, (target, typed) in forms.items():
        found = re.findall(r'name="(uid|seal|terms_version)" value="([^"]*)"', browser.get(page).content.decode())
        assert dict(found)["terms_version"] == "1"
        sent[target or page] = {**dict(found), "homepage": "", **typed}
    settle(City.objects.get(pk=city.pk), licence="CC0-1.0")
    forget_cities()
    for target, typed in sent.items():
        answer = browser.post(target, typed)
        page = answer.content.decode()
        assert (answer.status_code, "has changed meanwhile" in page, WORDS in page) == (409, True, True), target
        assert 'name="terms_version" value="2"' in page
        assert browser.post(target, {**typed, "terms_version": "2"}).status_code == 303
    assert set(Contribution.objects.of(city).filter(text=WORDS).values_list("terms", flat=True)) == {2}


def test_the_full_terms_name_the_licence_and_earlier_versions_stay(city: City) -> None:
    settle(city, licence="CC-BY-4.0")
    settle(city, licence="CC0-1.0", text={"de": "Alles frei: {licence}", "en": "Free", "simple": "Frei"})
    forget_cities()
    browser = make_browser(city)
    now = browser.get("/nutzungsrechte")
    assert 'Alles frei: <a href="https://creativecommons.org/publicdomain/zero/1.0/deed.de"' in now.content.decode()
    before = browser.get("/nutzungsrechte?fassung=1").content.decode()
    assert "CC BY 4.0" in before
    assert "Das ist eine frühere Fassung" in before


@pytest.mark.parametrize("asked", ["2", "0", "x", "9" * 30, "-1"])
def test_a_version_that_never_was_is_not_found(city: City, asked: str) -> None:
    settle(make_city("kassel"), licence="CC-BY-4.0")
    settle(City.objects.get(slug="kassel"), licence="CC0-1.0")  # another city's second version
    assert make_browser(city).get("/nutzungsrechte", {"fassung": asked}).status_code == 404


def test_a_city_whose_pack_was_never_loaded_has_the_terms_of_the_house(city: City) -> None:
    page = make_browser(city).get("/en/nutzungsrechte").content.decode()
    assert "What you allow by sending" in page
    assert "{licence}" not in page


def test_without_a_city_there_are_none(client: Client) -> None:
    assert client.get("/nutzungsrechte", headers={"host": "localhost"}).status_code == 404


def test_staff_reads_the_same_page(city: City) -> None:
    assert make_browser(city, make_staff(city, "administrator")).get("/nutzungsrechte").status_code == 200


def test_a_contribution_says_under_what_it_may_be_used(city: City) -> None:
    settle(city, licence="CC0-1.0")
    row = given(City.objects.get(pk=city.pk))
    forget_cities()
    assert 'rel="license">CC0 1.0</a>' in make_browser(city).get(row.path).content.decode()
    settle(City.objects.get(pk=city.pk), licence="CC-BY-4.0")
    forget_cities()
    assert '/nutzungsrechte?fassung=1" rel="license"' in make_browser(city).get(row.path).content.decode()


def test_terms_of_ones_own_come_in_all_languages(tmp_path: Path) -> None:
    (tmp_path / "city.toml").write_text('[usage]\n[usage.text]\nde = "Nur so."\n', encoding="utf-8")
    assert [str(fault) for fault in check_terms(Pack(tmp_path))] == ["city.toml:1: the terms (usage.text) lack en, simple"]
    (tmp_path / "city.toml").write_text("", encoding="utf-8")
    assert list(check_terms(Pack(tmp_path))) == []


def test_the_terms_of_the_house_are_there_in_all_languages() -> None:
    assert {language: "{licence}" in text for language, text in house_terms().items()} == {"de": True, "en": True, "simple": True}
