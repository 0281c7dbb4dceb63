"""A drawing is changed while mending: the place follows, what was drawn before stays readable, and no text is lost over it."""

import json
from typing import Any

import pytest
from tests.factories import (
    make_area,
    make_browser,
    make_city,
    make_comment,
    make_contribution,
    make_guest,
    make_participant,
    make_process,
    make_step,
)

from civitas.contributions.actions import mend_contribution
from civitas.contributions.counts import miscounts
from civitas.contributions.models import Contribution, Revision
from civitas.contributions.sketches import sketch_of, sketch_of_change
from civitas.kit.verdicts import Refused
from civitas.people.actors import actor_of

pytestmark = pytest.mark.django_db

LINE: dict[str, Any] = {"type": "LineString", "coordinates": [[9.93, 53.55], [9.94, 53.55]]}
AREA: dict[str, Any] = {"type": "Polygon", "coordinates": [[[9.95, 53.55], [9.96, 53.55], [9.96, 53.56], [9.95, 53.55]]]}
FAR: dict[str, Any] = {"type": "LineString", "coordinates": [[0.0, 0.0], [1.0, 1.0]]}


@pytest.fixture
def step() -> Any:
    city = make_city("hamburg")
    make_area(city, "Ottensen")
    return make_step(make_process(city))


@pytest.fixture
def author(step: Any) -> Any:
    return make_participant(step.city)


def drawn(author: Any, step: Any, drawing: Any = LINE, **fields: Any) -> Any:
    return make_contribution(step, author=author, drawing=drawing, lat=53.55, lon=9.935, **fields)


def mended(row: Any, author: Any, drawing: Any = "not sent", *, status: int = 302, **typed: Any) -> str:
    sent = {} if drawing == "not sent" else {"drawing": json.dumps(drawing) if drawing else ""}
    data = {"title": row.title, "text": row.text, "version": row.version, **sent, **typed}
    answer = make_browser(row.city, author).post(f"/beitrag/{row.number}/bearbeiten", data)
    assert answer.status_code == status
    row.refresh_from_db()
    return str(answer.content.decode())


def versions(row: Any) -> str:
    return str(make_browser(row.city).get(f"/beitrag/{row.number}/fassungen").content.decode())


def test_another_drawing_takes_the_place_along_and_the_earlier_one_is_kept(step: Any, author: Any) -> None:
    row = drawn(author, step)
    mended(row, author, AREA)
    assert (row.drawing, row.area.name, row.version) == (AREA, "Ottensen", 2)
    assert row.lon == pytest.approx(9.955, abs=0.006)
    assert Revision.objects.of(step.city).get().drawing == LINE
    assert miscounts(step.city) == []
    page = versions(row)
    assert "Die Zeichnung auf der Karte wurde geändert." in page
    assert page.count('class="sketch"') == 2
    assert "is-gone" in page
    assert "is-new" in page


def test_a_drawing_goes_and_comes_again_and_both_are_told(step: Any, author: Any) -> None:
    row = drawn(author, step)
    mended(row, author, None)
    assert (row.drawing, row.lat, row.lon) == (None, 53.55, 9.935)
    mended(row, author, LINE)
    assert row.drawing == LINE
    page = versions(row)
    assert "von der Karte genommen" in page
    assert "auf die Karte gezeichnet" in page


def test_mending_the_text_and_mending_it_back_leaves_the_drawing(step: Any, author: Any) -> None:
    row = drawn(author, step, text="Alt")
    mended(row, author, LINE, text="Neu")
    mended(row, author, text="Alt")
    assert row.drawing == LINE
    assert [each.drawing for each in Revision.objects.of(step.city).order_by("version")] == [LINE, LINE]
    assert "Die Zeichnung" not in versions(row)


def test_a_drawing_that_a_file_brought_from_outside_may_stay_while_the_text_is_mended(step: Any, author: Any) -> None:
    row = drawn(author, step, FAR, is_outside=True)
    mended(row, author, FAR, text="Neu")
    assert (row.drawing, row.text) == (FAR, "Neu")


@pytest.mark.parametrize(
    ("drawing", "words"), [(FAR, "liegt außerhalb"), ({"type": "Circle"}, "konnten die Zeichnung nicht lesen")], ids=["outside", "nonsense"]
)
def test_a_refused_drawing_keeps_the_text_that_was_typed(step: Any, author: Any, drawing: Any, words: str) -> None:
    row = drawn(author, step)
    page = mended(row, author, drawing, status=422, text="Mühsam geschrieben")
    assert words in page
    assert "Mühsam geschrieben" in page
    assert (row.drawing, row.version) == (LINE, 1)


def test_who_was_slower_keeps_the_drawing_that_they_made(step: Any, author: Any) -> None:
    row = drawn(author, step)
    mend_contribution(actor_of(author), row, title=row.title, text="Schneller", version=1)
    page = mended(row, author, AREA, status=409, version=1)
    assert "[9.95, 53.55]" in page
    assert row.drawing == LINE
    mended(row, author, AREA)
    assert row.drawing == AREA


def test_a_guest_draws_anew_and_nobody_else_does(step: Any) -> None:
    guest = make_guest(step.city)
    row = drawn(guest, step)
    mended(row, make_participant(step.city, "Bob"), AREA, status=403)
    mended(row, None, AREA, status=403)
    assert row.drawing == LINE
    mended(row, guest, AREA)
    assert row.drawing == AREA
    make_city("kassel")
    with pytest.raises(Refused):
        mend_contribution(actor_of(make_participant(step.city, "Eve")), row, title="X", text="Y", drawing=None, version=row.version)


def test_comments_and_what_has_no_place_are_not_drawn_on(step: Any, author: Any) -> None:
    row = make_contribution(step, author=author)
    comment = make_comment(row, author=author)
    browser = make_browser(step.city, author)
    for path in (f"/beitrag/{row.number}/bearbeiten", f"/kommentar/{comment.pk}/bearbeiten"):
        assert "<place-finder" not in browser.get(path).content.decode()
    mended(row, author, AREA)
    assert Contribution.objects.of(step.city).get(pk=row.pk).drawing is None


def test_a_sketch_holds_both_drawings_at_one_scale() -> None:
    gone, new = sketch_of_change(LINE, AREA)
    assert (gone.change, gone.is_area, new.change, new.is_area) == ("gone", False, "new", True)
    assert gone.path.startswith("M10.0 ")
    assert new.path.endswith("Z")
    for path in (gone.path, new.path):
        numbers = [float(number) for pair in path.strip("MZ").split("L") for number in pair.split()]
        assert all(0 <= number <= 160 for number in numbers)
    assert sketch_of(None) == sketch_of_change(None, None) == ()
    (point,) = sketch_of({"type": "Point", "coordinates": [9.93, 53.55]})
    assert point.path == "M80.0 50.0L80.0 50.0"
