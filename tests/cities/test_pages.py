"""Cities by host name, their colours, their words, their boundaries."""

import pytest
from tests import factories

from civitas.cities.models import TextPage
from civitas.cities.queries import area_at
from civitas.cities.theme import theme_path
from civitas.kit.translated import Translated

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    settings = factories.SETTINGS | {"look": {"light": {"harbour": "#0b3a5b"}, "dark": {"harbour": "#9ccbe8"}}}
    city = factories.make_city("hafen", settings=settings)
    TextPage.objects.create(
        city=city, key="imprint", body=Translated(de="## Impressum\n\nMuster", en="## Imprint", simple="## Wer ist das?")
    )
    return city


def get(client, path, host="hafen.localhost", **headers):
    return client.get(path, headers={"host": host, **headers})


def test_an_unknown_host_gets_a_designed_page(client, city):
    answer = get(client, "/", host="evil.example")
    assert answer.status_code == 404
    assert "<html" in answer.text


@pytest.mark.parametrize("host", ["HAFEN.localhost", "hafen.localhost:8000", "hafen.localhost."])
def test_a_host_is_known_in_any_case_and_with_a_port(client, city, host):
    assert get(client, "/impressum", host=host).status_code == 200


def test_a_text_page_speaks_the_language_of_the_address(client, city):
    assert "Muster" in get(client, "/impressum").text
    english = get(client, "/en/impressum")
    assert "<h2>Imprint" in english.text
    assert 'lang="en"' in english.text
    assert "Wer ist das?" in get(client, "/einfach/impressum").text


def test_a_text_that_the_city_does_not_have_is_not_there(client, city):
    assert get(client, "/datenschutz").status_code == 404


def test_the_colours_are_kept_for_ever_under_their_name(client, city):
    answer = get(client, theme_path(city))
    assert "--cd-harbour:#0b3a5b" in answer.text
    assert "immutable" in answer["Cache-Control"]
    assert "immutable" not in get(client, "/theme-000000000000.css")["Cache-Control"]


def test_boundaries_are_sent_once(client, city):
    area = factories.make_area(city, "Veddel")
    answer = get(client, "/gebiete.geojson")
    assert [feature["properties"]["name"] for feature in answer.json()["features"]] == ["Veddel"]
    assert get(client, "/gebiete.geojson", **{"if-none-match": answer["ETag"]}).status_code == 304
    assert area_at(city, 53.5, 10.0) == area
    assert area_at(city, 52.0, 10.0) is None


def test_the_page_names_no_stranger_and_runs_no_inline_script(client, city):
    answer = get(client, "/impressum")
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "<script>" not in answer.text
    assert " style=" not in answer.text


def test_only_the_map_background_that_the_city_chose_is_let_in(client):
    look = factories.SETTINGS["map"] | {"style_url": "https://tiles.example.org/style.json?x=1"}
    factories.make_city("berg", settings=factories.SETTINGS | {"map": look})
    answer = get(client, "/entdecken", host="berg.localhost")
    policy = set(answer["Content-Security-Policy"].split("; "))
    assert {"connect-src 'self' https://tiles.example.org", "script-src 'self'"} <= policy


def test_the_privacy_page_says_whom_the_address_search_asks() -> None:
    city = factories.make_city(
        settings={
            **factories.SETTINGS,
            "map": {**factories.SETTINGS["map"], "geocoder": "photon", "geocoder_url": "https://photon.example.org/api"},
        }
    )
    TextPage.objects.create(city=city, key="privacy", body=Translated({"de": "Kurz gesagt"}))
    TextPage.objects.create(city=city, key="imprint", body=Translated({"de": "Kurz gesagt"}))
    browser = factories.make_browser(city)
    assert "photon.example.org" in browser.get("/datenschutz").content.decode()
    assert "photon.example.org" not in browser.get("/impressum").content.decode()
