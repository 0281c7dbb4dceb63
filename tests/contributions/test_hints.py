"""Defects and emergencies are noticed by words and kind of place, and never stop anybody."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import pytest
from tests.factories import make_browser, make_city, make_contribution, make_guest, make_process, make_step
from tests.real import real_data

from civitas.contributions.hints import HintKind, hint_for
from civitas.contributions.models import Contribution

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from civitas.cities.models import City

pytestmark = pytest.mark.django_db
SERVICE = "https://maengel.example/"

DEFECTS = [
    "Schlagloch vor der Schule",
    "Tiefe Schlaglöcher in der Hafenstraße",
    "Die Laterne vor Haus 12 ist seit gestern kaputt.",
    "Straßenlaterne defekt",
    "Die Straßenlaternen in unserem Weg flackern seit zwei Wochen.",
    "Die Ampel an der Kreuzung ist ausgefallen",
    "Fußgängerampel geht seit Montag nicht mehr. Die Ampel geht seit Tagen nicht.",
    "Auf dem Spielplatz liegt Müll",
    "Hier liegt Sperrmüll auf dem Gehweg.",
    "Jemand hat hier Müll abgeladen",
    "Der Mülleimer am Deich quillt über.",
    "Die Schaukel auf dem Spielplatz ist kaputt",
    "Die Parkbank ist zerbrochen.",
    "Aufzug am Bahnhof ist außer Betrieb",
    "Die Rolltreppe ist defekt, bitte reparieren.",
    "Auf dem Radweg sind Glasscherben",
    "Das Verkehrsschild ist umgeknickt.",
    "Der Gully ist verstopft und das Wasser steht",
    "Gehwegplatten sind locker und wackeln",
    "Eine Ölspur auf der Brücke",
    "Die Lampe am Steg ist immer noch kaputt",
]
DEFECTS_IN_ENGLISH = [
    "There is a pothole in our street",
    "The streetlight in front of number 12 is broken",
    "The lift at the station is out of order",
    "Rubbish dumped behind the school",
    "The swing on the playground is damaged",
]
IDEAS = [
    "Mehr Mülleimer am Kanal",
    "Mehr Bänke für den Park",
    "Eine neue Laterne am Weg zur Schule wäre schön",
    "Die Ampel sollte länger grün sein",
    "Ein Repaircafé, in dem wir kaputte Lampen und Stühle zusammen reparieren",
    "Ein Spielplatz auch für große Kinder",
    "Weniger Müll: Pfandringe an jedem Mülleimer",
    "Wo kaputte Spielgeräte stehen, könnten neue Klettergerüste hin",
    "Bessere Beleuchtung im Park",
    "Sperrmüll: ein Tauschtag im Quartier, statt alles wegzuwerfen",
    "Termine im Kundenzentrum auch nach 18 Uhr",
    "Die Straße braucht einen Radweg",
    "Abgesenkte Bordsteine an jeder Kreuzung",
    "Ein Automat für Fahrkarten an der Haltestelle",
    "More benches in the park",
    "The traffic light should stay green longer",
    "Eine Werkstatt, in der defekte Fahrräder geflickt werden",
]
EMERGENCIES = [
    "Es brennt in der Hafenstraße!",
    "Hier riecht es nach Gas. Gasgeruch im Treppenhaus",
    "Überfall! Hilfe, jetzt am Kiosk",
    "Ein Mann ist verletzt und liegt am Boden",
    "Meine Nachbarin ist bewusstlos",
    "Notfall, schnell, am Bahnhof",
    "Ich will nicht mehr leben",
    "The house is on fire",
    "I can smell gas in the hallway",
]
NO_EMERGENCIES = [
    "Die Feuerwehr braucht mehr Platz zum Üben",
    "Ein Lagerfeuer für alle im Park",
    "Erste-Hilfe-Kurse, damit alle im Notfall helfen können",
    "Letztes Jahr wurde hier ein Kind von einem Auto schwer verletzt.",
    "Ein Plan für den Notfall bei Hitze",
    "Hier könnte sich jemand verletzen",
    "Mehr Licht gegen Überfälle",
    "Ein Feuerwerk ohne Böller",
]


@pytest.fixture
def city() -> City:
    city = make_city("hamburg")
    city.settings = {**city.settings, "defect_url": SERVICE}
    city.save()
    return city


@pytest.mark.parametrize("text", DEFECTS)
def test_a_defect_is_noticed_and_led_to_the_citys_service(city: City, text: str) -> None:
    hint = hint_for(city, text)
    assert hint
    assert (hint.kind, hint.url) == (HintKind.DEFECT, SERVICE)


@pytest.mark.parametrize("text", DEFECTS_IN_ENGLISH)
def test_a_defect_is_noticed_in_english(city: City, text: str) -> None:
    hint = hint_for(city, text, language="en")
    assert hint
    assert hint.kind is HintKind.DEFECT


@pytest.mark.parametrize("text", IDEAS)
def test_an_idea_is_no_defect(city: City, text: str) -> None:
    assert hint_for(city, text) is None
    assert hint_for(city, text, language="en") is None
    assert hint_for(city, text, place="Spielplatz am Kanal", place_kind="street") is None


@pytest.mark.parametrize("text", EMERGENCIES)
def test_an_emergency_goes_first(city: City, text: str) -> None:
    hint = hint_for(city, f"Die Laterne ist kaputt. {text}", language="en" if "the" in text.lower() else "de")
    assert hint
    assert hint.kind is HintKind.EMERGENCY


@pytest.mark.parametrize("text", NO_EMERGENCIES)
def test_speaking_of_dangers_is_no_emergency(city: City, text: str) -> None:
    assert hint_for(city, text) is None


def test_the_kind_of_place_can_turn_the_scale(city: City) -> None:
    text = "Die neue Bank ist zerbrochen."
    assert hint_for(city, text) is None
    assert hint_for(city, text, place_kind="park")
    assert hint_for(city, text, place="Spielplatz Deichtor")


def test_a_city_adds_words_of_its_own(city: City) -> None:
    assert hint_for(city, "Die Slipanlage ist hin") is None
    city.settings = {**city.settings, "hints": {"defect": ["slipanlage"], "emergency": ["sturmflut"]}}
    city.save()
    del city.config
    defect, emergency = hint_for(city, "Die Slipanlage ist hin"), hint_for(city, "Die Sturmflut kommt")
    assert defect
    assert emergency
    assert (defect.kind, emergency.kind) == (HintKind.DEFECT, HintKind.EMERGENCY)


def test_a_very_long_text_costs_no_more_than_its_beginning(city: City) -> None:
    assert hint_for(city, "Ein Satz ohne Ende. " * 50_000) is None


def ask(city: City, **typed: str) -> Any:
    return make_browser(city).post("/geben/hinweis", typed)


def test_the_fragment_says_where_it_is_quicker_and_can_be_hidden(city: City) -> None:
    answer = ask(city, title="Laterne kaputt", text="")
    assert answer.status_code == 200
    assert f'href="{SERVICE}"' in answer.text
    assert "data-hide" in answer.text


def test_the_fragment_is_empty_for_an_idea(city: City) -> None:
    assert ask(city, title="Mehr Mülleimer am Kanal", text="").text.strip() == ""


def test_the_fragment_points_to_112(city: City) -> None:
    assert 'href="tel:112"' in ask(city, title="Es brennt in der Hafenstraße", text="", lat="kein", lon="nan").text


def test_a_city_without_a_defect_service_says_whom_to_ask(city: City) -> None:
    city.settings = {**city.settings, "defect_url": ""}
    city.save()
    answer = ask(city, title="Laterne kaputt", text="")
    assert "115" in answer.text
    assert "href" not in answer.text


def test_asking_for_a_hint_writes_nothing_and_puts_no_words_in_an_address(
    city: City, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ask(city, title="Laterne kaputt")
    with django_assert_num_queries(0):
        ask(city, title="Laterne kaputt")
    assert make_browser(city).get("/geben/hinweis?title=Laterne+kaputt").status_code == 405


def test_a_defect_can_still_be_given_and_the_thanks_say_where_it_is_quicker(city: City) -> None:
    step = make_step(make_process(city))
    guest = make_guest(city, "Ada")
    given = make_contribution(step, "Die Laterne ist kaputt", author=guest, text="Seit gestern ist es dunkel.")
    assert Contribution.objects.of(city).count() == 1
    page = make_browser(city, guest).get(f"/beitrag/{given.number}/danke").text
    assert f'href="{SERVICE}"' in page


def test_who_writes_without_javascript_gets_the_hint_with_the_refusal(city: City) -> None:
    make_step(make_process(city))
    answer = make_browser(city).post("/geben", {"title": "Die Laterne ist kaputt", "text": ""})
    assert answer.status_code == 422
    assert f'href="{SERVICE}"' in answer.text


@pytest.mark.parametrize(("name", "most"), [("bonn", 40), ("ottensen", 3)])
def test_real_contributions_are_hardly_ever_taken_for_emergencies_and_seldom_for_defects(city: City, name: str, most: int) -> None:
    with real_data(name, "contributions.csv").open(encoding="utf-8") as file:
        found = [hint_for(city, f"{row['title']}. {row['text']}") for row in csv.DictReader(file)]
    kinds = [hint.kind for hint in found if hint]
    assert kinds.count(HintKind.EMERGENCY) <= 1
    assert kinds.count(HintKind.DEFECT) <= most
