"""The cockpit as who leads the city sees it: at every width, bright and dark, with its tables, definitions, filters and files."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect

WIDTHS = (360, 768, 1280, 1920)


def test_the_cockpit_reads_well_at_every_width_bright_and_dark(signed_in: Any) -> None:
    leader = signed_in("hamburg", "owner", "desktop")
    page = leader.open("hamburg", "/verwaltung/cockpit?zeit=immer")
    expect(page.get_by_role("heading", name="Jetzt sind Sie gefragt")).to_be_visible()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            leader.check_width()
            leader.check_axe()

    # Each chart says the same as a table, each measure what it means.
    page.set_viewport_size({"width": 1280, "height": 900})
    funnel = page.locator("section", has=page.get_by_role("heading", name=re.compile("Von der Stimme zum Dienst")))
    funnel.get_by_text("Als Tabelle").click()
    expect(funnel.get_by_role("rowheader", name="Stimmen")).to_be_visible()
    funnel.get_by_text("Was heißt das?").click()
    expect(funnel.get_by_text("Eine Stimme ist eine öffentliche Idee")).to_be_visible()
    leader.check_axe()

    # One process of the last quarter; the portfolio of themes.
    page.get_by_label("Beteiligung").select_option(label="Die Veddel im Sommer")
    page.get_by_role("button", name="Zeigen").click()
    expect(page).to_have_url(re.compile("prozess=veddel-im-sommer"))
    page.get_by_role("navigation", name="Wie es läuft").get_by_role("link", name="Themen").click()
    expect(page).to_have_url(re.compile("art=themen"))
    leader.check_axe()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("CSV.*Von der Stimme zum Dienst")).click()
    assert download.value.suggested_filename == "hamburg-funnel.csv"
