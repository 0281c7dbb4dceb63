"""“Answer by …” on cards and pages is what the contribution's own process promises."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from tests.factories import make_browser, make_city, make_contribution, make_participant, make_process, make_step

from civitas.dialogue.actions import follow, support
from civitas.kit import days
from civitas.people.actors import actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(db: None) -> Any:
    return make_city("hamburg", rules={"answer_days": 14})


@pytest.fixture
def steps(city: Any) -> list[Any]:
    """The Bürgersensor, which promises what the city does, and a process that promises more time."""
    return [make_step(make_process(city)), make_step(make_process(city, "park", rules={"answer_days": 60}))]


def promised(day: dt.datetime, after: int) -> str:
    return f"Antwort bis {days.day(timezone.localtime(day).date() + dt.timedelta(days=after))}"


def test_each_card_says_the_days_of_its_process(city: Any, steps: list[Any]) -> None:
    rows = [make_contribution(step, f"Beitrag {number}") for number, step in enumerate(steps)]
    page = make_browser(city).get("/entdecken").text
    cards = {row.number: page.partition(f'data-number="{row.number}"')[2].partition("</li>")[0] for row in rows}
    assert [promised(row.given_at, after) in cards[row.number] for row, after in zip(rows, (14, 60), strict=True)] == [True, True]


@pytest.mark.parametrize("sort", ["", "&sortierung=fair"])
@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_with_one_and_with_three(
    city: Any, steps: list[Any], count: int, sort: str, django_assert_max_num_queries: Any
) -> None:
    for number in range(count):
        make_contribution(make_step(make_process(city, f"p{number}", rules={"answer_days": 20 + number})))
    with django_assert_max_num_queries(12):
        make_browser(city).get(f"/entdecken?karte=0{sort}")


def test_my_pages_say_it_too(city: Any, steps: list[Any]) -> None:
    alice = make_participant(city, "Alice")
    mine, other = make_contribution(steps[1], author=alice), make_contribution(steps[1], "Mehr Licht")
    support(actor_of(alice), other)
    follow(actor_of(alice), other)
    browser = make_browser(city, alice)
    pages = ("/mein", "/konto/unterstuetzt", "/konto/gefolgt")
    day = days.day(timezone.localtime(mine.given_at).date() + dt.timedelta(days=60))
    assert [day in browser.get(page).text for page in pages] == [True] * 3


def test_the_page_of_one_says_the_same_day(city: Any, steps: list[Any]) -> None:
    row = make_contribution(steps[1])
    assert f"bis {days.day(timezone.localtime(row.given_at).date() + dt.timedelta(days=60))}" in make_browser(city).get(row.path).text


@pytest.mark.parametrize("tells", [True, False])
@pytest.mark.parametrize("path", ["", "/en", "/einfach"])
def test_what_is_overdue_is_said_with_its_day_unless_the_city_keeps_that_to_itself(path: str, tells: bool) -> None:
    city = make_city("hamburg", rules={"answer_days": 14, "tell_overdue": tells})
    given_at = timezone.now() - dt.timedelta(days=20)
    row = make_contribution(make_step(make_process(city)), given_at=given_at)
    page = make_browser(city).get(f"{path}{row.path}").text
    late = {"": "zugesagt bis", "/en": "was promised by", "/einfach": "versprochen bis"}[path]
    still = {"": "steht noch aus", "/en": "still to come", "/einfach": "kommt noch"}[path]
    day = days.day(timezone.localtime(given_at).date() + dt.timedelta(days=14))
    assert (late in page, f"{late} {day}" in page or path != "", f">{still}<" in page) == (tells, tells or path != "", not tells)


@pytest.mark.parametrize("tells", [True, False])
def test_a_day_that_is_to_come_is_said_in_any_case(tells: bool) -> None:
    city = make_city("hamburg", rules={"answer_days": 14, "tell_overdue": tells})
    row = make_contribution(make_step(make_process(city)))
    assert f"bis {days.day(timezone.localtime(row.given_at).date() + dt.timedelta(days=14))}" in make_browser(city).get(row.path).text
