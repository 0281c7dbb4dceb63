"""The published themes as a feed."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import make_area, make_browser, make_city, make_organisation
from tests.themes.house import House, make_house

from civitas.contributions.models import Contribution
from civitas.kit.ids import uuid7
from civitas.themes.actions import gather, publish_theme

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
PATH = "/themen/feed"


@pytest.fixture
def house() -> House:
    return make_house()


def publish(house: House, title: str) -> None:
    theme = house.theme(title)
    gather(house.actor, theme, [row.pk for row in house.voices(1)], uid=uuid7())
    publish_theme(house.actor, theme)
    Contribution.objects.of(house.city).filter(pk=theme.pk).update(
        organisation=make_organisation(house.city, f"Amt für {title}"), area=make_area(house.city, title)
    )


def test_the_feed_holds_what_is_published_newest_first(house: House) -> None:
    publish(house, "Schatten")
    publish(house, "Bänke")
    house.theme("Entwurf")
    answer = make_browser(house.city).get(PATH)
    entries = list(ET.fromstring(answer.content).iter(f"{ATOM}entry"))
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["Bänke", "Schatten"]
    assert [entry.findtext(f"{ATOM}author/{ATOM}name") for entry in entries] == ["Amt für Bänke", "Amt für Schatten"]
    assert make_browser(house.city).get(PATH, headers={"if-none-match": answer.headers["ETag"]}).status_code == 304


def test_the_list_leads_to_its_feed(house: House) -> None:
    publish(house, "Schatten")
    assert make_browser(house.city).get("/themen").content.decode().count(f'href="{PATH}"') == 2


def test_another_city_has_a_feed_of_its_own(house: House) -> None:
    publish(house, "Schatten")
    answer = make_browser(make_city("kassel")).get(PATH)
    assert list(ET.fromstring(answer.content).iter(f"{ATOM}entry")) == []


def test_a_feed_costs_the_same_with_one_and_with_three(house: House) -> None:
    browser = make_browser(house.city)

    def count() -> int:
        browser.get(PATH)
        with CaptureQueriesContext(connection) as queries:
            browser.get(PATH)
        return len(queries)

    publish(house, "Schatten")
    one = count()
    publish(house, "Bänke")
    publish(house, "Wasser")
    assert count() == one


def test_a_themes_voices_are_a_feed_of_their_own_once_it_is_published(house: House) -> None:
    theme, voices = house.theme("Schatten"), house.voices(2)
    gather(house.actor, theme, [row.pk for row in voices], uid=uuid7())
    path, browser = f"/beitrag/{theme.number}/stimmen/feed", make_browser(house.city)
    assert browser.get(path).status_code == 404  # the same feed goes to everybody: none of a draft, for the team neither
    publish_theme(house.actor, theme)
    found = [entry.findtext(f"{ATOM}title") for entry in ET.fromstring(browser.get(path).content).iter(f"{ATOM}entry")]
    assert sorted(filter(None, found)) == sorted(row.title for row in voices)
    assert path in browser.get(f"/beitrag/{theme.number}/stimmen").content.decode()
    assert make_browser(make_city("kassel")).get(path).status_code == 404
