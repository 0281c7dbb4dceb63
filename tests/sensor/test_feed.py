"""The list as a feed: the same rows under the same filters, the same for everybody."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import (
    SETTINGS,
    make_area,
    make_browser,
    make_category,
    make_city,
    make_contribution,
    make_guest,
    make_organisation,
    make_process,
    make_step,
)

if TYPE_CHECKING:
    from civitas.processes.models import Step

pytestmark = pytest.mark.django_db
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def step() -> Step:
    return make_step(make_process(make_city("hamburg")))


def fetch(browser: Any, query: str = "", before: str = "") -> tuple[Any, ET.Element]:
    answer = browser.get(f"{before}/entdecken/feed{query}")
    assert answer.status_code == 200
    return answer, ET.fromstring(answer.content)


def titles(root: ET.Element) -> list[str]:
    return [entry.findtext("a:title", "", ATOM) for entry in root.findall("a:entry", ATOM)]


def test_a_feed_says_what_the_list_says_newest_first(step: Step) -> None:
    area, category = make_area(step.city, "Veddel"), make_category(step.city, "Verkehr")
    office = make_organisation(step.city, "Bücherhallen")
    words = {"title": "Eine Bank & ein <Dach>", "text": "<script>alert(1)</script> & Bitte."}
    first = make_contribution(step, **words, area=area, category=category, organisation=office)
    make_contribution(step, title="Ein Brunnen", author=make_guest(step.city, pseudonym="Nele"))
    make_contribution(step, title="Verborgen", visibility="hidden")
    make_contribution(step, title="Wartet", visibility="waiting")
    answer, root = fetch(make_browser(step.city))
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert titles(root) == ["Ein Brunnen", "Eine Bank & ein <Dach>"]
    newest, oldest = root.findall("a:entry", ATOM)
    assert [entry.findtext("a:author/a:name", "", ATOM) for entry in (newest, oldest)] == ["Nele", "Bücherhallen"]
    assert oldest.findtext("a:id", "", ATOM) == f"urn:uuid:{first.uid}"
    assert oldest.find("a:link", ATOM).attrib["href"] == f"http://hamburg.localhost{first.path}"  # type: ignore[union-attr]
    assert [each.attrib["term"] for each in oldest.findall("a:category", ATOM)] == ["Verkehr", "Veddel"]
    assert oldest.findtext("a:summary", "", ATOM) == "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Bitte."
    assert root.findtext("a:title", "", ATOM) == "Was Hamburg bewegt"


def test_its_filters_are_those_of_the_list_and_its_language_that_of_the_address(step: Step) -> None:
    category = make_category(step.city, "Verkehr", key="verkehr")
    make_contribution(step, title="Eine Bank", category=category)
    make_contribution(step, title="Ein Brunnen")
    browser = make_browser(step.city)
    _answer, root = fetch(browser, "?category=verkehr&sort=supported&view=map")
    assert titles(root) == ["Eine Bank"]
    assert root.findtext("a:title", "", ATOM) == "Was Hamburg bewegt: Verkehr"
    page = browser.get("/entdecken?category=verkehr&sort=supported").content.decode()
    assert 'href="/entdecken/feed?category=verkehr"' in page
    _answer, root = fetch(browser, before="/en")
    assert root.findtext("a:title", "", ATOM) == "What moves Hamburg"
    assert "/en/beitrag/" in root.find("a:entry/a:link", ATOM).attrib["href"]  # type: ignore[union-attr]


def test_it_is_the_same_for_everybody_and_of_one_city(step: Step) -> None:
    nele = make_guest(step.city, pseudonym="Nele")
    make_contribution(step, title="Von Nele", author=nele)
    make_contribution(step, title="Von anderen")
    assert titles(fetch(make_browser(step.city, nele), "?mine=1")[1]) == ["Von anderen", "Von Nele"]
    assert titles(fetch(make_browser(make_city("kassel")))[1]) == []


def test_a_city_without_the_sensor_has_no_feed() -> None:
    assert make_browser(make_city("klein", settings=SETTINGS | {"modules": ["processes"]})).get("/entdecken/feed").status_code == 404


def test_one_and_three_take_as_many_queries_and_a_page_is_the_most(step: Step) -> None:
    browser, counts = make_browser(step.city), []
    make_contribution(step, title="Nummer 0")
    fetch(browser)  # the city is known from here on
    for number in range(1, 40):
        if number in {1, 3}:
            with CaptureQueriesContext(connection) as seen:
                fetch(browser)
            counts.append(len(seen))
        make_contribution(step, title=f"Nummer {number}", author=make_guest(step.city, pseudonym=f"Gast {number}"))
    assert counts[0] == counts[1]
    assert len(titles(fetch(browser)[1])) < 40
