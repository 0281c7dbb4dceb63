"""Moving to another place: the point on the map and the counts follow, how it lay is kept, and taking it back brings all of it back."""

from typing import Any

import pytest
from tests.factories import make_actor, make_browser, make_category, make_city, make_contribution, make_process, make_step
from tests.moderation.looking import case_of

from civitas.cities.models import Area, Place
from civitas.cities.queries import forget_cities
from civitas.contributions.actions import mend_contribution
from civitas.contributions.counts import miscounts
from civitas.contributions.models import Contribution, Revision
from civitas.kit.ids import uuid7
from civitas.kit.verdicts import Refused
from civitas.moderation.decisions import decide
from civitas.moderation.models import Decision
from civitas.moderation.orders import Order
from civitas.moderation.runs import start_run, work_run
from civitas.moderation.undoing import undo_decision
from civitas.people.actors import actor_of

pytestmark = pytest.mark.django_db

LINE = {"type": "LineString", "coordinates": [[9.91, 53.55], [9.92, 53.55]]}
LAY = ("lat", "lon", "area_id", "place_name", "drawing", "is_outside", "category_id")


def square(west: float, east: float) -> dict[str, Any]:
    ring = [[west, 53.4], [east, 53.4], [east, 53.7], [west, 53.7], [west, 53.4]]
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.fixture
def areas(step: Any) -> tuple[Area, Area]:
    """The west of the city and its east."""
    found = []
    for key, name, (west, east) in (("west", "Altona", (9.8, 10.0)), ("east", "Billstedt", (10.0, 10.2))):
        sides = {"west": west, "east": east, "south": 53.4, "north": 53.7}
        found.append(Area.objects.create(city=step.city, key=key, name=name, level="quarter", boundary=square(west, east), **sides))
    forget_cities()
    return found[0], found[1]


@pytest.fixture
def place(step: Any, areas: Any) -> Place:
    return Place.objects.create(city=step.city, key="haus", name="Kulturpalast", lat=53.55, lon=10.1, area=areas[1])


@pytest.fixture
def row(step: Any, areas: Any, alice: Any) -> Contribution:
    return make_contribution(step, author=alice, lat=53.55, lon=9.915, area=areas[0], place_name="Am Platz", drawing=LINE)


def lies(row: Contribution) -> tuple[Any, ...]:
    row.refresh_from_db()
    return tuple(getattr(row, name) for name in LAY)


def test_a_place_of_the_city_sets_its_point_district_and_name(team: Any, row: Contribution, place: Place, areas: Any) -> None:
    decide(team, case_of(row), "move", place=place)
    assert lies(row)[:6] == (53.55, 10.1, areas[1].pk, "Kulturpalast", None, False)
    assert miscounts(row.city) == []


def test_a_district_alone_leaves_no_point_that_says_too_much(team: Any, row: Contribution, areas: Any) -> None:
    decide(team, case_of(row), "move", area=areas[1])
    assert lies(row)[:6] == (None, None, areas[1].pk, "", None, False)
    assert miscounts(row.city) == []


def test_how_it_lay_is_kept_as_a_version_and_told_there(team: Any, row: Contribution, place: Place, areas: Any) -> None:
    decide(team, case_of(row), "move", place=place)
    kept = Revision.objects.of(row.city).get()
    assert (kept.moved, kept.lat, kept.lon, kept.area, kept.place_name, kept.drawing, kept.title) == (
        True, 53.55, 9.915, areas[0], "Am Platz", LINE, row.title,
    )  # fmt: skip
    page = make_browser(row.city).get(f"/beitrag/{row.number}/fassungen").text
    assert "Vorher lag er hier: Am Platz, Altona." in page


@pytest.mark.parametrize("to", ["place", "area"])
def test_taking_it_back_brings_all_of_it_back(team: Any, row: Contribution, place: Place, areas: Any, to: str) -> None:
    before = lies(row)
    made = decide(team, case_of(row), "move", category=make_category(row.city), **{to: place if to == "place" else areas[1]})
    assert lies(row) != before
    undo_decision(team, made)
    assert lies(row) == before
    assert (Revision.objects.of(row.city).count(), miscounts(row.city)) == (0, [])


def test_what_had_no_point_has_none_again(team: Any, step: Any, place: Place) -> None:
    row = make_contribution(step)
    undo_decision(team, decide(team, case_of(row), "move", place=place))
    assert lies(row)[:4] == (None, None, None, "")
    assert miscounts(step.city) == []


def test_what_its_author_has_drawn_anew_since_stays(team: Any, row: Contribution, place: Place, alice: Any) -> None:
    made = decide(team, case_of(row), "move", place=place)
    row.refresh_from_db()
    point = {"type": "Point", "coordinates": [9.95, 53.6]}
    mend_contribution(actor_of(alice), row, title=row.title, text=row.text, drawing=point, version=row.version)
    undo_decision(team, Decision.objects.of(row.city).select_related("case", "contribution").get(pk=made.pk))
    assert lies(row)[:2] == (53.6, 9.95)
    assert miscounts(row.city) == []


def test_another_subject_alone_moves_nothing_on_the_map(team: Any, row: Contribution) -> None:
    before = lies(row)[:6]
    decide(team, case_of(row), "move", category=make_category(row.city))
    assert (lies(row)[:6], Revision.objects.of(row.city).count()) == (before, 0)


def test_many_are_moved_to_a_place_and_counted_right(team: Any, step: Any, areas: Any, place: Place) -> None:
    rows = [make_contribution(step, lat=53.5 + number / 1000, lon=9.9, area=areas[0]) for number in range(4)]
    run = start_run(team, Order("move", place=place), {case_of(row).pk: "" for row in rows}, uid=uuid7())
    while work_run(step.city, run.pk):
        pass
    assert {lies(row)[:4] for row in rows} == {(53.55, 10.1, areas[1].pk, "Kulturpalast")}
    assert miscounts(step.city) == []


def test_a_place_and_a_district_another_citys_place_and_one_without_a_point_are_refused(
    team: Any, row: Contribution, place: Place, areas: Any
) -> None:
    nowhere = Place.objects.create(city=row.city, key="nirgends", name="Nirgends")
    elsewhere = Place.objects.create(city=make_city("kassel"), key="haus", name="Haus", lat=51.3, lon=9.5)
    for fields, status in (({"place": place, "area": areas[0]}, 400), ({"place": elsewhere}, 404), ({"place": nowhere}, 400)):
        with pytest.raises(Refused) as refused:
            decide(team, case_of(row), "move", **fields)
        assert refused.value.status == status
    assert miscounts(row.city) == []


def test_the_form_offers_the_citys_places(team: Any, row: Contribution, place: Place) -> None:
    browser = make_browser(row.city, team.participant)
    case = case_of(row)
    assert "Kulturpalast" in browser.get(f"/verwaltung/redaktion/{case.pk}").text
    browser.post(f"/verwaltung/redaktion/{case.pk}/entscheiden", {"verb": "move", "place": place.pk, "stamp": case.stamp})
    assert lies(row)[3] == "Kulturpalast"


@pytest.mark.parametrize("role", ["", "expert", "owner"])
def test_only_the_editorial_team_moves(step: Any, row: Contribution, place: Place, role: str) -> None:
    with pytest.raises(Refused):
        decide(make_actor(step.city, role), case_of(row), "move", place=place)


def test_a_case_of_another_city_is_not_moved(row: Contribution, place: Place) -> None:
    kassel = make_step(make_process(make_city("kassel")))
    with pytest.raises(Refused):
        decide(make_actor(kassel.city, "moderator"), case_of(row), "move", place=place)
    assert lies(row)[3] == "Am Platz"
