"""Drawings on the map: what is taken, what is refused with a sentence, and that nothing else of the form is lost."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import make_actor, make_area, make_browser, make_city, make_contribution, make_process, make_service, make_step

from civitas.cities.models import City, Place
from civitas.contributions.actions import submit_contribution
from civitas.contributions.drawings import (
    LONGEST,
    MOST_CORNERS,
    checked_drawing,
    drawing_from_text,
    drawing_in_words,
    drawing_text,
    read_drawing,
)
from civitas.contributions.models import Contribution
from civitas.contributions.personal import erase_given
from civitas.kit.sealed_forms import sealed
from civitas.kit.verdicts import Refused
from civitas.services.models import ServicePlace

if TYPE_CHECKING:
    from civitas.processes.models import Step

pytestmark = pytest.mark.django_db

LINE: dict[str, Any] = {"type": "LineString", "coordinates": [[9.93, 53.55], [9.94, 53.55]]}
AREA: dict[str, Any] = {"type": "Polygon", "coordinates": [[[9.93, 53.55], [9.932, 53.55], [9.932, 53.551], [9.93, 53.551], [9.93, 53.55]]]}
BOW: dict[str, Any] = {"type": "Polygon", "coordinates": [[[9.93, 53.55], [9.94, 53.56], [9.94, 53.55], [9.93, 53.56], [9.93, 53.55]]]}


@pytest.fixture
def step() -> Step:
    city = make_city()
    make_area(city, "Ottensen")
    return make_step(make_process(city))


def circle(corners: int, *, size: float = 0.01) -> dict[str, Any]:
    ring = [
        [10 + size * math.cos(2 * math.pi * at / corners), 53.55 + size * math.sin(2 * math.pi * at / corners)] for at in range(corners)
    ]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


@pytest.mark.parametrize("drawing", [{"type": "Point", "coordinates": [9.93, 53.55]}, LINE, AREA], ids=lambda each: each["type"])
def test_a_drawing_is_kept_and_its_middle_is_the_place(step: Step, drawing: dict[str, Any]) -> None:
    actor = make_actor(step.city)
    given_ = submit_contribution(actor, step, uid=uuid4(), kind="idea", title="Hier", text="Lang", drawing=drawing)
    row = Contribution.objects.of(step.city).get(pk=given_.pk)
    assert row.drawing == drawing
    assert row.lat == pytest.approx(53.55, abs=0.002)
    assert row.lon == pytest.approx(9.935, abs=0.006)
    assert row.area is not None
    assert row.area.name == "Ottensen"


def test_a_fine_drawing_is_made_simpler(step: Step) -> None:
    kept, lat, lon = checked_drawing(step.city, circle(5_000))
    assert 3 < len(kept["coordinates"][0]) <= MOST_CORNERS
    assert (lat, lon) == pytest.approx((53.55, 10.0), abs=0.001)


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "[]",
        "null",
        "1",
        '"Polygon"',
        "{}",
        '{"type": "Polygon"}',
        '{"type": "MultiPolygon", "coordinates": []}',
        '{"type": "GeometryCollection", "geometries": []}',
        '{"type": ["Polygon"], "coordinates": []}',
        '{"type": "LineString", "coordinates": [[9.9, 53.5]]}',
        '{"type": "LineString", "coordinates": [[9.9, 53.5], [9.9, 53.5]]}',
        '{"type": "LineString", "coordinates": {"0": [9, 53]}}',
        '{"type": "LineString", "coordinates": [[9.9, 53.5], [NaN, 53.5]]}',
        '{"type": "LineString", "coordinates": [[9.9, 53.5], [Infinity, 53.5]]}',
        '{"type": "LineString", "coordinates": [[9.9, 53.5], [1e999, 53.5]]}',
        '{"type": "LineString", "coordinates": [[9.9, 53.5], ["9.9", 53.5]]}',
        '{"type": "LineString", "coordinates": [[9.9, 53.5], [true, 53.5]]}',
        '{"type": "LineString", "coordinates": [[9.9, 53.5], [190, 53.5]]}',
        '{"type": "LineString", "coordinates": [[9.9, 53.5], [9.9]]}',
        '{"type": "Point", "coordinates": [9.9, ' + "9" * 4_000 + "]}",
        '{"type": "Polygon", "coordinates": [[[9.9, 53.5], [9.8, 53.5], [9.9, 53.5]]]}',
        '{"type": "Polygon", "coordinates": [[[9.9,53.5],[9.8,53.5],[9.8,53.6],[9.9,53.5]],[[9.9,53.5],[9.8,53.5],[9.8,53.6],[9.9,53.5]]]}',
        "[" * 100_000,
        '{"type": "Polygon", "coordinates": ' + "[" * 50_000 + "]" * 50_000 + "}",
    ],
    ids=lambda text: text[:50],
)
def test_what_is_no_drawing_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_drawing(text)
    assert "Zeichnung" in str(refused.value.fields["drawing"]) or "drawing" in str(refused.value.fields["drawing"])


def test_a_text_beyond_all_drawings_is_not_even_read() -> None:
    with pytest.raises(Refused) as refused:
        read_drawing(" " * LONGEST + "{")
    assert refused.value.status == 413


@given(
    st.text(max_size=200)
    | st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=5), st.lists, max_leaves=20).map(json.dumps)
)
def test_no_text_breaks_the_reading(text: str) -> None:
    try:
        drawing = read_drawing(text)
    except Refused:
        return
    assert drawing is None


@pytest.mark.parametrize(
    ("drawing", "word"),
    [
        (BOW, "kreuzt"),
        ({"type": "LineString", "coordinates": [[8.0, 50.0], [8.1, 50.0]]}, "außerhalb"),
        ({"type": "LineString", "coordinates": [[9.93, 53.55], [13.4, 52.5]]}, "außerhalb"),
        ({"type": "Point", "coordinates": [0, 0]}, "außerhalb"),
    ],
)
def test_a_drawing_has_a_plain_edge_and_lies_in_the_city(step: Step, drawing: dict[str, Any], word: str) -> None:
    with pytest.raises(Refused) as refused:
        submit_contribution(make_actor(step.city), step, uid=uuid4(), kind="idea", title="Hier", text="Lang", drawing=drawing)
    assert word in str(refused.value.fields["drawing"])
    assert not Contribution.objects.of(step.city).exists()


def test_a_city_without_boundaries_takes_no_drawing() -> None:
    with pytest.raises(Refused):
        checked_drawing(make_city(), LINE)


@pytest.mark.parametrize(
    ("drawing", "words"),
    [
        (LINE, "Gezeichnete Linie, etwa 660 m lang"),
        (AREA, "Gezeichnete Fläche, etwa 130 m × 110 m"),
        ({"type": "LineString", "coordinates": [[9.93, 53.55], [9.95, 53.55]]}, "Gezeichnete Linie, etwa 1,3 km lang"),
        ({"type": "Point", "coordinates": [9.9, 53.5]}, "Gezeichneter Punkt"),
        (None, ""),
        ({}, ""),
    ],
)
def test_a_drawing_is_said_in_words(drawing: dict[str, Any] | None, words: str) -> None:
    assert drawing_in_words(drawing) == words


@pytest.mark.parametrize("drawing", [LINE, AREA, {"type": "Point", "coordinates": [9.93, 53.55]}, None])
def test_a_table_brings_a_drawing_back(drawing: dict[str, Any] | None) -> None:
    assert drawing_from_text(drawing_text(drawing)) == drawing
    assert drawing_from_text(json.dumps(drawing) if drawing else "") == drawing


@pytest.mark.parametrize("text", ["POLYGON", "POINT EMPTY", "MULTIPOINT ((1 1))", "LINESTRING (1 1)", "POINT (999 1)", "x" * 300_000])
def test_a_table_with_nonsense_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        drawing_from_text(text)


def typed(**fields: str) -> dict[str, str]:
    uid = uuid4()
    return {
        "uid": str(uid),
        "seal": sealed(uid),
        "kind": "idea",
        "title": "Mehr Bänke",
        "text": "Am Platz fehlt es",
        "pseudonym": "Ida",
    } | fields


def test_a_form_with_a_drawing_is_taken(step: Step) -> None:
    answer = make_browser(step.city).post("/geben", typed(drawing=json.dumps(AREA)))
    assert answer.status_code == 303
    assert Contribution.objects.of(step.city).get().drawing == AREA


@pytest.mark.parametrize(
    "drawing", ["kaputt", json.dumps(BOW), json.dumps(circle(40_000)), "[" * 100_000], ids=["words", "bow", "huge", "deep"]
)
def test_a_refused_drawing_loses_nothing_else(step: Step, drawing: str) -> None:
    answer = make_browser(step.city).post("/geben", typed(drawing=drawing, place_name="Am Kanal"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Mehr Bänke" in page
    assert "Am Kanal" in page
    assert "id_drawing-error" in page
    assert len(page) < 100_000  # the drawing itself is not sent back
    assert not Contribution.objects.of(step.city).exists()


def test_a_million_points_are_too_much_and_said_so(step: Step) -> None:
    corners = ",".join(["[9.9,53.5]"] * 1_000_000)
    answer = make_browser(step.city).post("/geben", typed(drawing=f'{{"type":"LineString","coordinates":[{corners}]}}'))
    assert answer.status_code == 413
    assert "<h1" in answer.content.decode()


def test_no_place_in_particular_takes_no_place(step: Step) -> None:
    browser = make_browser(step.city)
    data = typed(where="nowhere", lat="53.55", lon="9.93", place_name="Doch hier", drawing=json.dumps(AREA))
    assert browser.post("/geben", data).status_code == 303
    row = Contribution.objects.of(step.city).get()
    assert (row.lat, row.area, row.place_name, row.drawing) == (None, None, "", None)


def test_without_javascript_the_form_searches_and_keeps_what_was_typed(step: Step) -> None:
    browser = make_browser(step.city)
    data = typed(find="1", find_text="otten")
    page = browser.post("/geben", data).content.decode()
    assert "Ottensen" in page
    assert 'type="radio" name="spot"' in page
    assert "Mehr Bänke" in page
    assert "Am Platz fehlt es" in page
    assert data["uid"] in page
    assert 'id="errors"' not in page
    assert not Contribution.objects.of(step.city).exists()
    area = make_area(step.city, "Altona", key="altona")
    assert browser.post("/geben", data | {"find": "", "spot": f"area:{area.key}"} | {"find_text": ""}).status_code in {303, 200}


def test_a_found_spot_becomes_the_place(step: Step) -> None:
    answer = make_browser(step.city).post("/geben", typed(spot="53.550000,9.930000,Spritzenplatz"))
    assert answer.status_code == 303
    row = Contribution.objects.of(step.city).get()
    assert (row.lat, row.lon, row.place_name) == (53.55, 9.93, "Spritzenplatz")


@pytest.mark.parametrize("spot", ["0,0,Nullinsel", "area:nirgends", "place:nirgends", "nan,nan,x", "x" * 5_000])
def test_a_spot_that_is_none_of_the_city_is_no_place(step: Step, spot: str) -> None:
    answer = make_browser(step.city).post("/geben", typed(spot=spot))
    assert answer.status_code == (422 if spot.startswith("0,0") else 303)


def test_enter_in_another_field_still_sends_the_form(step: Step) -> None:
    assert make_browser(step.city).post("/geben", typed(find="1", find_text=" ")).status_code == 303


def make_place(city: City, **fields: Any) -> Place:
    return Place.objects.create(city=city, **{"key": "haus", "name": "Haus am Markt", "lat": 53.55, "lon": 9.93} | fields)


def test_an_improvement_begins_at_a_place_with_its_service(step: Step) -> None:
    place = make_place(step.city)
    service = make_service(step.city, "Reparaturtreff", key="reparatur")
    ServicePlace.objects.create(city=step.city, place=place, service=service)
    page = make_browser(step.city).get("/geben?ort=haus").content.decode()
    assert 'value="Haus am Markt"' in page
    assert 'value="53.55"' in page
    assert '<option value="reparatur" selected' in page
    places = make_browser(step.city).get("/orte.json").json()["places"]
    assert places[0]["services"] == [{"key": "reparatur", "name": "Reparaturtreff"}]


def test_another_citys_place_begins_nothing(step: Step) -> None:
    make_place(make_city())
    page = make_browser(step.city).get("/geben?ort=haus").content.decode()
    assert "Haus am Markt" not in page
    assert make_browser(step.city).get("/orte.json").json() == {"places": []}


def test_a_place_of_the_list_is_chosen_without_javascript(step: Step) -> None:
    make_place(step.city)
    page = make_browser(step.city).post("/geben", typed(here="haus")).content.decode()
    assert 'value="Haus am Markt"' in page
    assert "Mehr Bänke" in page
    page = make_browser(step.city).post("/geben", typed(no_more="1", lat="53.55", lon="9.93", place_name="Dort")).content.decode()
    assert 'value="Dort"' not in page
    assert "Mehr Bänke" in page


def test_erasing_takes_the_drawing_along(step: Step) -> None:
    actor = make_actor(step.city)
    row = make_contribution(step, author=actor.participant, drawing=LINE, lat=53.55, lon=9.93)
    assert actor.participant is not None
    erase_given(step.city, actor.participant)
    row.refresh_from_db()
    assert row.drawing is None
