"""From the city's front page to the thanks page without a script: an improvement with a place, a picture and a document."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.browser.doing import path_of_thanked, send, sentence
from tests.media.samples import jpeg, pdf


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_newcomer_gives_without_scripts_from_the_front_page_to_the_thanks(visit: Any, size: str) -> None:
    plain = visit(size, java_script_enabled=False)
    plain.expect_error("status of 422")
    page = plain.open("hamburg", "/")
    plain.check_width()
    page.locator("main a[href='/geben']").first.click()
    expect(page).to_have_url(re.compile("/geben$"))
    plain.check_width()

    # Sent too early: each fault has its sentence, and what was typed stays.
    page.locator("#id_title").fill("Ein Dach für die Haltestelle")
    assert send(page) == 422
    expect(page.locator("#id_text")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#id_title")).to_have_value("Ein Dach für die Haltestelle")

    page.get_by_label(sentence("de", "An improvement of something that exists")).check()
    page.locator("#id_text").fill("Bei Regen stehen alle im Hauseingang gegenüber und verpassen den Bus.")
    page.locator("#id_find_text").fill("Spritzenplatz")
    page.locator("button[name=find]").click()
    page.locator("#found input[name=spot]").first.check()
    page.locator("#id_picture").set_input_files(
        [
            {"name": "halt.jpg", "mimeType": "image/jpeg", "buffer": jpeg(400, 300)},
            {"name": "Skizze.pdf", "mimeType": "application/pdf", "buffer": pdf(pages=2)},
        ]
    )
    page.locator("#id_alt").fill("Die Haltestelle ohne Dach")
    page.locator("#id_rights").check()
    page.locator("#id_pseudonym").fill("Regina")
    page.locator("button[name=preview]").click()

    look = page.locator(".look")
    expect(look).to_contain_text("Ein Dach für die Haltestelle")
    expect(look).to_contain_text("Regina")
    expect(look).to_contain_text("Ottensen")
    expect(look).to_contain_text("Skizze")
    expect(look.locator("img")).to_have_attribute("alt", "Die Haltestelle ohne Dach")
    plain.check_width()
    assert send(page) == 303

    expect(page).to_have_url(re.compile(r"/beitrag/\d+/danke$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Regina")
    plain.check_width()
    path = path_of_thanked(page)
    page.locator("main .actions a").first.click()
    expect(page).to_have_url(re.compile(re.escape(path)))
    expect(page.get_by_role("img", name="Die Haltestelle ohne Dach")).to_be_visible()
    for _ in range(20):
        if page.locator(".docs a").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator(".docs a")).to_contain_text("Skizze")
