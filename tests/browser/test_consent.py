"""Sending says what it allows, consent is given and taken back, and the team sees what goes before it goes: at a desk and on a phone."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from tests.browser.doing import give_form

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

SIZES = pytest.mark.parametrize("size", ["desktop", "phone"])


def looked_at(visit: Visit) -> None:
    """As every page: it fits, and axe finds nothing."""
    visit.check_width()
    visit.check_axe()


@SIZES
def test_giving_says_in_one_sentence_what_sending_allows(visit: Any, size: str) -> None:
    guest = visit(size)
    page = give_form(guest)
    expect(page.locator("[data-give-public]")).to_contain_text("Mit dem Senden erlauben Sie")
    line = page.locator("form.give details.privacy-line")
    line.locator("summary").click()
    looked_at(guest)
    notice = line.get_by_role("link").get_attribute("href")
    assert notice is not None
    page = guest.open("hamburg", notice)
    expect(page.locator("main")).to_contain_text("öffentliche Aufgabe")
    expect(page.locator("main")).to_contain_text("§ 4 HmbDSG")
    page.get_by_text("Was wann geht").click()
    looked_at(guest)
    page = guest.open("hamburg", "/nutzungsrechte")
    expect(page.get_by_role("link", name="Datenlizenz Deutschland 2.0").first).to_be_visible()
    looked_at(guest)


@SIZES
def test_consent_is_given_and_taken_back_on_the_account(signed_in: Any, size: str) -> None:
    person = signed_in("kassel", "administrator", size)
    page = person.open("kassel", "/konto/")
    mine = page.locator("#einwilligungen")
    expect(mine.get_by_role("button", name="Ich willige ein")).to_be_visible()
    looked_at(person)
    mine.get_by_role("button", name="Ich willige ein").click()
    expect(mine).to_contain_text(re.compile(r"Sie haben am .* eingewilligt \(Fassung 1\)"))
    looked_at(person)
    mine.get_by_role("button", name="Einwilligung widerrufen").click()
    expect(mine).to_contain_text("widerrufen.")
    looked_at(person)


@SIZES
def test_the_team_sees_what_goes_tries_a_period_and_keeps_a_process_longer(signed_in: Any, size: str) -> None:
    team = signed_in("kassel", "administrator", size)
    team.expect_error("422")  # a reason is missing at first
    page = team.open("kassel", "/verwaltung/regeln")
    page.get_by_role("link", name="Was davon geht").click()
    looked_at(team)
    page.locator("input[name=keep_letters_months]").fill("1")
    page.get_by_role("button", name="Zeigen, was ginge").click()
    expect(page.get_by_text("Damit ist nichts gespeichert.")).to_be_visible()
    looked_at(team)
    page.get_by_role("button", name="Grund und Tag angeben").click()
    page.get_by_role("button", name="Behalten").click()
    expect(page.locator("#errors")).to_be_visible()
    looked_at(team)
    page.get_by_label("Eine Prüfung braucht es").check()
    page.get_by_label("In einem Satz").fill("Der Rechnungshof prüft.")
    page.get_by_label("Behalten bis einschließlich").fill((timezone.localdate() + dt.timedelta(days=30)).isoformat())
    page.get_by_role("button", name="Behalten").click()
    expect(page.locator("#put-off")).to_contain_text("Eine Prüfung braucht es: Der Rechnungshof prüft.")
    looked_at(team)
    page.get_by_role("button", name="Wieder nach der Regel").click()
    expect(page.locator("#put-off")).to_contain_text("Nichts wird länger behalten")
