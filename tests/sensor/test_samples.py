"""`/kit/` shows the filters of explore in every state, by the templates that the page uses."""

import re

import pytest
from tests.factories import make_browser, make_city

from civitas.cities.models import City
from civitas.kit.templatetags.kit import number

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return make_city("hamburg")


def part(city: City, state: str) -> str:
    page = make_browser(city).get(f"/kit/?filters={state}").content.decode()
    return page.split('id="kit-filters"')[1].split('<section class="kit-part"')[0]


def test_without_a_state_no_filter_is_in_use(city: City) -> None:
    page = part(city, "")
    assert page == part(city, "plain") == part(city, "nonsense")
    assert page.count('class="chip is-on"') == 0
    assert page.count('aria-current="page"') == 1
    assert number(1284) in page
    assert "Donaudampfschifffahrtsgesellschaft" in page


STATES = [("some", 2, 0, 0), ("many", 8, 0, 0), ("open", 1, 1, 0), ("signed-in", 0, 0, 1)]


@pytest.mark.parametrize(("state", "chips", "opened", "own"), STATES)
def test_a_state_shows_its_chips_what_stands_open_and_what_is_ones_own(city: City, state: str, chips: int, opened: int, own: int) -> None:
    page = part(city, state)
    shown = (page.count('class="chip is-on"'), len(re.findall("<details[^>]* open>", page)), page.count('name="mine"'))
    assert shown == (chips, opened, own)


def test_numbers_that_count_everything_say_so(city: City) -> None:
    sentence = "Die Zahlen zählen alles, ohne Ihre anderen Filter."
    assert sentence in part(city, "uncounted")
    assert sentence not in part(city, "some")


def test_the_tabs_keep_what_other_parts_show(city: City) -> None:
    page = make_browser(city).get("/kit/?filters=some&place=drawn").content.decode()
    assert 'href="?filters=many&amp;place=drawn#kit-filters"' in page
    assert 'href="?filters=some&amp;place=chosen#kit-place"' in page
