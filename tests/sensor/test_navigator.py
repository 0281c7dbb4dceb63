"""The navigator of the bare host: what every city has open, on one map and in one list; nothing that a city keeps to itself."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import icalendar
import pytest
from django.contrib.staticfiles import finders
from django.db import transaction
from django.utils import timezone
from tests.factories import SETTINGS, make_actor, make_city, make_process, make_step

from civitas.cities.models import Place
from civitas.cities.queries import forget_cities
from civitas.kit.translated import Translated
from civitas.processes.models import Event, Process, Step
from civitas.processes.removing import take_away
from civitas.sensor import directory, navigator

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from civitas.cities.models import City

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
EVERYWHERE = "bbox=-20,30,40,70&zoom=5"


def get(client: Client, path: str, host: str = "localhost:8000") -> Any:
    return client.get(path, headers={"host": host})


def open_process(city: City, slug: str, title: str = "", **fields: Any) -> Process:
    process = make_process(city, slug, title=Translated({"de": title or slug.title(), "en": f"In English: {slug}"}), **fields)
    make_step(process)
    return process


def make_date(process: Process, title: str, *, days: int = 2, place: Place | None = None) -> Event:
    at = timezone.now() + dt.timedelta(days=days)
    words = {"key": title.lower(), "title": Translated({"de": title}), "place": place, "where": "" if place else "Bürgerhaus"}
    return Event.objects.create(city=process.city, process=process, starts_at=at, ends_at=at + dt.timedelta(hours=2), **words)


def titles(client: Client, query: str = "") -> list[str]:
    forget_cities()
    return [row["title"] for row in get(client, f"/?{query}").context["rows"]]


@pytest.fixture
def towns() -> tuple[City, City]:
    hamburg, kassel = make_city("hamburg"), make_city("kassel")
    settings = SETTINGS | {"map": {"center": [9.48, 51.31], "zoom": 10, "bounds": [9.3, 51.2, 9.6, 51.4]}}
    kassel.settings = settings
    kassel.save()
    return hamburg, kassel


@pytest.fixture
def filled(towns: tuple[City, City]) -> tuple[City, City]:
    hamburg, kassel = towns
    bank = open_process(hamburg, "baenke", "Wo fehlen Bänke?", say=2)
    soon = make_process(kassel, "ufer", title=Translated({"de": "Wem gehört das Ufer?"}), say=5)
    make_step(soon, opens_at=timezone.now() + dt.timedelta(days=3))
    over = make_process(kassel, "vorbei", title=Translated({"de": "Vorbei"}))
    make_step(over, closes_at=timezone.now() - dt.timedelta(days=1))
    make_step(make_process(kassel, "entwurf", title=Translated({"de": "Geheim"}), state="draft"))
    make_step(make_process(kassel))
    hall = Place.objects.create(city=hamburg, key="halle", name="Bücherhalle", lat=53.6, lon=10.1)
    make_date(bank, "Rundgang", place=hall)
    make_date(bank, "Gewesen", days=-4)
    return hamburg, kassel


class TestList:
    def test_it_has_what_is_open_then_what_begins_then_dates(self, client: Client, filled: tuple[City, City]) -> None:
        page = get(client, "/")
        assert titles(client) == ["Wo fehlen Bänke?", "Wem gehört das Ufer?", "Rundgang"]
        assert [row["heading"] for row in page.context["rows"]] == ["Jetzt offen", "Beginnt bald", "Termine"]
        assert "http://hamburg.localhost:8000/beteiligung/baenke" in page.text
        assert [card["name"] for card in page.context["towns"]] == ["Hamburg", "Kassel"]
        assert page.context["said"] == "2 Beteiligungen, 1 Termin"

    @pytest.mark.each_database
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("words=BAENKE", ["Wo fehlen Bänke?", "Rundgang"]),
            ("words=bänke+hamburg", ["Wo fehlen Bänke?", "Rundgang"]),
            ("words=english", ["Wo fehlen Bänke?", "Rundgang"]),
            ("words=bücherhalle", ["Rundgang"]),
            ("words=kassel", ["Wem gehört das Ufer?"]),
            ("words=nirgends", []),
            ("city=hamburg", ["Wo fehlen Bänke?", "Rundgang"]),
            ("show=open", ["Wo fehlen Bänke?"]),
            ("show=soon", ["Wem gehört das Ufer?"]),
            ("show=dates", ["Rundgang"]),
            ("say=5", ["Wem gehört das Ufer?"]),
            ("show=dates&city=kassel", []),
            ("bbox=9,51,10,52", ["Wem gehört das Ufer?"]),
            ("city=x&show=x&say=9&bbox=x&seite=-3&orte=x&words=%00", ["Wo fehlen Bänke?", "Wem gehört das Ufer?", "Rundgang"]),
        ],
    )
    def test_each_filter_leaves_what_fits(self, client: Client, filled: tuple[City, City], query: str, found: list[str]) -> None:
        assert titles(client, query) == found

    def test_beside_a_value_stands_how_much_it_leaves_under_the_others(self, client: Client, filled: tuple[City, City]) -> None:
        groups = {group.name: group for group in get(client, "/?city=hamburg").context["groups"]}
        assert {choice.value: choice.count for choice in groups["show"].choices} == {"": None, "open": 1, "soon": 0, "dates": 1}
        assert {choice.value: choice.count for choice in groups["city"].choices} == {"": None, "hamburg": None, "kassel": None}

    def test_a_process_that_pauses_is_neither_open_nor_about_to_begin(self, client: Client, filled: tuple[City, City]) -> None:
        Process.objects.of(filled[0]).filter(slug="baenke").update(paused_at=timezone.now())
        Process.objects.of(filled[1]).filter(slug="ufer").update(paused_at=timezone.now())
        assert titles(client) == ["Rundgang"]

    def test_a_city_is_found_by_its_name_though_nothing_is_open_there(self, client: Client, towns: tuple[City, City]) -> None:
        page = get(client, "/?words=kass")
        assert [card["name"] for card in page.context["towns"]] == ["Kassel"]
        assert page.context["rows"] == []

    def test_long_lists_have_pages(self, client: Client, towns: tuple[City, City], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(navigator, "PAGE", 2)
        monkeypatch.setattr(navigator, "TOWNS_A_PAGE", 1)
        for number in range(3):
            open_process(towns[0], f"frage-{number}", say=3)
        first = get(client, "/?say=3")
        assert (len(first.context["rows"]), first.context["next_url"]) == (2, "/?say=3&seite=2")
        second = get(client, first.context["next_url"])
        assert (len(second.context["rows"]), second.context["next_url"], second.context["rows"][0]["heading"]) == (1, "", "")
        assert [card["name"] for card in get(client, get(client, "/").context["more_towns_url"]).context["towns"]] == ["Kassel"]

    def test_the_house_is_empty_at_first(self, client: Client) -> None:
        forget_cities()
        page = get(client, "/")
        assert "Hier wohnt noch keine Stadt" in page.text


@pytest.mark.parametrize("count", [1, 3])
def test_it_reads_the_database_five_times_and_then_not_at_all(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        make_date(open_process(make_city(f"stadt{number}"), "frage"), "Rundgang")
    get(client, "/")
    forget_cities()
    # One more: that the bare host is no city's.
    with django_assert_num_queries(6):
        get(client, "/")
    with django_assert_num_queries(0):
        for path in ("/?words=frage", f"/staedte/karte.json?{EVERYWHERE}", "/staedte/feed", "/staedte/termine.ics", "/en/?show=dates"):
            assert get(client, path).status_code == 200


def test_two_hundred_cities_are_read_as_often_as_two(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(200):
        open_process(make_city(f"stadt{number}"), "frage")
    get(client, "/")
    forget_cities()
    with django_assert_num_queries(6):
        page = get(client, "/")
    assert (len(page.context["rows"]), len(page.context["towns"]), page.context["said"]) == (24, 12, "200 Beteiligungen")


class TestWhatACityKeepsToItself:
    def test_a_process_that_its_team_took_off_the_map(self, client: Client, filled: tuple[City, City]) -> None:
        Process.objects.of(filled[0]).filter(slug="baenke").update(rules={"in_navigator": False})
        assert titles(client) == ["Wem gehört das Ufer?"]

    def test_all_processes_of_a_city_but_the_one_that_its_team_put_there(self, client: Client, filled: tuple[City, City]) -> None:
        hamburg, _kassel = filled
        hamburg.rules = {"in_navigator": False}
        hamburg.save()
        assert titles(client) == ["Wem gehört das Ufer?"]
        open_process(hamburg, "hafen", "Hafen", rules={"in_navigator": True})
        assert titles(client) == ["Hafen", "Wem gehört das Ufer?"]

    def test_a_city_whose_pack_says_so(self, client: Client, filled: tuple[City, City]) -> None:
        hamburg, _kassel = filled
        hamburg.settings = {**hamburg.settings, "in_navigator": False}
        hamburg.save()
        assert titles(client) == ["Wem gehört das Ufer?"]
        page = get(client, "/")
        assert [card["name"] for card in page.context["towns"]] == ["Kassel"]
        assert "hamburg.localhost" not in page.text
        for path in (f"/staedte/karte.json?{EVERYWHERE}", "/staedte/feed", "/staedte/termine.ics"):
            assert "hamburg" not in get(client, path).text

    def test_a_city_without_processes_shows_none(self, client: Client, filled: tuple[City, City]) -> None:
        hamburg, _kassel = filled
        hamburg.settings = {**hamburg.settings, "modules": ["sensor"]}
        hamburg.save()
        assert titles(client) == ["Wem gehört das Ufer?"]


class TestMap:
    def cells(self, client: Client, query: str) -> list[dict[str, Any]]:
        return sorted(get(client, f"/staedte/karte.json?{query}").json()["cells"], key=lambda cell: cell["title"])

    def test_from_far_each_city_is_one_mark(self, client: Client, filled: tuple[City, City]) -> None:
        hamburg, kassel = self.cells(client, EVERYWHERE)
        assert (hamburg["n"], hamburg["name"], hamburg["url"]) == (2, "Hamburg", "/?city=hamburg")
        assert (hamburg["said"], hamburg["title"]) == ("1 Beteiligung, 1 Termin", "Hamburg: 1 Beteiligung, 1 Termin")
        assert (kassel["n"], kassel["lat"], kassel["lon"]) == (1, 51.31, 9.48)

    def test_from_near_a_date_stands_where_it_takes_place(self, client: Client, filled: tuple[City, City]) -> None:
        hamburg, date = self.cells(client, "bbox=9,53,11,54&zoom=11")
        assert (hamburg["n"], hamburg["title"]) == (1, "Hamburg: 1 Beteiligung")
        assert (date["lat"], date["lon"], date["url"]) == (53.6, 10.1, "http://hamburg.localhost:8000/beteiligung/baenke")

    def test_a_city_where_nothing_is_open_leads_to_the_city(self, client: Client, towns: tuple[City, City]) -> None:
        assert [cell["url"] for cell in self.cells(client, EVERYWHERE)] == [
            "http://hamburg.localhost:8000/",
            "http://kassel.localhost:8000/",
        ]

    def test_it_shows_the_country_round_few_cities_and_whatever_lies_further_out(self, client: Client, towns: tuple[City, City]) -> None:
        assert get(client, "/").context["map"]["bounds"] == "5.9,47.3,15.0,55.0"
        towns[1].settings = SETTINGS | {"map": {"center": [16.37, 48.2], "zoom": 10, "bounds": [16.2, 48.1, 16.5, 48.3]}}
        towns[1].save()
        forget_cities()
        assert get(client, "/").context["map"]["bounds"] == "5.9,46.800000000000004,18.87,55.0"

    def test_one_city_needs_no_filter_by_city(self, client: Client) -> None:
        open_process(make_city("hamburg"), "baenke")
        assert [group.name for group in get(client, "/").context["groups"]] == ["show", "say"]

    @pytest.mark.parametrize("query", ["", "bbox=1,2&zoom=5", "bbox=1,2,3,4&zoom=x", "bbox=1,2,3,4&zoom=999"])
    def test_a_view_that_cannot_be_read_is_said(self, client: Client, query: str) -> None:
        assert get(client, f"/staedte/karte.json?{query}").status_code == 400

    def test_its_ground_is_our_own_and_names_nobody(self, client: Client, filled: tuple[City, City]) -> None:
        page = get(client, "/")
        assert page.context["map"]["style_url"] == ""
        assert "connect-src 'self'" in page.headers["Content-Security-Policy"] + "; connect-src 'self'"
        ground = json.loads(Path(str(finders.find("sensor/europe.geojson"))).read_text())
        assert {feature["geometry"]["type"] for feature in ground["features"]} == {"Polygon", "MultiPolygon"}


class TestFeeds:
    def test_the_feed_has_what_the_list_has_the_last_published_first(self, client: Client, filled: tuple[City, City]) -> None:
        answer = get(client, "/staedte/feed")
        entries = list(ET.fromstring(answer.content).iter(f"{ATOM}entry"))
        assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
        assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["Rundgang", "Wem gehört das Ufer?", "Wo fehlen Bänke?"]
        links = [entry.find(f"{ATOM}link") for entry in entries]
        assert [link.get("href") for link in links if link is not None][1] == "http://kassel.localhost:8000/beteiligung/ufer"
        assert [entry.findtext(f"{ATOM}author/{ATOM}name") for entry in entries] == ["Hamburg", "Kassel", "Hamburg"]

    def test_feed_and_calendar_keep_the_filters(self, client: Client, filled: tuple[City, City]) -> None:
        page = get(client, "/?city=kassel&view=map")
        assert (page.context["feed_url"], page.context["calendar_url"]) == ("/staedte/feed?city=kassel", "/staedte/termine.ics?city=kassel")
        entries = ET.fromstring(get(client, "/staedte/feed?city=kassel").content).iter(f"{ATOM}entry")
        assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["Wem gehört das Ufer?"]
        assert "SUMMARY:Rundgang" in get(client, "/staedte/termine.ics").text
        assert "SUMMARY" not in get(client, "/staedte/termine.ics?city=kassel").text

    def test_a_date_that_is_taken_away_is_struck_out_of_calendars_and_stands_nowhere_else(
        self, client: Client, filled: tuple[City, City]
    ) -> None:
        hamburg, _kassel = filled
        row = Event.objects.of(hamburg).select_related("process").get(key="rundgang")
        with transaction.atomic():
            take_away(make_actor(hamburg, "owner"), row.process, row, version=row.version)
        forget_cities()
        for query, statuses in (("", ["CANCELLED"]), ("?city=hamburg&words=bücherhalle", ["CANCELLED"]), ("?city=kassel", [])):
            dates = icalendar.Calendar.from_ical(get(client, f"/staedte/termine.ics{query}").content).walk("VEVENT")
            assert [str(entry["status"]) for entry in dates] == statuses
        assert "Rundgang" not in get(client, "/").text
        assert "Rundgang" not in get(client, "/staedte/feed").text


class TestClock:
    """A city in another zone: what is said of it follows its own clock, whatever clock the house has."""

    @pytest.fixture
    def far(self, towns: tuple[City, City]) -> Process:
        _hamburg, kassel = towns
        kassel.time_zone = "Pacific/Auckland"  # eleven or twelve hours before the house
        kassel.save()
        year = timezone.localdate().year
        process = make_process(kassel, "ufer", title=Translated({"de": "Ufer"}))
        # The 5th at noon in the house is the 6th there already.
        make_step(process, opens_at=dt.datetime(year + 1, 7, 5, 12, 30, tzinfo=dt.UTC))
        at = dt.datetime(year + 1, 7, 5, 20, 30, tzinfo=dt.UTC)
        Event.objects.create(
            city=kassel, process=process, key="gang", title=Translated({"de": "Gang"}), starts_at=at, ends_at=at + dt.timedelta(hours=1)
        )
        forget_cities()
        return process

    def test_list_and_feed_say_a_start_and_a_date_as_the_city_would(self, client: Client, far: Process) -> None:
        page = get(client, "/?city=kassel").text
        year = timezone.localdate().year + 1
        assert f"Beginnt am 6. Juli {year}" in page
        assert f"6. Juli {year}, 8:30 Uhr bis 9:30 Uhr" in page
        assert f"6. Juli {year}, 8:30 Uhr" in get(client, "/staedte/feed").text
        assert "DTSTART;TZID=Pacific/Auckland" in get(client, "/staedte/termine.ics").text

    def test_list_and_card_count_the_days_that_are_left_there(self, client: Client, far: Process) -> None:
        year = timezone.localdate().year + 1
        step = Step.objects.of(far.city).get(process=far)
        step.opens_at, step.closes_at = timezone.now() - dt.timedelta(days=1), dt.datetime(year, 7, 5, 12, 30, tzinfo=dt.UTC)
        step.save()
        forget_cities()
        assert get(client, "/?city=kassel").text.count(f"Bis 6. Juli {year}") == 2


class TestTheWayThere:
    @pytest.mark.parametrize(("path", "way"), [("/", "http://localhost:8000/"), ("/en/entdecken", "http://localhost:8000/en/")])
    def test_every_page_of_a_city_leads_to_all_cities(self, client: Client, towns: tuple[City, City], path: str, way: str) -> None:
        assert f'<a href="{way}">' in get(client, path, "hamburg.localhost:8000").text

    def test_a_city_that_does_not_stand_there_leads_nobody_there(self, client: Client, towns: tuple[City, City]) -> None:
        hamburg, _kassel = towns
        hamburg.settings = {**hamburg.settings, "in_navigator": False}
        hamburg.save()
        forget_cities()
        assert get(client, "/", "hamburg.localhost:8000").context["directory_url"] == ""

    def test_the_bare_host_leads_not_to_itself(self, client: Client, towns: tuple[City, City]) -> None:
        assert get(client, "/").context["directory_url"] == ""


@pytest.mark.parametrize("path", [f"/staedte/karte.json?{EVERYWHERE}", "/staedte/feed", "/staedte/termine.ics"])
def test_on_a_citys_host_there_is_none_of_it(client: Client, towns: tuple[City, City], path: str) -> None:
    assert get(client, path, "hamburg.localhost").status_code == 404


def test_it_is_read_again_after_some_seconds(client: Client, towns: tuple[City, City], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "KEPT_SECONDS", 0.0)
    assert get(client, "/").context["rows"] == []
    open_process(towns[0], "baenke", "Bänke")
    assert [row["title"] for row in get(client, "/").context["rows"]] == ["Bänke"]
