"""The front door as people use it: look round, filter, read the map with the keyboard, choose a place, change theme and language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from tests.browser.doing import reach

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

PAGES = ["/", "/entdecken", "/entdecken?status=done", "/entdecken?words=gibtesnicht", "/ergebnisse", "/geben", "/kit/", "/dialogregeln"]
PAGES += ["/kit/?filters=open&place=crossed", "/kit/?filters=many&place=searching", "/kit/?filters=signed-in&place=drawing"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_at_every_size(any_size: Visit, path: str) -> None:
    page = any_size.open("hamburg", path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    any_size.check_width()
    any_size.check_axe()


@pytest.mark.parametrize("path", ["/en/", "/einfach/entdecken", "/en/geben", "/en/nowhere"])
def test_other_languages_fit_too(any_size: Visit, path: str) -> None:
    any_size.expect_error("404")
    any_size.open("kassel", path)
    any_size.check_width()
    any_size.check_axe()


def test_a_filter_is_a_chip_that_goes_away_again(desktop: Visit) -> None:
    page = desktop.open("hamburg", "/entdecken")
    page.locator("summary", has_text="Stand").click()
    page.locator("input[name=status][value=done]").check()
    page.locator("details[open] button").click()
    expect(page).to_have_url(re.compile("status=done"))
    chip = page.locator("a.chip.is-on")
    expect(chip).to_contain_text("Umgesetzt")
    assert page.locator(".cc").count() == page.locator(".cc .status--ok").count()
    chip.click()
    expect(page.locator("a.chip.is-on")).to_have_count(0)


def test_more_are_added_without_losing_the_place(desktop: Visit) -> None:
    page = desktop.open("hamburg", "/entdecken")
    expect(page.locator(".cc")).to_have_count(20)
    page.get_by_role("link", name="weitere zeigen").click()
    expect(page.locator(".cc")).to_have_count(40)
    expect(page).to_have_url(re.compile("/entdecken$"))


def test_the_map_says_what_lies_where_and_opens_with_the_keyboard(desktop: Visit) -> None:
    page = desktop.open("hamburg", "/entdecken")
    pin = page.locator(".map__pin").first
    expect(pin).to_be_visible(timeout=20_000)
    assert re.match(r"\d+ Beiträge bei ", page.locator(".map__cell").first.get_attribute("aria-label") or "")
    pin.focus()
    page.keyboard.press("Enter")
    card = page.locator(".map__card a")
    expect(card).to_be_focused()
    assert (card.get_attribute("href") or "").startswith("/beitrag/")
    desktop.check_axe()
    page.keyboard.press("Escape")
    expect(pin).to_be_focused()
    expect(page.locator(".map__notes")).to_contain_text("Grenzen schematisch")


def test_a_card_lights_its_place_on_the_map(desktop: Visit) -> None:
    page = desktop.open("hamburg", "/entdecken")
    expect(page.locator(".map__pin").first).to_be_visible(timeout=20_000)
    card = page.locator(".cc[data-lat]").first
    card.hover()
    expect(card).to_have_class(re.compile("is-here"))
    expect(page.locator("city-map .is-here, city-map .map__mark")).not_to_have_count(0)


def test_a_phone_fetches_the_map_only_when_asked(phone: Visit) -> None:
    fetched: list[str] = []
    phone.page.on("request", lambda request: fetched.append(request.url))
    page = phone.open("hamburg", "/entdecken")
    assert not any("/open-" in url for url in fetched)
    page.locator(".switch a").nth(1).click()
    expect(page.locator(".map__cell, .map__pin").first).to_be_visible(timeout=20_000)
    assert any("/open-" in url for url in fetched)
    phone.check_width()


def test_a_place_is_chosen_with_the_keyboard_alone(desktop: Visit) -> None:
    page = desktop.open("hamburg", "/geben")
    reach(page, "place_name")
    page.locator("city-map").scroll_into_view_if_needed()
    canvas = page.locator("city-map canvas")
    expect(canvas).to_be_visible(timeout=20_000)
    expect(page.locator(".map__area").first).to_be_visible(timeout=20_000)
    canvas.focus()
    page.keyboard.press("Enter")
    assert re.fullmatch(r"53\.\d+", page.locator("#id_lat").input_value())
    assert re.fullmatch(r"\d+\.\d+", page.locator("#id_lon").input_value())
    expect(page.locator(".where__said")).not_to_be_empty()


@pytest.mark.every_time
def test_what_was_typed_survives_a_closed_tab(desktop: Visit) -> None:
    page = desktop.open("hamburg", "/geben")
    page.locator("#id_text").fill("Das soll nicht verloren gehen.")
    page.wait_for_function("() => Object.values(localStorage).some((kept) => kept.includes('nicht verloren'))")
    page = desktop.open("hamburg", "/geben")
    expect(page.locator("#id_text")).to_have_value("Das soll nicht verloren gehen.")


def test_the_chosen_theme_stays(desktop: Visit) -> None:
    page = desktop.open("hamburg")
    page.get_by_role("button", name="Dunkel").click()
    expect(page.locator("html")).to_have_attribute("data-kern-theme", "dark")
    page = desktop.open("hamburg", "/entdecken")
    expect(page.locator("html")).to_have_attribute("data-kern-theme", "dark")
    desktop.check_axe()
    page.get_by_role("button", name="Automatisch").click()
    assert page.locator("html").get_attribute("data-kern-theme") is None


def test_the_phone_menu_opens_closes_and_changes_the_language(phone: Visit) -> None:
    page = phone.open("hamburg", "/entdecken")
    page.locator(".burger > summary").click()
    phone.check_width()
    expect(page.locator(".burger").get_by_role("link", name="Entdecken")).to_be_in_viewport(ratio=1)
    phone.check_axe()
    page.keyboard.press("Escape")
    expect(page.locator(".burger")).not_to_have_attribute("open", "")
    page.locator(".burger > summary").click()
    page.locator(".burger").get_by_role("link", name="English").click()
    expect(page).to_have_url(re.compile("/en/entdecken$"))
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_without_a_script_everything_but_the_map_works(visit: Any) -> None:
    plain: Visit = visit("desktop", java_script_enabled=False)
    page = plain.open("hamburg", "/entdecken")
    page.locator("summary", has_text="Art").click()
    page.locator("input[name=kind][value=improvement]").check()
    page.locator("details[open] button").click()
    expect(page).to_have_url(re.compile("kind=improvement"))
    plain.open("hamburg", "/entdecken")
    page.get_by_role("link", name="weitere zeigen").click()
    expect(page).to_have_url(re.compile("cursor="))
    expect(page.locator("city-map noscript p")).to_have_text("Die Karte braucht JavaScript. In der Liste steht alles.")


@pytest.mark.parametrize("width", [360, 768, 1280, 1920])
def test_pages_fit_every_width_and_double_size(desktop: Visit, width: int) -> None:
    desktop.page.set_viewport_size({"width": width, "height": 900})
    for path in ("/", "/entdecken", "/geben", "/kit/"):
        desktop.open("hamburg", path)
        desktop.check_width()
        desktop.page.evaluate("document.documentElement.style.fontSize = '200%'")
        desktop.check_width()
