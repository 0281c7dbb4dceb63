"""Pages of the circle on paper, as the browser prints them: headings stay with their words, and what only a screen can do is not there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.browser.conftest import Visit

MARGINS = {"top": "15mm", "bottom": "15mm", "left": "15mm", "right": "15mm"}


def printed(page: Page) -> list[str]:
    """The words of each page on paper."""
    paper = pypdfium2.PdfDocument(page.pdf(format="A4", margin=MARGINS))
    return [paper[index].get_textpage().get_text_bounded().strip() for index in range(len(paper))]


@pytest.mark.parametrize("path", ["/konzepte", "/themen", "/dienstleistung/hitzetelefon"])
def test_a_page_on_paper_keeps_headings_with_their_words(desktop: Visit, path: str) -> None:
    page = desktop.open("hamburg", path)
    if path == "/konzepte":
        page.get_by_role("link", name=re.compile("Hitze-Telefon für Hamburg")).first.click()
    elif path == "/themen":
        page.get_by_role("link", name=re.compile("Hilfe, die man versteht")).first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    said = [re.sub(r"\s+", " ", words) for words in page.locator("main :is(h1, h2, h3)").all_inner_texts()]
    sheets = printed(page)
    assert len(sheets) > 1
    whole = "\n".join(sheets)
    last = {sheet.splitlines()[-1] for sheet in sheets}
    assert last & {words for words in said if whole.count(words) == 1} == set()
    assert said[0].split()[0] in whole
    for words in ("Wie war es?", "In diesem Konzept", "Kommentieren"):
        assert words not in whole
