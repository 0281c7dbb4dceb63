"""The team settles rules and pauses comments, and people notice: at a desk and on a phone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.browser.conftest import Visit

RULES = "/verwaltung/regeln"
# What is commented on in Kassel's standing process, and the step by which.
STEP = "/verwaltung/beteiligungen/buergersensor/schritt/1"
SIZES = pytest.mark.parametrize("size", ["desktop", "phone"])


def open_for_comments(guest: Visit) -> Page:
    """A contribution of Kassel's Bürgersensor."""
    page = guest.open("kassel", "/beteiligung/buergersensor")
    page.locator(".cc a").first.click()
    expect(page.locator("#schreiben")).to_be_attached()
    return page


def save(page: Page) -> None:
    """Press the form's button, and say yes where the effect is shown first."""
    page.locator("form.rules-form > .actions button").first.click()
    sure = page.get_by_role("button", name="So speichern")
    if sure.count():
        sure.click()


@SIZES
def test_a_rule_says_what_it_does_and_then_holds(signed_in: Any, visit: Any, size: str) -> None:
    team, guest = signed_in("kassel", "administrator", size), visit(size)
    page = team.open("kassel", RULES)
    team.check_width()
    team.check_axe()
    page.locator("section", has=page.locator("#rule-check")).get_by_role("link").click()
    page.get_by_label("Menschen ohne Konto").check()
    team.check_width()
    team.check_axe()
    page.get_by_role("button", name="Zeigen, was sich ändert").click()
    expect(page.locator("#wirkung")).to_contain_text("Was Menschen ohne Konto schreiben, wartet")
    team.check_width()
    team.check_axe()
    page.get_by_role("button", name="So speichern").click()
    try:
        expect(page.get_by_role("status").filter(has_text="Von jetzt an:")).to_be_visible()
        expect(page.locator("ol.dl li").first).to_contain_text("Menschen ohne Konto")
        shown, words = open_for_comments(guest), f"Das fehlt mir auch, {uuid4().hex[:8]}."
        expect(shown.locator("#schreiben")).to_contain_text("was Menschen ohne Konto schreiben")
        shown.locator("#id_text").fill(words)
        shown.get_by_role("button", name="Kommentieren").click()
        expect(shown.locator("#danke")).to_contain_text("was Menschen ohne Konto schreiben")
        guest.check_axe()
        fresh = visit(size).open("kassel", urlsplit(shown.url).path)
        expect(fresh.get_by_text(words)).to_have_count(0)
    finally:
        page = team.open("kassel", f"{RULES}?teil=check")
        page.get_by_label("Menschen ohne Konto").uncheck()
        save(page)
        expect(page).to_have_url(re.compile(f"{RULES}$"))


@SIZES
def test_one_click_pauses_the_comments_of_a_step(signed_in: Any, visit: Any, size: str) -> None:
    team, guest = signed_in("kassel", "owner", size), visit(size)
    page = team.open("kassel", STEP)
    page.get_by_role("button", name="Kommentare dieses Schritts pausieren").click()
    try:
        expect(page.get_by_text("Kommentare sind pausiert.").last).to_be_visible()
        team.check_width()
        team.check_axe()
        shown = open_for_comments(guest)
        expect(shown.locator("#schreiben")).to_contain_text("Das Team hat die Kommentare hier pausiert.")
        guest.check_axe()
    finally:
        page = team.open("kassel", STEP)
        page.get_by_role("button", name="Kommentare wieder öffnen").click()
    expect(page.get_by_role("button", name="Kommentare dieses Schritts pausieren")).to_be_visible()
    shown.reload()
    expect(shown.locator("#id_text")).to_be_visible()


@SIZES
def test_a_process_has_a_rule_of_its_own_and_follows_its_city_again(signed_in: Any, size: str) -> None:
    team = signed_in("kassel", "owner", size)
    page = team.open("kassel", f"{RULES}/fulda-ufer?teil=promises")
    group = page.locator("fieldset", has_text="Innerhalb von wie vielen Stunden").first
    expect(page.locator("#id_setting-look_hours")).to_be_hidden()
    group.get_by_label("Anders").check()
    page.locator("#id_setting-look_hours").fill("6")
    team.check_width()
    team.check_axe()
    save(page)
    expect(page.get_by_text("innerhalb von 6 Stunden").last).to_be_visible()
    expect(page.locator(".rules__own")).to_contain_text("Innerhalb von wie vielen Stunden")
    team.check_width()
    team.check_axe()
    page = team.open("kassel", f"{RULES}/fulda-ufer?teil=promises")
    page.locator("fieldset", has_text="Innerhalb von wie vielen Stunden").first.get_by_label(re.compile("Wie die Kommune")).check()
    save(page)
    expect(page.locator(".rules__own")).to_have_count(0)


@SIZES
def test_a_faulty_rule_stands_beside_its_field_and_what_was_typed_stays(signed_in: Any, size: str) -> None:
    team = signed_in("kassel", "administrator", size)
    team.expect_error("status of 422")
    page = team.open("kassel", f"{RULES}?teil=comments")
    page.locator("#id_setting-quiet_until").fill("")
    page.locator("#id_setting-quiet_from").fill("21:30")
    save(page)
    expect(page.locator(".has-error")).to_contain_text("Bitte geben Sie beides an")
    expect(page.locator("#id_setting-quiet_from")).to_have_value("21:30")
    team.check_width()
    team.check_axe()


@pytest.mark.parametrize("language", ["/en", "/einfach"])
def test_the_page_is_whole_in_other_languages_and_in_the_dark(signed_in: Any, language: str) -> None:
    team = signed_in("hamburg", "administrator", "phone", color_scheme="dark")
    for path in (RULES, f"{RULES}?teil=words", f"{RULES}/veddel-im-sommer?teil=comments"):
        team.open("hamburg", language + path)
        team.check_width()
        team.check_axe()
