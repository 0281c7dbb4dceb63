"""My page, the questions for who has no idea yet, and the hint of a defect, as people use them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.browser.doing import fill, give, give_form, send

if TYPE_CHECKING:
    from tests.browser.conftest import Visit


@pytest.mark.parametrize("path", ["/mein", "/anregungen", "/en/anregungen", "/einfach/mein"])
def test_a_page_is_whole_at_every_size(any_size: Visit, path: str) -> None:
    page = any_size.open("kassel", path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    any_size.check_width()
    any_size.check_axe()


def test_a_guest_finds_their_idea_and_their_quarter_on_their_page(any_size: Visit) -> None:
    give(any_size, title="Ein Trinkbrunnen am Markt", text="Im Sommer ist dort kein Tropfen Wasser zu haben.", pseudonym="Ada")
    page = any_size.open("hamburg", "/mein")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hallo Ada")
    expect(page.get_by_role("link", name="Ein Trinkbrunnen am Markt")).to_be_visible()
    page.get_by_label("Stadtteil").select_option(label="Veddel")
    page.get_by_role("button", name="Wählen").click()
    expect(page.get_by_role("heading", name="Veddel")).to_be_visible()
    any_size.check_width()
    any_size.check_axe()


def test_another_question_comes_without_leaving_the_page_and_keeps_the_focus(desktop: Visit) -> None:
    page = desktop.open("hamburg", "/anregungen")
    first = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("link", name="Andere Frage").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(first)
    expect(page.get_by_role("link", name="Andere Frage")).to_be_focused()
    expect(page).to_have_url(re.compile("/anregungen$"))
    asked = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("link", name="Darauf antworten").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(asked)


def test_an_idea_from_another_city_is_taken_up_here(phone: Visit) -> None:
    page = phone.open("hamburg", "/anregungen")
    idea = page.locator(".spark__cities li").first
    title = idea.get_by_role("heading").inner_text()
    idea.get_by_role("link", name="Das wünsche ich mir auch hier").click()
    expect(page.locator("#id_title")).to_have_value(title)
    expect(page.locator("#id_text")).to_have_value(re.compile("Diese Idee habe ich in Kassel gesehen: http"))


def test_a_defect_is_pointed_out_while_they_write_hidden_on_request_and_never_in_the_way(any_size: Visit) -> None:
    page = give_form(any_size)
    fill(page, title="Die Laterne am Steg ist kaputt", text="Seit gestern ist es dort dunkel.")
    note = page.locator("[data-hint=defect]")
    expect(note).to_be_visible()
    expect(note.get_by_role("link")).to_have_attribute("href", re.compile("melde-michel"))
    any_size.check_axe()
    note.get_by_role("button", name="Hinweis ausblenden").click()
    expect(note).to_have_count(0)
    with page.expect_response(lambda answer: answer.url.endswith("/geben/hinweis")):
        page.locator("#id_text").press_sequentially(" Noch immer.")
    expect(note).to_have_count(0)
    assert send(page) == 303
    expect(page.locator("[data-hint=defect]")).to_be_visible()


def test_an_emergency_shows_112_and_an_idea_takes_the_hint_away(phone: Visit) -> None:
    page = give_form(phone)
    fill(page, title="Es brennt in der Hafenstraße", text="Bitte.")
    expect(page.get_by_role("link", name="112 anrufen")).to_be_visible()
    fill(page, title="Mehr Bänke am Hafen", text="Wer alt ist, braucht sie.")
    expect(page.locator("[data-hint]")).to_have_count(0)
