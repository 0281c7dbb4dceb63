"""Everybody reaches everything: by keyboard, without JavaScript, in three languages, in light and dark, right to left."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from tests.browser.doing import PREFIXES, fill, give, give_form, path_of_thanked, reach, send, sentence, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.browser.conftest import Visit

RING = """() => {
    const style = getComputedStyle(document.activeElement);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none';
}"""
PAGES = ["/", "/entdecken", "/beitrag/1", "/geben", "/beteiligungen", "/beteiligung/veddel-im-sommer", "/ergebnisse", "/konto/anmelden"]


def tab_to(page: Page, css: str, *, most: int = 60, key: str = "Tab") -> None:
    """Press Tab until the focus is there; every stop on the way must be visible."""
    for _ in range(most):
        page.keyboard.press(key)
        assert page.evaluate(RING), f"no ring round {page.evaluate('document.activeElement.outerHTML')[:200]} on {page.url}"
        if page.evaluate("(css) => document.activeElement.matches(css)", css):
            return
    raise AssertionError(f"{css} cannot be reached by keyboard on {page.url}")


def test_the_skip_link_comes_first_and_leads_to_the_content(any_size: Visit) -> None:
    page = any_size.open("hamburg")
    page.keyboard.press("Tab")
    skip = page.locator("a.skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def test_the_menus_open_and_close_by_keyboard(any_size: Visit) -> None:
    page = any_size.open("hamburg")
    tab_to(page, "header summary")
    page.keyboard.press("Enter")
    menu = page.locator("header details[open] .sheet")
    expect(menu).to_be_visible()
    any_size.check_axe("header")
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_an_idea_can_be_given_by_keyboard_alone(any_size: Visit) -> None:
    page = any_size.open("hamburg")
    tab_to(page, "main a[href$='/geben']")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/geben$"))
    tab_to(page, "#id_title")
    page.keyboard.type("Nur mit Tasten")
    tab_to(page, "#id_text", most=3)
    page.keyboard.type("Ohne Maus geht es auch.")
    tab_to(page, "[data-give-next]")
    page.keyboard.press("Enter")
    tab_to(page, "#id_find_text")
    page.keyboard.type("Spritzenp")
    expect(page.locator("#spot-list [role=option]").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("place-finder [data-words]")).to_contain_text("Spritzenplatz")
    tab_to(page, "[data-give-next]")
    page.keyboard.press("Enter")
    tab_to(page, "[data-give-send]")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/danke$"))
    tab_to(page, "main .actions a")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nur mit Tasten")
    expect(page.locator("dl.facts")).to_contain_text("Spritzenplatz")


def test_filters_open_choose_and_show_by_keyboard(any_size: Visit) -> None:
    page = any_size.open("hamburg", "/entdecken")
    on_phone = page.locator("#open-filters").is_visible()
    if on_phone:
        tab_to(page, "#open-filters")
        page.keyboard.press("Enter")
    tab_to(page, ".filters details:nth-of-type(1) summary")
    page.keyboard.press("Enter")
    tab_to(page, ".filters input[type=radio]", most=4)
    page.keyboard.press("ArrowDown")
    tab_to(page, ".fsheet__foot button" if on_phone else ".filters details[open] button", most=12)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("category=[a-z]"))
    expect(page.locator(".filters .chip.is-on")).to_have_count(1)
    any_size.check_axe()


def test_the_map_is_moved_and_chosen_by_keyboard(desktop: Visit) -> None:
    page = give_form(desktop)
    reach(page, "place_name")
    chooser = page.locator("city-map")
    chooser.scroll_into_view_if_needed()
    expect(chooser.locator("canvas")).to_be_visible()
    expect(chooser.get_by_text("Grenzen schematisch")).to_be_visible()
    chooser.locator("canvas").focus()
    assert page.evaluate(RING)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#id_lat")).not_to_have_value("")
    nearer = chooser.get_by_role("button", name=sentence("de", "Closer"))
    nearer.focus()
    assert page.evaluate(RING)
    desktop.check_axe()


def test_everything_needed_works_without_javascript(any_size: Visit, visit: Any, request: pytest.FixtureRequest) -> None:
    size = "desktop" if "desktop" in request.node.name else "phone"
    plain = visit(size, java_script_enabled=False)
    page = give_form(plain)
    title = f"Ganz ohne Skript {size}"
    fill(page, title=title)
    page.locator("#id_area").select_option(label="Dulsberg")
    assert send(page) == 303
    expect(page).to_have_url(re.compile("/danke$"))
    path = path_of_thanked(page)

    other = visit(size, java_script_enabled=False)
    page = other.open("hamburg", path)
    page.locator("#unterstuetzen form[action$=unterstuetzen] button").click()
    expect(page.locator("#unterstuetzen form[action$=unterstuetzen] [aria-pressed=true]")).to_be_visible()
    page.locator("#schreiben #id_text").fill("Auch das geht ohne Skript.")
    page.locator("#schreiben form .actions button").click()
    expect(page.locator("#kommentare")).to_contain_text("Auch das geht ohne Skript.")

    page = other.open("hamburg", "/entdecken")
    first = page.locator("#rows > li h3").first.inner_text()
    page.locator("#rows .more a").click()
    expect(page).to_have_url(re.compile("cursor="))
    expect(page.locator("#rows > li h3").first).not_to_have_text(first)
    page.go_back()
    open_filters(page, size)
    group = page.locator("#filter-sheet details", has=page.locator("select[name=area]"))
    group.locator("summary").click()
    group.locator("select").select_option(group.locator("option", has_text="Dulsberg").get_attribute("value"))
    page.locator(".fsheet__foot button" if size == "phone" else "#filter-sheet details[open] button").click()
    expect(page).to_have_url(re.compile("area="))
    expect(page.locator("#rows")).to_contain_text(title)

    sign_in(visit(size, java_script_enabled=False), "hamburg", "citizen@hamburg.example.org", reader=any_size)


def open_filters(page: Page, size: str) -> None:
    """On a phone the filters are in a sheet that a button opens, also without JavaScript."""
    if size == "phone":
        page.locator("#open-filters").click()


@pytest.mark.parametrize("path", ["/entdecken?category=mobil", "/beitrag/1", "/geben", "/beteiligung/veddel-im-sommer", "/impressum"])
def test_the_language_switch_keeps_the_page(desktop: Visit, path: str) -> None:
    page = desktop.open("hamburg", path)
    here = page.url.partition(f":{desktop.site.port}")[2]
    for language, prefix in list(PREFIXES.items())[1:]:
        page.locator(f".foot a[hreflang={language}]").click()
        expect(page).to_have_url(desktop.site.url("hamburg", prefix + here))
        expect(page.locator("html")).to_have_attribute("lang", re.compile("en" if language == "en" else "de"))
        expect(page.locator(f".foot a[hreflang={language}]")).to_have_attribute("aria-current", "true")
    desktop.check_axe()
    page.locator(".foot a[hreflang=de]").click()
    expect(page).to_have_url(desktop.site.url("hamburg", here))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_in_the_dark(desktop: Visit, path: str) -> None:
    desktop.page.emulate_media(color_scheme="dark")
    desktop.open("hamburg", path)
    desktop.check_axe()


def test_the_switch_of_brightness_is_kept(phone: Visit) -> None:
    page = phone.open("hamburg")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.locator("theme-switch [data-theme=dark]").click()
    dark = page.evaluate(ground)
    assert dark != light
    expect(page.locator("theme-switch [data-theme=dark]")).to_have_attribute("aria-pressed", "true")
    page = phone.open("hamburg", "/impressum")
    assert page.evaluate(ground) == dark
    page.locator("theme-switch [data-theme=light]").click()
    assert page.evaluate(ground) == light


@pytest.mark.parametrize("path", PAGES)
def test_nothing_sticks_out_at_any_width_in_any_direction(visit: Any, path: str) -> None:
    """Phone, tablet, desk and wall; 640 px is 1280 px at 200 %, 320 px is 1280 px at 400 %."""
    window = visit("desktop")
    page = window.open("hamburg", path)
    for direction in ("ltr", "rtl"):
        page.evaluate("(direction) => { document.documentElement.dir = direction; }", direction)
        for width in (320, 360, 640, 768, 1280, 1920):
            page.set_viewport_size({"width": width, "height": 700})
            window.check_width()


def test_support_counts_without_a_reload(desktop: Visit, visit: Any) -> None:
    path = give(visit("phone"), title="Ohne Neuladen unterstützt")
    page = desktop.open("hamburg", path)
    page.evaluate("document.body.dataset.same = 'yes'")
    page.locator("#unterstuetzen form[action$=unterstuetzen] button").click()
    expect(page.locator("#unterstuetzen form[action$=unterstuetzen] [aria-pressed=true]")).to_be_visible()
    expect(page.locator("body")).to_have_attribute("data-same", "yes")
    desktop.check_axe()
