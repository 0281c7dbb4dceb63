"""The page on which a step is concluded: differences first, one result however often, and not for everybody."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.factories import make_actor, make_browser, make_city, make_contribution, make_participant, make_process, make_staff, make_step

from civitas.boards.actions import open_board, put_on_board, take_seat, write
from civitas.boards.bringing import bring_contributions
from civitas.boards.queries import document_of
from civitas.boards.things import Dot, Group
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
    assert '<ins><span class="sr">neu: </span>Im Sommer </ins>Schatten<ins><span class="sr">neu: </span> finden</ins>' in page
    assert themes(step) == ["Schatten"]
    desk.post(URL)
    assert themes(step) == ["Im Sommer Schatten finden"]


def test_what_will_be_hidden_stands_in_one_list_alone(step: Step) -> None:
    desk = make_browser(step.city, make_staff(step.city, "facilitator"))
    group(step, "Schatten")
    desk.post(URL)
    theme = Contribution.objects.of(step.city).get(kind="theme")
    put_on_board(open_board(step), lambda there: [replace(card, group="") for card in there.cards.values()])
    page = desk.get(URL).content.decode()
    assert "Wird verborgen" in page
    assert (page.count("Schatten"), f'href="{theme.path}"' in page) == (1, False)
    assert themes(step) == ["Schatten"]
    desk.post(URL)
    assert themes(step) == []


def test_what_comes_to_a_theme_and_what_leaves_it_is_named(step: Step) -> None:
    desk = make_browser(step.city, make_staff(step.city, "facilitator"))
    group(step, "Schatten")
    desk.post(URL)
    late = make_contribution(step.process.steps.of(step.city).get(position=1), "Sonnensegel")
    board = open_board(step)
    first = next(iter(document_of(board).cards.values()))
    bring_contributions(board, [late])
    card = next(card for card in document_of(board).cards.values() if card.number == late.number)
    put_on_board(board, lambda _there: [replace(card, group="gggggggg"), replace(first, group="")])
    page = desk.get(URL).content.decode()
    assert "„Sonnensegel“ zu „Schatten“" in page
    assert "Gehört nicht mehr dazu" in page
    assert "„Bäume“ zu „Schatten“" in page
    desk.post(URL)
    theme = Contribution.objects.of(step.city).get(kind="theme")
    assert [link.source.title for link in theme.links_in.of(step.city).select_related("source").order_by("pk")] == ["Sonnensegel"]
    assert f'href="{theme.path}"' in desk.get(URL).content.decode()


def test_what_is_still_covered_is_uncovered_before_anything_is_concluded(step: Step) -> None:
    dots = make_step(step.process, position=3, method="dots")
    board = open_board(dots)
    card = next(iter(document_of(board).cards.values()))
    actor = make_actor(step.city)
    seat = take_seat(actor, board)
    write(actor, board, lambda _there: [Dot("punktpunkt", by=seat.alias, on=card.id)], drawer=True)
    desk, address = make_browser(step.city, make_staff(step.city, "facilitator")), URL.replace("schritt/2", "schritt/3")
    page = desk.get(address).content.decode()
    assert "Noch ist etwas verdeckt" in page
    assert "Jetzt abschließen" not in page
    assert make_browser(step.city, make_staff(step.city, "moderator")).post(address, {"do": "uncover"}).status_code == 403
    assert document_of(board).dots == {}
    assert desk.post(address, {"do": "uncover"}).status_code == 303
    assert "1 Punkt" in desk.get(address).content.decode()
    desk.post(address)
    assert Contribution.objects.of(step.city).get(kind="result").text == "1. Bäume (1 Punkt)"
    put_on_board(board, lambda _there: [Dot("nocheinpunkt", by=seat.alias, on=card.id)])
    page = desk.get(address).content.decode()
    assert '(<del><span class="sr">weg: </span>1' in page  # of what is there already, only what changes is marked
    assert '<ins><span class="sr">neu: </span>2' in page
    desk.post(address)
    assert Contribution.objects.of(step.city).get(kind="result").text == "1. Bäume (2 Punkte)"


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


def test_what_stands_leads_on_to_the_next_step_that_can_be_led(step: Step) -> None:
    group(step, "Schatten")
    make_step(step.process, position=3, method="discuss")
    make_step(step.process, position=4, method="dots", title={"de": "Gewichten"})
    desk = make_browser(step.city, make_staff(step.city, "facilitator"))
    link = 'href="/beteiligung/ottensen/schritt/4/leiten"'
    assert link not in desk.get(URL).text
    desk.post(URL)
    page = desk.get(URL).text
    assert (link in page, "Weiter mit „Gewichten“" in page) == (True, True)
