"""`/kit/` shows the files of a contribution and choosing a place in every state, by the templates that pages use."""

import pytest
from django.test import Client
from tests.factories import make_area, make_browser, make_city

pytestmark = pytest.mark.django_db


def test_the_component_page_shows_files_in_every_state() -> None:
    page = make_browser(make_city("hamburg")).get("/kit/").content.decode()
    assert page.count('class="gfile') >= 8
    words_of_states = (
        "wird gerade geprüft",
        "mit einem Passwort",
        "75 Sekunden",
        "Spielplatz Süd",
        "Nur Sie und das Team",
        "was das Bild zeigt.",
    )
    for words in words_of_states:
        assert words in page, words
    assert page.count("data-checking") == 2


PLACES = [
    ("begun", "Ein Platz, eine Haltestelle, eine Straße, ein Stadtteil."),
    ("chosen", 'value="Am Brunnen"'),
    ("drawn", "Gezeichnete Fläche, etwa"),
    ("nowhere", 'value="nowhere" id="id_where_1" checked'),
    ("searching", 'aria-controls="kit-spots"'),
    ("found", "Welchen Ort meinen Sie?"),
    ("unknown", "Einen Ort mit diesem Namen kennen wir nicht."),
    ("drawing", 'data-tool="area" aria-pressed="true"'),
    ("denied", "Ihr Gerät darf uns den Standort nicht verraten"),
    ("failed", "Die Suche antwortet gerade nicht."),
    ("missing", "Bitte sagen Sie, wo es ist"),
    ("outside", "Dieser Ort liegt außerhalb von"),
    ("crossed", "Der Rand der Fläche kreuzt sich"),
]


@pytest.mark.parametrize(("state", "words"), PLACES)
def test_the_component_page_shows_choosing_a_place_in_each_state(state: str, words: str) -> None:
    city = make_city("hamburg")
    make_area(city)
    page = make_browser(city).get(f"/kit/?place={state}").content.decode()
    shown = page.split('id="kit-place"')[1].split('<section class="kit-part"')[0]
    assert words in shown
    assert shown.count('aria-current="page"') == 1
    assert shown.count('class="error"') == (state in {"missing", "outside", "crossed"})


def test_the_bare_host_has_no_place_to_choose(client: Client) -> None:
    assert 'id="kit-place"' not in client.get("/kit/").content.decode()
