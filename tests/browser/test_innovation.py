"""From what people gave to who does what by when: three windows at once, one of them offline for a while and one by keyboard.

The voices are real ones of Ottensen where this machine has them, else a small sample of our own.
"""

from __future__ import annotations

import csv
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from tests.browser.boards import ByPicture, card_of, lies_in
from tests.browser.conftest import ROOT, check_axe
from tests.browser.doing import sentence, sign_in, wait_until
from tests.browser.test_boards_live import BOARD, is_saved, run
from tests.real import REAL

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.browser.conftest import Site, Visit

CITY, SLUG = "altona", "freiraum"
PROCESS = f"/beteiligung/{SLUG}/schritt/"
FIRST, LATER = 60, 20  # rows: enough that groups are folded in the list
THEME, CONCEPT, PROMISE = "Platz für alle, die zu Fuß gehen", "Der Gehweg gehört allen", "Mit den Läden über Ladezeiten reden"
OWN = "Wir gehen die Strecke einmal zusammen ab"
STEPS = {
    "sammeln": ("collect", "Stimmen sammeln", "opens = -30\ncloses = -1", ""),
    "themen": ("cluster", "Themen finden", "opens = -1\ncloses = 30", 'proposal = "start"'),
    "konzept": ("canvas", "Konzept entwickeln", "opens = -1\ncloses = 30", f'canvas = "blueprint"\nabout = {{ de = "{CONCEPT}" }}'),
    "gewichten": ("dots", "Gewichten", "opens = -1\ncloses = 30", ""),
    "plan": ("plan", "Verabreden", "opens = -1\ncloses = 30", ""),
}
LEADER = f"""
import django; django.setup()
from civitas.cities.models import City
from civitas.people.models import Membership, Participant, User
city = City.objects.get(slug="{CITY}")
person = Participant.objects.create(city=city, pseudonym="Lea", user=User.objects.create_user("lea@{CITY}.example.org"))
Membership.objects.create(city=city, participant=person, role="facilitator")
"""
LIES_IN = (
    f"([words, title]) => {BOARD}.model.groups.get([...{BOARD}.model.cards.values()].find((card) => card.text === words).group)?.title"
    " === title"
)
HOW_MANY = f"(words) => [...{BOARD}.model.cards.values()].filter((card) => card.text === words && !card.gone).length"


@dataclass
class Altona:
    """What lies on the board from the start, what comes later, and the titles by which the walk finds some of them."""

    first: int
    later: int
    voices: list[str]
    newer: list[str]
    file: Path

    @property
    def count(self) -> int:
        return self.first + self.later


def process_file() -> str:
    """An innovation process whose collecting is over and whose boards are open."""
    head = f'slug = "{SLUG}"\nsay = 3\nstate = "published"\n'
    for name in ("title", "question", "lead"):
        head += f'[{name}]\nde = "Mehr Freiraum"\nen = "More room"\nsimple = "Mehr Platz"\n'
    for key, (method, title, window, settings) in STEPS.items():
        head += (
            f'[[step]]\nkey = "{key}"\nmethod = "{method}"\n{window}\n[step.title]\nde = "{title}"\nen = "{title}"\nsimple = "{title}"\n'
        )
        head += f"[step.settings]\n{settings}\n"
    return head


def told_apart(rows: list[dict[str, str]], among: list[dict[str, str]]) -> list[str]:
    """Titles that nobody could take for another's."""
    titles = [" ".join(row["title"].split()) for row in among]
    good = [" ".join(row["title"].split()) for row in rows]
    return [each for each in good if 14 <= len(each) <= 70 and "&" not in each and sum(each in other for other in titles) == 1]


@pytest.fixture(scope="module")
def altona(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Altona:
    """A city of its own with real voices in a process, and somebody who leads its workshops."""
    folder = tmp_path_factory.mktemp("altona")
    pack = folder / CITY
    shutil.copytree(ROOT / "tests/packs/bonn", pack)
    settings = (pack / "city.toml").read_text(encoding="utf-8").replace("bonn", CITY).replace("Bonn", "Altona")
    (pack / "city.toml").write_text(settings, encoding="utf-8")
    (pack / "processes" / f"{SLUG}.toml").write_text(process_file(), encoding="utf-8")
    site.run("city", "load", str(pack))
    real = REAL / "ottensen" / "contributions.csv"
    with (real if real.exists() else Path(__file__).with_name("voices.csv")).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[: FIRST + LATER]
    split = len(rows) * FIRST // (FIRST + LATER)
    for name, part in (("first", rows[:split]), ("later", rows[split:])):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as out:
            table = csv.DictWriter(out, rows[0])
            table.writeheader()
            table.writerows(part)
    taken = site.run("import", "--city", CITY, "--process", SLUG, str(folder / "first.csv"))
    assert f"{split} new, 0 updated, 0 unchanged, 0 rejected" in taken
    run(site, LEADER)
    return Altona(split, len(rows) - split, told_apart(rows[:split], rows), told_apart(rows[split:], rows), folder / "later.csv")


def join(visit: Visit, step: int) -> Page:
    """Sit down at the board of a step, through its door. A line that is cut is told on the console, and meant."""
    visit.expect_error("WebSocket connection to .* failed|ERR_INTERNET_DISCONNECTED")
    page = visit.open(CITY, f"{PROCESS}{step}")
    page.get_by_role("button", name=sentence("de", "Go to the board")).click()
    is_saved(page)
    return page


def conclude(visit: Visit, step: int, result: str, *, is_covered: bool = False) -> None:
    """See what would come out, then press."""
    page = visit.open(CITY, f"/verwaltung/beteiligungen/{SLUG}/schritt/{step}/abschliessen")
    if is_covered:
        page.get_by_role("button", name=sentence("de", "Uncover it now")).click()
    expect(page.locator("main")).to_contain_text(result)
    visit.check_width()
    page.get_by_role("button", name=sentence("de", "Conclude now")).click()
    expect(page.locator("main")).to_contain_text(sentence("de", "Everything is concluded"))


@dataclass
class ByKeys:
    """Somebody who works in the list twin alone, without mouse: by Tab, arrows, letters and Enter."""

    page: Page

    def reach(self, inside: str, words: str) -> None:
        """Tab until the focus is on something of this kind that says these words."""
        found = "([css, words]) => document.activeElement.matches(css) && document.activeElement.textContent.includes(words)"
        for _press in range(120):
            if self.page.evaluate(found, [inside, words]):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"by Tab nobody comes to '{words}' in {inside}")

    def find(self, words: str) -> None:
        """Search the list, where it is long enough to have a search, and go to the card."""
        search = self.page.locator("board-list [data-search]")
        if search.is_visible():
            search.focus()
            self.page.keyboard.press("Control+a")
            self.page.keyboard.type(words)
            expect(self.page.locator("board-list .bl__card")).to_have_count(1)
        self.reach(".bl__card", words)

    def move(self, words: str, group: str) -> None:
        self.find(words)
        self.page.keyboard.press("m")
        expect(self.page.locator("dialog[open]")).to_be_visible()
        self.reach("[data-entries] button", group)
        self.page.keyboard.press("Enter")
        expect(self.page.locator("dialog[open]")).to_have_count(0)

    def dot(self, words: str) -> None:
        self.find(words)
        self.page.keyboard.press("d")
        expect(self.page.locator("board-list .bl__card", has_text=words)).to_contain_text("1 Punkt")

    def promise(self, words: str, who: str, until: str) -> None:
        """Write a card with its further fields, then its words and Enter."""
        for name, value in (("who", who), ("until", until)):
            self.page.locator(f"form[data-paper] [data-field={name}]").focus()
            self.page.keyboard.type(value)
        self.page.locator("form[data-paper] textarea").focus()
        self.page.keyboard.type(words)
        self.page.keyboard.press("Enter")
        card_of(self.page, words)


def test_voices_become_a_theme_a_blueprint_and_a_plan_and_their_page_tells_it(  # noqa: PLR0915  (one way, told from end to end)
    altona: Altona, visit: Any, site: Site
) -> None:
    lead, bob_at, cem_at = visit(), visit(), visit()
    sign_in(lead, CITY, f"lea@{CITY}.example.org", reader=visit())
    lea_at = visit(storage_state=lead.context.storage_state())
    one, two, three, four = altona.voices[:4]

    # The board begins with what the first step gave; the machine's proposal is one, and marked so.
    lea, bob, cem = join(lea_at, 2), join(bob_at, 2), join(cem_at, 2)
    lea.wait_for_function(f"() => [...{BOARD}.model.groups.values()].some((group) => group.proposed)")
    assert len(lea.evaluate(f"[...{BOARD}.model.cards.values()]")) == altona.first
    proposed = lea.evaluate(f"[...{BOARD}.model.groups.values()].find((group) => group.proposed && !group.gone).title")
    expect(lea.locator("board-list")).to_contain_text("Vorschlag")

    # Three people group at once; one of them loses the network in the middle, and one has no mouse.
    ByPicture(lea).group(one, THEME)
    for page in (bob, cem):
        page.wait_for_function(f"(title) => [...{BOARD}.model.groups.values()].some((group) => group.title === title)", arg=THEME)
    bob.context.set_offline(True)
    expect(bob.locator("[data-link]")).to_have_attribute("data-link", "offline")
    ByPicture(bob).move(two, THEME)
    ByPicture(bob).add(OWN)
    ByPicture(bob).move(OWN, THEME)
    ByKeys(cem).move(three, THEME)
    ByPicture(lea).move(four, THEME)
    is_saved(lea)
    is_saved(cem)
    bob.context.set_offline(False)
    is_saved(bob)
    for page in (lea, bob, cem):
        for words in (one, two, three, four, OWN):
            card_of(page, words)
            page.wait_for_function(LIES_IN, arg=[words, THEME])
            assert page.evaluate(HOW_MANY, words) == 1
    lies_in(lea, one, THEME)

    # A proposal becomes a theme only when somebody takes it.
    lea.evaluate(
        f"(title) => {BOARD}.choose([...{BOARD}.model.groups.values()].find((group) => group.title === title).id, 'list')", proposed
    )
    lea.locator("[data-part=bar] [data-act=accept]").click()
    is_saved(lea)
    cem.wait_for_function(
        f"(title) => [...{BOARD}.model.groups.values()].some((group) => group.title === title && !group.proposed)", arg=proposed
    )

    # Newer voices come by words first, then the rest: none of them twice, and everybody sees them come.
    site.run("import", "--city", CITY, "--process", SLUG, str(altona.file))
    newer = altona.newer[0]
    desk = lead.open(CITY, f"/verwaltung/beteiligungen/{SLUG}/schritt/2/beitraege-holen")
    expect(desk.locator("#bring-count")).to_contain_text(f"{altona.later} neue")
    desk.locator("#bring-words").fill(newer)
    expect(desk).to_have_url(re.compile("words="))
    wait_until(desk, lambda: desk.locator(".bring__rows", has_text=newer).count() == 1)
    some = desk.locator(".bring__rows li").count()
    lead.check_width()
    desk.locator("#do-bring").click()
    card_of(cem, newer)
    desk.goto(site.url(CITY, f"/verwaltung/beteiligungen/{SLUG}/schritt/2/beitraege-holen"))
    expect(desk.locator("#bring-count")).to_contain_text(f"{altona.later - some} neue")
    desk.locator("#do-bring").click()
    expect(desk.locator("#do-bring")).to_have_count(0)
    for page in (lea, bob, cem):
        page.wait_for_function(
            f"(count) => [...{BOARD}.model.cards.values()].filter((card) => card.number).length === count", arg=altona.count
        )
        assert page.evaluate(HOW_MANY, newer) == 1
    number = card_of(lea, one)["number"]
    conclude(lead, 2, THEME)

    # The theme goes onto a service blueprint.
    lea, cem = join(lea_at, 3), join(cem_at, 3)
    card_of(cem, THEME)
    for words, region in (("Markierte Ladezone am Morgen", "touch"), ("Anruf bei jedem Laden", "back")):
        lea.locator("form[data-paper] textarea").fill(words)
        lea.locator("form[data-paper] select").select_option(f"region {region}")
        lea.locator("form[data-paper] button").last.click()
        card_of(cem, words)
    is_saved(lea)
    conclude(lead, 3, CONCEPT)

    # Dots are hidden until the end and weigh the themes, since there is but one concept; the plan says who does what by when.
    cem = join(cem_at, 4)
    ByKeys(cem).dot(THEME)
    is_saved(cem)
    conclude(lead, 4, THEME, is_covered=True)
    cem = join(cem_at, 5)
    ByKeys(cem).promise(PROMISE, "Cem", "12. Juni")
    ByKeys(cem).move(PROMISE, CONCEPT)
    is_saved(cem)
    conclude(lead, 5, PROMISE)

    # Whoever gave the first voice sees it all on its page, and comes back from each of them.
    citizen = visit("phone")
    page = citizen.open(CITY, f"/beitrag/{number}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(one)
    for made in (THEME, CONCEPT, PROMISE):
        expect(page.locator(".river").get_by_role("link", name=made)).to_be_visible()
    check_axe(page)
    citizen.check_width()
    page.locator(".river").get_by_role("link", name=THEME).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(THEME)
    page.locator("#kin").get_by_role("link", name=one).click()
    expect(page).to_have_url(re.compile(rf"/beitrag/{number}\b"))
