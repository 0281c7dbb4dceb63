"""Boards with several people at once: the same in picture and list, offline for a while, with a killed server, refused, sent away."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from playwright.sync_api import expect
from tests.browser.boards import VIEWS, card_of, group_of, has_gone, lies_in
from tests.media.samples import jpeg

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.browser.conftest import Site, Visit

WORDS = "Wasser auf jedem Platz"
OTHERS = "Schatten vor der Schule"
BOARD = "document.querySelector('[data-board]').board"
MAKE = """
import django, datetime as dt; django.setup()
from django.utils import timezone
from civitas.boards.actions import open_board
from civitas.cities.models import City
from civitas.processes.models import Process, Step
city = City.objects.get(slug="hamburg")
words = {{"de": "Zusammen sortieren"}}
process, _made = Process.objects.of(city).get_or_create(
    slug="zusammen-sortieren", defaults={{"city": city, "title": words, "question": words, "state": "published", "owner_name": "Ada"}}
)
process.city, now = city, timezone.now()
last = Step.objects.of(city).filter(process=process).order_by("position").last()
day = dt.timedelta(days=1)
values = {{"title": {{"de": "Zusammen sortieren"}}, "intro": {{"de": ""}}, "settings": {{}}, "opens_at": now - day, "closes_at": now + day}}
position = last.position + 1 if last else 1
values |= {{"key": f"board{{position}}", "position": position, "method": "{method}"}}
step = Step.objects.create(city=city, process=process, **values)
step.city, step.process = city, process
print(step.position, open_board(step).uid)
"""
HIDE = """
import django; django.setup()
from civitas.boards.models import BoardPicture
from civitas.boards.pictures import decide_picture
from civitas.people.actors import city_actor
picture = BoardPicture.objects.select_related("city", "file", "board__city", "board__step__process").get(board__uid="{uid}")
decide_picture(city_actor(picture.city), picture, "hidden")
"""
PAUSE = """
import django; django.setup()
from civitas.boards.leading import pause_writing
from civitas.boards.models import Board
from civitas.people.actors import city_actor
board = Board.objects.select_related("city", "step__process").get(uid="{uid}")
pause_writing(city_actor(board.city), board, paused={paused})
"""
SEND_AWAY = """
import django; django.setup()
from civitas.boards.actions import send_away
from civitas.boards.models import Board, Seat
from civitas.people.actors import city_actor
board = Board.objects.select_related("city", "step__process").get(uid="{uid}")
send_away(city_actor(board.city), board, Seat.objects.get(board=board, alias="{alias}"))
"""


def run(site: Site, script: str) -> str:
    """A few lines of Python on the server's database."""
    environment = site.environment | {"DJANGO_SETTINGS_MODULE": "civitas.project.settings"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


@pytest.fixture(scope="module")
def board(site: Site) -> tuple[str, str]:
    """The path of an open step with a board on which groups are made, and the board's uid."""
    position, uid = run(site, MAKE.format(method="cluster")).split()
    return f"/beteiligung/zusammen-sortieren/schritt/{position}", uid


def sit_down(visit: Visit, board: tuple[str, str]) -> Page:
    """Go to the board by its step's door. A line that is cut is told on the console, and meant."""
    visit.expect_error("WebSocket connection to .* failed|ERR_INTERNET_DISCONNECTED")
    page = visit.open("hamburg", board[0])
    page.locator("main form button.kern-btn--primary").first.click()
    is_saved(page)
    return page


# Waits until the browser has put aside that a change to these words waits (a function that waits is not asked again by itself).
KEPT = """async (words) => {
  const answer = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  for (const began = performance.now(); performance.now() - began < 20_000;) {
    for (const { name } of await indexedDB.databases()) {
      if (!name.startsWith("board-") || name.endsWith("drawer")) continue;
      const base = await answer(indexedDB.open(name));
      const found = await answer(base.transaction("custom").objectStore("custom").get("waiting"));
      base.close();
      if (found?.some((kept) => JSON.stringify(kept).includes(words))) return;
    }
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`nothing is put aside of: ${words}`);
}"""


def is_saved(page: Page) -> None:
    """Wait until the line is open and everything is confirmed."""
    expect(page.locator("[data-link]")).to_have_attribute("data-link", "saved")
    page.wait_for_function(f"() => {BOARD}.waiting === 0")


def come_back(window: Visit, page: Page, waits: str) -> Page:
    """Close a tab without a network as soon as the browser has put aside what waits, by some of its words, and come back with one."""
    address = page.url
    page.evaluate(KEPT, waits)
    page.close()
    window.context.set_offline(False)
    window.page = window.context.new_page()
    window.page.goto(address)
    is_saved(window.page)
    return window.page


@pytest.fixture
def two(visit: Any, board: tuple[str, str]) -> tuple[Page, Page]:
    return sit_down(visit(), board), sit_down(visit(), board)


@pytest.fixture(params=list(VIEWS))
def kind(request: pytest.FixtureRequest) -> Any:
    return VIEWS[request.param]


def words(kind: Any, text: str) -> str:
    """Words that no other turn of a test uses."""
    return f"{text} ({kind.__name__} {time.monotonic_ns() % 1_000_000})"


def test_what_one_does_the_other_sees(two: tuple[Page, Page], kind: Any) -> None:
    alice, bob = two
    card, title = words(kind, WORDS), words(kind, "Kühle Orte")
    kind(alice).add(card)
    card_of(bob, card)
    kind(alice).edit(card, f"{card}!")
    card_of(bob, f"{card}!")
    kind(alice).group(f"{card}!", title)
    bob.wait_for_function(f"(title) => [...{BOARD}.model.groups.values()].some((group) => group.title === title)", arg=title)
    lies_in(bob, f"{card}!", title)
    kind(alice).remove(f"{card}!")
    has_gone(bob, f"{card}!")
    is_saved(alice)


def test_others_changes_are_announced_and_the_focus_stays(two: tuple[Page, Page], kind: Any) -> None:
    alice, bob = two
    own, others = words(kind, WORDS), words(kind, OTHERS)
    kind(bob).add(own)
    view = kind(bob)
    view.take(own) if hasattr(view, "take") else view.card(own).focus()
    kind(alice).add(others)
    expect(bob.locator("[data-says-polite]")).to_contain_text(others[:24])
    expect(view.card(own)).to_be_focused()


def test_work_goes_on_without_a_network_and_arrives_once(two: tuple[Page, Page], kind: Any) -> None:
    alice, bob = two
    mine, others = words(kind, WORDS), words(kind, OTHERS)
    alice.context.set_offline(True)
    expect(alice.locator("[data-link]")).to_have_attribute("data-link", "offline")
    kind(alice).add(mine)
    expect(alice.locator("[data-link]")).to_contain_text("1 Änderung wartet auf das Netz")
    kind(bob).add(others)
    alice.context.set_offline(False)
    is_saved(alice)
    card_of(alice, others)
    card_of(bob, mine)
    for page in two:
        assert page.evaluate(f"(words) => [...{BOARD}.model.cards.values()].filter((card) => card.text === words).length", mine) == 1


def test_what_was_done_offline_comes_back_with_the_next_visit(visit: Any, board: tuple[str, str], kind: Any) -> None:
    first = visit()
    page, mine = sit_down(first, board), words(kind, WORDS)
    page.context.set_offline(True)
    kind(page).add(mine)
    expect(page.locator("[data-link]")).to_contain_text("wartet auf das Netz")
    card_of(come_back(first, page, mine), mine)
    card_of(sit_down(visit(), board), mine)


@pytest.mark.every_time
def test_a_killed_server_loses_nothing(two: tuple[Page, Page], kind: Any, site: Site) -> None:
    alice, bob = two
    before, after = words(kind, WORDS), words(kind, OTHERS)
    kind(alice).add(before)
    is_saved(alice)
    for found in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = found.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"civitas.project.asgi:application" in command and site.environment["LIVE_PORT"].encode() in command:
            os.kill(int(found.parent.name), signal.SIGKILL)
    expect(alice.locator("[data-link]")).to_have_attribute("data-link", "searching")
    kind(alice).add(after)
    is_saved(alice)
    is_saved(bob)
    for page in two:
        for text in (before, after):
            assert page.evaluate(f"(words) => [...{BOARD}.model.cards.values()].filter((card) => card.text === words).length", text) == 1


def test_what_may_not_be_is_refused_and_its_words_can_be_copied(two: tuple[Page, Page], kind: Any) -> None:
    alice, bob = two
    card, kept = words(kind, WORDS), words(kind, OTHERS)
    kind(alice).add(card)
    found = card_of(bob, card)["id"]
    bob.evaluate(f"(id) => {BOARD}.perform({{do: 'text', id, text: 'Von mir überschrieben'}})", found)
    dialog = bob.locator("dialog[data-dialog=refused]")
    expect(dialog).to_be_visible()
    expect(dialog.locator("textarea")).to_have_value("Von mir überschrieben")
    dialog.get_by_role("button", name="Schließen").click()
    card_of(bob, card)
    kind(bob).add(kept)
    is_saved(bob)
    card_of(alice, kept)


def test_two_tabs_of_one_person_agree(visit: Any, board: tuple[str, str], kind: Any) -> None:
    first = visit()
    page, mine = sit_down(first, board), words(kind, WORDS)
    other = first.context.new_page()
    other.goto(page.url)
    is_saved(other)
    first.context.set_offline(True)
    kind(page).add(mine)
    card_of(other, mine)  # without a network, from tab to tab
    first.context.set_offline(False)
    is_saved(page)
    is_saved(other)


def test_who_is_sent_away_reads_why(visit: Any, board: tuple[str, str], site: Site) -> None:
    page = sit_down(visit(), board)
    alias = page.evaluate(f"{BOARD}.seat")
    run(site, SEND_AWAY.format(uid=board[1], alias=alias))
    farewell = page.locator("[data-farewell]")
    expect(farewell).to_be_visible()
    expect(farewell.locator("[data-sentence]")).not_to_be_empty()


def test_two_people_with_one_card_hear_of_it(two: tuple[Page, Page], kind: Any) -> None:
    alice, bob = two
    card, one, other = words(kind, WORDS), words(kind, "Wasser"), words(kind, "Schatten")
    for page, title in ((alice, one), (bob, other)):
        kind(page).add(f"{title}!")
        kind(page).group(f"{title}!", title)
    kind(alice).add(card)
    for page in two:
        card_of(page, card)
        for title in (one, other):
            page.wait_for_function(f"(title) => [...{BOARD}.model.groups.values()].some((group) => group.title === title)", arg=title)
        page.context.set_offline(True)
    kind(alice).move(card, one)
    kind(bob).move(card, other)
    for page in two:
        page.context.set_offline(False)
    for page in two:
        expect(page.locator(".toast", has_text="im selben Moment")).to_be_visible()
        is_saved(page)
    assert group_of(alice, card) == group_of(bob, card)


def test_who_leads_goes_on_and_all_hear_it(signed_in: Any, visit: Any, site: Site) -> None:
    position, uid = run(site, MAKE.format(method="brainstorm")).split()
    guest = sit_down(visit(), (f"/beteiligung/zusammen-sortieren/schritt/{position}", uid))
    guest.locator("form[data-paper] textarea").fill(WORDS)
    guest.get_by_role("button", name="Zu meinen Karten").click()
    expect(guest.locator("board-list .bl__card", has_text=WORDS)).to_contain_text("nur für Sie")
    is_saved(guest)
    leader = signed_in("hamburg", "owner").open("hamburg", f"/pinnwand/{uid}")
    expect(leader.locator("[data-link]")).to_have_attribute("data-link", "saved")
    assert leader.evaluate(f"{BOARD}.model.cards.size") == 0
    leader.get_by_role("button", name="Alle Karten").click()
    expect(guest.locator(".toast")).to_contain_text("Alle Karten")
    card_of(leader, WORDS)
    expect(guest.locator("board-list .bl__card", has_text=WORDS)).not_to_contain_text("nur für Sie")
    expect(guest.locator("[data-send]")).to_have_text("An die Wand")
    kind = VIEWS["list"](guest)
    kind.edit(WORDS, f"{WORDS}!")
    is_saved(guest)
    card_of(leader, f"{WORDS}!")


def test_without_scripts_every_verb_is_a_form(visit: Any, board: tuple[str, str], kind: Any) -> None:
    live, mine = sit_down(visit(), board), words(kind, WORDS)
    plain = visit(java_script_enabled=False).open("hamburg", board[0])
    plain.locator("main form button.kern-btn--primary").first.click()
    plain.locator("textarea[name=text]").first.fill(mine)
    plain.locator("button[value=add]").click()
    item = plain.locator(".plain__card", has_text=mine)
    item.locator("summary").click()
    item.locator("input[name=title]").fill(f"Gruppe {mine}")
    item.locator("button[value=group]").click()
    expect(plain.locator(".plain__head", has_text=f"Gruppe {mine}")).to_be_visible()
    there = f"(title) => [...{BOARD}.model.groups.values()].some((group) => group.title === title)"
    live.wait_for_function(there, arg=f"Gruppe {mine}")
    lies_in(live, mine, f"Gruppe {mine}")
    kind(live).add(f"{mine}!")
    is_saved(live)
    plain.reload()
    expect(plain.locator(".plain__card", has_text=f"{mine}!")).to_be_visible()


def test_a_picture_comes_onto_a_card_and_is_hidden_from_all_at_once(visit: Any, site: Site) -> None:
    position, uid = run(site, MAKE.format(method="canvas")).split()
    path = (f"/beteiligung/zusammen-sortieren/schritt/{position}", uid)
    one = visit()
    one.expect_error("400")  # the refused file
    alice, bob = sit_down(one, path), sit_down(visit(), path)
    paper, dialog = alice.locator("form[data-paper]"), alice.locator("dialog[data-dialog=picture]")
    paper.locator("textarea").fill(WORDS)
    paper.locator("[data-picture]").click()
    dialog.locator("input[type=file]").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})
    dialog.locator("input[type=text]").fill("Ein Brunnen im Schatten")
    dialog.get_by_role("button", name="Auf die Karte legen").click()
    expect(dialog.get_by_role("alert")).to_contain_text("JPEG")
    dialog.locator("input[type=file]").set_input_files({"name": "b.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    dialog.get_by_role("button", name="Auf die Karte legen").click()
    expect(dialog).to_be_hidden()
    expect(paper.locator("[data-thumb]")).to_contain_text("Ein Brunnen im Schatten")
    expect(paper.locator("textarea")).to_have_value(WORDS)
    paper.locator(".paper__send").click()
    is_saved(alice)
    for seen in (bob.locator("board-list .bl__picture"), bob.locator(".stage .card__picture")):
        expect(seen).to_have_attribute("alt", "Ein Brunnen im Schatten")
        expect(seen).to_be_visible()
    run(site, HIDE.format(uid=uid))
    expect(bob.locator("board-list .bl__picture, .stage .card__picture")).to_have_count(0)
    card_of(bob, WORDS)


def test_while_writing_is_paused_a_calm_sentence_stands_where_the_paper_was(visit: Any, board: tuple[str, str], site: Site) -> None:
    page = sit_down(visit(), board)
    calm = page.locator("board-list [data-calm]")
    expect(calm).to_be_hidden()
    run(site, PAUSE.format(uid=board[1], paused=True))
    expect(calm).to_contain_text("Eine kurze Pause")
    expect(page.locator("form[data-paper]")).to_be_hidden()
    run(site, PAUSE.format(uid=board[1], paused=False))
    expect(page.locator("form[data-paper]")).to_be_visible()
    expect(calm).to_be_hidden()


LAY_ANEW = """
import django; django.setup()
from civitas.boards.actions import put_anew
from civitas.boards.models import Board
from civitas.boards.queries import document_of
board = Board.objects.select_related("city", "step__process").get(uid="{uid}")
put_anew(board)
print(len(document_of(board).strokes))
"""


def test_much_that_waited_comes_in_pieces_and_the_next_day_onto_the_board_as_it_is_then(visit: Any, site: Site) -> None:
    position, uid = run(site, MAKE.format(method="canvas")).split()
    place = (f"/beteiligung/zusammen-sortieren/schritt/{position}", uid)
    first = visit()
    first.context.add_init_script("{ const now = Date.now; Date.now = () => now() - 400 * 86_400_000; }")  # a clock that is a year behind
    page = sit_down(first, place)
    page.context.set_offline(True)
    points = " ".join(["-12345.2,-2345.5"] * 1_800)  # twelve of these are more than one update may be
    page.evaluate(f"(points) => {{ for (let n = 0; n < 12; n++) {BOARD}.verbs.draw(points, 'blue', 4); }}", points)
    page.context.set_offline(False)
    is_saved(page)
    mine = VIEWS["list"](page)
    mine.add(WORDS)
    is_saved(page)
    page.context.set_offline(True)
    mine.edit(WORDS, OTHERS)
    assert run(site, LAY_ANEW.format(uid=uid)) == "12"
    for each in (come_back(first, page, OTHERS), sit_down(visit(), place)):
        card_of(each, OTHERS)
        assert each.evaluate(f"(words) => [...{BOARD}.model.cards.values()].filter((card) => card.text === words).length", OTHERS) == 1
        has_gone(each, WORDS)
        assert each.evaluate(f"() => {BOARD}.model.strokes.size") == 12


@pytest.mark.every_time
def test_what_is_to_be_done_again_outlasts_its_tab(visit: Any, board: tuple[str, str]) -> None:
    said = "Was auf das Netz wartet"
    first = visit()
    page = sit_down(first, board)
    page.context.set_offline(True)
    VIEWS["list"](page).add(said)
    # As it happens after a day without a network, when the line is lost once more at that very moment.
    page.evaluate(f"() => {BOARD}.provider.bringInPieces()")
    for each in (come_back(first, page, said), sit_down(visit(), board)):
        card_of(each, said)
        assert each.evaluate(f"(said) => [...{BOARD}.model.cards.values()].filter((card) => card.text === said).length", said) == 1


@pytest.mark.every_time
def test_a_browser_whose_store_hangs_does_not_hold_up_the_board(visit: Any, board: tuple[str, str]) -> None:
    first = visit()
    first.context.add_init_script("IDBFactory.prototype.open = () => new EventTarget();")
    page = sit_down(first, board)
    mine = VIEWS["list"](page)
    mine.add(WORDS)
    is_saved(page)
    card_of(sit_down(visit(), board), WORDS)


def test_a_board_is_taken_along_as_a_picture_that_bears_its_name(visit: Any, board: tuple[str, str]) -> None:
    page = sit_down(visit(), board)
    kind = VIEWS["picture"] if "picture" in VIEWS else next(iter(VIEWS.values()))
    kind(page).add(words(kind, WORDS))
    page.locator(".bd__more summary").click()
    with page.expect_download() as taken:
        page.locator("[data-save=png]").click()
    assert taken.value.suggested_filename == "Zusammen sortieren.png"
    with Image.open(taken.value.path()) as picture:
        assert min(picture.size) > 100
