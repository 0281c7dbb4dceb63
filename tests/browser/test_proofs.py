"""The proof of work in a real browser: who has scripts notices nothing of it, whoever has none waits for the team and is told so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import serve_copy
from tests.browser.doing import give

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page
    from tests.browser.conftest import Site, Visit
    from tests.browser.making import MadeDemo


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, made_demo: MadeDemo) -> Iterator[Site]:
    """The demo on a server of its own that asks for proofs, as a real house does, though small ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROOF_COST", "2000")
        with serve_copy(made_demo, tmp_path_factory.mktemp("proofs")) as served:
            yield served


def first_idea(window: Visit) -> Page:
    """The first contribution of Hamburg's Bürgersensor: Hamburg has no quiet hours, in which comments would wait."""
    page = window.open("hamburg", "/beteiligung/buergersensor")
    page.locator(".cc a").first.click()
    expect(page.locator("#id_text")).to_be_attached()
    return page


def comment(page: Page, words: str) -> None:
    page.locator("#id_text").fill(words)
    page.get_by_role("button", name="Kommentieren").click()
    expect(page.locator("#danke")).to_be_visible()


def test_a_newcomers_words_stand_there_at_once_over_plain_http(visit: Any) -> None:
    window, reader = visit("phone"), visit("desktop")
    words, title = f"Am Abend ist es hier zu dunkel zum Lesen, {uuid4().hex[:8]}.", f"Licht am Weg {uuid4().hex[:8]}"
    page = first_idea(window)
    comment(page, words)
    expect(reader.open("hamburg", urlsplit(page.url).path).get_by_text(words)).to_be_visible()
    path = give(window, title=title)
    expect(reader.open("hamburg", path).get_by_role("heading", level=1)).to_have_text(title)


def test_without_scripts_it_waits_for_the_team_and_says_so_before_and_after(visit: Any) -> None:
    window, reader = visit("phone", java_script_enabled=False), visit("desktop")
    words = f"Bitte auch an die Radfahrer denken, {uuid4().hex[:8]}."
    page = first_idea(window)
    note = page.locator("#schreiben noscript .alert")  # Playwright finds no words below a noscript
    expect(note).to_be_visible()
    assert "Unser Team liest Ihren Text zuerst" in note.inner_text()
    comment(page, words)
    expect(page.locator("#danke")).to_contain_text("Team")
    expect(reader.open("hamburg", urlsplit(page.url).path).get_by_text(words)).to_have_count(0)
