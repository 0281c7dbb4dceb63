"""The page on which a step is concluded: differences first, one result however often, and not for everybody."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.factories import make_browser, make_city, make_contribution, make_participant, make_process, make_staff, make_step

from civitas.boards.actions import open_board, put_on_board
from civitas.boards.queries import document_of
from civitas.boards.things import Group
from civitas.contributions.models import Contribution

if TYPE_CHECKING:
    from civitas.processes.models import Step

pytestmark = pytest.mark.django_db
URL = "/verwaltung/beteiligungen/ottensen/schritt/2/abschliessen"


@pytest.fixture
def step() -> Step:
    process = make_process(make_city("hamburg"), "ottensen")
    make_contribution(make_step(process, position=1), "Bäume")
    return make_step(process, position=2, method="cluster")


def group(step: Step, title: str) -> None:
    board = open_board(step)
    card = next(iter(document_of(board).cards.values()))
    put_on_board(board, lambda _there: [Group("gggggggg", title=title), replace(card, group="gggggggg")])


def themes(step: Step) -> list[str]:
    return [row.title for row in Contribution.objects.of(step.city).filter(kind="theme", visibility="published").order_by("pk")]


def test_what_would_be_made_is_shown_before_it_is(step: Step) -> None:
    group(step, "Schatten")
    desk = make_browser(step.city, make_staff(step.city, "facilitator"))
    page = desk.get(URL).content.decode()
    assert "Schatten" in page
    assert "aus 1 Beitrag" in page
    assert themes(step) == []
    assert desk.post(URL).status_code == 303
    assert themes(step) == ["Schatten"]
    assert "Alles ist abgeschlossen" in desk.get(URL).content.decode()


def test_a_second_press_says_that_nothing_changed(step: Step) -> None:
    group(step, "Schatten")
    for role in ("facilitator", "owner"):
        answer = make_browser(step.city, make_staff(step.city, role)).post(URL, follow=True)
    assert "nichts hat sich geändert" in answer.content.decode()
    assert themes(step) == ["Schatten"]


def test_after_work_went_on_the_differences_are_shown(step: Step) -> None:
    group(step, "Schatten")
    desk = make_browser(step.city, make_staff(step.city, "facilitator"))
    desk.post(URL)
    group(step, "Im Sommer Schatten finden")
    page = desk.get(URL).content.decode()
    assert '<del class="muted">Schatten</del>' in page
    assert themes(step) == ["Schatten"]
    desk.post(URL)
    assert themes(step) == ["Im Sommer Schatten finden"]


def test_a_step_on_which_nothing_lies_says_so(step: Step) -> None:
    desk = make_browser(step.city, make_staff(step.city, "facilitator"))
    assert "Es gibt noch nichts abzuschließen" in desk.get(URL).content.decode()


@pytest.mark.parametrize("verb", ["get", "post"])
def test_nobody_else_concludes(step: Step, verb: str) -> None:
    group(step, "Schatten")
    assert getattr(make_browser(step.city), verb)(URL).status_code == 302
    for person in (make_participant(step.city), make_staff(step.city, "moderator")):
        assert getattr(make_browser(step.city, person), verb)(URL).status_code == 403
    other = make_city("kassel")
    assert getattr(make_browser(other, make_staff(other, "owner")), verb)(URL).status_code == 404
    assert themes(step) == []


def test_the_steps_page_shows_the_way_to_who_leads_alone(step: Step) -> None:
    group(step, "Schatten")
    page = "/beteiligung/ottensen/schritt/2"
    assert URL in make_browser(step.city, make_staff(step.city, "facilitator")).get(page).content.decode()
    assert URL not in make_browser(step.city).get(page).content.decode()
