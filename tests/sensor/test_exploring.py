"""Filters with their counts, the part of the map, the way of looking, areas by number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.factories import (
    make_area,
    make_browser,
    make_category,
    make_city,
    make_contribution,
    make_guest,
    make_process,
    make_service,
    make_step,
)

from civitas.contributions.counts import recount
from civitas.sensor.areas import tops_of

if TYPE_CHECKING:
    from django.test import Client

    from civitas.processes.models import Step

pytestmark = pytest.mark.django_db


@pytest.fixture
def step() -> Step:
    return make_step(make_process(make_city("hamburg")))


def get(client: Client, path: str) -> Any:
    answer = client.get(path, headers={"host": "hamburg.localhost"})
    assert answer.status_code == 200
    return answer


def titles(client: Client, query: str) -> list[str]:
    return sorted(entry["item"].title for entry in get(client, f"/entdecken?{query}").context["items"])


def counts(page: Any, name: str) -> dict[str, int | None]:
    group = next(group for group in page.context["groups"] if group.name == name)
    return {choice.value: choice.count for choice in group.choices}


def test_service_picture_answer_and_part_of_the_map_filter(client: Client, step: Step) -> None:
    service = make_service(step.city, "Fahrradbus")
    make_contribution(step, "A", service=service, lat=53.5, lon=10.0)
    make_contribution(step, "B", with_picture=1, lat=53.6, lon=10.1)
    make_contribution(step, "C", answered=1)
    assert titles(client, f"service={service.key}") == ["A"]
    assert titles(client, "with_picture=1") == ["B"]
    assert titles(client, "answered=1") == ["C"]
    assert titles(client, "bbox=9.9,53.4,10.05,53.55") == ["A"]
    assert titles(client, "bbox=9.9,53.4,10.2,53.7&sort=fair") == ["A", "B"]
    for mangled in ("with_picture=yes", "service=x", "bbox=1,2", "mine=1", "answered=0"):
        assert titles(client, mangled) == ["A", "B", "C"]


def test_the_list_in_a_box_with_many_is_the_same_as_with_few(client: Client, step: Step, monkeypatch: pytest.MonkeyPatch) -> None:
    make_contribution(step, "A", lat=53.5, lon=10.0)
    make_contribution(step, "B", lat=53.6, lon=10.1)
    make_contribution(step, "Ohne Ort")
    monkeypatch.setattr("civitas.contributions.boxes.MANY_IN_BOX", 0)
    assert titles(client, "bbox=9.9,53.4,10.05,53.55") == ["A"]
    assert titles(client, "bbox=9,53,11,54") == ["A", "B"]


def test_ones_own_show_only_to_oneself(client: Client, step: Step) -> None:
    person, other = make_guest(step.city), make_guest(step.city, "Nina")
    make_contribution(step, "Meins", author=person)
    make_contribution(step, "Ihres", author=other)
    mine = make_browser(step.city, person)
    page = mine.get("/entdecken?mine=1")
    assert [entry["item"].title for entry in page.context["items"]] == ["Meins"]
    assert "private" in page.headers["Cache-Control"]
    assert [option.count for name, option in mine.get("/entdecken").context["toggles"] if name == "mine"] == [1]
    marks = mine.get("/entdecken/karte.json?bbox=9,53,11,54&zoom=18&mine=1")
    assert marks.headers["Cache-Control"] == "private, no-store"
    assert titles(client, "mine=1") == ["Ihres", "Meins"]
    assert "mine" not in [name for name, _option in get(client, "/entdecken").context["toggles"]]


def test_the_numbers_beside_the_filters_are_of_what_the_other_filters_leave(client: Client, step: Step) -> None:
    bus, green = make_category(step.city, "Bus", key="bus"), make_category(step.city, "Grün", key="gruen")
    make_contribution(step, "A", category=bus, status="done")
    make_contribution(step, "B", category=bus)
    make_contribution(step, "C", category=green)
    page = get(client, "/entdecken")
    assert counts(page, "category") == {"": None, "bus": 2, "gruen": 1}
    page = get(client, "/entdecken?status=done")
    assert counts(page, "category") == {"": None, "bus": 1, "gruen": 0}
    assert set(counts(page, "status").values()) == {None}


def test_a_district_counts_its_quarters(client: Client, step: Step) -> None:
    district = make_area(step.city, "Mitte", key="mitte", level="district")
    quarter = make_area(step.city, "Veddel", key="veddel", parent=district)
    make_contribution(step, area=quarter)
    make_contribution(step, area=district)
    assert counts(get(client, "/entdecken"), "area") == {"": None, "mitte": 2, "veddel": 1}


def test_beyond_what_is_counted_the_whole_numbers_stand_and_it_is_said(client: Client, step: Step, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("civitas.sensor.exploring.MOST_FACETED", 1)
    bus = make_category(step.city, "Bus", key="bus")
    for number in range(3):
        make_contribution(step, str(number), category=bus, status="done")
    page = get(client, "/entdecken?status=done")
    assert counts(page, "category")["bus"] == 3
    assert "ohne Ihre anderen Filter" in page.text


def test_the_way_of_looking_stands_in_the_address_and_stays(client: Client, step: Step) -> None:
    make_contribution(step, status="done")
    page = get(client, "/entdecken?view=map&sort=fair&status=done")
    assert "exp--map" in page.text
    assert [chip.url for chip in page.context["chips"]] == ["/entdecken?sort=fair&view=map"]
    assert '<input type="hidden" name="view" value="map">' in page.text
    assert "Jeden Tag beginnt die Reihe woanders" in page.text


class TestAreasByNumber:
    def test_the_table_says_what_the_map_shows(self, client: Client, step: Step) -> None:
        areas = [make_area(step.city, f"Gebiet {number}", key=f"g{number}") for number in range(4)]
        for number, area in enumerate(areas[:3]):
            for _ in range(number * 3 + 1):
                make_contribution(step, area=area)
        page = get(client, "/entdecken?shade=areas")
        numbered = page.context["numbered"]
        assert [(row.key, row.count, row.step) for row in numbered.rows] == [("g2", 7, 5), ("g1", 4, 4), ("g0", 1, 3)]
        assert [step for step, _words in numbered.legend] == [3, 4, 5]
        assert numbered.empty == 1
        assert 'href="/entdecken?area=g2"' in page.text
        assert get(client, "/entdecken").context["numbered"] is None

    def test_under_filters_it_counts_what_they_leave(self, client: Client, step: Step) -> None:
        area = make_area(step.city)
        make_contribution(step, area=area, status="done")
        make_contribution(step, area=area)
        numbered = get(client, "/entdecken?shade=areas&status=done").context["numbered"]
        assert [row.count for row in numbered.rows] == [1]

    @pytest.mark.parametrize(
        ("counts", "tops"),
        [([], []), ([0, 0], []), ([5], [5]), ([1, 1, 1], [1]), (list(range(1, 11)), [2, 4, 6, 8, 10]), ([1, 2, 900], [1, 2, 900])],
    )
    def test_five_steps_hold_about_as_many_areas_each(self, counts: list[int], tops: list[int]) -> None:
        assert tops_of(counts) == tops


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "2 von 3 stehen auf der Karte."),
        ("kind=idea", "1 von 2 steht auf der Karte."),
        ("kind=improvement", ""),  # all of them
        ("bbox=9.9,53.4,10.05,53.55", ""),
        ("with_picture=1", "Davon steht keiner auf der Karte."),
    ],
)
def test_beside_the_map_stands_how_many_it_can_show(client: Client, step: Step, query: str, said: str) -> None:
    make_contribution(step, "A", lat=53.5, lon=10.0)
    make_contribution(step, "B", kind="improvement", lat=53.6, lon=10.1)
    make_contribution(step, "C", with_picture=1)
    recount(step.city)
    page = get(client, f"/entdecken?{query}")
    assert page.context["placed_note"] == said
    assert (said in page.text) or not said


def test_where_nothing_is_nothing_is_said_beside_the_map(client: Client, step: Step) -> None:
    assert get(client, "/entdecken").context["placed_note"] == ""
