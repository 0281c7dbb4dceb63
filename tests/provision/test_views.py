"""Services as everybody reads them: the catalogue, one whole, and saying how it was."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.factories import (
    SETTINGS,
    make_area,
    make_browser,
    make_city,
    make_contribution,
    make_guest,
    make_organisation,
    make_process,
    make_service,
    make_step,
)

from civitas.cities.models import Place
from civitas.contributions.models import Contribution
from civitas.kit.translated import Translated
from civitas.people.models import Participant
from civitas.provision.models import Rating
from civitas.services.actions import count_anew, place_in, write_state
from civitas.services.models import Indicator, IndicatorLook, ServicePlace, ServiceState

pytestmark = pytest.mark.django_db

WORDS = "Die Bohrmaschine war zwei Wochen lang weg. Bitte kauft eine zweite."


@pytest.fixture
def city(db: None) -> Any:
    city = make_city("hamburg")
    make_step(make_process(city), settings={"kinds": ["idea", "improvement"]})
    return city


@pytest.fixture
def service(city: Any) -> Any:
    return make_service(city, "Leihregal", key="leihregal", organisation=make_organisation(city, "Bücherhallen"))


def text_of(response: Any) -> str:
    return str(response.content.decode())


def sealed(page: str, **typed: str) -> dict[str, str]:
    """What a browser sends from the form of this page."""
    return {**dict(re.findall(r'name="(uid|seal)" value="([^"]+)"', page)), "homepage": "", **typed}


def names(response: Any) -> list[str]:
    return re.findall(r'<h2 class="h3"><a href="[^"]+">([^<]+)</a>', text_of(response))


class TestCatalogue:
    def test_services_stand_by_name_and_are_found_by_words_state_provider_and_area(self, city: Any, service: Any) -> None:
        veddel = make_area(city, "Veddel", key="veddel")
        tree = make_service(city, "Ämterlotse", status="trial", summary=Translated({"de": "Begleitet zum Amt"}))
        place_in(tree, [veddel])
        make_service(city, "Zoll", status="ended")
        count_anew(city)
        browser = make_browser(city)
        assert names(browser.get("/dienstleistungen")) == ["Ämterlotse", "Leihregal", "Zoll"]
        found = {
            "words=aemter": ["Ämterlotse"],
            "words=amterlotse": ["Ämterlotse"],
            "words=amt begleitet": ["Ämterlotse"],
            "words=Bücherhallen": ["Leihregal"],
            "status=ended": ["Zoll"],
            f"anbieter={service.organisation.key}": ["Leihregal"],
            "area=veddel": ["Ämterlotse"],
            "area=veddel&status=ended": [],
            "area=gibtsnicht&status=quatsch&anbieter=nix&seite=99": ["Ämterlotse", "Leihregal", "Zoll"],
        }
        assert {query: names(browser.get(f"/dienstleistungen?{query}")) for query in found} == found
        assert "Take away one filter" in text_of(browser.get("/en/dienstleistungen?words=unfindbar"))

    def test_the_catalogue_turns_its_pages(self, city: Any) -> None:
        for number in range(26):
            make_service(city, f"Angebot {number:02}")
        browser = make_browser(city)
        first, second = browser.get("/en/dienstleistungen"), browser.get("/en/dienstleistungen?seite=2")
        assert (len(names(first)), names(second)) == (24, ["Angebot 24", "Angebot 25"])
        assert 'href="?seite=2" rel="next"' in text_of(first)
        assert 'href="?seite=1" rel="prev"' in text_of(second)
        assert "26 services" in text_of(first)
        assert names(browser.get(f"/en/dienstleistungen?seite={'9' * 5000}")) == names(second)

    def test_numbers_beside_filters_are_those_of_the_rows(self, city: Any, service: Any) -> None:
        page = text_of(make_browser(city).get("/en/dienstleistungen"))
        assert '<option value="operation">In operation (1)</option>' in page
        assert f'<option value="{service.organisation.key}">Bücherhallen (1)</option>' in page

    def test_one_service_and_three_take_as_many_queries(self, city: Any, service: Any) -> None:
        browser, counts = make_browser(city), []
        for others in (0, 2):
            for number in range(others):
                place_in(make_service(city, f"Weitere {number}", organisation=service.organisation), [make_area(city)])
            browser.get("/dienstleistungen")
            with CaptureQueriesContext(connection) as queries:
                browser.get("/dienstleistungen")
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_where_the_city_shows_no_services_there_is_no_page_of_them(self, service: Any) -> None:
        service.city.settings = {**SETTINGS, "modules": ["sensor"]}
        service.city.save()
        browser = make_browser(make_city("kassel", settings={**SETTINGS, "modules": ["sensor"]}))
        for path in ("", "/x"):
            assert browser.get(f"/dienstleistungen{path}").status_code == 404
        for path in ("", "/rueckmeldung", "/danke", "/aushang"):
            assert browser.get(f"/dienstleistung/leihregal{path}").status_code == 404


class TestPage:
    def test_it_says_what_where_when_and_who(self, city: Any, service: Any) -> None:
        area = make_area(city, "Ottensen", key="ottensen")
        place = Place.objects.create(city=city, key="werkhof", name="Werkhof", area=area, lat=53.55, lon=9.95, address="Gasse 3")
        ServicePlace.objects.create(city=city, service=service, place=place)
        service.hours, service.phone, service.budget = Translated({"de": "Mittwoch ab 16 Uhr"}), "040 66969 211", 48000
        service.languages, service.accessibility = "de tr", "lift"
        service.save()
        page = text_of(make_browser(city).get("/dienstleistung/leihregal"))
        shown = ("Werkhof", "Gasse 3", "Mittwoch ab 16 Uhr", 'href="tel:04066969211"', "Deutsch, Türkisch", "mit Aufzug", "Bücherhallen")
        assert [each for each in shown if each not in page] == []

    def test_its_states_stand_on_a_rail_with_why(self, city: Any, service: Any) -> None:
        now = timezone.now()
        write_state(service, "trial", at=now - dt.timedelta(days=90), reason=Translated({"de": "In zwei Häusern"}))
        write_state(service, "operation", at=now - dt.timedelta(days=9), reason=Translated({"de": "Es wurde viel geliehen"}))
        page = text_of(make_browser(city).get("/dienstleistung/leihregal"))
        steps = re.findall(r'<li class="is-(\w+)"[^>]*>\s*<span class="rail__dot".*?<b>([^<]+)</b>', page, re.DOTALL)
        assert steps == [("done", "Im Probebetrieb"), ("now", "In Betrieb")]
        assert "Es wurde viel geliehen" in page

    def test_a_provider_that_left_is_said_plainly(self, city: Any, service: Any) -> None:
        service.provider_left_on = dt.date(2026, 3, 1)
        service.save()
        browser = make_browser(city)
        assert "Nobody has taken it over yet" in text_of(browser.get("/en/dienstleistung/leihregal"))
        service.responsible = make_organisation(city, "Bezirksamt")
        service.save()
        page = text_of(browser.get("/en/dienstleistung/leihregal"))
        assert "Bücherhallen has not provided this service since" in page
        assert "Now Bezirksamt answers for it." in page
        service.responsible, service.status = None, "ended"
        service.save()
        page = text_of(browser.get("/en/dienstleistung/leihregal"))
        assert ("has not provided" in page, "looks for somebody" in page) == (True, False)

    def test_one_of_everything_and_three_take_as_many_queries(self, city: Any, service: Any) -> None:
        step, browser, counts = city_step(city), make_browser(city), []
        for number in (1, 2):
            for each in range(number):
                area = make_area(city, f"Teil {number}{each}")
                place = Place.objects.create(city=city, key=f"ort-{number}-{each}", name="Haus", area=area)
                ServicePlace.objects.create(city=city, service=service, place=place)
                indicator = Indicator.objects.create(
                    city=city, service=service, key=f"zahl-{number}-{each}", name=Translated({"de": "Zahl"})
                )
                IndicatorLook.objects.create(city=city, indicator=indicator, value=3, looked_on=dt.date(2026, 1, 2))
                make_contribution(step, kind="improvement", service=service, area=area, author=make_guest(city))
                write_state(service, ("improving", "operation")[each])
            browser.get("/dienstleistung/leihregal")
            with CaptureQueriesContext(connection) as queries:
                assert browser.get("/dienstleistung/leihregal").status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_open_improvements_of_it_are_shown_and_settled_ones_are_not(self, city: Any, service: Any) -> None:
        step = city_step(city)
        make_contribution(step, "Eine zweite Bohrmaschine", kind="improvement", service=service)
        make_contribution(step, "Längere Zeiten", kind="improvement", service=service, status="done")
        make_contribution(step, "Etwas anderes", kind="improvement")
        page = text_of(make_browser(city).get("/dienstleistung/leihregal"))
        assert [title in page for title in ("Eine zweite Bohrmaschine", "Längere Zeiten", "Etwas anderes")] == [True, False, False]
        assert "/entdecken?service=leihregal" in page

    def test_a_contribution_leads_to_the_service_it_is_about(self, city: Any, service: Any) -> None:
        row = make_contribution(city_step(city), kind="improvement", service=service)
        assert '<a href="/dienstleistung/leihregal">Leihregal</a>' in text_of(make_browser(city).get(row.path))

    def test_another_citys_service_is_not_found(self, service: Any) -> None:
        browser = make_browser(make_city("kassel"))
        for path in ("", "/rueckmeldung", "/danke", "/aushang"):
            assert browser.get(f"/dienstleistung/leihregal{path}").status_code == 404
        assert browser.post("/dienstleistung/leihregal/rueckmeldung", {"face": "good"}).status_code == 404


@pytest.mark.parametrize(("modules", "leads"), [(["sensor"], False), (["sensor", "services"], True)])
def test_a_city_with_the_buergersensor_alone_has_no_dead_link_to_services(modules: list[str], leads: bool) -> None:
    city = make_city("kassel", settings={**SETTINGS, "modules": modules})
    step = make_step(make_process(city), settings={"kinds": ["idea", "improvement"]})
    service = make_service(city, "Leihregal", key="leihregal")
    row = make_contribution(step, kind="improvement", service=service)
    browser = make_browser(city)
    for path in ("/", "/entdecken?service=leihregal", row.path, "/geben"):
        assert ('href="/dienstleistung' in text_of(browser.get(path))) is leads, path


def city_step(city: Any) -> Any:
    from civitas.processes.queries import standing_step

    return standing_step(city)


class TestFeedback:
    def send(self, browser: Any, **typed: str) -> Any:
        page = text_of(browser.get("/dienstleistung/leihregal/rueckmeldung"))
        return browser.post("/dienstleistung/leihregal/rueckmeldung", sealed(page, **typed))

    def test_a_bare_rating_counts_for_its_month_and_keeps_nobody(self, city: Any, service: Any) -> None:
        browser = make_browser(city)
        response = self.send(browser, face="good")
        assert (response.status_code, response["Location"]) == (303, "/dienstleistung/leihregal/danke")
        assert "Danke" in text_of(browser.get(response["Location"]))
        self.send(browser, face="bad")  # the same person on the same day
        self.send(make_browser(city), face="fair")
        today = timezone.localdate()
        assert list(Rating.objects.of(city).order_by("face").values_list("month", "face", "count")) == [
            (today.replace(day=1), "fair", 1),
            (today.replace(day=1), "good", 1),
        ]
        assert not Contribution.objects.of(city).exists()

    def test_words_become_an_improvement_of_the_service_by_a_guest(self, city: Any, service: Any) -> None:
        place = Place.objects.create(city=city, key="werkhof", name="Werkhof", area=make_area(city), lat=53.55, lon=10.0)
        ServicePlace.objects.create(city=city, service=service, place=place)
        browser = make_browser(city)
        response = self.send(browser, face="fair", words=WORDS, where="place:werkhof")
        row = Contribution.objects.of(city).get()
        assert (response.status_code, response["Location"]) == (303, f"/beitrag/{row.number}/danke")
        assert (row.kind, row.service, row.title, row.text) == ("improvement", service, "Die Bohrmaschine war zwei Wochen lang weg", WORDS)
        assert (row.place_name, row.lat, row.area) == ("Werkhof", 53.55, place.area)
        assert Rating.objects.of(city).get().count == 1
        assert browser.get(response["Location"]).status_code == 200  # the guest's token came along

    def test_the_same_form_sent_twice_is_one(self, city: Any, service: Any) -> None:
        browser = make_browser(city)
        page = text_of(browser.get("/dienstleistung/leihregal/rueckmeldung"))
        sent = sealed(page, face="good", words=WORDS)
        first = browser.post("/dienstleistung/leihregal/rueckmeldung", sent)
        again = make_browser(city).post("/dienstleistung/leihregal/rueckmeldung", sent)
        assert first["Location"] == again["Location"]
        assert (Contribution.objects.of(city).count(), Rating.objects.of(city).get().count) == (1, 1)

    def test_the_same_form_with_other_words_keeps_them_and_becomes_one_of_its_own(self, city: Any, service: Any) -> None:
        browser, address = make_browser(city), "/dienstleistung/leihregal/rueckmeldung"
        page = text_of(browser.get(address))
        browser.post(address, sealed(page, words=WORDS))
        other = "Und am Samstag ist nie jemand da, den man fragen kann."
        refused = browser.post(address, sealed(page, words=other))
        assert (refused.status_code, other in text_of(refused)) == (409, True)
        assert browser.post(address, sealed(text_of(refused), words=other)).status_code == 303
        assert list(Contribution.objects.of(city).order_by("pk").values_list("text", flat=True)) == [WORDS, other]

    def test_an_empty_form_and_one_filled_by_a_machine_come_back_with_what_was_typed(self, city: Any, service: Any) -> None:
        browser = make_browser(city)
        empty = self.send(browser)
        assert empty.status_code == 422
        assert "wählen Sie, wie es war" in text_of(empty)
        trapped = self.send(browser, words=WORDS, face="bad", homepage="https://spam.example.org")
        assert trapped.status_code == 422
        assert WORDS in text_of(trapped)
        assert 'value="bad" checked' in text_of(trapped)
        assert (Contribution.objects.of(city).count(), Participant.objects.of(city).count()) == (0, 0)

    def test_a_service_that_ended_takes_none(self, city: Any, service: Any) -> None:
        page = text_of(make_browser(city).get("/dienstleistung/leihregal/rueckmeldung"))
        write_state(service, "ended")
        response = make_browser(city).post("/dienstleistung/leihregal/rueckmeldung", sealed(page, words=WORDS))
        assert response.status_code == 409
        assert WORDS in text_of(response)
        assert "id_face" not in text_of(make_browser(city).get("/dienstleistung/leihregal"))

    def test_where_the_city_collects_nothing_a_rating_is_still_taken(self, city: Any, service: Any) -> None:
        process = city_step(city).process
        process.state = "archived"
        process.save()
        browser = make_browser(city)
        refused = self.send(browser, words=WORDS, face="good")
        assert refused.status_code == 409
        assert WORDS in text_of(refused)
        assert self.send(browser, face="good").status_code == 303

    def test_ratings_are_shown_from_ten_on(self, city: Any, service: Any) -> None:
        month = timezone.localdate().replace(day=1)
        rows = Rating.objects.of(city)
        Rating.objects.create(city=city, service=service, month=month, face="good", count=6)
        Rating.objects.create(city=city, service=service, month=month, face="bad", count=3)
        Rating.objects.create(city=city, service=service, month=dt.date(2019, 1, 1), face="bad", count=500)
        browser = make_browser(city)
        assert "sv-rated" not in text_of(browser.get("/dienstleistung/leihregal"))
        rows.filter(face="bad", count=3).update(count=4)
        page = text_of(browser.get("/dienstleistung/leihregal"))
        assert re.findall(r'class="number">(\d+) %', page) == ["60", "0", "40"]

    def test_the_poster_leads_to_the_form_with_its_place(self, city: Any, service: Any) -> None:
        place = Place.objects.create(city=city, key="werkhof", name="Werkhof")
        ServicePlace.objects.create(city=city, service=service, place=place)
        browser = make_browser(city)
        poster = text_of(browser.get("/dienstleistung/leihregal/aushang?ort=werkhof"))
        assert "/dienstleistung/leihregal/rueckmeldung?ort=werkhof" in poster
        assert browser.get("/dienstleistung/leihregal/aushang?ort=anderswo").status_code == 404
        form = text_of(browser.get("/dienstleistung/leihregal/rueckmeldung?ort=werkhof"))
        assert '<option value="place:werkhof" selected>Werkhof</option>' in form


class TestFeed:
    PATH = "/dienstleistungen/feed"

    def states(self, count: int = 2) -> Any:
        city = make_city("hamburg")
        service = make_service(city, "Leihregal", organisation=make_organisation(city, "Bücherhallen"))
        for number, status in enumerate(["trial", "operation", "ended"][:count]):
            at = timezone.now() - dt.timedelta(days=9 - number)
            ServiceState.objects.create(city=city, service=service, status=status, at=at, reason=Translated({"de": f"Grund <{number}>"}))
        at = timezone.now() + dt.timedelta(days=3)
        ServiceState.objects.create(city=city, service=service, status="ended", at=at)
        return city

    def test_it_says_what_became_of_services_newest_first(self) -> None:
        browser = make_browser(self.states())
        answer = browser.get(self.PATH)
        atom = "{http://www.w3.org/2005/Atom}"
        entries = list(ET.fromstring(answer.content).iter(f"{atom}entry"))
        assert [entry.findtext(f"{atom}title") for entry in entries] == [
            "Leihregal: In Betrieb",
            "Leihregal: Im Probebetrieb",
        ]
        assert entries[0].findtext(f"{atom}summary") == "Grund &lt;1&gt;"
        assert browser.get("/dienstleistungen").content.decode().count(f'href="{self.PATH}"') == 2
        assert browser.get(self.PATH, headers={"if-none-match": answer.headers["ETag"]}).status_code == 304

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_costs_the_same_for_more(self, count: int, django_assert_max_num_queries: Any) -> None:
        browser = make_browser(self.states(count))
        browser.get(self.PATH)
        with django_assert_max_num_queries(3):
            browser.get(self.PATH)

    def test_a_city_without_services_and_another_city_have_none_of_it(self) -> None:
        self.states()
        assert make_browser(make_city("kassel", settings=SETTINGS | {"modules": ["sensor"]})).get(self.PATH).status_code == 404
        assert b"Leihregal" not in make_browser(make_city("bonn")).get(self.PATH).content
