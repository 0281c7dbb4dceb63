"""Which contributions come to a board: from which step, under which filters, in which order; and never what others may not see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import translation
from tests.factories import make_area, make_category, make_city, make_contribution, make_process, make_step

from civitas.boards.actions import open_board
from civitas.boards.bringing import bring_contributions
from civitas.boards.choosing import PREVIEWED, chosen, found, read_choice

if TYPE_CHECKING:
    from civitas.boards.models import Board
    from civitas.processes.models import Process, Step

pytestmark = pytest.mark.django_db


@pytest.fixture
def process() -> Process:
    return make_process(make_city("hamburg"), "ottensen")


@pytest.fixture
def collected(process: Process) -> Step:
    return make_step(process, position=1)


@pytest.fixture
def board(process: Process, collected: Step) -> Board:
    """An empty board: what is given after it was opened is new to it."""
    return open_board(make_step(process, position=2, method="cluster"))


def titles(board: Board, **asked: str) -> list[str]:
    with translation.override("de"):
        return [row.title for row in chosen(board, read_choice(asked, board))]


def test_without_a_word_the_nearest_step_that_gave_something_is_offered(board: Board, collected: Step) -> None:
    make_contribution(collected, "Hier")
    make_contribution(make_step(make_process(board.city, "anderswo"), position=1), "Anderswo")
    assert titles(board) == ["Hier"]


def test_themes_come_before_the_ideas_that_they_were_made_of(process: Process, collected: Step) -> None:
    cluster = make_step(process, position=2, method="cluster")
    board = open_board(make_step(process, position=3, method="canvas"))
    make_contribution(collected, "Idee")
    make_contribution(cluster, "Thema", kind="theme")
    make_contribution(cluster, "Karte", kind="idea")
    assert titles(board) == ["Thema"]
    assert sorted(titles(board, **{"from": f"step-{cluster.pk}"})) == ["Karte", "Thema"]
    assert sorted(titles(board, **{"from": "process", "kind": "idea"})) == ["Idee", "Karte"]


def test_where_no_step_gave_anything_the_whole_city_is_offered(board: Board) -> None:
    make_contribution(make_step(make_process(board.city), position=1), "Aus dem Bürgersensor")
    assert titles(board) == ["Aus dem Bürgersensor"]


def test_filters_narrow_the_whole_city(board: Board, collected: Step) -> None:
    sensor = make_step(make_process(board.city), position=1)
    district = make_area(board.city, "Altona", key="altona", level="district")
    quarter, bikes = make_area(board.city, "Ottensen", key="ottensen", parent=district), make_category(board.city, "Rad")
    make_contribution(sensor, "Bank", area=quarter)
    make_contribution(sensor, "Radweg", category=bikes, status="done")
    make_contribution(collected, "Schatten", kind="improvement")
    city = {"from": "city"}
    assert sorted(titles(board, **city)) == ["Bank", "Radweg", "Schatten"]
    assert titles(board, **city, area="altona") == ["Bank"]
    assert titles(board, **city, category=bikes.key) == ["Radweg"]
    assert titles(board, **city, kind="improvement") == ["Schatten"]
    assert titles(board, **city, status="done") == ["Radweg"]
    assert titles(board, **city, status="done", area="altona") == []
    assert titles(board, **{"from": "process"}) == ["Schatten"]


def test_words_are_sought_in_the_index(board: Board, collected: Step) -> None:
    from civitas.contributions.words import index_words

    rows = [make_contribution(collected, title) for title in ("Mehr Bänke am Weg", "Ein Trinkbrunnen")]
    index_words(board.city, rows)
    assert titles(board, words="Bänke") == ["Mehr Bänke am Weg"]


def test_the_order_says_who_comes_first(board: Board, collected: Step) -> None:
    make_contribution(collected, "Alt", support_count=40)
    make_contribution(collected, "Neu", comment_count=2)
    assert titles(board, order="newest") == ["Neu", "Alt"]
    assert titles(board, order="supported") == ["Alt", "Neu"]
    assert titles(board, order="discussed") == ["Neu", "Alt"]
    assert titles(board, order="fair") == ["Neu", "Alt"]


@pytest.mark.parametrize("visibility", ["hidden", "waiting", "withdrawn", "erased", "draft"])
def test_what_the_city_does_not_show_is_not_offered(board: Board, collected: Step, visibility: str) -> None:
    make_contribution(collected, "Geheim", visibility=visibility)
    assert titles(board, **{"from": "city"}) == []


def test_what_lies_in_a_draft_that_only_the_team_sees_is_not_offered(board: Board) -> None:
    draft = make_step(make_process(board.city, "entwurf", state="draft"), position=1)
    make_contribution(draft, "Noch geheim")
    assert titles(board, **{"from": "city"}) == []


def test_another_citys_are_not_offered(board: Board) -> None:
    make_contribution(make_step(make_process(make_city("kassel")), position=1), "Aus Kassel")
    assert titles(board, **{"from": "city"}) == []


def test_what_lies_there_and_what_the_step_made_itself_is_not_offered_again(board: Board, collected: Step) -> None:
    row = make_contribution(collected, "Liegt dort")
    make_contribution(collected, "Neu")
    make_contribution(board.step, "Aus einer Karte", kind="idea")
    bring_contributions(board, [row])
    assert titles(board, **{"from": "process"}) == ["Neu"]


def test_what_nobody_offers_is_as_good_as_not_asked(board: Board, collected: Step) -> None:
    make_contribution(collected, "Hier")
    assert titles(board, **{"from": "step-0", "kind": "comment", "area": "mond", "order": "random()", "status": "x"}) == ["Hier"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_count_and_the_first_few_take_the_same_queries_however_many_there_are(
    board: Board, collected: Step, count: int, django_assert_num_queries: object
) -> None:
    for number in range(count * PREVIEWED):
        make_contribution(collected, f"Idee {number}")
    asked = read_choice({}, board)
    with django_assert_num_queries(3):  # type: ignore[operator]  # a fixture of pytest-django
        seen = found(board, asked)
    assert (seen.count, len(seen.rows), seen.is_many) == (count * PREVIEWED, PREVIEWED, False)


def test_the_address_asks_for_the_same_again(board: Board, collected: Step) -> None:
    make_contribution(collected, "Hier")
    asked = read_choice({"from": "city", "words": "  Bänke   am Weg ", "order": "supported"}, board)
    assert asked.query == "from=city&words=B%C3%A4nke+am+Weg&order=supported"
