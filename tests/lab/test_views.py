"""The catalogue: the wall under its filters, one card whole, the card set, and a city without a lab."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from tests.factories import SETTINGS, make_browser, make_city, make_process, make_step

from civitas.kit.pdf import may_print
from civitas.processes.registry import methods

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from civitas.cities.models import City

pytestmark = pytest.mark.django_db
PAGES = ["/baukasten", "/baukasten/collect", "/baukasten/drucken", "/baukasten/karten.pdf"]


@pytest.fixture
def city() -> City:
    return make_city("kassel", settings=SETTINGS | {"modules": [*SETTINGS["modules"], "lab"]})


@pytest.fixture
def browser(city: City) -> Client:
    return make_browser(city)


def keys_on(browser: Client, query: str) -> set[str]:
    page = browser.get(f"/baukasten{query}").content.decode()
    return set(re.findall(r'href="/baukasten/([\w-]+)"', page)) - {"drucken"}


def test_the_wall_shows_every_building_block_to_anybody(browser: Client) -> None:
    assert keys_on(browser, "") == set(methods())


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("?pattern=generate", "collect", "discuss"),
        ("?pattern=clarify", "discuss", "collect"),
        ("?time=days", "collect", None),
        ("?time=30", None, "collect"),
        ("?mode=online", "discuss", None),
        ("?mode=on_site", None, "collect"),
        ("?size=small", "discuss", None),
        ("?words=Gründe", "discuss", None),
        ("?words=gruende+besprechen", "discuss", "collect"),
        ("?pattern=made-up&mode=nowhere&time=7&size=none", "collect", None),
    ],
)
def test_filters_stand_in_the_address(browser: Client, query: str, there: str | None, gone: str | None) -> None:
    keys = keys_on(browser, query)
    assert there is None or there in keys
    assert gone is None or gone not in keys


def test_a_search_that_finds_nothing_shows_the_way_back(browser: Client) -> None:
    page = browser.get("/baukasten?words=xyzzy").content.decode()
    assert "Kein Baustein passt zu allem" in page
    assert 'href="/baukasten"' in page


def test_what_is_typed_is_shown_as_text(browser: Client) -> None:
    page = browser.get("/baukasten", {"words": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in page


def test_one_card_says_everything(browser: Client) -> None:
    card = methods()["discuss"].card
    page = browser.get("/baukasten/discuss").content.decode().replace("&#x27;", "'")
    for text in card.texts:
        if text is not card.hook:
            assert str(text) in page


def test_a_card_names_where_it_is_at_work_and_shows_no_draft(browser: Client, city: City) -> None:
    make_step(make_process(city, "veddel"), position=1, method="discuss")
    make_step(make_process(city, "still-secret", state="draft"), position=1, method="discuss")
    page = browser.get("/baukasten/discuss").content.decode()
    assert "/beteiligung/veddel/schritt/1" in page
    assert "still-secret" not in page


def test_another_citys_steps_are_not_at_work_here(browser: Client) -> None:
    make_step(make_process(make_city("bonn"), "rheinaue"), position=1, method="discuss")
    assert "rheinaue" not in browser.get("/baukasten/discuss").content.decode()


def test_an_unknown_building_block_is_not_found(browser: Client) -> None:
    assert browser.get("/baukasten/made-up").status_code == 404


def test_the_card_set_has_a_back_behind_each_front(browser: Client) -> None:
    page = browser.get("/baukasten/drucken?key=collect").content.decode()
    assert page.count('class="a6"') == 1
    assert page.count("a6 a6--back") == 1
    # Turned over its long edge, the back of the left card lies on the right.
    assert page.index("a6--empty") < page.index("a6--back")


def test_the_card_set_prints_what_the_wall_shows(browser: Client) -> None:
    page = browser.get("/baukasten/drucken?pattern=clarify").content.decode()
    assert page.count("a6 a6--back") == len(keys_on(browser, "?pattern=clarify"))


@pytest.mark.skipif(not may_print(), reason="this machine has no Pango")
def test_the_cards_come_as_pdf(browser: Client) -> None:
    answer = browser.get("/baukasten/karten.pdf?key=collect&key=discuss")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


@pytest.mark.parametrize("path", PAGES)
def test_a_city_without_a_lab_has_no_catalogue_and_no_link_to_it(path: str) -> None:
    browser = make_browser(make_city("bonn"))
    assert browser.get(path).status_code == 404
    assert "/baukasten" not in browser.get("/").content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_the_catalogue_is_read_only(browser: Client, path: str) -> None:
    assert browser.post(path).status_code == 405


def test_the_wall_asks_the_database_for_nothing_of_its_own(browser: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    browser.get("/baukasten")  # the host is known from here on
    with django_assert_num_queries(0):
        browser.get("/baukasten")


def test_a_card_costs_the_same_with_one_step_and_with_three(
    browser: Client, city: City, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    process = make_process(city, "veddel")
    make_step(process, method="discuss")
    browser.get("/baukasten/discuss")
    with CaptureQueriesContext(connection) as one:
        browser.get("/baukasten/discuss")
    make_step(process, method="discuss")
    make_step(process, method="discuss")
    with django_assert_num_queries(len(one)):
        browser.get("/baukasten/discuss")


@pytest.mark.parametrize(
    ("prefix", "words"), [("", "Bausteine zum Mitnehmen"), ("/en", "Building blocks to take along"), ("/einfach", "Gute Wege für Gruppen")]
)
def test_the_wall_speaks_three_languages(browser: Client, prefix: str, words: str) -> None:
    assert words in browser.get(f"{prefix}/baukasten").content.decode()


@pytest.mark.parametrize("key", sorted(key for key, method in methods().items() if method.sample))
def test_a_building_block_can_be_tried_out_without_a_login(browser: Client, key: str) -> None:
    assert f"/baukasten/{key}/probieren" in browser.get(f"/baukasten/{key}").content.decode()
    answer = browser.get(f"/baukasten/{key}/probieren")
    assert answer.status_code == 200
    assert f'"uid": "try-{key}"' in answer.content.decode()


def test_what_has_no_sample_cannot_be_tried_out(browser: Client) -> None:
    assert browser.get("/baukasten/collect/probieren").status_code == 404
    assert "/probieren" not in browser.get("/baukasten/collect").content.decode()
