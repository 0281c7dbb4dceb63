"""The circle closes: a voice becomes a theme, a concept that three write, a service, and the service hears from people again.

It goes through Hamburg with real voices of Ottensen where this machine has them, else with a small sample of our own.
"""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from tests.browser.boards import ByPicture, card_of
from tests.browser.conftest import ROOT, serve_copy
from tests.browser.doing import guest_with_mail, number_of, read_mail_with, send, sentence, wait_until
from tests.browser.test_boards_live import is_saved
from tests.browser.test_innovation import told_apart
from tests.real import REAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page
    from tests.browser.conftest import Site, Visit
    from tests.browser.making import MadeDemo

SLUG = "lastenwege"
STEP = f"/beteiligung/{SLUG}/schritt/"
MAIL = "erste.stimme@example.org"
FIRST, TEXT = (
    "Eine Karre für den Wocheneinkauf",
    "Ich trage zwei Taschen vom Markt bis in den vierten Stock. Eine Karre zum Leihen würde mir reichen.",
)
THEME, CONCEPT, SERVICE = "Schweres leicht nach Hause bringen", "Marktkarren zum Leihen", "Marktkarre Ottensen"
FEEDBACK = "Am Samstag waren alle Karren weg. Zwei mehr würden reichen."
STEPS = (
    ("sammeln", "collect", "Stimmen sammeln", "opens = -30\ncloses = 60", ""),
    ("themen", "cluster", "Themen finden", "opens = -1\ncloses = 60", ""),
    ("konzept", "canvas", "Konzept entwickeln", "opens = -1\ncloses = 60", f'canvas = "blueprint"\nabout = {{ de = "{CONCEPT}" }}'),
)


def process_file() -> str:
    """A process that collects, finds themes and designs at the same time."""
    head = f'slug = "{SLUG}"\nsay = 3\nstate = "published"\n'
    for name in ("title", "question", "lead"):
        head += f'[{name}]\nde = "Wege mit Last"\nen = "Ways with a load"\nsimple = "Wege mit Last"\n'
    for key, method, title, window, settings in STEPS:
        names = f'de = "{title}"\nen = "{title}"\nsimple = "{title}"\n'
        head += f'[[step]]\nkey = "{key}"\nmethod = "{method}"\n{window}\n[step.title]\n{names}[step.settings]\n{settings}\n'
    return head


@pytest.fixture(scope="module")
def signed_in_states() -> dict[tuple[str, str], Any]:
    """Who signed in at this file's own server."""
    return {}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, made_demo: MadeDemo) -> Iterator[Site]:
    """The demo's Hamburg on a server of its own: so many voices would stand in the way of other tests."""
    with serve_copy(made_demo, tmp_path_factory.mktemp("circle")) as served:
        yield served


@pytest.fixture(scope="module")
def voices(site: Site, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Titles of real voices that lie in a process of Hamburg, each of which nobody could take for another's."""
    folder = tmp_path_factory.mktemp("lastenwege")
    pack = folder / "hamburg"
    shutil.copytree(ROOT / "cities/hamburg", pack)
    (pack / "processes" / f"{SLUG}.toml").write_text(process_file(), encoding="utf-8")
    site.run("city", "load", str(pack))
    real = REAL / "ottensen" / "contributions.csv"
    with (real if real.exists() else Path(__file__).with_name("voices.csv")).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[:40]
    part = folder / "voices.csv"
    with part.open("w", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, rows[0])
        table.writeheader()
        table.writerows(rows)
    assert f"{len(rows)} new, 0 updated, 0 unchanged, 0 rejected" in site.run("import", "--city", "hamburg", "--process", SLUG, str(part))
    return told_apart(rows, rows)


def sit_down(visit: Visit, step: int) -> Page:
    """Come to the board of a step through its door. A line that is cut, as one goes on, is told on the console, and meant."""
    visit.expect_error("WebSocket connection to .* failed")
    page = visit.open("hamburg", f"{STEP}{step}")
    page.get_by_role("button", name=sentence("de", "Go to the board")).click()
    is_saved(page)
    return page


def conclude(visit: Visit, step: int, result: str) -> None:
    """See what would come out, then press."""
    page = visit.open("hamburg", f"/verwaltung/beteiligungen/{SLUG}/schritt/{step}/abschliessen")
    expect(page.locator("main")).to_contain_text(result)
    page.get_by_role("button", name=sentence("de", "Conclude now")).click()
    expect(page.locator("main")).to_contain_text(sentence("de", "Everything is concluded"))


def find_concept(visit: Visit) -> str:
    """The number of the concept that came out of the workshop."""
    page = visit.open("hamburg", "/konzepte")
    return number_of(str(page.get_by_role("link", name=re.compile(CONCEPT)).first.get_attribute("href")))


def write_section(visit: Visit, concept: str, key: str, text: str) -> None:
    page = visit.open("hamburg", f"/konzept/{concept}/abschnitt/{key}/schreiben")
    before = page.locator("#id_text").input_value()
    page.locator("#id_text").fill(f"{before}\n\n{text}".strip())
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_role("status").first).to_contain_text("ist gespeichert")


def write_together(owner: Visit, citizen: Visit, company: Visit, department: Visit, concept: str) -> None:
    """Somebody asks to write along and is taken in; a company and a department come by the link."""
    page = citizen.open("hamburg", f"/konzept/{concept}/mitschreiben")
    page.get_by_role("button", name="Mitschreiben").click()
    expect(page.get_by_role("status").first).to_be_visible()
    page = owner.open("hamburg", f"/konzept/{concept}/menschen")
    link = page.locator("#invitation").input_value()
    page.get_by_role("button", name=re.compile("Marthe")).first.click()
    for visit in (company, department):
        page = visit.open("hamburg", re.sub(r"^https?://[^/]+", "", link))
        speaks_for = page.locator("#id_organisation")
        if speaks_for.count():
            speaks_for.select_option(index=1)
        page.get_by_role("button", name="Mitschreiben").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(CONCEPT)
    write_section(citizen, concept, "need", "Wer im vierten Stock wohnt, kauft nur, was er tragen kann.")
    write_section(company, concept, "parts", "Wir warten die Karren jeden Montag.")
    write_section(department, concept, "how", "Das Schloss öffnet mit der Karte der Bücherhallen.")


def decide(owner: Visit, head: Visit, concept: str, gate: str, reason: str, paper: str) -> None:
    """A usual gate is set up, the concept is laid before it, and the person who was named says go on."""
    desk = owner.open("hamburg", f"/verwaltung/entscheidungen/konzept/{concept}?wie={gate}")
    desk.locator("#id_body").fill("Ausschuss für Mobilität")
    desk.get_by_label(re.compile("Imke Vogt")).check()
    desk.get_by_role("button", name="Einrichten", exact=True).click()
    desk.get_by_role("button", name=re.compile("Konzept vorlegen")).click()
    there = head.open("hamburg", "/verwaltung/")
    there.locator("section", has=there.locator("#gates-wait")).get_by_role("link", name=re.compile(CONCEPT)).click()
    there.get_by_label("Weiter", exact=False).first.check()
    there.locator("#id_reason").fill(reason)
    there.locator("#id_paper_number").fill(paper)
    there.get_by_role("button", name="Entscheidung veröffentlichen").click()
    expect(there.locator(".gate--decided").last).to_contain_text(paper)


def test_a_voice_becomes_a_service_that_hears_from_people_again(voices: list[str], signed_in: Any, visit: Any) -> None:
    guest, reader = visit("phone"), visit()
    owner = signed_in("hamburg", "owner")
    first = number_of(guest_with_mail(guest, MAIL, FIRST, text=TEXT, at=f"{STEP}1"))

    # On the board the first voice and two real ones become a theme; who gave the first hears of it.
    board = sit_down(owner, 2)
    card_of(board, FIRST)
    ByPicture(board).group(FIRST, THEME)
    for other in voices[:2]:
        ByPicture(board).move(other, THEME)
    is_saved(board)
    conclude(owner, 2, THEME)
    mail = read_mail_with(reader, MAIL, THEME)
    assert FIRST in mail
    story = f"/beitrag/{first}/werdegang"
    assert story in mail

    # The theme lies on a blueprint, from which a concept grows that a citizen, a company and a department write.
    board = sit_down(owner, 3)
    card_of(board, THEME)
    board.locator("form[data-paper] textarea").fill("Karre am Marktstand nehmen")
    board.locator("form[data-paper] select").select_option("region touch")
    board.locator("form[data-paper] button").last.click()
    is_saved(board)
    conclude(owner, 3, CONCEPT)
    concept = find_concept(visit())
    citizen, company, department = (signed_in("hamburg", login) for login in ("citizen", "member", "expert"))
    write_together(owner, citizen, company, department, concept)

    # Two gates, and it stands in the catalogue.
    head = signed_in("hamburg", "administrator")
    decide(owner, head, concept, "work_out", "Der Weg vom Markt ist für viele zu schwer.", "22-101")
    decide(owner, head, concept, "try_out", "Zehn Karren, ein Jahr, dann sehen wir weiter.", "22-202")
    desk = owner.open("hamburg", f"/verwaltung/dienstleistungen/aus-konzept/{concept}")
    desk.locator("#id_name_de").fill(SERVICE)
    desk.get_by_role("button", name=sentence("de", "Put it into the catalogue")).click()
    key = re.search(r"/verwaltung/dienstleistungen/([\w-]+)", desk.url)
    assert key is not None

    # A guest says what should be better; it stands in the Bürgersensor as an improvement of that service.
    page = guest.open("hamburg", f"/dienstleistung/{key[1]}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(SERVICE)
    guest.check_width()
    page.locator("input[name=face][value=fair]").check()
    page.locator("#id_words").fill(FEEDBACK)
    assert send(page) == 303
    page = guest.open("hamburg", f"/entdecken?service={key[1]}")
    expect(page.get_by_role("link", name=re.compile("Am Samstag waren alle Karren weg")).first).to_be_visible()

    # The link of the first mail shows the whole way, with who decided and why, and the way on from there.
    page = guest.open("hamburg", story)
    for words in (THEME, CONCEPT, SERVICE, "Ausschuss für Mobilität", "Zehn Karren, ein Jahr"):
        expect(page.locator("main")).to_contain_text(words)
    guest.check_width()
    guest.check_axe()
    page = guest.open("hamburg", f"/dienstleistung/{key[1]}/werdegang")
    expect(page.locator("main")).to_contain_text(THEME)

    # The cockpit counts it.
    page = owner.open("hamburg", f"/verwaltung/cockpit?zeit=immer&prozess={SLUG}")
    funnel = page.locator("section", has=page.get_by_role("heading", name=re.compile("Von der Stimme zum Dienst")))
    stages = funnel.locator(".funnel__head")
    wait_until(page, lambda: stages.count() == 4 and stages.nth(3).inner_text().split()[0] == "1")
    assert [stages.nth(place).inner_text().split()[0] for place in (1, 2, 3)] == ["1", "1", "1"]
