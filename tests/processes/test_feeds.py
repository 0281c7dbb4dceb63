"""The news of a process as a feed: what its page tells, the same for everybody, and fetched again only when it is new."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from django.utils import timezone
from tests.factories import SETTINGS, make_actor, make_browser, make_city, make_organisation, make_process, make_staff, make_step

from civitas.kit.translated import Translated
from civitas.processes.actions import set_process_state
from civitas.processes.models import Event, News, Process

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def tell(process: Process, key: str, *, days_ago: int) -> News:
    at = timezone.now() - dt.timedelta(days=days_ago)
    title, body = Translated({"de": f"Neu: {key}"}), Translated({"de": "**Fett** <script>alert(1)</script>"})
    return News.objects.create(city=process.city, process=process, key=key, title=title, body=body, published_at=at)


def path_of(process: Process) -> str:
    return f"/beteiligung/{process.slug}/neuigkeiten/feed"


def test_a_feed_tells_what_is_told_newest_first_and_runs_no_script() -> None:
    process = make_process(make_city())
    tell(process, "alt", days_ago=3)
    tell(process, "neu", days_ago=1)
    tell(process, "kommt", days_ago=-2)
    answer = make_browser(process.city).get(path_of(process))
    feed = ET.fromstring(answer.content)
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")] == ["Neu: neu", "Neu: alt"]
    assert "<script" not in str(feed.findtext(f"{ATOM}entry/{ATOM}summary"))


def test_what_is_not_new_is_not_sent_again() -> None:
    process = make_process(make_city())
    tell(process, "alt", days_ago=3)
    browser = make_browser(process.city)
    tag = browser.get(path_of(process)).headers["ETag"]
    assert browser.get(path_of(process), headers={"if-none-match": tag}).status_code == 304
    tell(process, "neu", days_ago=1)
    assert browser.get(path_of(process), headers={"if-none-match": tag}).status_code == 200


def test_the_page_leads_to_its_feed() -> None:
    process = make_process(make_city())
    browser = make_browser(process.city)
    assert browser.get(f"/beteiligung/{process.slug}").content.decode().count(f'href="{path_of(process)}"') == 1
    tell(process, "neu", days_ago=1)
    assert browser.get(f"/beteiligung/{process.slug}").content.decode().count(f'href="{path_of(process)}"') == 2


def test_there_is_no_feed_of_a_draft_of_another_city_or_of_nothing() -> None:
    city = make_city()
    draft, theirs = make_process(city, state=Process.State.DRAFT), make_process(make_city())
    tell(draft, "neu", days_ago=1)
    for browser in (make_browser(city), make_browser(city, make_staff(city, "administrator"))):
        assert [browser.get(path).status_code for path in (path_of(draft), path_of(theirs), "/beteiligung/x/neuigkeiten/feed")] == [404] * 3


@pytest.mark.parametrize("count", [1, 3])
def test_a_feed_costs_the_same_with_one_and_with_three(count: int, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    process: Any = make_process(make_city())
    for number in range(count):
        tell(process, f"neu-{number}", days_ago=number)
    browser = make_browser(process.city)
    browser.get(path_of(process))
    with django_assert_max_num_queries(5):
        browser.get(path_of(process))


PROCESSES = "/beteiligungen/feed"


def test_the_processes_are_a_feed_without_drafts_and_the_standing_one() -> None:
    city = make_city()
    first = make_process(city, slug="hafen", title=Translated({"de": "Hafen"}), question=Translated({"de": "Was fehlt am <Hafen>?"}))
    make_process(city, slug="entwurf", state=Process.State.DRAFT)
    make_process(city, slug="alt", state=Process.State.ARCHIVED)
    make_process(city, slug="buergersensor")
    make_process(make_city(), slug="kassel")
    browser = make_browser(city)
    entries = list(ET.fromstring(browser.get(PROCESSES).content).iter(f"{ATOM}entry"))
    assert [(entry.findtext(f"{ATOM}id"), entry.findtext(f"{ATOM}title")) for entry in entries] == [(f"urn:uuid:{first.uid}", "Hafen")]
    assert entries[0].findtext(f"{ATOM}summary") == "Was fehlt am &lt;Hafen&gt;?"
    assert browser.get("/beteiligungen").content.decode().count(f'href="{PROCESSES}"') == 2


def test_a_city_without_processes_has_no_feed_of_them() -> None:
    assert make_browser(make_city(settings=SETTINGS | {"modules": ["sensor"]})).get(PROCESSES).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_feed_of_processes_costs_the_same_with_one_and_with_three(
    count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    city = make_city()
    for number in range(count):
        make_process(city, slug=f"hafen-{number}", organisation=make_organisation(city))
    browser = make_browser(city)
    browser.get(PROCESSES)
    with django_assert_max_num_queries(4):
        browser.get(PROCESSES)


def test_the_feed_of_processes_goes_by_when_each_was_published() -> None:
    city = make_city()
    early = make_process(city, slug="frueh", title=Translated({"de": "Früh begonnen"}), state=Process.State.DRAFT)
    make_step(early)
    make_process(city, slug="spaet", title=Translated({"de": "Spät begonnen"}), published_at=timezone.now() - dt.timedelta(days=1))
    texts = {name: Translated({"de": "Text", "en": "Text", "simple": "Text"}) for name in ("title", "question", "lead")}
    Process.objects.of(city).filter(pk=early.pk).update(**texts, owner_name="Nele", organisation=make_organisation(city))
    set_process_state(make_actor(city, "administrator"), Process.objects.of(city).get(pk=early.pk), Process.State.PUBLISHED)
    entries = list(ET.fromstring(make_browser(city).get(PROCESSES).content).iter(f"{ATOM}entry"))
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["Text", "Spät begonnen"]


def test_a_process_that_is_published_again_keeps_the_day_of_the_first_time() -> None:
    city = make_city()
    process = make_process(city, slug="wieder", state=Process.State.ARCHIVED, published_at=timezone.now() - dt.timedelta(days=9))
    before = process.published_at
    Process.objects.of(city).filter(pk=process.pk).update(state=Process.State.DRAFT)
    process.refresh_from_db()
    make_step(process)
    texts = {name: Translated({"de": "Text", "en": "Text", "simple": "Text"}) for name in ("title", "question", "lead")}
    for name, text in texts.items():
        setattr(process, name, text)
    process.organisation, process.owner_name = make_organisation(city), "Nele"
    process.save()
    set_process_state(make_actor(city, "administrator"), process, Process.State.PUBLISHED)
    process.refresh_from_db()
    assert process.published_at == before


DATES = "/beteiligungen/termine/feed"


def make_date(process: Process, key: str, *, days: int) -> Event:
    at = timezone.now() + dt.timedelta(days=days)
    title, about = Translated({"de": key.title()}), Translated({"de": "Mit <b>Kuchen</b>"})
    hours = {"starts_at": at, "ends_at": at + dt.timedelta(hours=2)}
    return Event.objects.create(city=process.city, process=process, key=key, title=title, description=about, where="Bürgerhaus", **hours)


def test_coming_dates_of_published_processes_are_a_feed_and_a_calendar() -> None:
    city = make_city()
    process = make_process(city, slug="hafen", title=Translated({"de": "Hafen"}))
    first, second = make_date(process, "rundgang", days=3), make_date(process, "werkstatt", days=2)
    make_date(process, "vorbei", days=-3)
    make_date(make_process(city, slug="entwurf", state=Process.State.DRAFT), "geheim", days=2)
    make_date(make_process(make_city(), slug="fremd"), "fremd", days=2)
    browser = make_browser(city)
    entries = list(ET.fromstring(browser.get(DATES).content).iter(f"{ATOM}entry"))
    assert [entry.findtext(f"{ATOM}id") for entry in entries] == [f"urn:uuid:{second.uid}", f"urn:uuid:{first.uid}"]
    summary = str(entries[0].findtext(f"{ATOM}summary"))
    assert summary.endswith(": Bürgerhaus<br>Mit &lt;b&gt;Kuchen&lt;/b&gt;<br>Hafen")
    calendar = browser.get("/beteiligungen/termine.ics").content.decode()
    assert [line for line in calendar.splitlines() if line.startswith("SUMMARY")] == ["SUMMARY:Werkstatt", "SUMMARY:Rundgang"]
    page = browser.get("/beteiligungen").content.decode()
    assert (page.count(f'href="{DATES}"'), page.count('href="/beteiligungen/termine.ics"')) == (2, 1)


@pytest.mark.parametrize("count", [1, 3])
def test_the_feed_of_dates_costs_the_same_with_one_and_with_three(
    count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    city = make_city()
    for number in range(count):
        make_date(make_process(city, slug=f"hafen-{number}"), f"tag-{number}", days=number + 1)
    browser = make_browser(city)
    browser.get(DATES)
    with django_assert_max_num_queries(3):
        browser.get(DATES)
