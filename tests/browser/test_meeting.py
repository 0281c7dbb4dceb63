"""Two people meet over an idea: one joins in, they write to each other, one blocks the other; a flag reaches the team."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from tests.browser.doing import give, number_of, read_mail_with

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.browser.conftest import Visit

SIZES = ["phone", "desktop"]


def band(visit: Visit, path: str) -> Page:
    page = visit.open("hamburg", path)
    page.locator("#dabei").scroll_into_view_if_needed()
    return page


@pytest.mark.parametrize("size", SIZES)
def test_two_people_meet_over_an_idea(signed_in: Any, size: str) -> None:
    alice, bob = signed_in("hamburg", "citizen", size), signed_in("hamburg", "member", size)
    title = f"Ein Werkzeugschrank im Treppenhaus ({size})"
    path = give(alice, title=title)

    # Bob offers help for his company.
    page = band(bob, path)
    page.locator("#dabei details summary").nth(1).click()
    page.locator("#id_help_words").fill("Wir haben einen alten Spind.")
    bob.check_axe()
    page.get_by_role("button", name="Hilfe anbieten").click()
    expect(page.locator("#dabei [role=status]")).to_be_focused()
    expect(page.locator(".meet__voice")).to_contain_text("Wir haben einen alten Spind.")
    expect(page.locator(".meet__voice")).to_contain_text("Elbfracht")
    bob.check_axe()
    bob.check_width()

    # He writes; she reads it in her mail, without an address, and answers.
    page.locator("#dabei .meet__more a").first.click()
    bob.check_axe()
    bob.check_width()
    page.locator("#id_text").fill("Wann kann ich den Spind bringen?")
    page.get_by_role("button", name="Brief senden").click()
    expect(page.locator(".letter--mine")).to_contain_text("Wann kann ich den Spind bringen?")
    mail = read_mail_with(alice, "citizen@hamburg.example.org", "Wann kann ich den Spind bringen?")
    assert "member@hamburg.example.org" not in mail
    there = alice.open("hamburg", "/konto/briefe")
    expect(there.locator(".inbox li").first).to_contain_text("neu")
    alice.check_axe()
    alice.check_width()
    there.locator(".inbox h3 a").first.click()
    expect(there.locator(".letters__read")).to_have_count(0)  # marked as read by the page itself
    there.locator("#id_text").fill("Am Samstag um zehn!")
    there.get_by_role("button", name="Zurückschreiben").click()
    expect(there.locator("#letzter")).to_contain_text("Am Samstag um zehn!")
    alice.check_axe()
    alice.check_width()

    # She blocks him; he is told kindly that no letter arrives, and loses no word.
    page.reload()
    expect(page.locator("#letzter")).to_contain_text("Am Samstag um zehn!")
    there.get_by_role("button", name="Diese Person sperren").click()
    expect(there.get_by_role("button", name="Sperre aufheben")).to_be_visible()
    bob.expect_error("403")
    page.locator("#id_text").fill("Noch ein langer Gedanke")
    page.get_by_role("button", name="Zurückschreiben").click()
    expect(page.locator("main")).to_contain_text("möchte zurzeit lieber keine Briefe")
    expect(page.locator("#kept-text")).to_have_value("Noch ein langer Gedanke")
    bob.check_axe()
    there.get_by_role("button", name="Sperre aufheben").click()
    expect(there.get_by_role("button", name="Zurückschreiben")).to_be_visible()


def test_without_a_script_one_joins_too(visit: Any) -> None:
    path = give(visit("desktop"), title="Eine Bank vor dem Waschsalon")
    plain = visit("phone", java_script_enabled=False)
    page = band(plain, path)
    page.locator("#dabei details summary").first.click()
    page.locator("#dabei details[open] a").click()
    page.locator("#id_join_words").fill("Ich streiche sie.")
    plain.expect_error("422")  # a name is missing
    page.get_by_role("button", name="Mitmachen").click()
    page.locator("#id_join_pseudonym").fill("Dörte")
    page.get_by_role("button", name="Mitmachen").click()
    expect(page).to_have_url(re.compile("#dabei$"))
    expect(page.locator(".meet__voice")).to_contain_text("Dörte")


@pytest.mark.parametrize("size", SIZES)
def test_a_flag_reaches_the_team_and_is_decided(visit: Any, signed_in: Any, size: str) -> None:
    title = f"Das muss sich jemand ansehen ({size})"
    path = give(visit(size), title=title)
    stranger = visit(size)
    page = stranger.open("hamburg", path)
    page.get_by_role("link", name="Diesen Text der Redaktion melden").click()
    stranger.check_axe()
    stranger.check_width()
    page.get_by_label("Er ist Werbung oder ergibt keinen Sinn").check()
    page.get_by_role("button", name="An die Redaktion senden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Danke, dass Sie hinschauen")
    stranger.check_axe()
    team = signed_in("hamburg", "moderator", size)
    desk = team.open("hamburg", f"/verwaltung/redaktion?why=flagged&q={number_of(path)}")
    desk.locator(".wq__link", has_text=title).click()
    team.check_axe()
    team.check_width()
    expect(desk.locator("main")).to_contain_text("Er ist Werbung")
    desk.get_by_role("button", name="So lassen").click()
    expect(desk.locator("main")).to_contain_text("Alle können es lesen.")
    expect(stranger.open("hamburg", path).get_by_role("heading", level=1)).to_have_text(title)
