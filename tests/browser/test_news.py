"""News and the record in a real browser: the demo's mailbox, unsubscribing from a mail, the list of one's news, the seals."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from tests.browser.doing import PREFIXES, sentence

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.browser.conftest import Visit


def open_mail_with_link(visit: Visit) -> Page:
    """A mail in the mailbox that can be unsubscribed from; the worker may still be sending the demo's first ones."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        page = visit.open("hamburg", "/postfach")
        for address in page.locator("main li h3 a").evaluate_all("links => links.map(link => link.getAttribute('href'))"):
            page = visit.open("hamburg", address)
            if page.locator("main a[href*='/abmelden/']").count():
                return page
        page.wait_for_timeout(500)
    pytest.fail("the demo's mailbox has no mail about news")


def test_a_mail_is_read_and_its_kind_is_stopped_without_signing_in(any_size: Visit) -> None:
    # The mail itself is shown as it is, so the browser looks for a sign of its own.
    any_size.expect_error("favicon")
    page = open_mail_with_link(any_size)
    any_size.check_width()
    any_size.check_axe()
    page.locator("main a[href$='/html']").click()
    any_size.check_axe()
    page.go_back()
    page.locator("main a[href*='/abmelden/']").click()
    any_size.check_width()
    any_size.check_axe()
    page.locator("main form button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        re.compile("|".join(sentence(language, "These mails stop") for language in PREFIXES))
    )
    any_size.check_axe()


@pytest.mark.parametrize("language", PREFIXES)
def test_a_mangled_link_from_a_mail_gets_a_clear_sentence(any_size: Visit, language: str) -> None:
    any_size.expect_error("404")
    page = any_size.open("hamburg", f"{PREFIXES[language]}/abmelden/mangled")
    expect(page.get_by_role("main")).to_contain_text(
        sentence(language, "This link is not complete. Please open it from the mail once more.")
    )
    any_size.check_width()
    any_size.check_axe()


@pytest.mark.parametrize("path", ["/mitteilungen", "/nachweisbuch", "/postfach"])
@pytest.mark.parametrize("language", PREFIXES)
def test_the_pages_are_whole_for_a_newcomer(any_size: Visit, language: str, path: str) -> None:
    page = any_size.open("hamburg", PREFIXES[language] + path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    any_size.check_width()
    any_size.check_axe()


def test_a_citizen_reads_the_news_and_marks_it_as_read(signed_in: Any) -> None:
    citizen: Visit = signed_in("hamburg", "citizen", "phone")
    page = citizen.open("hamburg", "/mitteilungen")
    expect(page.locator("main li.cc").first).to_be_visible()
    citizen.check_width()
    citizen.check_axe()
    button = page.get_by_role("button", name=sentence("de", "Mark all as read"))
    button.click()
    expect(button).to_have_count(0)
    expect(page.locator("main li.cc").first).to_be_visible()
