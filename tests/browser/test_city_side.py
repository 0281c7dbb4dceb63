"""The city's side, as Bonn would begin with it: a pack, real contributions, an invitation, and then a team that does its work.

The first 400 contributions of the "Raddialog" of 2017 are brought into Bonn's Bürgersensor by the command line (with all 2,314
the worker looks at what is new for the better part of a minute before it comes to the first mail). The first administrator
comes by a mailed link and invites the others; then what came in is moderated, assigned, answered and put together.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import ROOT
from tests.browser.doing import accept_invitation, answers_in, give, guest_with_mail, number_of, queue_with, read_mail_with, wait_until
from tests.real import real_data

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page
    from tests.browser.conftest import Site, Visit

CITY = "bonn"
ROWS = 400
CALMED = "Poller und Schilder - gefährliche Hindernisse"
HIDDEN = "Großes Loch in der Straße!"
WORD = "Ampel"
TEMPLATE = "Guten Tag {name},\ndanke für Ihren Hinweis. Wir sehen uns die Stelle im Frühjahr an."
ANSWER = "Wir sehen uns die Stelle im Frühjahr an."


@dataclass
class Bonn:
    """A city with nobody in its team yet, but for an invitation on its way; `states` are the browsers of who has come since."""

    states: dict[str, Any] = field(default_factory=dict)


@pytest.fixture(scope="module")
def bonn(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Bonn:
    """Bonn with its real contributions, freshly imported."""
    file: Path = real_data("bonn", "contributions.csv")
    site.run("city", "load", str(ROOT / "tests/packs/bonn"))
    part = tmp_path_factory.mktemp("bonn") / "part.csv"
    with file.open(encoding="utf-8", newline="") as whole, part.open("w", encoding="utf-8", newline="") as first:
        rows = csv.reader(whole)
        csv.writer(first).writerows(islice(rows, ROWS + 1))
    said = site.run("import", "--city", CITY, "--process", "buergersensor", str(part))
    assert f"{ROWS} new, 0 updated, 0 unchanged, 0 rejected" in said
    site.run("city", "invite", CITY, "frieda@bonn.example.org")
    return Bonn()


@pytest.fixture
def team(bonn: Bonn, visit: Any) -> Callable[[str], Visit]:
    """The window of one of the team; whoever is asked for first brings all of them in."""
    if not bonn.states:
        states: dict[str, Any] = {}
        reader, leader = visit(), visit()
        accept_invitation(leader, CITY, "frieda@bonn.example.org", name="Frieda Rhein", reader=reader, role="Stadtadministration")
        states["administrator"] = leader.context.storage_state()
        for login, name, role in (("moderator", "Mo Beuel", "Redaktion"), ("expert", "Elif Poppel", "Fachamt")):
            address = f"{login}@bonn.example.org"
            page = leader.open(CITY, "/verwaltung/team")
            page.get_by_role("link", name="Jemanden einladen").click()
            page.locator("#id_mail").fill(address)
            page.locator(f".roles input[value={login}]").check()
            if login == "expert":
                page.locator("#id_organisation").select_option(label="Tiefbauamt")
            page.get_by_role("button", name="Einladung schicken").click()
            expect(page.locator(".invited", has_text=address)).to_be_visible()
            newcomer = visit()
            accept_invitation(newcomer, CITY, address, name=name, reader=reader, role=role)
            states[login] = newcomer.context.storage_state()
        bonn.states.update(states)
    return lambda login: visit("desktop", storage_state=bonn.states[login])


def found(visit: Visit, words: str) -> str:
    """How many everybody finds by these words, as the page says it."""
    return visit.open(CITY, f"/entdecken?words={words}").locator("#found").inner_text()


def path_of(visit: Visit, title: str) -> str:
    """Where a real contribution is, found as people find it."""
    page = visit.open(CITY, f"/entdecken?words={title}")
    address = page.locator("#rows").get_by_role("link", name=title, exact=True).first.get_attribute("href")
    assert address
    return address


def hide(page: Page, reason: str) -> None:
    """Hide the open item of the queue for a reason of the rules."""
    page.locator("summary[data-key=v]").click()
    page.locator("#hide-reason").get_by_label(reason).check()
    page.locator(".wq__more-do[open] .wq__order .kern-btn--primary").click()
    expect(page.locator("main")).to_contain_text("Es ist verborgen")


def agree_by_mail(visit: Visit, mail: str) -> None:
    """Say yes by the link of the mail, in a window that knows nobody."""
    link = re.search(r"/zusammenlegen/antwort/\S+", mail)
    assert link
    page = visit.open(CITY, link[0])
    page.get_by_role("radio", name=re.compile("^Ja")).check()
    page.get_by_role("button", name="Antwort senden").click()
    expect(page.locator("[role=status]")).to_contain_text("Beide stehen jetzt zusammen")


def write_template(visit: Visit, name: str) -> None:
    """Keep a template for answers under a name."""
    page = visit.open(CITY, "/verwaltung/vorlagen/neu")
    page.locator("#id_title").fill(name)
    page.locator("#id_text_de").fill(TEMPLATE)
    page.get_by_role("button", name="Speichern").click()
    expect(page.locator("main")).to_contain_text(name)


def publish(page: Page, status: str) -> None:
    """Let the answer that stands in the form go out."""
    page.locator("#antwort #id_status").select_option(status)
    page.locator("#antwort button[value=publish]").click()
    expect(page.locator("main")).to_contain_text("Ihre Antwort ist hinausgegangen")


def test_what_came_in_is_moderated_one_by_one_and_in_bulk_and_taken_back(team: Any, visit: Any) -> None:
    moderator, citizen = team("moderator"), visit()
    page = queue_with(moderator, "", city=CITY)
    waiting = re.compile(rf"^({ROWS}|{ROWS + 1}|{ROWS + 2}) warten")  # with what guests gave meanwhile
    wait_until(page, lambda: bool(waiting.search(page.locator("#wq-title").inner_text())))

    # One by one: the first is left as it is; the second is hidden, and taken back.
    page = queue_with(moderator, CALMED, city=CITY)
    page.locator(".wq__link", has_text=CALMED).click()
    page.get_by_role("button", name="So lassen").click()
    expect(page.locator("main")).to_contain_text("Alle können es lesen.")
    page = queue_with(moderator, HIDDEN, city=CITY)
    address = path_of(citizen, HIDDEN)
    page.locator(".wq__link", has_text=HIDDEN).click()
    hide(page, "Es steht schon hier")
    citizen.expect_error("status of 4")
    citizen.open(CITY, address)
    expect(citizen.page.get_by_role("heading", level=1)).not_to_have_text(HIDDEN)
    page.keyboard.press("u")
    expect(page.locator("main")).to_contain_text("Alles ist wie vorher")
    expect(citizen.open(CITY, address).get_by_role("heading", level=1)).to_have_text(HIDDEN)

    # In bulk: all that a word finds, and back.
    before = found(citizen, WORD)
    page = queue_with(moderator, WORD, least=10, city=CITY)
    page.get_by_role("link", name=re.compile("Über alle")).click()
    count = re.search(r"\d+", page.get_by_role("heading", level=1).inner_text())
    assert count
    assert int(count[0]) >= 20
    page.get_by_label("Verbergen", exact=True).check()
    page.get_by_label("Es steht schon hier").check()
    page.locator("form.form .actions button").click()
    expect(page.get_by_role("button", name="Alles zurücknehmen")).to_be_visible()
    expect(page.locator("#run .dl li").first).to_contain_text(count[0])
    moderator.check_axe()
    assert found(citizen, WORD) != before
    page.get_by_role("button", name="Alles zurücknehmen").click()
    expect(page.locator("#run .lead")).to_contain_text("Zurückgenommen")
    assert found(citizen, WORD) == before


def test_a_guest_objects_to_being_hidden_and_another_of_the_team_shows_it_again(team: Any, visit: Any) -> None:
    moderator, citizen = team("moderator"), visit()
    title = "Der Radweg an der Oper ist eine Zumutung"
    given = give(citizen, CITY, title=title, text="Wer das geplant hat, ist nie Rad gefahren. Bitte baut ihn neu!")
    page = queue_with(moderator, title, city=CITY)
    page.locator(".wq__link").first.click()
    hide(page, "Er beleidigt oder bedroht Menschen")
    mine = citizen.open(CITY, given)
    mine.get_by_role("link", name=re.compile("Warum das nicht gezeigt wird")).click()
    mine.get_by_role("button", name="Widersprechen").click()
    expect(mine.locator("main")).to_contain_text("Sie haben widersprochen")
    page = queue_with(moderator, title, city=CITY)
    page.locator(".wq__link").first.click()
    expect(page.locator("main")).to_contain_text("Das haben Sie selbst entschieden.")
    page = queue_with(team("administrator"), title, city=CITY)
    page.locator(".wq__link").first.click()
    page.get_by_role("button", name="Veröffentlichen").click()
    expect(page.locator("main")).to_contain_text("Alle können es lesen.")
    expect(citizen.open(CITY, given).get_by_role("heading", level=1)).to_have_text(title)


def test_what_came_in_is_put_together_assigned_answered_and_told_once(team: Any, visit: Any) -> None:
    author, follower, reader, stranger = visit(), visit(), visit(), visit()
    title, mail, follows = "Poller an der Godesberger Allee", "autorin@bonn.example.org", "folgt@bonn.example.org"
    text = "An der Godesberger Allee stehen Eisenpoller zwischen Radweg und Fußweg. Das ist gefährlich."
    given = guest_with_mail(author, mail, title, city=CITY, text=text)
    guest_with_mail(follower, follows, "Mehr Bänke am Rhein", city=CITY)
    real = path_of(stranger, CALMED)
    for path in (real, given):  # the follower follows both
        page = follower.open(CITY, path)
        page.locator("#unterstuetzen form[action$=folgen] button").click()
        expect(page.locator("#unterstuetzen form[action$=folgen] [aria-pressed=true]")).to_be_visible()
    page.goto(follower.site.url(CITY, real))
    page.locator("#unterstuetzen form[action$=unterstuetzen] button").click()
    expect(page.locator("#unterstuetzen form[action$=unterstuetzen] [aria-pressed=true]")).to_be_visible()
    before = {path: stranger.open(CITY, path).locator("main").inner_text() for path in (real, given)}

    # The guest's is put to the real one: its author is asked, and agrees by the link of the mail.
    moderator = team("moderator")
    page = moderator.open(CITY, f"/verwaltung/zusammenlegen/{number_of(real)}?q={number_of(given)}")
    page.locator(f"input[name=nr][value='{number_of(given)}'][type=checkbox]").check()
    page.get_by_role("button", name="Ausgewählte vergleichen").click()
    expect(page.locator(".compare mark").first).to_be_visible()
    page.get_by_role("radio").first.check()
    page.locator("#id_reason").fill("Beide meinen dieselben Poller.")
    page.get_by_role("button", name="Fragen und zusammenlegen").click()
    expect(page.locator("main")).to_contain_text("Beide meinen dieselben Poller.")
    agree_by_mail(stranger, read_mail_with(reader, mail, "Beide meinen dieselben Poller.", city=CITY))
    expect(stranger.open(CITY, given)).to_have_url(re.compile(rf"{real}#beitrag-{number_of(given)}$"))

    # A template, an assignment to a department, and its answer in the template's words.
    write_template(team("administrator"), "Danke, wir sehen es uns an")
    page = moderator.open(CITY, f"/verwaltung/antworten/{number_of(real)}")
    page.get_by_text("Weitergeben oder ändern").click()
    page.locator("#who ~ details select[name=organisation]").select_option(label="Tiefbauamt")
    page.get_by_role("button", name="Zuweisen").click()
    expect(page.locator("#who")).to_have_text("Bei Tiefbauamt")
    expert = team("expert")
    page = expert.open(CITY, "/verwaltung/antworten")
    page.get_by_role("link", name=CALMED).click()
    page.locator("#id_template").select_option(label="Danke, wir sehen es uns an")
    page.get_by_role("button", name="Einfügen").click()
    expect(page.locator("#antwort #id_text")).to_have_value(re.compile(ANSWER))
    publish(page, "planned")
    expect(stranger.open(CITY, real).locator(".answer")).to_contain_text(ANSWER)
    answers_in(reader, follows, CALMED, least=1, city=CITY)

    # Undone: both stand as before, but for the answer; who follows both hears of the next answer, and of each only once.
    page = moderator.open(CITY, "/verwaltung/zusammenlegen?ansicht=zusammen")
    page.locator(".queue__row", has_text=title).get_by_role("link", name="Rückgängig").click()
    page.get_by_role("button", name="Rückgängig").click()
    expect(page.locator("main")).to_contain_text("rückgängig gemacht am")
    assert stranger.open(CITY, given).locator("main").inner_text() == before[given]
    expect(stranger.open(CITY, real).locator(".wording")).to_have_count(0)
    page = expert.open(CITY, f"/verwaltung/antworten/{number_of(real)}")
    page.locator("#antwort #id_text").fill("Die Poller sind weg.")
    publish(page, "done")
    assert len(answers_in(reader, follows, CALMED, least=2, city=CITY)) == 2
