"""The team: somebody is invited, accepts by mail and works; who is away is named; notes wait; the city is seen as citizens see it."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from tests.browser.doing import accept_invitation

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.browser.conftest import Visit

SIZES = ["phone", "desktop"]


def looked_at(visit: Visit) -> None:
    visit.check_axe()
    visit.check_width()


@pytest.mark.parametrize("size", SIZES)
def test_somebody_is_invited_accepts_by_mail_and_works(signed_in: Any, visit: Any, size: str) -> None:
    leader, reader, newcomer = signed_in("hamburg", "administrator", size), visit(size), visit(size)
    address = f"neue-kollegin-{size}@hamburg.example.org"
    leader.expect_error("422")
    page = leader.open("hamburg", "/verwaltung/team")
    looked_at(leader)
    page.get_by_role("link", name="Jemanden einladen").click()
    looked_at(leader)
    page.get_by_role("button", name="Einladung schicken").click()
    expect(page.locator(".error").first).to_be_visible()
    looked_at(leader)
    page.locator("#id_mail").fill(address)
    page.locator(".roles .choice", has_text="Redaktion").click()
    page.get_by_role("button", name="Einladung schicken").click()
    expect(page.locator(".invited", has_text=address)).to_be_visible()
    looked_at(leader)

    # She opens the link of her mail, signs in with the code of the next one, and says how she is called.
    there = accept_invitation(newcomer, "hamburg", address, name=f"Wiebke Neumann ({size})", reader=reader, role="Redaktion")
    expect(there.locator(".staffbar")).to_contain_text("Beiträge")

    # Her name stands in the team's list now; the administrator takes the role away, and it is gone.
    page = leader.open("hamburg", "/verwaltung/team")
    page.get_by_role("link", name=f"Wiebke Neumann ({size})").click()
    looked_at(leader)
    page.get_by_role("link", name=re.compile("Wegnehmen")).click()
    looked_at(leader)
    page.get_by_role("button", name="Rolle wegnehmen").click()
    expect(page.locator(".notes")).to_contain_text("nicht mehr")
    newcomer.expect_error("403")
    assert newcomer.open("hamburg", "/verwaltung/").locator("h1").inner_text()
    expect(there.locator(".staffbar")).to_have_count(0)


@pytest.mark.parametrize("size", SIZES)
def test_who_is_away_is_named_with_a_deputy(signed_in: Any, size: str) -> None:
    owner = signed_in("kassel", "owner", size)
    owner.expect_error("422")
    page: Page = owner.open("kassel", "/verwaltung/team")
    page.get_by_role("link", name="Ich bin nicht da").click()
    looked_at(owner)
    today = dt.datetime.now(dt.UTC).date()
    page.locator("#id_starts_on").fill(today.isoformat())
    page.locator("#id_ends_on").fill((today - dt.timedelta(days=1)).isoformat())
    page.locator("#id_deputy").select_option(label="Ines Kaltwasser")
    page.get_by_role("button", name="Eintragen").click()
    expect(page.locator("#id_ends_on-error")).to_be_visible()
    looked_at(owner)
    page.locator("#id_ends_on").fill((today + dt.timedelta(days=4)).isoformat())
    page.get_by_role("button", name="Eintragen").click()
    me = page.locator(".mate", has_text="Jaron Weidlich")
    expect(me).to_contain_text("Vertretung: Ines Kaltwasser")
    looked_at(owner)
    me.get_by_role("link").click()
    page.get_by_role("button", name=re.compile("Zurücknehmen")).click()
    expect(page.locator("main")).to_contain_text("Es ist nichts eingetragen.")


@pytest.mark.parametrize("size", SIZES)
def test_a_note_waits_for_the_next_shift(signed_in: Any, size: str) -> None:
    first, second = signed_in("hamburg", "moderator", size), signed_in("hamburg", "expert", size)
    words = f"Bitte beim Markt nachfragen ({size})"
    page = first.open("hamburg", "/verwaltung/team")
    page.locator("#id_text").fill(words)
    page.get_by_role("button", name="Notiz hinterlassen").click()
    note = page.locator(".slip", has_text=words)
    note.get_by_role("button", name=re.compile("Anheften")).click()
    expect(page.locator(".slip--pinned", has_text=words)).to_be_visible()
    looked_at(first)
    there = second.open("hamburg", "/verwaltung/")
    looked_at(second)
    there.locator(".slip", has_text=words).get_by_role("button", name=re.compile("Erledigt")).click()
    expect(there).to_have_url(re.compile("/verwaltung/$"))
    expect(there.locator(".slip", has_text=words)).to_have_count(0)


@pytest.mark.parametrize("size", SIZES)
def test_the_city_is_seen_as_citizens_see_it(signed_in: Any, size: str) -> None:
    owner = signed_in("hamburg", "owner", size)
    page = owner.open("hamburg", "/entdecken")
    page.get_by_role("button", name="Als Bürgerin oder Bürger sehen").click()
    try:
        expect(page).to_have_url(re.compile("/entdecken$"))
        expect(page.locator(".staffbar")).to_have_count(0)
        expect(page.locator(".citizenbar")).to_be_visible()
        looked_at(owner)
        owner.expect_error("403")
        owner.open("hamburg", "/verwaltung/team")
        expect(page.locator(".citizenbar")).to_be_visible()
    finally:
        page.get_by_role("button", name="Zurück zum Team").click()
    expect(page).to_have_url(re.compile("/entdecken$"))
    expect(page.locator(".staffbar")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_the_mail_to_an_author_is_shown_before_it_goes_out(signed_in: Any, size: str) -> None:
    moderator = signed_in("hamburg", "moderator", size)
    page = moderator.open("hamburg", "/verwaltung/antworten")
    page.locator(".ans-row h2 a").first.click()
    page.locator("#id_text").fill("Wir schauen uns die Ecke am Montag an.")
    page.locator("#antwort").get_by_role("button", name="E-Mail vorher ansehen").click()
    expect(page.locator("#antwort .mailcard__sheet")).to_contain_text("Wir schauen uns die Ecke am Montag an.")
    expect(page.locator("#id_text")).to_have_value("Wir schauen uns die Ecke am Montag an.")
    looked_at(moderator)
