"""A spreadsheet is brought in and taken back in the browser, by keyboard; a list goes out as it is filtered."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page
    from tests.browser.conftest import Visit

COLUMNS = ("Nr", "Betreff", "Was soll sich ändern?", "Rubrik", "Eingang")
ROWS = (
    ("V-1", "Ein Zebrastreifen am Deich", "Die Autos sind schnell, die Kinder sind klein.", "Wege", "2026-05-03"),
    ("V-2", "Bücher unter freiem Himmel", "Ein Schrank am Marktplatz, offen für alle.", "Kultur", "2026-05-04"),
    ("V-2", "Noch einmal derselbe", "Doppelt.", "Kultur", "2026-05-04"),
)
# Where each column goes, as it is typed into its choice; what the names say already is not typed.
CHOSEN = {"Nr": "Nummer", "Was soll sich ändern?": "Text", "Eingang": "Wann"}


def spreadsheet(path: Path) -> Path:
    book = Workbook()
    for row in (COLUMNS, *ROWS):
        book.active.append(row)
    book.save(path)
    return path


def press(page: Page, button: Locator) -> None:
    button.focus()
    page.keyboard.press("Enter")


def test_a_spreadsheet_is_mapped_brought_in_and_taken_back_by_keyboard(signed_in: Any, visit: Any, tmp_path: Path) -> None:
    owner = signed_in("hamburg", "owner", "desktop")
    page = owner.open("hamburg", "/verwaltung/importe")
    press(page, page.get_by_role("link", name="Datei einlesen"))
    page.locator("#id_file").set_input_files(spreadsheet(tmp_path / "veddel.xlsx"))
    page.get_by_label("In welche Beteiligung?").select_option(label="Die Veddel im Sommer")
    owner.check_axe()
    press(page, page.get_by_role("button", name="Datei lesen"))

    check = page.get_by_role("button", name="3 Zeilen prüfen")
    expect(check).to_be_visible()
    expect(page.get_by_label("Betreff")).to_have_value("title")
    owner.expect_error("status of 422")
    press(page, check)  # no column tells the rows apart yet: said, and what was chosen is kept
    expect(page.get_by_role("alert")).to_contain_text("Keine Spalte unterscheidet die Zeilen.")
    owner.check_axe()
    for column, word in CHOSEN.items():
        page.get_by_label(column).focus()
        page.keyboard.type(word)
    for width in (360, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        owner.check_width()
    press(page, check)

    expect(page.get_by_role("heading", name="Ein Zebrastreifen am Deich")).to_be_visible()
    expect(page.locator(".imp-sums")).to_contain_text("2neue Beiträge")
    expect(page.locator(".imp-faults")).to_contain_text("die Kennung „V-2“ steht zweimal in dieser Datei")
    owner.check_axe()
    with page.expect_download() as handed:
        press(page, page.get_by_role("link", name="Alle mit ihrem Grund (CSV)"))
    assert len(list(csv.reader(io.StringIO(Path(handed.value.path()).read_text("utf-8-sig"))))) == 2
    press(page, page.get_by_role("button", name="2 Zeilen einlesen"))

    expect(page.get_by_role("button", name="Alles zurücknehmen")).to_be_visible()
    owner.check_axe()
    reader = visit("phone")
    there = reader.open("hamburg", "/entdecken?process=veddel-im-sommer&q=Zebrastreifen")
    expect(there.get_by_role("link", name="Ein Zebrastreifen am Deich")).to_be_visible()
    there.locator(".asfile > summary").click()
    reader.check_axe()
    with there.expect_download() as handed:
        there.get_by_role("button", name="Tabelle (CSV)").click()
    found = list(csv.DictReader(io.StringIO(Path(handed.value.path()).read_text("utf-8-sig"))))
    assert "Ein Zebrastreifen am Deich" in [row["title"] for row in found]

    take_back_and_look(owner, reader, page)
    # The next file with these columns is mapped as this one was.
    next_of_its_kind(owner, tmp_path / "veddel.xlsx")


def take_back_and_look(owner: Visit, reader: Visit, page: Page) -> None:
    press(page, page.get_by_role("button", name="Alles zurücknehmen"))
    expect(page.locator(".imp-sums")).to_contain_text("2zurückgenommen")
    owner.check_axe()
    there = reader.open("hamburg", "/entdecken?process=veddel-im-sommer")
    expect(there.get_by_role("link", name="Ein Zebrastreifen am Deich")).to_have_count(0)


def next_of_its_kind(owner: Visit, path: Path) -> None:
    page = owner.open("hamburg", "/verwaltung/importe/neu")
    page.locator("#id_file").set_input_files(path)
    press(page, page.get_by_role("button", name="Datei lesen"))
    expect(page.get_by_label("Nr", exact=True)).to_have_value("id")
    expect(page.locator("main")).to_contain_text(re.compile("Vorgeschlagen wie beim letzten Mal"))
    press(page, page.get_by_role("button", name="Datei verwerfen"))
    expect(page.locator("main")).to_contain_text("Nichts davon wurde übernommen.")


def test_a_process_is_taken_along_as_an_archive(signed_in: Any) -> None:
    owner = signed_in("hamburg", "owner", "desktop")
    page = owner.open("hamburg", "/verwaltung/importe")
    page.get_by_role("link", name="Herausgeben").click()
    page.get_by_label("Aus welcher Beteiligung?").select_option(label="Die Veddel im Sommer")
    page.get_by_label(re.compile("Für die Forschung")).check()
    owner.check_axe()
    page.get_by_role("button", name="Zusammenstellen").click()
    load = page.get_by_role("link", name=re.compile("Herunterladen ?: Die Veddel im Sommer"))
    expect(load).to_be_visible()
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        owner.check_width()
    owner.check_axe()
    with page.expect_download() as handed:
        load.click()
    with zipfile.ZipFile(handed.value.path()) as packed:
        assert {"LIESMICH.md", "README.md", "codebook.csv", "contributions.csv", "comments.csv"} == set(packed.namelist())
