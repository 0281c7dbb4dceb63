"""The report of a process: put together from the data, written, released, corrected, and read by everybody, on the page and on paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect
from tests.browser.test_cockpit import WIDTHS

from civitas.kit.pdf import may_print

if TYPE_CHECKING:
    from playwright.sync_api import Page

PROCESS = "Umziehen in einem Rutsch"
DESK = "/verwaltung/berichte/umziehen"
READ = "/beteiligung/umziehen/bericht"
OWN = "Aus 14 Wegen wird einer: Wir melden alle Ämter in einem Gang um."


def write(page: Page, text: str) -> None:
    """Write the open section anew."""
    page.locator("#id_text").fill(text)
    page.get_by_role("button", name="Speichern").click()


def test_a_report_is_written_released_corrected_and_read(signed_in: Any, visit: Any) -> None:
    leader, colleague = signed_in("hamburg", "owner", "desktop"), signed_in("hamburg", "moderator", "desktop")
    page = leader.open("hamburg", "/verwaltung/berichte")
    leader.check_axe()
    page.get_by_role("link", name=PROCESS).click()
    page.get_by_role("button", name="Entwurf zusammenstellen").click()
    expect(page.get_by_role("heading", name="Wer mitgemacht hat")).to_be_visible()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        leader.check_width()
    leader.check_axe()

    # Two write the same section: the second sees what the first wrote, and loses nothing.
    page.get_by_role("link", name="Schreiben : Wie es weitergeht").click()
    beside = colleague.open("hamburg", DESK)
    beside.get_by_role("link", name="Schreiben : Wie es weitergeht").click()
    write(beside, "Im Januar beginnt der Versuch.")
    expect(beside.locator("main")).to_contain_text("Im Januar beginnt der Versuch.")
    leader.expect_error("status of 409")
    write(page, OWN)
    expect(page.locator("main")).to_contain_text("Im Januar beginnt der Versuch.")
    expect(page.locator("#id_text")).to_have_value(OWN)
    leader.check_axe()
    write(page, f"{OWN}\n\nIm Januar beginnt der Versuch.")
    expect(page.locator("main")).to_contain_text(OWN)

    # Nobody reads it before it is released.
    guest = visit("phone")
    guest.expect_error("status of 404")
    expect(guest.open("hamburg", READ).get_by_role("heading", level=1)).to_have_text("Diese Seite finden wir nicht")
    page.get_by_role("button", name="Bericht freigeben").click()
    there = guest.open("hamburg", "/beteiligung/umziehen")
    there.locator(f'a[href^="{READ}"]').first.click()
    expect(there.get_by_role("heading", level=1)).to_have_text(PROCESS)
    expect(there.locator("main")).to_contain_text(OWN)
    for theme in ("light", "dark"):
        there.emulate_media(color_scheme=theme)
        guest.check_width()
        guest.check_axe()
    if may_print():
        with there.expect_download() as download:
            there.get_by_role("button", name="Als PDF").click()
        assert download.value.suggested_filename == "hamburg-umziehen-bericht-1.pdf"
        assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")

    # A correction says what changed; the edition before stays to be read.
    page.goto(page.url)
    page.get_by_role("link", name="Schreiben : Wie es weitergeht").click()
    write(page, f"{OWN}\n\nIm Februar beginnt der Versuch.")
    leader.expect_error("422")
    page.get_by_role("button", name="Bericht freigeben").click()
    expect(page.locator("#id_changes")).to_have_attribute("aria-invalid", "true")
    page.locator("#id_changes").fill("Der Versuch beginnt einen Monat später.")
    page.get_by_role("button", name="Bericht freigeben").click()
    expect(page.get_by_role("link", name="Fassung 2")).to_be_visible()
    expect(guest.open("hamburg", READ).locator("main")).to_contain_text("Der Versuch beginnt einen Monat später.")
    expect(guest.open("hamburg", f"{READ}?fassung=1").locator("main")).to_contain_text("Im Januar beginnt der Versuch.")
    guest.check_axe()
