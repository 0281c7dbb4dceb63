"""Boards: what others do takes nothing from those who write or listen, and in a quiet phase nobody sees where the others are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from tests.browser.boards import ByList, card_of, lies_in
from tests.browser.test_boards_kept import PHASE, make_board
from tests.browser.test_boards_live import BOARD, OTHERS, WORDS, is_saved, run, sit_down

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.browser.conftest import Site

GROUP = "Kühle Orte"
LAY = """
import django; django.setup()
from civitas.boards.actions import put_on_board
from civitas.boards.models import Board
from civitas.boards.things import Card
board = Board.objects.select_related("city", "step__process").get(uid="{uid}")
put_on_board(board, lambda _there: [Card(f"laid{{n:08}}", text=f"Karte {{n}}", x=n * 10, gone=not n) for n in range({count})])
"""

OPENLY = """
import django; django.setup()
from civitas.boards.models import Board
step = Board.objects.select_related("step").get(uid="{uid}").step
step.settings = step.settings | {{"hidden": False}}
step.save(update_fields=["settings"])
"""


def both(visit: Any, site: Site, method: str) -> tuple[Page, Page, str]:
    """Two people at a new board, and its uid."""
    place = make_board(site, method)
    return sit_down(visit(), place), sit_down(visit(), place), place[1]


def test_what_is_being_written_in_the_list_goes_along_with_its_card(visit: Any, site: Site) -> None:
    alice, bob, _uid = both(visit, site, "cluster")
    mine = ByList(alice)
    mine.add(WORDS)
    ByList(bob).add(OTHERS)
    ByList(bob).group(OTHERS, GROUP)
    mine.menu(WORDS, "edit")
    field = alice.locator(".bl__edit textarea")
    field.fill(f"{WORDS}, auch im Winter")
    ByList(bob).move(WORDS, GROUP)
    lies_in(alice, WORDS, GROUP)
    section = alice.locator(".bl__group", has=alice.locator(".bl__title", has_text=GROUP))
    expect(section.locator(".bl__edit textarea")).to_have_value(f"{WORDS}, auch im Winter")
    expect(field).to_be_focused()
    field.press("Enter")
    expect(mine.card(f"{WORDS}, auch im Winter")).to_be_focused()
    lies_in(bob, f"{WORDS}, auch im Winter", GROUP)


@pytest.mark.every_time
def test_what_is_being_written_on_a_card_that_is_taken_away_is_kept_with_it(visit: Any, site: Site) -> None:
    alice, _bob, _uid = both(visit, site, "cluster")
    mine = ByList(alice)
    mine.add(WORDS)
    mine.menu(WORDS, "edit")
    alice.locator(".bl__edit textarea").fill(OTHERS)
    alice.evaluate(f"(id) => {BOARD}.verbs.remove('cards', id)", card_of(alice, WORDS)["id"])
    expect(alice.locator(".bl__edit")).to_have_count(0)
    alice.wait_for_function(f"(words) => [...{BOARD}.model.cards.values()].some(({{ gone, text }}) => gone && text === words)", arg=OTHERS)
    is_saved(alice)


def test_many_new_cards_fold_nothing_under_who_reads(visit: Any, site: Site) -> None:
    alice, bob, _uid = both(visit, site, "cluster")
    mine = ByList(alice)
    for text in (WORDS, OTHERS):
        mine.add(text)
    mine.group(OTHERS, GROUP)
    card_of(bob, OTHERS)
    mine.menu(WORDS, "edit")
    field = alice.locator(".bl__edit textarea")
    field.fill(f"{WORDS}!")
    bob.evaluate(f"() => {{ for (let n = 0; n < 45; n++) {BOARD}.verbs.add({{ text: `Karte ${{n}}` }}); }}")
    expect(alice.locator("[data-summary]")).to_contain_text("47 Karten")
    expect(alice.locator(".bl__toggle[aria-expanded=false]")).to_have_count(0)
    expect(field).to_have_value(f"{WORDS}!")
    expect(field).to_be_focused()


def test_a_card_that_is_taken_away_makes_room_for_another(visit: Any, site: Site) -> None:
    place = make_board(site, "canvas")
    run(site, LAY.format(uid=place[1], count=500))  # one of them is taken away
    page = sit_down(visit(), place)
    page.locator("form[data-paper] textarea").fill(WORDS)
    page.keyboard.press("Enter")
    card_of(page, WORDS)
    is_saved(page)
    page.locator("form[data-paper] textarea").fill(OTHERS)
    page.keyboard.press("Enter")
    expect(page.locator(".toast").last).to_contain_text("gerade nicht möglich")


def test_who_listens_hears_names_days_and_colours_on_cards(visit: Any, site: Site) -> None:
    alice, bob, _uid = both(visit, site, "plan")
    heard = alice.locator("[data-says-polite]")
    ByList(bob).add(WORDS)
    expect(heard).to_contain_text(WORDS)
    found = card_of(bob, WORDS)["id"]
    bob.evaluate(f"(id) => {BOARD}.verbs.setField(id, 'who', 'Ada')", found)
    expect(heard).to_contain_text(f"„{WORDS}“: Wer: Ada")
    bob.evaluate(f"(id) => {BOARD}.verbs.setField(id, 'who', '')", found)
    expect(heard).to_contain_text(f"„{WORDS}“: Wer: leer")
    bob.evaluate(f"(id) => {BOARD}.verbs.recolour(id, 'green')", found)
    expect(heard).to_contain_text(f"Andere Farbe: {WORDS}")


def test_who_listens_hears_lines(visit: Any, site: Site) -> None:
    alice, bob, _uid = both(visit, site, "canvas")
    heard = alice.locator("[data-says-polite]")
    ids = []
    for text in (WORDS, OTHERS):
        ByList(bob).add(text)
        ids.append(card_of(alice, text)["id"])
        expect(heard).to_contain_text(text)  # what comes close together is told in one sentence
    line = bob.evaluate(f"(ids) => {BOARD}.verbs.connect(ids[0], ids[1])", ids)
    expect(heard).to_contain_text(f"„{WORDS}“ und „{OTHERS}“ sind jetzt verbunden")
    bob.evaluate(f"(id) => {BOARD}.verbs.label(id, 'braucht')", line)
    expect(heard).to_contain_text("braucht")
    bob.evaluate(f"(id) => {BOARD}.verbs.remove('lines', id)", line)
    expect(heard).to_contain_text(f"„{WORDS}“ und „{OTHERS}“ sind nicht mehr verbunden")


def test_who_listens_hears_dots_come_and_go(visit: Any, site: Site) -> None:
    alice, bob, uid = both(visit, site, "dots")
    run(site, OPENLY.format(uid=uid))
    run(site, LAY.format(uid=uid, count=3))
    heard = alice.locator("[data-says-polite]")
    card_of(bob, "Karte 1")
    bob.wait_for_function(f"() => {BOARD}.may.charter.drawer === 'none'")
    # Cards that were laid just before may be told in the same sentence, which then counts.
    for act, says in (("dot", "Jemand hat einen Punkt gegeben|1 neuer Punkt"), ("undot", "Jemand hat einen Punkt zurückgenommen")):
        bob.evaluate(f"(act) => {BOARD}.verbs[act]('laid00000001')", act)
        expect(heard).to_contain_text(re.compile(says))


def test_in_a_quiet_phase_nobody_sees_where_the_others_are(visit: Any, site: Site) -> None:
    alice, bob, uid = both(visit, site, "brainstorm")
    place, others = f"[...{BOARD}.here.values()].map(({{ x, y, card }}) => [x, y, card])", alice.locator(".cursor")
    stage = bob.locator("[data-stage]").bounding_box()
    assert stage is not None

    def wander() -> None:
        for step in range(5):
            bob.mouse.move(stage["x"] + 150 + step * 20, stage["y"] + 150)
            bob.wait_for_timeout(250)

    wander()
    alice.wait_for_function(f"() => {BOARD}.here.size === 1")  # that somebody is here is no secret
    assert alice.evaluate(place) == [[0, 0, ""]]
    expect(others).to_have_count(0)
    run(site, PHASE.format(uid=uid, phase="all"))
    expect(bob.locator("[data-send]")).to_have_text("An die Wand")
    wander()
    expect(others).to_have_count(1)
    assert alice.evaluate(place) != [[0, 0, ""]]
    run(site, PHASE.format(uid=uid, phase="own"))
    expect(others).to_have_count(0)
