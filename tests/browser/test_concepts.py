"""Two people write one section at once, one of them offline for a while; named people decide, and the authors answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from tests.browser.doing import wait_until
from tests.media.samples import jpeg, pdf

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

SIZES = ["phone", "desktop"]


def begin_together(alice: Visit, bob: Visit, size: str) -> str:
    """A concept that both write; gives the address of its workshop."""
    # Marthe begins, and invites somebody of a company by the link.
    page = alice.open("hamburg", "/konzept/neu")
    page.locator("#id_title").fill(f"Ein Werkzeugschrank je Haus ({size})")
    page.locator("#id_text").fill("Bohrer, Leiter, Spaten: einmal im Haus statt zwanzigmal im Keller.")
    alice.check_axe()
    alice.check_width()
    page.get_by_role("button", name="Anfangen").click()
    expect(page.get_by_role("status").first).to_contain_text("Ihr Konzept hat begonnen")
    alice.check_width()
    workshop = page.url.split("?")[0]
    page.get_by_role("link", name="Andere einladen").click()
    invitation = page.locator("#invitation").input_value()
    alice.check_axe()
    there = bob.open("hamburg", re.sub(r"^https?://[^/]+", "", invitation))
    bob.check_axe()
    there.get_by_role("button", name="Mitschreiben").click()
    expect(there.locator("h1")).to_contain_text("Werkzeugschrank")
    return workshop


@pytest.mark.parametrize("size", SIZES)
def test_two_windows_write_one_section_and_one_was_offline(signed_in: Any, size: str) -> None:
    alice, bob = signed_in("hamburg", "citizen", size), signed_in("hamburg", "member", size)
    workshop = begin_together(alice, bob, size)

    # She writes the first wording; both open it.
    address = re.sub(r"^https?://[^/]+", "", workshop) + "/abschnitt/need/schreiben"
    page = alice.open("hamburg", address)
    page.locator("#id_text").fill("Jeder kauft einen Bohrer.\n\nEr läuft dreizehn Minuten.\n\nDann liegt er.")
    alice.check_axe()
    alice.check_width()
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_role("status").first).to_contain_text("ist gespeichert")
    page = alice.open("hamburg", address)
    there = bob.open("hamburg", address)

    # His network goes; he writes on, and pressing Save loses nothing. Meanwhile she saves.
    there.context.set_offline(True)
    there.locator("#id_text").fill("Jeder kauft einen Bohrer.\n\nEr läuft dreizehn Minuten.\n\nDann liegt er zehn Jahre.")
    there.get_by_role("button", name="Speichern").click()
    expect(there.locator("[data-unsent-note]")).to_be_visible()
    page.locator("#id_text").fill("In unserem Haus kaufen zwanzig einen Bohrer.\n\nEr läuft dreizehn Minuten.\n\nDann liegt er.")
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_role("status").first).to_contain_text("ist gespeichert")

    # He closes the window, comes back with a network, finds his text, and sees both.
    there.context.set_offline(False)
    bob.expect_error("409")
    there = bob.open("hamburg", address)
    expect(there.locator("#id_text")).to_have_value(re.compile("zehn Jahre"))
    expect(there.locator("[data-restored]")).to_be_visible()
    there.get_by_role("button", name="Speichern").click()
    expect(there.locator("#errors")).to_contain_text("Marthe hat diesen Abschnitt inzwischen geschrieben")
    expect(there.locator("#id_text")).to_have_value(
        "In unserem Haus kaufen zwanzig einen Bohrer.\n\nEr läuft dreizehn Minuten.\n\nDann liegt er zehn Jahre."
    )
    expect(there.locator(".conflict ins").first).to_be_visible()
    bob.check_axe()
    bob.check_width()
    there.get_by_role("button", name="Speichern").click()
    expect(there.get_by_role("status").first).to_contain_text("ist gespeichert")

    # Everybody reads what both wrote, and who changed what.
    page = alice.open("hamburg", f"/beitrag/{workshop.rsplit('/', 1)[1]}")
    expect(page.locator(".concept__part").first).to_contain_text("Dann liegt er zehn Jahre.")
    expect(page.locator(".concept__part").first).to_contain_text("In unserem Haus")
    alice.check_axe()
    alice.check_width()
    page.get_by_role("link", name=re.compile("was sich geändert hat")).click()
    expect(page.locator(".edition")).to_have_count(3)
    expect(page.locator(".edition ins").first).to_contain_text("zehn Jahre")
    alice.check_axe()
    alice.check_width()


@pytest.mark.parametrize("size", SIZES)
def test_named_people_decide_and_the_authors_answer(signed_in: Any, size: str) -> None:
    citizen, owner, expert = (
        signed_in("hamburg", "citizen", size),
        signed_in("hamburg", "owner", size),
        signed_in("hamburg", "expert", size),
    )
    page = citizen.open("hamburg", "/konzept/neu")
    page.locator("#id_title").fill(f"Bänke auf Zuruf ({size})")
    page.locator("#id_text").fill("Wer eine Bank braucht, stellt einen Stuhl hin. Nach drei Stühlen kommt die Bank.")
    page.get_by_role("button", name="Anfangen").click()
    expect(page.get_by_role("status").first).to_contain_text("Ihr Konzept hat begonnen")
    number = page.url.split("?")[0].rsplit("/", 1)[1]

    # The owner sets up a usual gate, names the expert, and lays the concept before it.
    desk = owner.open("hamburg", f"/verwaltung/entscheidungen/konzept/{number}?wie=try_out")
    desk.locator("#id_body").fill("Verkehrsausschuss")
    desk.get_by_label(re.compile("Yvonne Radtke")).check()
    owner.check_axe()
    owner.check_width()
    desk.get_by_role("button", name="Einrichten", exact=True).click()
    desk.get_by_role("button", name=re.compile("Konzept vorlegen")).click()
    expect(desk.locator(".gate")).to_contain_text("wartet auf die Entscheidung")

    # It waits on the expert's overview; she reads and decides.
    there = expert.open("hamburg", "/verwaltung/")
    there.locator("section", has=there.locator("#gates-wait")).get_by_role("link", name=re.compile("Bänke auf Zuruf")).click()
    expert.check_axe()
    expert.check_width()
    there.get_by_label("Ändern").check()
    there.locator("#id_reason").fill("Bitte sagen Sie noch, wer den Stuhl wieder abholt.")
    there.locator("#id_paper_number").fill("22-4711")
    there.get_by_role("button", name="Entscheidung veröffentlichen").click()
    expect(there.locator(".gate--decided")).to_contain_text("22-4711")
    expert.check_axe()

    # Everybody reads it; its author answers.
    page = citizen.open("hamburg", f"/beitrag/{number}")
    expect(page.locator("#entscheidungen + .gates")).to_contain_text("wer den Stuhl wieder abholt")
    page.get_by_role("link", name="Auf diese Entscheidung antworten").click()
    citizen.check_axe()
    page.locator("#id_text").fill("Das tun wir selbst, am Abend danach.")
    page.get_by_role("button", name="Antwort veröffentlichen").click()
    expect(page.locator(".gate__reply")).to_contain_text("Das tun wir selbst")
    citizen.check_axe()
    citizen.check_width()


@pytest.mark.parametrize("size", SIZES)
def test_files_of_a_concept_come_with_their_words(signed_in: Any, size: str) -> None:
    """What cannot be sent is named and stays named; a picture that came without words gets them, and a file can be taken away again."""
    alice = signed_in("hamburg", "citizen", size)
    page = alice.open("hamburg", "/konzept/neu")
    page.locator("#id_title").fill(f"Schirme zum Mitnehmen ({size})")
    page.locator("#id_text").fill("Wer vom Regen überrascht wird, nimmt einen Schirm und stellt ihn anderswo zurück.")
    page.get_by_role("button", name="Anfangen").click()
    page.get_by_role("link", name="Dateien hinzufügen").click()
    alice.check_axe()
    alice.check_width()
    plan, photo = pdf(), jpeg()
    page.locator("#id_picture").set_input_files([
        {"name": "liste.docx", "mimeType": "application/zip", "buffer": b"PK"},
        {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": plan},
        {"name": "schirm.jpg", "mimeType": "image/jpeg", "buffer": photo},
    ])  # fmt: skip
    expect(page.locator("[data-list]")).to_contain_text("plan")
    expect(page.locator(".gfile[data-file]")).to_have_count(1)
    expect(page.locator("file-upload [data-status]")).to_contain_text("„liste.docx“")
    page.locator(".gfile--pending [data-send]").click()
    expect(page.locator(".gfile[data-file]")).to_have_count(2)

    # Without words and rights it is refused, and nothing is lost.
    alice.expect_error("status of 422")
    page.get_by_role("button", name="Hinzufügen").click()
    expect(page.locator("#errors")).to_contain_text("was das Bild zeigt")
    alice.check_axe()
    alice.check_width()
    page.locator(".gfile [data-words]").fill("Ein roter Schirm im Regal")
    page.locator("#id_rights").check()
    page.get_by_role("button", name="Hinzufügen").click()
    expect(page.get_by_role("img", name="Ein roter Schirm im Regal")).to_be_visible()
    plan_link = page.get_by_role("link", name=re.compile("plan")).first
    wait_until(page, lambda: plan_link.count() > 0)  # the worker looks into a PDF first
    with page.expect_download() as download:
        plan_link.click()
    assert download.value.path().read_bytes().startswith(b"%PDF")

    page.get_by_role("link", name="Dateien beschreiben oder entfernen").click()
    alice.check_axe()
    alice.check_width()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Speichern").click()
    expect(page.locator("main")).not_to_contain_text("PDF, ")
