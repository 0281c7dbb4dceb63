"""Saying where it is: by a name, by one's own position, on the map, by drawing, in words, or not at all."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect
from tests.browser.doing import fill, give_form, path_of_thanked, reach, send, sentence

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.browser.conftest import Visit

HERE = {"latitude": 53.5525, "longitude": 9.93}
ELSEWHERE = {"latitude": 48.1, "longitude": 11.5}


def place_form(visit: Visit) -> Page:
    """Open the form at the step that asks for the place."""
    page = give_form(visit)
    reach(page, "find_text")
    return page


def open_map(page: Page) -> None:
    """Wait until the map of the form can be used; on a phone, ask for it first."""
    chooser = page.locator("place-finder city-map")
    chooser.scroll_into_view_if_needed()
    ask = chooser.locator(".map__ask button")
    if ask.count() and ask.is_visible():
        ask.click()
    expect(chooser.locator("canvas")).to_be_visible()
    expect(chooser.get_by_text(re.compile("Grenzen schematisch"))).to_be_visible()
    expect(page.locator("[data-tools]")).to_be_visible()


def test_a_place_is_found_by_its_name_with_the_keyboard_alone(any_size: Visit) -> None:
    page = place_form(any_size)
    search = page.get_by_role("combobox", name=sentence("de", "Look for a place"))
    search.press_sequentially("Spritzenp")
    option = page.get_by_role("option", name=re.compile("Spritzenplatz"))
    expect(option).to_be_visible()
    expect(search).to_have_attribute("aria-expanded", "true")
    any_size.check_axe()
    search.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(search).to_have_attribute("aria-activedescendant", option.get_attribute("id") or "")
    search.press("Enter")
    expect(page.locator("place-finder [data-words]")).to_have_text("Ottensen, nahe Spritzenplatz")
    expect(search).to_be_focused()
    expect(page.locator("#id_place_name")).to_have_value("Spritzenplatz")
    expect(page.locator("#id_area")).to_have_value("ottensen")
    any_size.check_width()
    any_size.check_axe()
    page.get_by_role("button", name=sentence("de", "Take the place away")).press("Enter")
    expect(page.locator("place-finder [data-words]")).to_be_hidden()
    expect(page.locator("#id_lat")).to_have_value("")
    expect(page.locator("#id_place_name")).to_have_value("")
    expect(search).to_be_focused()


def test_escape_closes_the_options_and_an_unknown_name_is_said(phone: Visit) -> None:
    page = place_form(phone)
    search = page.locator("#id_find_text")
    search.press_sequentially("Alto")
    expect(page.locator("#spot-list")).to_be_visible()
    search.press("Escape")
    expect(page.locator("#spot-list")).to_be_hidden()
    expect(search).to_have_value("Alto")
    search.fill("Xyzzy")
    said = sentence("de", "We know no place of that name. Try another one, the map, or simply describe it in words.")
    expect(page.locator("place-finder [data-said]")).to_have_text(said)
    phone.check_axe()


def test_ones_own_position_becomes_the_place(visit: Any) -> None:
    window = visit("phone", geolocation=HERE, permissions=["geolocation"])
    page = place_form(window)
    here = page.get_by_role("button", name=sentence("de", "My position"))
    here.click()
    expect(page.locator("place-finder [data-words]")).to_have_text("Ottensen, nahe Spritzenplatz")
    expect(here).to_be_focused()
    window.check_axe()


def test_a_refused_position_is_said_and_the_focus_stays(visit: Any) -> None:
    window = visit("phone", permissions=[])
    page = place_form(window)
    here = page.locator("place-finder [data-locate]")
    here.click()
    refused = "Your device may not tell us where you are. You can allow it in your browser, or look for the place by its name."
    expect(page.locator("place-finder [data-said]")).to_have_text(sentence("de", refused))
    expect(here).to_be_focused()
    window.check_axe()


def test_a_position_that_takes_too_long_or_is_unknown_is_said(visit: Any) -> None:
    window = visit("desktop")
    page = place_form(window)
    for code, said in {
        2: "Your device does not know where it is just now. Please look for the place by its name or on the map.",
        3: "Finding your position took too long. Please try again, or look for the place by its name.",
    }.items():
        page.evaluate("(code) => { navigator.geolocation.getCurrentPosition = (_, failed) => failed({ code }); }", code)
        page.locator("place-finder [data-locate]").click()
        expect(page.locator("place-finder [data-said]")).to_have_text(sentence("de", said))


def test_a_position_outside_the_city_is_said(visit: Any) -> None:
    window = visit("desktop", geolocation=ELSEWHERE, permissions=["geolocation"])
    page = place_form(window)
    page.locator("place-finder [data-locate]").click()
    expect(page.locator("place-finder [data-said]")).to_contain_text("außerhalb von Hamburg")
    expect(page.locator("#id_lat")).to_have_value("")


def test_a_pin_is_set_and_moved_by_keyboard_and_said_in_words(any_size: Visit) -> None:
    page = place_form(any_size)
    open_map(page)
    canvas = page.locator("place-finder canvas")
    canvas.focus()
    canvas.press("Enter")
    words = page.locator("place-finder [data-words]")
    expect(words).not_to_be_empty()
    before = page.locator("#id_lon").input_value()
    pin = page.get_by_role("button", name=sentence("de", "The chosen place. Arrow keys move it."))
    pin.focus()
    pin.press("Shift+ArrowRight")
    expect(page.locator("#id_lon")).not_to_have_value(before)
    assert float(page.locator("#id_lon").input_value()) > float(before)
    expect(words).to_be_visible()
    # The words come a moment after the pin; then they are said.
    said = "document.querySelector('place-finder [data-said]').textContent.includes(words.textContent.trim())"
    page.wait_for_function(f"(words) => {said}", arg=words.element_handle())
    any_size.check_axe()


def test_an_area_is_drawn_by_keyboard_given_and_shown(any_size: Visit) -> None:
    page = place_form(any_size)
    fill(page, title="Schatten für den ganzen Platz", pseudonym="Ida")
    reach(page, "find_text").press_sequentially("Spritzenp")
    expect(page.locator("#spot-list [role=option]").first).to_be_visible()
    page.locator("#id_find_text").press("Enter")
    expect(page.locator("#id_lat")).not_to_have_value("")
    open_map(page)
    page.get_by_role("button", name=sentence("de", "Draw an area")).press("Enter")
    canvas = page.locator("place-finder canvas")
    expect(canvas).to_be_focused()
    finish = page.get_by_role("button", name=sentence("de", "Finished"))
    expect(finish).to_be_disabled()
    for count, key in enumerate(("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowLeft"), 1):
        canvas.press("Enter")
        expect(page.locator("place-finder [data-said]")).to_have_text(f"Ecken: {count}")
        middle = page.evaluate("() => document.querySelectorAll('.map__corner').length")
        assert middle == count
        canvas.press(key)
        page.wait_for_timeout(400)  # the map eases to where the key sent it
    page.get_by_role("button", name=sentence("de", "Take back the last one")).click()
    expect(page.locator("place-finder [data-said]")).to_have_text("Ecken: 3")
    any_size.check_axe()
    finish.press("Enter")
    expect(page.locator("place-finder [data-drawn]")).to_have_text(sentence("de", "with a drawn area"))
    expect(page.locator("[name=drawing]")).not_to_have_value("")
    drawn = json.loads(page.locator("[name=drawing]").input_value())
    assert (drawn["type"], len(drawn["coordinates"][0])) == ("Polygon", 4)
    expect(page.get_by_role("button", name=sentence("de", "Draw an area"))).to_be_focused()
    assert send(page) == 303
    page = any_size.open("hamburg", path_of_thanked(page))
    expect(page.locator("dl.facts")).to_contain_text("Gezeichnete Fläche, etwa")
    any_size.check_axe()


def test_a_drawing_is_deleted_again(desktop: Visit) -> None:
    page = place_form(desktop)
    open_map(page)
    page.get_by_role("button", name=sentence("de", "Draw a line")).click()
    canvas = page.locator("place-finder canvas")
    canvas.click(position={"x": 200, "y": 200})
    canvas.click(position={"x": 300, "y": 220})
    expect(page.locator(".map__corner")).to_have_count(2)
    page.get_by_role("button", name=sentence("de", "Delete the drawing")).click()
    expect(page.locator(".map__corner")).to_have_count(0)
    expect(page.locator("[name=drawing]")).to_have_value("")
    expect(page.get_by_role("button", name=sentence("de", "Draw a line"))).to_be_focused()


def test_a_place_on_the_map_begins_an_improvement(desktop: Visit) -> None:
    page = place_form(desktop)
    open_map(page)
    mark = page.get_by_role("button", name="Werkhof Ottensen", exact=True).first
    mark.focus()
    mark.press("Enter")
    page.get_by_role("button", name=re.compile("^Verbesserung vorschlagen")).first.press("Enter")
    expect(page.locator("[name=kind][value=improvement]")).to_be_checked()
    expect(page.locator("[name=service]")).to_have_value("leihregal")
    expect(page.locator("#id_place_name")).to_have_value("Werkhof Ottensen")
    expect(page.get_by_role("button", name=sentence("de", "The chosen place. Arrow keys move it."))).to_be_focused()
    desktop.check_axe()


def test_the_citys_places_are_in_a_list_too(phone: Visit) -> None:
    page = place_form(phone)
    page.get_by_text(sentence("de", "Choose one of the city’s places")).click()
    page.get_by_role("button", name=re.compile("Werkhof Ottensen")).click()
    expect(page.locator("#id_place_name")).to_have_value("Werkhof Ottensen")
    expect(page.locator("place-finder [data-words]")).to_contain_text("Werkhof Ottensen")


def test_a_missing_background_is_said_and_areas_and_places_show(desktop: Visit) -> None:
    page = place_form(desktop)
    open_map(page)
    expect(page.locator("place-finder city-map")).to_contain_text(sentence("de", "The map background is missing just now."))
    expect(page.locator("place-finder .map__area").first).to_be_visible()
    expect(page.locator("place-finder .map__place").first).to_be_visible()


def test_without_webgl_the_other_ways_stay_and_it_is_said(desktop: Visit) -> None:
    desktop.page.add_init_script(
        "const get = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...more) {"
        " return kind.startsWith('webgl') ? null : get.call(this, kind, ...more); };"
    )
    page = place_form(desktop)
    page.locator("place-finder city-map").scroll_into_view_if_needed()
    said = sentence("de", "Your browser cannot show the map. Look for the place above, or choose it below.")
    expect(page.locator("place-finder city-map")).to_contain_text(said)
    page.locator("#id_find_text").press_sequentially("Spritzenp")
    expect(page.locator("#spot-list [role=option]").first).to_be_visible()
    page.locator("#id_find_text").press("Enter")
    expect(page.locator("place-finder [data-words]")).to_have_text("Ottensen, nahe Spritzenplatz")


def test_no_place_in_particular_puts_the_other_ways_away(phone: Visit) -> None:
    page = place_form(phone)
    page.get_by_label(sentence("de", "At no place in particular")).check()
    expect(page.locator("#id_find_text")).to_be_hidden()
    expect(page.locator("#id_area")).to_be_hidden()
    phone.check_axe()


def test_a_search_that_does_not_answer_is_said(desktop: Visit) -> None:
    desktop.expect_error("ERR_FAILED")
    page = place_form(desktop)
    page.route("**/ortssuche**", lambda route: route.abort())
    page.locator("#id_find_text").press_sequentially("Spritz")
    said = sentence("de", "The search does not answer just now. Choose the place on the map, or describe it in words.")
    expect(page.locator("place-finder [data-said]")).to_have_text(said)


def test_without_javascript_a_place_is_found_and_nothing_typed_is_lost(visit: Any) -> None:
    window = visit("phone", java_script_enabled=False)
    page = window.open("hamburg", "/geben")
    fill(page, title="Eine Bank am Spritzenplatz", text="Dort fehlt eine", pseudonym="Ida")
    page.locator("#id_find_text").fill("Spritzen")
    page.locator("button[name=find]").click()
    expect(page.locator("#id_title")).to_have_value("Eine Bank am Spritzenplatz")
    page.get_by_label(re.compile("Spritzenplatz")).check()
    assert send(page) == 303
    page = window.open("hamburg", path_of_thanked(page))
    expect(page.locator("dl.facts")).to_contain_text("Spritzenplatz, Ottensen")
