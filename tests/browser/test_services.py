"""A service and what a guest says of it on a phone, with and without a script."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.browser.doing import send, sentence


@pytest.mark.parametrize("scripts", [True, False])
def test_a_guest_says_on_a_phone_what_should_be_better_about_a_service(visit: Any, scripts: bool) -> None:
    phone = visit("phone", java_script_enabled=scripts)
    phone.expect_error("status of 422")
    page = phone.open("hamburg", "/dienstleistungen")
    phone.check_width()
    page.locator("#words").fill("bohrmaschine")
    page.get_by_role("button", name=sentence("de", "Search")).click()
    page.get_by_role("link", name="Leihregal der Dinge").click()
    expect(page).to_have_url(re.compile("/dienstleistung/leihregal$"))
    phone.check_width()
    if scripts:  # axe is a script itself
        phone.check_axe()

    # Nothing chosen and nothing written: one sentence, and the form is still there.
    assert send(page) == 422
    expect(page.locator("#id_face-error")).to_be_visible()
    page.get_by_label(sentence("de", "So-so"), exact=True).check()
    page.locator("#id_words").fill("Samstags um elf waren alle Zelte weg. Eine Liste im Netz würde den Weg ersparen.")
    page.locator("#id_where").select_option(label="Werkhof Ottensen")
    assert send(page) == 303

    expect(page).to_have_url(re.compile(r"/beitrag/\d+/danke$"))
    phone.check_width()
    page.goto(page.url.removesuffix("/danke"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Samstags um elf waren alle Zelte weg")
    page.get_by_role("link", name="Leihregal der Dinge").first.click()
    expect(page).to_have_url(re.compile("/dienstleistung/leihregal$"))

    # A face alone is a number, and the page says so.
    page.get_by_label(sentence("de", "Good"), exact=True).check()
    assert send(page) == 303
    expect(page).to_have_url(re.compile("/dienstleistung/leihregal/danke$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(sentence("de", "Thank you. That helps."))


def test_the_code_of_a_poster_leads_to_the_form_with_its_place(desktop: Any) -> None:
    page = desktop.open("hamburg", "/dienstleistung/leihregal/aushang?ort=werkhof-ottensen")
    desktop.check_axe()
    address = page.locator(".sv-sheet__address").inner_text()
    page.goto(re.sub(r"^https?://[^/]+", page.url.split("/dienstleistung")[0], address))
    expect(page.locator("#id_where")).to_have_value("place:werkhof-ottensen")
