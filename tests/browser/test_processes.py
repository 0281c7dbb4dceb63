"""Processes as people meet them, and the desk on which the city makes one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import icalendar
import pytest
from playwright.sync_api import expect
from tests.browser.doing import PREFIXES, fill, go, path_of_thanked, send, sentence, walk_to

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page
    from tests.browser.conftest import Visit

VEDDEL = "/beteiligung/veddel-im-sommer"
DESK = "/verwaltung/beteiligungen"
# In every state: collecting, discussing, not begun beside a statutory procedure, over with a result.
PAGES = [
    "/beteiligungen", VEDDEL, f"{VEDDEL}/schritt/1", "/beteiligung/erstes-jahr/schritt/2", "/beteiligung/lohbruegge-mitte",
    "/beteiligung/lohbruegge-mitte/schritt/1", "/beteiligung/abends-aufs-amt", "/beteiligung/abends-aufs-amt/schritt/1",
]  # fmt: skip
FEW = [VEDDEL, "/beteiligung/lohbruegge-mitte", "/beteiligung/erstes-jahr/schritt/2"]


def test_every_page_of_a_process_is_whole(any_size: Visit) -> None:
    for path in PAGES:
        page = any_size.open("hamburg", path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        any_size.check_width()
        any_size.check_axe()


@pytest.mark.parametrize("language", ["en", "de-simple"])
def test_the_pages_are_whole_in_other_languages(phone: Visit, language: str) -> None:
    for path in FEW:
        phone.open("hamburg", PREFIXES[language] + path)
        phone.check_width()
        phone.check_axe()


def test_the_pages_are_whole_in_the_dark(visit: Any) -> None:
    dark = visit("desktop", color_scheme="dark")
    for path in FEW:
        dark.open("hamburg", path)
        dark.check_axe()


def test_a_newcomer_finds_what_is_open_and_takes_part(any_size: Visit) -> None:
    title = f"Ein Brunnen am Platz {uuid4().hex[:8]}"
    page = any_size.open("hamburg", "/beteiligungen")
    page.get_by_role("link", name=re.compile("Veddel im Sommer")).first.click()
    expect(page).to_have_url(re.compile(VEDDEL))
    page.locator(".ask a.kern-btn").click()
    expect(page).to_have_url(re.compile(f"{VEDDEL}/schritt/1"))
    fill(page, title=title, pseudonym="Fatma")
    assert send(page) == 303
    expect(page.get_by_role("heading", level=1)).to_contain_text("Fatma")
    any_size.check_axe()
    any_size.check_width()
    given = path_of_thanked(page)
    any_size.open("hamburg", VEDDEL)
    expect(page.locator(f'a[href*="{given}"]').first).to_be_visible()


def test_it_works_without_a_script(visit: Any) -> None:
    plain = visit("phone", java_script_enabled=False)
    page = plain.open("hamburg", VEDDEL)
    page.locator(".ask a.kern-btn").click()
    fill(page, title="Ohne Skript")
    assert send(page) == 303
    expect(page).to_have_url(re.compile(r"/beitrag/\d+/danke$"))


def test_a_date_goes_into_ones_calendar(desktop: Visit) -> None:
    page = desktop.open("hamburg", VEDDEL)
    with page.expect_download() as download:
        page.get_by_role("link", name=sentence("de", "All dates into my calendar")).click()
    calendar = icalendar.Calendar.from_ical(download.value.path().read_bytes())
    assert len(calendar.walk("VEVENT")) == 2


def check(visit: Visit) -> None:
    visit.check_width()
    visit.check_axe()


def press(page: Page, language: str, message: str) -> None:
    page.get_by_role("button", name=sentence(language, message), exact=True).click()
    page.wait_for_load_state("load")


def type_by_keys(page: Page, name: str, text: str) -> None:
    """Write a text in every language, walking from field to field."""
    for key in ("de", "en", "simple"):
        walk_to(page, page.locator(f"#id_{name}_{key}"))
        page.keyboard.type(text)


def button(page: Page, message: str) -> Locator:
    return page.get_by_role("button", name=sentence("de", message), exact=True)


def test_by_keyboard_alone_a_process_is_made_opened_extended_and_closed(signed_in: Any, visit: Any) -> None:
    mark = uuid4().hex[:8]
    owner = signed_in("hamburg", "owner")
    page = owner.open("hamburg", DESK)
    check(owner)
    go(page, page.get_by_role("link", name=sentence("de", "New process")).first)
    check(owner)
    owner.expect_error("422")
    go(page, button(page, "Make the draft"))
    expect(page.locator("#errors")).to_be_visible()
    check(owner)
    type_by_keys(page, "title", f"Ruhige Nächte {mark}")
    type_by_keys(page, "question", "Wo ist es nachts zu laut?")
    go(page, button(page, "Make the draft"))
    path = f"/beteiligung/ruhige-naechte-{mark}"
    desk = DESK + path.removeprefix("/beteiligung")
    expect(page).to_have_url(re.compile(re.escape(desk) + "$"))
    check(owner)

    stranger = visit()
    stranger.expect_error("404")
    stranger.open("hamburg", path)
    assert sentence("de", "This is a draft") not in stranger.page.content()

    publish_by_keys(owner)
    open_by_keys(owner)
    citizen = visit("phone")
    citizen.open("hamburg", path)
    citizen.page.locator(".ask a.kern-btn").click()
    fill(citizen.page, title=f"Zu laut {mark}")
    assert send(citizen.page) == 303
    expect(citizen.page.locator("main")).to_contain_text(sentence("de", "The team reads it"))

    owner.open("hamburg", desk)
    extend_and_close_by_keys(owner)
    citizen.open("hamburg", path)
    expect(citizen.page.locator("main")).to_contain_text(sentence("de", "This participation is over. Thank you!"))
    citizen.check_axe()


def publish_by_keys(owner: Visit) -> None:
    """What does not fit is said, and one button mends it."""
    page = owner.page
    owner.expect_error("409")
    go(page, button(page, "Publish"))
    expect(page.get_by_role("alert")).to_contain_text(
        sentence("de", "Nobody answers for this process. Please name a person or an organisation.")
    )
    check(owner)
    go(page, button(page, "Put my name there"))
    expect(page.locator("#passt")).to_contain_text(sentence("de", "Everything fits together"))
    go(page, button(page, "Publish"))
    expect(page.locator("main")).to_contain_text(sentence("de", "It is published. Everybody can see it now."))


def open_by_keys(owner: Visit) -> None:
    """The first step waits for the team and is open at once."""
    page = owner.page
    go(page, page.locator(".pd-steps h3 a").first)
    check(owner)
    walk_to(page, page.locator("#id_setting-moderation_0"))
    page.keyboard.press("ArrowDown")
    go(page, button(page, "Save"))
    expect(page.locator("#id_setting-moderation_1")).to_be_checked()
    go(page, button(page, "Open it now"))
    expect(page.locator("main")).to_contain_text(sentence("de", "The step is open now."))


def extend_and_close_by_keys(owner: Visit) -> None:
    """A year longer, then closed."""
    page = owner.page
    walk_to(page, page.locator(".pd-acts__more > summary"))
    page.keyboard.press("Enter")
    check(owner)
    walk_to(page, page.locator("#id_closes_at"))
    before = page.locator("#id_closes_at").input_value()
    for key in ("Tab", "Tab", "ArrowUp"):  # past day and month, one year later
        page.keyboard.press(key)
    expect(page.locator("#id_closes_at")).to_have_value(before.replace(before[:4], str(int(before[:4]) + 1), 1))
    go(page, button(page, "Extend until then"))
    expect(page.locator(".notes")).to_contain_text("dauert jetzt länger")
    go(page, button(page, "Close all steps"))
    expect(page.locator(".notes")).to_contain_text(sentence("de", "Every step is closed now. “Open again” takes that back."))
    check(owner)


def test_a_step_that_closed_while_typing_keeps_the_text(signed_in: Any, visit: Any) -> None:
    owner, citizen = signed_in("kassel", "owner"), visit("phone")
    step = f"{DESK}/fulda-ufer/schritt/1"
    owner.open("kassel", step)
    if owner.page.get_by_role("button", name=sentence("de", "Open it now")).count():
        press(owner.page, "de", "Open it now")
    citizen.open("kassel", "/beteiligung/fulda-ufer/schritt/1")
    fill(citizen.page, title="Bänke am Ufer", text="Dieser Satz darf nicht verloren gehen.")
    press(owner.page, "de", "Close it now")
    try:
        citizen.expect_error("409")
        assert send(citizen.page) == 409
        expect(citizen.page.locator("#kept-text")).to_have_value("Dieser Satz darf nicht verloren gehen.")
        check(citizen)
    finally:
        press(owner.page, "de", "Follow the window again")
