"""A drawing is made anew while mending: by mouse and by thumb, told among the versions; without scripts it can be taken off."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect
from tests.browser.doing import fill, path_of_thanked, reach, send, sentence

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.browser.conftest import Visit

LINE = {"type": "LineString", "coordinates": [[9.935, 53.552], [9.94, 53.553]]}


def give_drawn(visit: Visit) -> str:
    """A contribution with a line on the map; the path of its page."""
    page = visit.open("hamburg", "/geben")
    fill(page, title="Ein Weg am Wasser")
    reach(page, "find_text")
    page.locator("[name=drawing]").evaluate("(field, line) => (field.value = line)", json.dumps(LINE))
    assert send(page) == 303
    return path_of_thanked(page)


def wake_map(page: Page) -> None:
    chooser = page.locator("place-finder city-map")
    chooser.scroll_into_view_if_needed()
    ask = chooser.locator(".map__ask button")
    if ask.count() and ask.is_visible():
        ask.click()
    expect(page.locator("[data-tools]")).to_be_visible()


def draw(page: Page, *corners: tuple[int, int]) -> None:
    page.get_by_role("button", name=sentence("de", "Draw an area")).click()
    for count, (right, down) in enumerate(corners, 1):
        page.locator("place-finder canvas").click(position={"x": right, "y": down})
        expect(page.locator(".map__corner")).to_have_count(count)


def test_a_drawing_is_made_anew_and_the_earlier_one_is_told(any_size: Visit) -> None:
    path = give_drawn(any_size)
    page = any_size.open("hamburg", path)
    expect(page.locator("dl.facts")).to_contain_text("Gezeichnete Linie")
    page.locator("a[href$='/bearbeiten']").first.click()
    expect(page.locator("[data-drawn]")).to_contain_text("Gezeichnete Linie")
    expect(page.get_by_label(sentence("de", "Take my drawing off the map"))).to_be_hidden()
    any_size.check_axe()
    any_size.check_width()
    wake_map(page)
    kept = page.locator("[name=drawing]").input_value()
    page.locator("place-finder canvas").click(position={"x": 60, "y": 60})  # no place is chosen here: only drawing changes
    assert page.locator("[name=drawing]").input_value() == kept
    draw(page, (100, 100), (220, 110), (200, 220))
    assert page.locator("[name=drawing]").input_value() == kept
    page.get_by_role("button", name=sentence("de", "Finished")).click()
    expect(page.locator("[data-drawn]")).to_have_text(sentence("de", "with a drawn area"))
    any_size.check_axe()
    page.locator("form.people-form .actions button").click()
    expect(page).to_have_url(re.compile(path))
    expect(page.locator("dl.facts")).to_contain_text("Gezeichnete Fläche")
    any_size.open("hamburg", f"{path.partition('-')[0]}/fassungen")
    expect(page.locator("main")).to_contain_text("Die Zeichnung auf der Karte wurde geändert.")
    expect(page.locator(".sketch")).to_have_count(2)
    any_size.check_axe()
    any_size.check_width()


def test_without_scripts_a_drawing_is_taken_off(visit: Any) -> None:
    window = visit("phone")
    path = give_drawn(window)
    plain = visit("phone", java_script_enabled=False)
    plain.context.add_cookies(window.context.cookies())
    page = plain.open("hamburg", f"{path.partition('-')[0]}/bearbeiten")
    page.get_by_label(sentence("de", "Take my drawing off the map")).check()
    page.locator("form.people-form .actions button").click()
    expect(page.locator("dl.facts")).not_to_contain_text("Gezeichnete")
    plain.open("hamburg", f"{path.partition('-')[0]}/fassungen")
    expect(page.locator("main")).to_contain_text("Die Zeichnung wurde von der Karte genommen.")
