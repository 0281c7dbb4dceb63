"""In a hall: who leads, two phones and the wall, all at once; and one that tries codes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import check_axe
from tests.browser.test_boards_live import MAKE, run

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.browser.conftest import Site, Visit

IDEAS = {"Emine": "Morgens dreißig Minuten ohne Autos", "Jonas": "Die Ampel ist für Kinder zu kurz"}


@pytest.fixture(scope="module")
def step(site: Site) -> str:
    """The path of an open step in which everybody first writes for themselves."""
    position = run(site, MAKE.format(method="brainstorm")).split()[0]
    return f"/beteiligung/zusammen-sortieren/schritt/{position}"


def join(visit: Visit, code: str, name: str) -> Page:
    page = visit.open("hamburg", "/mit")
    page.locator("#code").fill(code.lower())
    page.locator("#nickname").fill(name)
    page.locator("main form button").click()
    expect(page.locator("[data-link=saved]")).to_be_visible(timeout=20_000)
    return page


def test_a_hall_writes_in_peace_and_then_sees_it_all_on_the_wall(step: str, signed_in: Any, visit: Any) -> None:
    desk = signed_in("hamburg", "owner").open("hamburg", f"{step}/leiten")
    check_axe(desk)
    code = desk.locator(".leaddoor__code").inner_text().strip()
    wall = visit().open("hamburg", f"{step}/wand")
    check_axe(wall)
    for screen in (desk, wall):  # called by the live process, they need not ask all the time
        expect(screen.locator("hall-news[data-heard]")).to_have_count(1, timeout=20_000)
    phones = {name: join(visit("phone"), code, name) for name in IDEAS}
    for name, page in phones.items():
        page.locator("[data-paper] textarea").fill(IDEAS[name])
        page.locator("[data-paper] button").last.click()
        expect(page.locator("[data-link=saved]")).to_be_visible(timeout=20_000)
    expect(desk.locator("#lead-news")).to_contain_text("Emine", timeout=20_000)
    expect(desk.locator(".leadnews__figures div").last).to_have_text(re.compile(r"2\s*noch verdeckt"), timeout=20_000)
    expect(wall.locator(".wall__papers")).to_have_count(0)
    desk.locator("#do-next").focus()
    desk.keyboard.press("Enter")
    for words in IDEAS.values():
        expect(wall.locator(".wall__papers")).to_contain_text(words, timeout=20_000)
    expect(wall.locator("count-down")).to_be_visible(timeout=20_000)
    expect(phones["Emine"].locator("board-list")).to_contain_text(IDEAS["Jonas"], timeout=20_000)
    check_axe(wall)


def test_who_tries_a_wrong_code_reads_what_helps(visit: Any) -> None:
    guesser = visit("phone")
    guesser.expect_error("422")
    page = guesser.open("hamburg", "/mit")
    page.locator("#code").fill("CCCCCC")
    page.locator("main form button").click()
    expect(page.locator("#code-error")).to_be_visible()
    expect(page.locator("#code")).to_have_value("CCCCCC")
    check_axe(page)
