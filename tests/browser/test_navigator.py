"""The bare host as somebody sees it who does not know yet which city to ask: every city on one map and in one list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.conftest import Visit


def test_somebody_finds_what_is_open_in_any_city_by_list_map_and_word(desktop: Visit) -> None:
    page = desktop.open("", "/")
    expect(page.get_by_role("link", name="Kassel", exact=True).first).to_be_visible()
    kassel = page.locator("city-map .map__cell[aria-label^=Kassel]")
    expect(kassel).to_be_visible()
    expect(page.locator("city-map .map__cell[aria-label^=Hamburg]")).to_be_visible()
    desktop.check_axe()
    # The mark of a city lights what is open there, and its card leads to just that.
    kassel.focus()
    expect(page.locator(".found.is-here").first).to_contain_text("Kassel")
    expect(page.locator(".found:not(.is-here)").first).to_contain_text("Hamburg")
    kassel.press("Enter")
    page.locator(".map__card a").click()
    expect(page.locator("a.chip.is-on")).to_contain_text("Kassel")
    expect(page.locator(".found .over b", has_text="Hamburg")).to_have_count(0)
    # A filter is a press in place, and the map follows.
    page.locator("#filter-sheet summary", has_text="Was").click()
    page.locator("#filter-sheet input[value=dates]").check()
    page.locator("#filter-sheet details[open] button").click()
    expect(page).to_have_url(re.compile("show=dates"))
    expect(page.locator("#explore-said")).to_have_text(page.locator("#found").inner_text())
    title = page.locator(".found h5 a").first
    words = title.inner_text()
    title.click()
    expect(page).to_have_url(re.compile(r"//kassel\.localhost:\d+/beteiligung/"))
    expect(page.get_by_text(words).first).to_be_visible()


def test_on_a_phone_the_list_comes_first_and_nothing_is_too_wide(phone: Visit) -> None:
    page = phone.open("", "/en/")
    expect(page.locator(".found").first).to_be_visible()
    expect(page.locator("city-map")).to_be_hidden()
    phone.check_width()
    page.get_by_role("link", name="Map", exact=True).click()
    expect(page.locator("city-map .map__cell").first).to_be_visible()
    phone.check_axe()
