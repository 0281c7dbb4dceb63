"""The pages of processes: what stands on them in each state, for whom, and at what cost."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import icalendar
import pytest
import time_machine
from django.utils import timezone
from tests.factories import make_category, make_city, make_contribution, make_organisation, make_process, make_staff, make_step

from civitas.cities.models import Place
from civitas.kit.translated import Translated
from civitas.processes.models import Document, Event, News, Process

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from civitas.cities.models import City

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 5, 12, 10, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def city() -> City:
    return make_city("hamburg")


@pytest.fixture
def visitor(client: Client, city: City) -> Client:
    client.defaults["HTTP_HOST"] = "hamburg.localhost"
    return client


def process_at(city: City, slug: str, opens: int, closes: int, **fields: Any) -> Process:
    """A process with one step whose window lies so many days from NOW."""
    process = make_process(city, slug, title=Translated({"de": slug.title()}), question=Translated({"de": f"Frage {slug}?"}), **fields)
    make_step(process, position=1, opens_at=NOW + opens * DAY, closes_at=NOW + closes * DAY)
    return process


def told(process: Process) -> None:
    """News, a document and a date."""
    city = process.city
    place = Place.objects.create(city=city, key="haus", name="Haus der Begegnung", address="Am Markt 1", lat=53.5, lon=10.0)
    News.objects.create(
        city=city,
        process=process,
        key="n",
        title=Translated({"de": "Das Geld ist da"}),
        body=Translated({"de": "Es sind **400 Euro**."}),
        published_at=NOW - DAY,
    )
    News.objects.create(
        city=city,
        process=process,
        key="later",
        title=Translated({"de": "Erst morgen"}),
        body=Translated({"de": "x"}),
        published_at=NOW + DAY,
    )
    Document.objects.create(city=city, process=process, key="d", title=Translated({"de": "Hitzekarte"}), url="https://example.org/karte")
    # 17 o'clock in Hamburg, before and after the clocks change.
    for key, day in (("summer", dt.datetime(2026, 6, 1, 15, 0, tzinfo=dt.UTC)), ("winter", dt.datetime(2026, 11, 2, 16, 0, tzinfo=dt.UTC))):
        Event.objects.create(
            city=city,
            process=process,
            key=key,
            title=Translated({"de": f"Werkstatt {key}"}),
            starts_at=day,
            ends_at=day + dt.timedelta(hours=3),
            place=place,
        )


@time_machine.travel(NOW, tick=False)
def test_the_list_tells_open_coming_and_over_apart(visitor: Client, city: City) -> None:
    process_at(city, "offen", -1, 1)
    process_at(city, "bald", 1, 2)
    process_at(city, "vorbei", -2, -1)
    process_at(city, "entwurf", -1, 1, state="draft")
    process_at(city, "alt", -1, 1, state="archived")
    page = visitor.get("/beteiligungen").context
    assert [card["title"] for card in page["open"]] == ["Frage offen?"]
    assert [card["title"] for card in page["coming"]] == ["Frage bald?"]
    assert {card["title"] for card in page["over"]} == {"Frage vorbei?", "Frage alt?"}


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("override", ["", "closed"])
def test_the_standing_process_is_never_listed_as_over(visitor: Client, city: City, override: str) -> None:
    make_step(make_process(city), opens_at=NOW - DAY, override=override)
    page = visitor.get("/beteiligungen").context
    assert (page["open"], page["coming"], page["over"]) == ([], [], [])
    assert page["always"].process.is_standing


def test_without_the_module_there_are_no_such_pages(visitor: Client, city: City) -> None:
    process_at(city, "offen", -1, 1)
    city.settings = {**city.settings, "modules": ["sensor"]}
    city.save()
    from civitas.cities.queries import forget_cities

    forget_cities()
    for page in ("/beteiligungen", "/beteiligung/offen", "/beteiligung/offen/schritt/1", "/beteiligung/offen/termine.ics"):
        assert visitor.get(page).status_code == 404


@pytest.mark.parametrize("page", ["", "/schritt/1", "/termine.ics"])
def test_a_draft_is_for_the_team_only(visitor: Client, city: City, page: str) -> None:
    process_at(city, "entwurf", -1, 1, state="draft")
    assert visitor.get(f"/beteiligung/entwurf{page}").status_code == 404
    visitor.force_login(make_staff(city, "expert").user)
    assert visitor.get(f"/beteiligung/entwurf{page}").status_code == 200


@pytest.mark.parametrize("page", ["", "/schritt/1", "/termine.ics"])
def test_another_citys_process_does_not_exist(visitor: Client, page: str) -> None:
    process_at(make_city("kassel"), "offen", -1, 1)
    assert visitor.get(f"/beteiligung/offen{page}").status_code == 404


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(("opens", "closes", "asked", "over"), [(-1, 1, True, False), (1, 2, False, False), (-2, -1, False, True)])
def test_the_poster_asks_for_what_is_open_now(visitor: Client, city: City, opens: int, closes: int, asked: bool, over: bool) -> None:
    process_at(city, "veddel", opens, closes, result=Translated({"de": "Zwei **Brunnen** werden gebaut."}))
    answer = visitor.get("/beteiligung/veddel")
    assert (answer.context["current"] is not None, answer.context["view"].is_over) == (asked, over)
    assert ("/beteiligung/veddel/schritt/1" in answer.content.decode()) == (asked or over)
    assert ("<strong>Brunnen</strong>" in answer.content.decode()) == over


@time_machine.travel(NOW, tick=False)
def test_a_statutory_procedure_is_told_apart(visitor: Client, city: City) -> None:
    process_at(city, "plan", -1, 1, formality="statutory", formal_url="https://example.org/plan", formal_deadline_on=dt.date(2026, 6, 30))
    page = visitor.get("/en/beteiligung/plan").content.decode()
    assert "What you give here is not a formal statement." in page
    assert "Formal statements are possible until 30 June." in page
    assert "https://example.org/plan" in page


@time_machine.travel(NOW, tick=False)
def test_what_the_city_writes_is_markdown_and_never_markup(visitor: Client, city: City) -> None:
    process = process_at(city, "veddel", -1, 1)
    told(process)
    News.objects.of(city).filter(key="n").update(body={"de": "**Fett** <script>alert(1)</script>"})
    page = visitor.get("/beteiligung/veddel").content.decode()
    assert "<strong>Fett</strong>" in page
    assert "<script>alert" not in page
    assert "Erst morgen" not in page


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("rows", [1, 3])
def test_a_guest_costs_a_fixed_number_of_queries(
    visitor: Client, city: City, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_category(city)
    for number in range(rows):
        process = process_at(city, f"p{number}", -1, 1, organisation=make_organisation(city, f"Amt {number}"))
        step = process.steps.of(city).get()
        for _each in range(rows):
            make_contribution(step, category=make_category(city))
    process = Process.objects.of(city).get(slug="p0")
    told(process)
    with django_assert_num_queries(11):
        visitor.get("/beteiligung/p0")
    with django_assert_num_queries(3):
        visitor.get("/beteiligungen")


def read(answer: Any) -> icalendar.Calendar:
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return icalendar.Calendar.from_ical(answer.content)


@time_machine.travel(NOW, tick=False)
def test_the_calendar_is_valid_and_keeps_its_uids(visitor: Client, city: City) -> None:
    process = process_at(city, "veddel", -1, 1)
    told(process)
    calendar = read(visitor.get("/beteiligung/veddel/termine.ics"))
    again = read(visitor.get("/beteiligung/veddel/termine.ics"))
    events = calendar.walk("VEVENT")
    assert (calendar["VERSION"], len(events), len(calendar.walk("VTIMEZONE"))) == ("2.0", 2, 1)
    assert [str(event["UID"]) for event in events] == [str(event["UID"]) for event in again.walk("VEVENT")]
    for event, day in zip(events, ("2026-06-01", "2026-11-02"), strict=True):
        assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
        assert event.decoded("dtstart").isoformat()[:16] == f"{day}T17:00"
        assert event.decoded("dtend") - event.decoded("dtstart") == dt.timedelta(hours=3)
        assert event.decoded("dtstamp") == NOW
        assert str(event["LOCATION"]) == "Haus der Begegnung, Am Markt 1"
        assert str(event["URL"]) == "http://hamburg.localhost/beteiligung/veddel"
    assert all(len(line) <= 75 for line in visitor.get("/beteiligung/veddel/termine.ics").content.split(b"\r\n"))


def test_each_date_has_a_file_of_its_own(visitor: Client, city: City) -> None:
    process = process_at(city, "veddel", -1, 1)
    told(process)
    event = Event.objects.of(city).get(key="summer")
    calendar = read(visitor.get(f"/beteiligung/veddel/termin/{event.uid}.ics"))
    assert [str(each["SUMMARY"]) for each in calendar.walk("VEVENT")] == ["Werkstatt summer"]
    assert visitor.get(f"/beteiligung/veddel/termin/{process.uid}.ics").status_code == 404


def test_a_step_whose_building_block_is_gone_says_so(visitor: Client, city: City) -> None:
    make_step(make_process(city, "veddel"), position=1, method="gone")
    assert visitor.get("/beteiligung/veddel/schritt/1").status_code == 503
    assert visitor.get("/beteiligung/veddel").status_code == 200
    assert visitor.get("/beteiligung/veddel/schritt/2").status_code == 404


@pytest.mark.parametrize("prefix", ["", "/en", "/einfach"])
def test_every_language_has_the_pages(visitor: Client, city: City, prefix: str) -> None:
    told(process_at(city, "veddel", (timezone.now() - NOW).days - 1, (timezone.now() - NOW).days + 2))
    for page in ("/beteiligungen", "/beteiligung/veddel", "/beteiligung/veddel/schritt/1"):
        assert visitor.get(prefix + page).status_code == 200


def test_a_guest_who_gave_a_picture_stays_within_twelve_queries(visitor: Client, city: City) -> None:
    from django.db import connection
    from django.http import HttpResponse
    from django.test.utils import CaptureQueriesContext
    from tests.factories import make_guest

    from civitas.contributions.models import Attachment
    from civitas.media.models import Derivative, MediaFile
    from civitas.people.actors import GUEST_COOKIE, remember_guest

    process = process_at(city, "veddel", -1, 1)
    told(process)
    guest = make_guest(city)
    for _each in range(3):
        file = MediaFile.objects.create(city=city, mime="image/webp", is_public=True)
        Derivative.objects.create(city=city, file=file, mime="image/webp", width=480)
        given = make_contribution(process.steps.of(city).get(), author=guest, category=make_category(city))
        Attachment.objects.create(city=city, contribution=given, file=file)
    response = HttpResponse()
    remember_guest(response, guest)
    visitor.cookies[GUEST_COOKIE] = response.cookies[GUEST_COOKIE].value
    visitor.get("/beteiligung/veddel")  # the host is known from here on
    with CaptureQueriesContext(connection) as asked:
        visitor.get("/beteiligung/veddel")
    assert len(asked) <= 12
