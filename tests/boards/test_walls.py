"""What the wall shows: in a plan who does what by when, and how an address may break there."""

from __future__ import annotations

import pytest
from tests.factories import make_browser, make_city, make_contribution, make_process, make_staff, make_step

from civitas.boards.actions import open_board, put_on_board
from civitas.boards.bringing import bring_contributions
from civitas.boards.things import Card, Group
from civitas.boards.walls import MOST_PAPERS, Paper, wall_of
from civitas.people.actors import Actor

pytestmark = pytest.mark.django_db


def test_the_wall_of_a_plan_says_who_does_what_by_when():
    city = make_city("hamburg")
    step = make_step(make_process(city), method="plan")
    board = open_board(step)
    bring_contributions(board, [make_contribution(step, "Mehr Bänke")])
    tasks = [
        Card("task0001", text="Angebot  einholen", colour="yellow", fields={"who": "Emine", "until": "15. Dezember"}),
        Card("task0002", text="Mit dem Amt reden", colour="blue"),
    ]
    put_on_board(board, lambda _there: [*tasks, Group("gggggggg", title="Bänke")])
    wall = wall_of(Actor(city), board, names={})
    assert (wall.kind, wall.beyond) == ("tasks", 0)
    assert set(wall.papers) == {
        Paper("Angebot einholen", "Emine, 15. Dezember", "yellow"),
        Paper("Mit dem Amt reden", "Nobody yet", "blue"),
    }
    put_on_board(board, lambda _there: [Card(f"more{n:04d}", text=f"Schritt {n}") for n in range(MOST_PAPERS)])
    wall = wall_of(Actor(city), board, names={})
    assert (len(wall.papers), wall.beyond) == (MOST_PAPERS, 2)


@pytest.mark.parametrize(("changes", "link"), [({"state": "draft"}, "/verwaltung/beteiligungen/ottensen"), ({}, "")])
def test_who_may_open_what_is_not_open_is_led_there(changes, link):
    city = make_city("hamburg")
    step = make_step(make_process(city, "ottensen", **changes), method="brainstorm")
    page = make_browser(city, make_staff(city, "owner")).get(f"/beteiligung/ottensen/schritt/{step.position}/leiten")
    assert page.status_code == 200
    assert ("Zuerst die Beteiligung veröffentlichen" in page.text, not link or f'href="{link}"' in page.text) == (bool(link), True)
    type(step).objects.of(city).filter(pk=step.pk).update(override="closed")
    page = make_browser(city, make_staff(city, "owner")).get(f"/beteiligung/ottensen/schritt/{step.position}/leiten").text
    assert ("Den Schritt von Hand öffnen" in page) is not bool(link)
    facilitator = make_browser(city, make_staff(city, "facilitator")).get(f"/beteiligung/ottensen/schritt/{step.position}/leiten").text
    assert "Den Schritt von Hand öffnen" not in facilitator


def test_an_address_on_the_wall_breaks_between_its_parts_alone():
    city = make_city("hamburg")
    step = make_step(make_process(city, "ottensen"), method="brainstorm")
    open_board(step)
    browser = make_browser(city, make_staff(city, "facilitator"))
    assert "hamburg.<wbr>localhost<wbr>/mit" in browser.get(f"/beteiligung/ottensen/schritt/{step.position}/wand").text
