"""Two say the same: the team compares and asks, the author agrees by mail without a login, the page shows both, and it is undone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from tests.browser.doing import give, number_of, read_mail_with

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

SIZES = ["phone", "desktop"]


def looked_at(visit: Visit) -> None:
    visit.check_axe()
    visit.check_width()


@pytest.mark.parametrize("size", SIZES)
def test_two_contributions_are_put_together_with_consent_and_undone(visit: Any, signed_in: Any, size: str) -> None:
    guest, team = visit(size), signed_in("hamburg", "moderator", size)
    address = f"bela-{size}@example.org"
    head = give(visit(size), title=f"Mehr Licht am Mühlenteich ({size})", text="Am Mühlenteich ist es abends dunkel.")
    other = give(guest, title=f"Am Mühlenteich fehlt Licht ({size})", text="Der Weg am Mühlenteich ist abends stockdunkel.", mail=address)
    read_mail_with(guest, address, "Adresse bestätigen")
    guest.page.locator("main a[href*='/zuordnen/']").first.click()
    guest.page.get_by_role("button", name=re.compile("bestätigen")).first.click()

    # The team begins from one, finds the other by a word, compares and asks.
    page = team.open("hamburg", f"/verwaltung/zusammenlegen/{number_of(head)}?q={number_of(other)}")
    looked_at(team)
    page.locator(".twin input[type=checkbox]").first.check()
    page.get_by_role("button", name="Ausgewählte vergleichen").click()
    expect(page.locator(".compare mark").first).to_be_visible()
    looked_at(team)
    page.get_by_role("radio").first.check()
    page.locator("#id_reason").fill("Beide wollen Licht am Mühlenteich.")
    page.get_by_role("button", name="Fragen und zusammenlegen").click()
    expect(page.locator("main")).to_contain_text("Beide wollen Licht am Mühlenteich.")
    looked_at(team)

    # The author agrees by the link of the mail, without a login and without the guest's cookie.
    read_mail_with(guest, address, "Beide wollen Licht am Mühlenteich.")
    link = guest.page.locator("main a[href*='/zusammenlegen/antwort/']").first.get_attribute("href")
    assert link
    stranger = visit(size)
    there = stranger.open("hamburg", re.sub(r"^https?://[^/]+", "", link))
    looked_at(stranger)
    there.get_by_role("radio", name=re.compile("^Ja")).check()
    there.get_by_role("button", name="Antwort senden").click()
    expect(there.locator("[role=status]")).to_contain_text("Beide stehen jetzt zusammen")
    looked_at(stranger)

    # The old address leads to the wording on the head's page.
    there = stranger.open("hamburg", other)
    expect(there).to_have_url(re.compile(rf"/beitrag/{number_of(head)}-.*#beitrag-{number_of(other)}$"))
    expect(there.locator(".wording")).to_contain_text("stockdunkel")
    looked_at(stranger)

    # The team undoes it; both stand on their own again.
    page = team.open("hamburg", "/verwaltung/zusammenlegen?ansicht=zusammen")
    looked_at(team)
    page.locator(".queue__row", has_text=f"Am Mühlenteich fehlt Licht ({size})").get_by_role("link", name="Rückgängig").click()
    looked_at(team)
    page.get_by_role("button", name="Rückgängig").click()
    expect(page.locator("main")).to_contain_text("rückgängig gemacht am")
    there = stranger.open("hamburg", other)
    expect(there.get_by_role("heading", level=1)).to_contain_text("Am Mühlenteich fehlt Licht")
    expect(stranger.open("hamburg", head).locator(".wording")).to_have_count(0)


@pytest.mark.parametrize("size", SIZES)
def test_the_demo_has_pairs_to_compare_one_to_split_and_an_author_who_is_asked(signed_in: Any, size: str) -> None:
    team, author = signed_in("hamburg", "moderator", size), signed_in("hamburg", "citizen", size)
    page = team.open("hamburg", "/verwaltung/zusammenlegen")
    expect(page.locator(".twin").first).to_be_visible()
    looked_at(team)
    page.get_by_role("link", name="Vergleichen").first.click()
    looked_at(team)
    asked = author.open("hamburg", "/mein")
    looked_at(author)
    asked.locator("#mine-questions ~ ul a").first.click()
    expect(asked.get_by_role("heading", level=1)).to_have_text("Gehören diese beiden zusammen?")
    looked_at(author)
    page = team.open("hamburg", "/verwaltung/zusammenlegen/1/teilen")
    looked_at(team)
