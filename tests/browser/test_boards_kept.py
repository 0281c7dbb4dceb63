"""Boards: what somebody did stays theirs and is kept, through a pause, an undo without a network, another's sign-in and a refusal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from tests.browser.boards import ByList, ByPicture, card_of, has_gone
from tests.browser.test_boards_live import BOARD, MAKE, OTHERS, PAUSE, WORDS, board, come_back, is_saved, kind, run, sit_down, two, words

if TYPE_CHECKING:
    from playwright.sync_api import Page, WebSocketRoute
    from tests.browser.conftest import Site

__all__ = ["board", "kind", "two"]
pytestmark = pytest.mark.every_time
PHASE = """
import django; django.setup()
from civitas.boards.actions import set_phase
from civitas.boards.models import Board
from civitas.people.actors import city_actor
board = Board.objects.select_related("city", "step__process").get(uid="{uid}")
set_phase(city_actor(board.city), board, "{phase}")
"""
CLOSE = """
import django, datetime as dt; django.setup()
from django.utils import timezone
from civitas.boards.models import Board
step = Board.objects.select_related("step").get(uid="{uid}").step
step.closes_at = timezone.now() + dt.timedelta(hours={hours})
step.save(update_fields=["closes_at"])
"""
HALTS = {
    "paused": (PAUSE.replace("{paused}", "True"), PAUSE.replace("{paused}", "False"), "Eine kurze Pause"),
    "closed": (CLOSE.replace("{hours}", "-1"), CLOSE.replace("{hours}", "5"), "Lesen können Sie weiterhin alles"),
}


def make_board(site: Site, method: str) -> tuple[str, str]:
    """The path of a new step with a board of its own, and the board's uid."""
    position, uid = run(site, MAKE.format(method=method)).split()
    return f"/beteiligung/zusammen-sortieren/schritt/{position}", uid


@pytest.mark.parametrize("halt", list(HALTS))
def test_a_halt_in_the_quiet_phase_leaves_everybody_their_own_cards(visit: Any, site: Site, halt: str) -> None:
    place = make_board(site, "brainstorm")
    page = sit_down(visit(), place)
    mine, paper = ByList(page), page.locator("form[data-paper]")
    mine.add(WORDS)
    is_saved(page)
    stop, go, says = HALTS[halt]
    run(site, stop.format(uid=place[1]))
    expect(page.locator("board-list [data-calm]")).to_contain_text(says)
    expect(paper).to_be_hidden()
    expect(mine.card(WORDS)).to_contain_text("nur für Sie")
    run(site, go.format(uid=place[1]))
    expect(paper).to_be_visible()
    expect(mine.card(WORDS)).to_contain_text("nur für Sie")
    mine.edit(WORDS, OTHERS)
    is_saved(page)
    run(site, PHASE.format(uid=place[1], phase="all"))
    expect(mine.card(OTHERS)).not_to_contain_text("nur für Sie")


def test_a_quiet_phase_that_comes_again_is_kept_like_the_first(visit: Any, site: Site) -> None:
    place = make_board(site, "brainstorm")
    first = visit()
    page = sit_down(first, place)
    mine, address = ByList(page), page.url
    mine.add(WORDS)
    for phase, does in (("all", "An die Wand"), ("own", "Zu meinen Karten")):
        run(site, PHASE.format(uid=place[1], phase=phase))
        expect(page.locator("[data-send]")).to_have_text(does)
    other = first.context.new_page()
    other.goto(address)
    is_saved(other)
    page.context.set_offline(True)
    mine.add(OTHERS)
    card_of(other, OTHERS)  # from tab to tab
    other.close()
    come_back(first, page, OTHERS)
    run(site, PHASE.format(uid=place[1], phase="all"))
    card_of(sit_down(visit(), place), OTHERS)


def test_an_undo_without_a_network_arrives(two: tuple[Page, Page], kind: Any) -> None:
    alice, bob = two
    mine = words(kind, WORDS)
    kind(alice).add(mine)
    is_saved(alice)
    card_of(bob, mine)
    alice.context.set_offline(True)
    kind(alice).undo()
    has_gone(alice, mine)
    expect(alice.locator("[data-link]")).to_contain_text("1 Änderung wartet auf das Netz")
    alice.context.set_offline(False)
    is_saved(alice)
    has_gone(bob, mine)


def test_an_undo_without_a_network_arrives_with_the_next_visit(visit: Any, board: tuple[str, str], kind: Any) -> None:
    first, mine = visit(), words(kind, WORDS)
    page, bob = sit_down(first, board), sit_down(visit(), board)
    kind(page).add(mine)
    is_saved(page)
    card_of(bob, mine)
    page.context.set_offline(True)
    kind(page).undo()
    has_gone(page, mine)
    come_back(first, page, '"undo"')
    has_gone(bob, mine)


def test_what_waits_is_never_put_up_under_the_name_of_who_signed_in_since(visit: Any, board: tuple[str, str]) -> None:
    first, second = visit(), visit()
    page, bob = sit_down(first, board), sit_down(second, board)
    address, alias, cookies = page.url, page.evaluate(f"{BOARD}.seat"), first.context.cookies()
    waiting = [words(ByList, text) for text in (WORDS, OTHERS)]
    page.context.set_offline(True)
    for text in waiting:
        ByList(page).add(text)
    expect(page.locator("[data-link]")).to_contain_text("2 Änderungen warten auf das Netz")
    first.context.clear_cookies()
    first.context.add_cookies(second.context.cookies())
    page.context.set_offline(False)
    farewell = page.locator("[data-farewell]")
    expect(farewell.locator("[data-sentence]")).to_contain_text("in einem anderen Fenster")
    mine = words(ByList, "Bobs eigene")
    ByList(bob).add(mine)
    is_saved(bob)
    for text in waiting:
        has_gone(bob, text)
    # Who wrote it comes back: it is there, and theirs.
    first.context.clear_cookies()
    first.context.add_cookies(cookies)
    page.goto(address)
    is_saved(page)
    for text in waiting:
        assert card_of(bob, text)["by"] == alias


class Held:
    """A line whose answers to 'what have you beyond this?' can be held back for a while."""

    def __init__(self, page: Page) -> None:
        self.holds = False
        self._waiting: list[tuple[WebSocketRoute, str | bytes]] = []
        page.route_web_socket(re.compile("/live/board/"), self._relay)

    def _relay(self, line: WebSocketRoute) -> None:
        def pass_on(message: str | bytes) -> None:
            if self.holds and message[0] == 2:
                self._waiting.append((line, message))
            else:
                line.send(message)

        line.connect_to_server().on_message(pass_on)

    def let_go(self) -> None:
        self.holds = False
        for line, message in self._waiting:
            line.send(message)


def test_what_is_done_while_a_refused_board_fills_anew_is_kept(visit: Any, board: tuple[str, str], kind: Any) -> None:
    alice, second = sit_down(visit(), board), visit()
    held = Held(second.page)
    bob = sit_down(second, board)
    others, mine = words(kind, WORDS), words(kind, OTHERS)
    kind(alice).add(others)
    kind(bob).add(mine)
    is_saved(bob)
    found = card_of(bob, others)["id"]
    held.holds = True
    bob.evaluate(f"(id) => {BOARD}.perform({{do: 'text', id, text: 'Von mir überschrieben'}})", found)
    bob.locator("dialog[data-dialog=refused]").get_by_role("button", name="Schließen").click()
    if kind is ByPicture:
        ByPicture(bob).take(mine).press("Enter")
        field = bob.locator(".card__field")
        field.fill(f"{mine}!")
        bob.wait_for_timeout(1_500)  # by then the field has been kept
    else:
        ByList(bob).menu(mine, "edit")
        field = bob.locator(".bl__edit textarea")
        field.fill(f"{mine}!")
        field.press("Enter")
    expect(bob.locator("[data-link]")).to_have_attribute("data-link", re.compile("sav"))
    held.let_go()
    if kind is ByPicture:
        bob.wait_for_timeout(300)
        expect(field).to_have_value(f"{mine}!")
        field.press("Enter")
    is_saved(bob)
    card_of(alice, f"{mine}!")
    card_of(bob, others)
