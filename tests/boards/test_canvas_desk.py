"""Canvases made in the browser: from nothing or from one that is there, with a preview, refused with what was typed kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.factories import make_browser, make_city, make_process, make_staff, make_step

from civitas.boards.canvas_models import CanvasRow
from civitas.boards.posters import canvas_by_key, house_canvases

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from civitas.cities.models import City

pytestmark = pytest.mark.django_db
LIST, NEW, PREVIEW = "/verwaltung/canvas", "/verwaltung/canvas/neu", "/verwaltung/canvas/vorschau"


@pytest.fixture
def city() -> City:
    return make_city("hamburg")


@pytest.fixture
def desk(city: City) -> Client:
    return make_browser(city, make_staff(city, "facilitator"))


def typed(**more: str) -> dict[str, str]:
    field = {"title_de": "Wer?", "question_de": "Für wen ist es?", "column": "1", "row": "1", "wide": "3", "high": "2", "colour": "yellow"}
    other = {"title_de": "Was?", "question_de": "", "column": "4", "row": "1", "wide": "3", "high": "2", "colour": "white"}
    fields = {f"field-{number}-{name}": value for number, line in enumerate((field, other)) for name, value in line.items()}
    return {"title_de": "Unser Plakat", "intro_de": "", "count": "2", "version": "0", **fields, **more}


def kept(city: City) -> CanvasRow:
    return CanvasRow.objects.of(city).get()


def test_a_canvas_is_made_without_programming_and_can_be_chosen(desk: Client, city: City) -> None:
    answer = desk.post(NEW, typed())
    assert (answer.status_code, answer.headers["Location"]) == (303, "/verwaltung/canvas/unser-plakat")
    canvas = canvas_by_key(city, "unser-plakat")
    assert canvas is not None
    assert [(each.key, each.x, each.y, each.w, each.h, each.colour, each.holds) for each in canvas.regions] == [
        ("wer", 24, 24, 584, 232, "yellow", 3),
        ("was", 624, 24, 584, 232, "white", 3),
    ]
    step = make_step(make_process(city, "ottensen"), position=1, method="canvas")
    owner = make_browser(city, make_staff(city, "owner"))
    assert "Unser Plakat" in owner.get(f"/verwaltung/beteiligungen/ottensen/schritt/{step.position}").content.decode()


def test_fields_that_overlap_are_refused_by_name_with_everything_kept(desk: Client, city: City) -> None:
    answer = desk.post(NEW, typed(**{"field-1-column": "2"}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "„Was?“ liegt auf „Wer?“." in page
    assert 'value="Für wen ist es?"' in page
    assert not CanvasRow.objects.of(city).exists()


def test_without_titles_it_is_refused_at_each_field(desk: Client) -> None:
    page = desk.post(NEW, typed(**{"title_de": "", "field-1-title_de": ""})).content.decode()
    assert "Bitte geben Sie dem Plakat einen Titel." in page
    assert "Bitte geben Sie diesem Feld einen Titel." in page


@pytest.mark.parametrize("number", ["", "-3", "abc", "99999999999", "²"])
def test_a_number_that_is_none_does_no_harm(desk: Client, number: str) -> None:
    assert desk.post(PREVIEW, typed(**{"field-1-wide": number, "count": number})).status_code == 200


def test_the_preview_draws_what_was_typed_and_keeps_nothing(desk: Client, city: City) -> None:
    page = desk.post(PREVIEW, typed(**{"field-0-title_de": "<b>Fett</b>"})).content.decode()
    assert page.count("<rect") == 2
    assert "&lt;b&gt;Fett" in page
    assert not CanvasRow.objects.of(city).exists()


def test_a_field_more_and_a_field_less_keep_the_others(desk: Client) -> None:
    more = desk.post(NEW, typed(do="add")).content.decode()
    assert more.count("field-2-column") == 1
    less = desk.post(NEW, typed(do="remove-0")).content.decode()
    assert "field-1-column" not in less
    assert 'value="Was?"' in less


@pytest.mark.parametrize("key", sorted(house_canvases()))
def test_each_canvas_of_the_house_can_be_taken_as_a_beginning(desk: Client, city: City, key: str) -> None:
    import re

    page = desk.get(f"{NEW}?like={key}").content.decode()
    sent = {name: value.replace("&quot;", '"').replace("&#x27;", "'").replace("&amp;", "&")
            for name, value in re.findall(r'<input[^>]* name="([\w-]+)"[^>]*? value="([^"]*)"', page)}  # fmt: skip
    colours = re.findall(r'name="(field-\d+-colour)">.*?value="(\w+)" selected', page)
    answer = desk.post(NEW, sent | dict(colours) | {"do": "save"})
    assert answer.status_code == 303, re.findall(r"cv__faults.*?</ul>", answer.content.decode(), re.DOTALL)
    own, house = canvas_by_key(city, kept(city).key), house_canvases()[key]
    assert own is not None
    assert [vars(region) for region in own.regions] == [vars(region) | {"holds": region.room} for region in house.regions]


def test_who_was_overtaken_keeps_what_they_typed(desk: Client, city: City) -> None:
    desk.post(NEW, typed())
    desk.post("/verwaltung/canvas/unser-plakat", typed(version="1", title_de="Zuerst"))
    answer = desk.post("/verwaltung/canvas/unser-plakat", typed(version="1", title_de="Danach"))
    assert answer.status_code == 409
    assert 'value="Danach"' in answer.content.decode()
    assert kept(city).title["de"] == "Zuerst"
    assert desk.post("/verwaltung/canvas/unser-plakat", typed(version="2", title_de="Danach")).status_code == 303


def test_a_title_that_is_taken_is_said(desk: Client) -> None:
    desk.post(NEW, typed())
    assert "Ein Plakat mit diesem Titel gibt es schon." in desk.post(NEW, typed()).content.decode()


def test_a_canvas_goes_where_no_step_uses_it(desk: Client, city: City) -> None:
    desk.post(NEW, typed())
    step = make_step(make_process(city, "ottensen"), method="canvas", settings={"canvas": "unser-plakat"})
    assert desk.post("/verwaltung/canvas/unser-plakat/weg").status_code == 409
    step.settings = {}
    step.save()
    assert desk.post("/verwaltung/canvas/unser-plakat/weg").status_code == 303
    assert not CanvasRow.objects.of(city).exists()


@pytest.mark.parametrize("path", [LIST, NEW])
@pytest.mark.parametrize(("role", "status"), [("facilitator", 200), ("owner", 200), ("administrator", 200), ("moderator", 403), ("", 403)])
def test_who_leads_makes_canvases(city: City, path: str, role: str, status: int) -> None:
    from tests.factories import make_participant

    person = make_staff(city, role) if role else make_participant(city)
    assert make_browser(city, person).get(path).status_code == status


@pytest.mark.parametrize("path", [LIST, NEW])
def test_without_a_login_one_is_sent_to_sign_in(city: City, path: str) -> None:
    answer = make_browser(city).get(path)
    assert answer.status_code == 302
    assert "/konto/anmelden" in answer.headers["Location"]


def test_another_citys_canvas_is_not_there(desk: Client) -> None:
    other = make_city("kassel")
    make_browser(other, make_staff(other, "facilitator")).post(NEW, typed())
    assert desk.get("/verwaltung/canvas/unser-plakat").status_code == 404
    assert desk.post("/verwaltung/canvas/unser-plakat/weg").status_code == 404


def test_the_list_costs_the_same_with_one_and_with_three(desk: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    desk.post(NEW, typed())
    desk.get(LIST)
    with CaptureQueriesContext(connection) as one:
        desk.get(LIST)
    count = len(one)
    for title in ("Zwei", "Drei"):
        desk.post(NEW, typed(title_de=title))
    with django_assert_num_queries(count):
        desk.get(LIST)
