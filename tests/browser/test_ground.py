"""Every kind of first visit shows a page that is whole: a city, the list of cities, no city at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.conftest import Visit


@pytest.mark.parametrize("city", ["", "hamburg", "kassel"])
def test_a_front_page_is_whole(any_size: Visit, city: str) -> None:
    page = any_size.open(city)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    any_size.check_width()
    any_size.check_axe()


def test_a_host_without_a_city_says_so(any_size: Visit) -> None:
    any_size.expect_error("404")
    page = any_size.open("atlantis")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    any_size.check_width()
    any_size.check_axe()


def test_what_axe_finds_on_a_visited_page_fails_the_test(desktop: Visit) -> None:
    page = desktop.open("hamburg")
    nameless = '<div role="alert">!<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="></div>'
    page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", nameless)
    desktop.look_last()
    assert any("image-alt" in fault for fault in desktop.faults)
    desktop.expect_error("image-alt")


def test_what_changes_while_axe_looks_counts_as_not_looked_at(desktop: Visit) -> None:
    page = desktop.open("hamburg")
    page.evaluate("""async () => {
        await axeBusy;
        window.axe ?? loadAxe();
        const run = axe.run;
        axe.run = async (...asked) => {
            const found = await run(...asked);
            document.title += "!";
            return found;
        };
        document.title += ".";
    }""")
    desktop.check_axe()
    assert page.evaluate("isStillSound()") is False
