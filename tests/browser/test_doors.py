"""The doors of the house: a passkey of a real browser, an app's code as second step, a password, and what is open where."""

from __future__ import annotations

import re
import time
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect
from tests.browser.doing import CODE, code_in, mails_to, read_next_mail, send, sign_in

ADDRESS = "schluessel-{size}@hamburg.example.org"


def looked_at(visit: Any) -> None:
    visit.check_axe()
    visit.check_width()


def code_now(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def plug_in(visit: Any) -> None:
    """Chromium's own authenticator, which says yes whenever it is asked."""
    session = visit.context.new_cdp_session(visit.page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "automaticPresenceSimulation": True}})


def sign_out(visit: Any) -> None:
    visit.open("hamburg", "/konto/abmelden").locator("main form button").click()
    expect(visit.page).not_to_have_url(re.compile("abmelden"))


def test_a_passkey_is_added_and_opens_the_door(any_size: Any, visit: Any) -> None:
    address = ADDRESS.format(size=any_size.page.viewport_size["width"])
    sign_in(any_size, "hamburg", address, reader=visit("desktop"))
    plug_in(any_size)
    page = any_size.open("hamburg", "/konto/sicherheit")
    looked_at(any_size)
    page.get_by_label("Wie soll er heißen?").fill("Mein Handy")
    page.get_by_role("button", name="Passkey hinzufügen").click()
    expect(page.locator("#passkeys ~ .dl li").first).to_contain_text("Mein Handy")
    looked_at(any_size)
    sign_out(any_size)

    page = any_size.open("hamburg", "/konto/anmelden?next=/konto/sicherheit")
    looked_at(any_size)
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    expect(page).to_have_url(re.compile("/konto/sicherheit$"))
    expect(page.locator("#passkeys ~ .dl li").first).to_contain_text("Benutzt")
    expect(page.locator("#devices ~ .dl li")).to_have_count(1)


def test_a_second_step_and_a_password_are_set_up_and_asked_for(desktop: Any, visit: Any) -> None:
    address, reader = "zwei-schritte@hamburg.example.org", visit("desktop")
    sign_in(desktop, "hamburg", address, reader=reader)
    page = desktop.open("hamburg", "/konto/sicherheit")
    page.get_by_role("link", name="App einrichten").click()
    looked_at(desktop)
    secret = page.locator(".people-secret").inner_text().replace(" ", "")
    page.get_by_label("Der Code aus der App").fill(code_now(secret))
    page.get_by_role("button", name="Einschalten").click()
    expect(page.locator(".people-codes li")).to_have_count(10)
    looked_at(desktop)
    first, second = page.locator(".people-codes li").all_inner_texts()[:2]
    page.get_by_role("link", name="Ich habe sie aufbewahrt").click()
    page.get_by_role("link", name="Passwort setzen").click()
    page.get_by_label("Neues Passwort").fill("drei Möwen am Kai")
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_role("button", name="Mein Passwort entfernen")).to_be_visible()
    looked_at(desktop)

    # By the mailed code and by the password one comes to the same second step, where a recovery code opens once.
    other = visit("phone")
    known = mails_to(reader, "hamburg", address, least=0, about=CODE)
    there = other.open("hamburg", "/konto/anmelden")
    there.locator("#id_email").fill(address)
    assert send(there) == 302
    there.locator("#id_code").fill(code_in(read_next_mail(reader, "hamburg", address, known=known, about=CODE)))
    there.locator("form.people-form .actions button").first.click()
    expect(there).to_have_url(re.compile("/konto/zweiter-schritt$"))
    looked_at(other)
    there.locator("#id_code").fill(first)
    there.get_by_role("button", name="Anmelden").click()
    expect(there).to_have_url(re.compile("/mein$"))
    sign_out(other)
    there = other.open("hamburg", "/konto/passwort")
    looked_at(other)
    there.locator("#id_email").fill(address)
    there.locator("#id_password").fill("drei Möwen am Kai")
    there.locator("form.people-form .actions button").click()
    there.locator("#id_code").fill(second)
    there.get_by_role("button", name="Anmelden").click()
    expect(there).to_have_url(re.compile("/mein$"))

    # The first window signs the second one out.
    page.reload()
    expect(page.locator("#devices ~ .dl li")).to_have_count(2)
    page.get_by_role("button", name="Überall sonst abmelden").click()
    expect(page.locator("#devices ~ .dl li")).to_have_count(1)
    expect(other.open("hamburg", "/konto/sicherheit")).to_have_url(re.compile("/konto/anmelden"))
