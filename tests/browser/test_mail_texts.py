"""The words of the daily mail: seen in the mail itself while they are typed, tried on oneself, then kept."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect
from tests.browser.doing import mails_to, read_next_mail

ADDRESS = "administrator@kassel.example.org"
TRIED = "Probe: Gude aus Kassel"


def test_the_city_words_its_daily_mail_sees_it_and_tries_it(signed_in: Any, visit: Any) -> None:
    chief, reader = signed_in("kassel", "administrator", "desktop"), visit("desktop")
    known = mails_to(reader, "kassel", ADDRESS, least=0, about=TRIED)
    page = chief.open("kassel", "/verwaltung/mails")
    mail = page.frame_locator("iframe[name=mail]")
    expect(mail.locator("h1")).to_have_text("Ihr Tag in Kassel")
    chief.check_axe()
    chief.check_width()
    expect(page.locator(".mailtext").first).to_contain_text("Ihr Tag in Kassel")
    page.locator("summary", has_text="Ändern: Betreff").click()
    page.locator("summary", has_text="Ändern: Begrüßung").click()
    page.locator("#id_subject_de").fill("Gude aus {city}")
    page.locator("#id_greeting_de").fill("Gude!\nHeute ist {date}.")
    page.get_by_role("button", name="Zeigen", exact=True).click()
    expect(mail.locator("h1")).to_have_text("Gude aus Kassel")
    expect(mail.get_by_text("Gude!")).to_be_visible()
    page.get_by_role("button", name="Als reiner Text").click()
    expect(mail.locator("body")).to_contain_text("Gude aus Kassel")
    page.get_by_role("button", name="Probe an mich").click()
    expect(page.get_by_text(f"unterwegs an {ADDRESS}")).to_be_visible()
    expect(page.locator("#id_subject_de")).to_have_value("Gude aus {city}")
    assert "Gude!" in read_next_mail(reader, "kassel", ADDRESS, known=known, about=TRIED)
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_text("Gespeichert.")).to_be_visible()
    expect(mail.locator("h1")).to_have_text("Gude aus Kassel")
    # As it was, for who comes after.
    page.locator("summary", has_text="Ändern: Betreff").click()
    page.locator("summary", has_text="Ändern: Begrüßung").click()
    page.locator("#id_subject_de").fill("")
    page.locator("#id_greeting_de").fill("")
    page.get_by_role("button", name="Speichern").click()
    expect(mail.locator("h1")).to_have_text("Ihr Tag in Kassel")
