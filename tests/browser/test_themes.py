"""The team gathers voices into a theme, by mouse over filters and pages and by keyboard alone, and everybody reads what came of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.browser.conftest import Visit


def looked_at(visit: Visit) -> None:
    visit.check_axe()
    visit.check_width()


def begun(visit: Visit, title: str) -> Page:
    """A new theme of the Bürgersensor, at the screen on which its voices are gathered."""
    page = visit.open("hamburg", "/verwaltung/themen/neu")
    looked_at(visit)
    page.get_by_label("Wie heißt das Thema?").fill(title)
    page.get_by_role("button", name="Weiter zu den Stimmen").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Stimmen sammeln für „{title}“")
    return page


def test_voices_are_gathered_by_mouse_over_filters_and_pages_and_published(signed_in: Any, visit: Any) -> None:
    team: Visit = signed_in("hamburg", "moderator")
    page = begun(team, "Wege ohne Stufen")
    looked_at(team)
    said = page.locator(".gather-bar__said")
    expect(said).to_have_text("Noch nichts angekreuzt")

    # What is ticked stays ticked under other filters and on the next page.
    page.get_by_role("searchbox", name="Ort oder Stichwort").fill("Aufzug")
    page.get_by_role("button", name="Suchen").click()
    page.get_by_role("checkbox", name=re.compile("Tagebuch eines Aufzugs")).check()
    expect(said).to_have_text("Eine Stimme ist angekreuzt")
    page.get_by_role("searchbox", name="Ort oder Stichwort").fill("")
    page.get_by_role("button", name="Suchen").click()
    expect(page.locator("#found")).not_to_have_text("1 Stimme")
    page.get_by_role("link", name="20 weitere zeigen").click()
    expect(page.locator("#rows .pickrow")).to_have_count(40)
    page.locator("#rows .pickrow input[type=checkbox]").nth(30).check()
    expect(said).to_have_text("2 Stimmen sind angekreuzt")
    page.get_by_role("button", name="Angekreuzte dazunehmen").click()
    expect(page.get_by_role("status").filter(has_text="2 Stimmen sind jetzt im Thema.")).to_be_visible()

    # All that a search finds, with one that is in it already; and taken back.
    page.get_by_role("searchbox", name="Ort oder Stichwort").fill("Aufzug")
    page.get_by_role("button", name="Suchen").click()
    expect(page.locator("#rows .pickrow.is-there").first).to_contain_text("ist darin")
    page.get_by_role("button", name=re.compile("gefundenen? dazunehmen")).click()
    expect(page.locator("main")).to_contain_text(re.compile("(war|waren) schon darin"))
    page.get_by_role("link", name="Zum Thema").click()
    expect(page.get_by_role("heading", level=2, name=re.compile(r"^\d+ Stimmen darin"))).to_be_visible()
    looked_at(team)
    page.get_by_role("button", name="Veröffentlichen").click()
    expect(page.locator("main")).to_contain_text("Das Thema ist veröffentlicht.")
    page.get_by_role("link", name="Seite ansehen").click()

    # Everybody reads it.
    address = re.sub(r"^https?://[^/]+", "", page.url)
    for size in ("phone", "desktop"):
        reader: Visit = visit(size)
        there = reader.open("hamburg", address)
        expect(there.locator(".theme-face")).to_contain_text("Tagebuch eines Aufzugs")
        looked_at(reader)
    there = reader.open("hamburg", "/themen")
    expect(there.locator("main")).to_contain_text("Wege ohne Stufen")
    looked_at(reader)


def test_voices_are_gathered_by_keyboard_alone_on_a_phone(signed_in: Any) -> None:
    team: Visit = signed_in("hamburg", "moderator", "phone")
    page = begun(team, "Wärme am Abend")
    looked_at(team)
    page.get_by_role("searchbox", name="Ort oder Stichwort").focus()
    page.keyboard.type("Aufzug")
    page.keyboard.press("Enter")
    tick = page.get_by_role("checkbox", name=re.compile("Tagebuch eines Aufzugs"))
    expect(tick).to_be_visible()
    tick.focus()
    page.keyboard.press("Space")
    expect(page.locator(".gather-bar__said")).to_have_text("Eine Stimme ist angekreuzt")
    page.get_by_role("button", name="Angekreuzte dazunehmen").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="1 Stimme ist jetzt im Thema.")).to_be_visible()
    page.get_by_role("navigation", name="Wo Sie sind").get_by_role("link", name="Wärme am Abend").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2, name="1 Stimme darin")).to_be_visible()
    looked_at(team)
