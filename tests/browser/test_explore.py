"""Exploring as people do: filters in place, back again, a sheet on a phone, map and list together, a search that tells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect
from tests.browser.doing import give

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.browser.conftest import Visit


def choose(page: Page, group: str, value: str) -> None:
    page.locator("#filter-sheet summary", has_text=group).click()
    page.locator(f"#filter-sheet input[value={value}]").check()
    page.locator("#filter-sheet details[open] button").click()


def test_a_filter_changes_list_address_and_what_is_said_and_back_brings_it_back(desktop: Visit) -> None:
    page = desktop.open("hamburg", "/entdecken")
    before = page.locator("#found").inner_text()
    page.evaluate("document.querySelector('city-map').dataset.same = 'yes'")
    subjects = page.locator("#filter-sheet summary", has_text="Thema")
    subjects.click()
    # The sheet is as wide as words need, however narrow its button is.
    assert page.locator("#filter-sheet details[open] .pick").first.evaluate("pick => pick.offsetWidth") > 240
    subjects.click()
    choose(page, "Stand", "done")
    expect(page).to_have_url(re.compile(r"/entdecken\?status=done$"))
    expect(page.locator("#explore-said")).to_have_text(page.locator("#found").inner_text())
    assert page.locator("#found").inner_text() != before
    # The map stays where it was.
    assert page.locator("city-map").get_attribute("data-same") == "yes"
    assert "status=done" in (page.locator("city-map").get_attribute("data-cells-url") or "")
    expect(page.locator("#found")).to_be_focused()
    desktop.check_axe()
    page.go_back()
    expect(page).to_have_url(re.compile("/entdecken$"))
    expect(page.locator("#found")).to_have_text(before)
    page.go_forward()
    expect(page.locator("a.chip.is-on")).to_contain_text("Umgesetzt")


def test_without_a_script_the_filters_are_a_form(visit: Any) -> None:
    plain = visit("phone", java_script_enabled=False)
    page = plain.open("hamburg", "/entdecken")
    page.locator("#open-filters").click()
    page.locator("#filter-sheet summary", has_text="Stand").click()
    page.locator("#filter-sheet input[value=done]").check()
    page.locator(".fsheet__foot button").click()
    expect(page).to_have_url(re.compile("status=done"))
    expect(page.locator("a.chip.is-on")).to_contain_text("Umgesetzt")


def test_on_a_phone_the_list_comes_first_and_the_map_when_asked_for(phone: Visit) -> None:
    page = phone.open("hamburg", "/entdecken")
    expect(page.locator(".cc").first).to_be_visible()
    expect(page.locator("city-map")).to_be_hidden()
    page.locator("#open-filters").click()
    expect(page.locator(".fsheet__foot button")).to_be_visible()
    phone.check_axe()
    page.keyboard.press("Escape")
    expect(page.locator(".fsheet__foot button")).to_be_hidden()
    page.get_by_role("link", name="Karte", exact=True).click()
    expect(page).to_have_url(re.compile("view=map"))
    expect(page.locator("city-map .map__cell, city-map .map__pin").first).to_be_visible()
    phone.check_width()
    # What the keyboard comes to lies clear of the button at the thumb.
    last = page.locator("#rows a").last
    last.focus()
    hidden = "(link) => link.getBoundingClientRect().bottom - document.querySelector('.thumb').getBoundingClientRect().top"
    assert last.evaluate(hidden) <= 0
    page.evaluate("window.scrollTo(0, 0)")
    page.evaluate("window.scrollBy(0, 240)")  # the list slides over the map, clear of the button at the thumb
    phone.check_axe()
    page.go_back()
    expect(page.locator("city-map")).to_be_hidden()


def test_the_list_can_follow_the_map_and_holds_all_that_it_shows(desktop: Visit) -> None:
    page = desktop.open("kassel", "/entdecken")
    expect(page.locator("city-map .map__cell, city-map .map__pin").first).to_be_visible()
    page.get_by_role("button", name="Nur dieser Ausschnitt").click()
    expect(page).to_have_url(re.compile("bbox="))
    first = page.url
    expect(page.locator("a.chip.is-on")).to_contain_text("Kartenausschnitt")
    page.get_by_role("button", name="Näher").click()
    expect(page).not_to_have_url(first)
    shown = page.evaluate(
        "[...document.querySelectorAll('.map__cell')].reduce((sum, cell) => sum + Number(cell.textContent), 0)"
        " + document.querySelectorAll('.map__pin').length"
    )
    listed = int(re.sub(r"\D", "", page.locator("#found").inner_text()))
    assert listed <= shown  # a mark at the edge stands for a few beyond it
    page.locator("a.chip.is-on").click()
    expect(page).not_to_have_url(re.compile("bbox="))


def test_hovering_and_focusing_one_marks_the_other(desktop: Visit) -> None:
    page = desktop.open("kassel", "/entdecken")
    pin = page.locator(".map__pin[data-pin]").first
    expect(pin).to_be_visible()
    number = pin.get_attribute("data-pin")
    card = page.locator(".cc[data-lon]").first
    card.locator("a").first.focus()
    expect(card).to_have_class(re.compile("is-here"))
    page.mouse.move(3, 3)  # a pointer that rests elsewhere takes nothing away from the focus
    expect(card).to_have_class(re.compile("is-here"))
    pin.focus()
    if page.locator(f".cc[data-number='{number}']").count():
        expect(page.locator(f".cc[data-number='{number}']")).to_have_class(re.compile("is-here"))


def test_areas_are_coloured_by_number_and_the_table_says_the_same(any_size: Visit) -> None:
    page = any_size.open("hamburg", "/entdecken?shade=areas")
    row = page.locator(".byarea tbody tr").first
    name, count = row.locator("a").inner_text(), row.locator("td").inner_text()
    any_size.check_width()
    any_size.check_axe()
    row.locator("a").click()
    expect(page).to_have_url(re.compile("area="))
    expect(page.locator("a.chip.is-on")).to_contain_text(name)
    expect(page.locator("#found")).to_have_text(re.compile(rf"^{count} Beitr"))


def test_a_followed_search_tells_of_what_somebody_else_gives(visit: Any, signed_in: Any) -> None:
    one = signed_in("hamburg", "participant")
    page = one.open("hamburg", "/entdecken?words=Trampolin")
    page.get_by_role("link", name="Diese Suche merken").click()
    page.get_by_label("Wie soll die Suche heißen?").fill("Alles über Trampoline")
    one.check_axe()
    page.get_by_role("button", name="Suche behalten").click()
    expect(page.locator(".searches")).to_contain_text("Alles über Trampoline")
    one.check_axe()
    give(visit("phone"), title="Ein Trampolin für den Park", text="Damit auch Große einmal springen.")

    def told() -> bool:
        one.open("hamburg", "/mitteilungen")
        return page.get_by_text("Neu: „Ein Trampolin für den Park“").count() > 0

    for _ in range(40):
        if told():
            break
        page.wait_for_timeout(500)
    assert told()
