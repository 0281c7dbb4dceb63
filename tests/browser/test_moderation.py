"""The editorial desk: worked through by keys alone, many at once, taken back, objected to; on a phone and on a desk."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from playwright.sync_api import expect
from tests.browser.doing import give, number_of, queue_with

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

SIZES = ["phone", "desktop"]
TEXT = "Bitte stellt dort eine Bank auf. Fragen beantwortet Frau Muster, Telefon 040 123 45 67, jeden Tag bis 18 Uhr."


def test_a_moderator_needs_no_mouse(visit: Any, signed_in: Any) -> None:
    title = "Eine Bank, nur mit Tasten"
    give(visit("desktop"), title=title, text=TEXT)
    team: Visit = signed_in("hamburg", "moderator")
    page = queue_with(team, title)
    expect(page.locator("work-queue")).to_have_attribute("data-keys", "on")
    page.keyboard.press("j")
    expect(page.locator("#item-title")).to_have_text(title)
    expect(page).to_have_url(re.compile(r"/verwaltung/redaktion/\d+"))
    expect(page.locator("mark.proposal")).to_contain_text("040 123 45 67")
    expect(page.locator(".wq__machine")).to_contain_text("Telefonnummer")
    expect(page.locator("#item-title")).to_be_focused()  # the next Tab is in the item
    team.check_axe()

    # V opens the reasons and stands in them; what is typed there is no key.
    page.keyboard.press("v")
    expect(page.locator("#hide-reason input").first).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("Fragen Sie gern anders, fjkvu.")
    expect(page.locator("#hide-text")).to_have_value("Fragen Sie gern anders, fjkvu.")
    team.check_axe()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Es ist verborgen")
    expect(page.locator("work-queue")).to_have_attribute("data-keys", "on")  # the next page has its keys

    # U takes it back; the item is there again.
    page.keyboard.press("u")
    expect(page.locator("main")).to_contain_text("Alles ist wie vorher")
    expect(page.locator("#item-title")).to_have_text(title)
    expect(page.locator("[data-says]")).to_contain_text("Alles ist wie vorher")  # and is heard

    # A question without words comes back, and begins with what is missing; Escape closes the form.
    team.expect_error("422")
    page.keyboard.press("n")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#errors")).to_be_focused()
    expect(page.locator("#errors")).to_contain_text("Bitte schreiben Sie Ihre Frage.")
    page.keyboard.press("Escape")
    expect(page.locator("#ask-text")).to_be_hidden()


def test_ticks_and_all_keys_need_no_mouse_either(visit: Any, signed_in: Any) -> None:
    title = "Ein Tisch, nur mit Tasten"
    path = give(visit("desktop"), title=title, text=TEXT)
    team: Visit = signed_in("hamburg", "moderator")
    queue_with(team, title)

    # The space bar ticks; B goes on with what is ticked.
    page = team.open("hamburg", f"/verwaltung/redaktion?q={number_of(path)}")
    expect(page.locator("work-queue")).to_have_attribute("data-keys", "on")
    page.keyboard.press("Space")
    expect(page.locator(".wq__line.is-here input[name=c]")).to_be_checked()
    expect(page.locator("[data-says]")).to_have_text("Einer ist angekreuzt.")
    page.keyboard.press("a")
    expect(page.locator(".wq__line input[name=c]:checked")).to_have_count(0)
    page.keyboard.press("a")
    page.keyboard.press("b")
    expect(page.get_by_role("heading", level=1)).to_have_text("Über 1 Eintrag entscheiden")
    page.go_back()
    expect(page.locator("work-queue")).to_have_attribute("data-keys", "on")

    # All keys are listed, and can be switched off.
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_be_visible()
    team.check_axe("dialog")
    page.locator("#keys-on").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    page.keyboard.press("f")
    expect(page.locator("#item-title")).to_have_text(title)
    page.keyboard.press("?")
    page.locator("#keys-on").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    expect(page.locator("main")).to_contain_text("Alle können es lesen.")


@pytest.mark.parametrize("size", SIZES)
def test_many_are_decided_at_once_and_taken_back(visit: Any, signed_in: Any, size: str) -> None:
    words = f"Zauberbrunnen{size}"
    citizen = visit(size)
    for number in (1, 2):
        give(citizen, title=f"{words} Nummer {number}", text=f"Ein {words} am Platz {number} wäre schön.")
    team: Visit = signed_in("hamburg", "moderator", size)
    page = queue_with(team, words, least=2)
    team.check_axe()
    team.check_width()
    for tick in page.locator("input[name=c]").all():
        tick.check()
    page.get_by_role("button", name="Über Angekreuzte entscheiden").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2 Einträge")
    team.check_axe()
    team.check_width()
    page.get_by_label("Verbergen", exact=True).check()
    team.expect_error("422")  # the reason is missing
    page.locator("form.form .actions button").click()
    expect(page.locator("main")).to_contain_text("Bitte wählen Sie den Grund")
    page.get_by_label("Es steht schon hier").check()
    page.locator("form.form .actions button").click()
    expect(page.get_by_role("button", name="Alles zurücknehmen")).to_be_visible()
    team.check_axe()
    team.check_width()
    expect(page.locator("#run .dl li").first).to_contain_text("2")
    page.get_by_role("button", name="Alles zurücknehmen").click()
    expect(page.locator("#run .lead")).to_contain_text("Zurückgenommen")
    queue_with(team, words, least=2)


@pytest.mark.parametrize("size", SIZES)
def test_an_author_objects_and_another_person_looks_at_it(visit: Any, signed_in: Any, size: str) -> None:
    title = f"Weniger reden, schneller bauen ({size})"
    citizen: Visit = visit(size)  # a guest is known by the browser
    path = give(citizen, title=title, text="Alle reden nur. Baut endlich den Radweg am Kanal!")
    page = queue_with(signed_in("hamburg", "moderator", size), title)
    page.locator(".wq__link").first.click()
    page.locator("summary[data-key=v]").click()
    page.locator("#hide-reason").get_by_label("Er beleidigt oder bedroht Menschen").check()
    page.locator(".wq__more-do[open] .wq__order .kern-btn--primary").click()
    expect(page.locator("main")).to_contain_text("Es ist verborgen")

    mine = citizen.open("hamburg", path)
    mine.get_by_role("link", name=re.compile("Warum das nicht gezeigt wird")).click()
    citizen.check_axe()
    citizen.check_width()
    mine.get_by_role("button", name="Widersprechen").click()
    expect(mine.locator("main")).to_contain_text("Sie haben widersprochen")
    citizen.check_axe()

    # Who decided it cannot decide the objection; somebody else can.
    first = queue_with(signed_in("hamburg", "moderator", size), title)
    first.locator(".wq__link").first.click()
    expect(first.locator("main")).to_contain_text("Das haben Sie selbst entschieden.")
    second: Visit = signed_in("hamburg", "administrator", size)
    there = queue_with(second, title)
    there.locator(".wq__link").first.click()
    second.check_axe()
    second.check_width()
    there.get_by_role("button", name="Veröffentlichen").click()
    expect(there.locator("main")).to_contain_text("Alle können es lesen.")
    expect(citizen.open("hamburg", path).get_by_role("heading", level=1)).to_have_text(title)


def test_two_of_the_team_see_who_is_on_it(visit: Any, signed_in: Any) -> None:
    title = "Ein Geländer am Steg"
    give(visit("desktop"), title=title)
    first, second = signed_in("hamburg", "moderator"), signed_in("hamburg", "administrator")
    page = queue_with(first, title)
    with page.expect_response(lambda answer: answer.url.endswith("/uebernehmen")):
        page.locator(".wq__link").first.click()
    there = queue_with(second, title)
    expect(there.locator(".wq__holder")).to_contain_text("Jule Sommer")
    there.locator(".wq__link").first.click()
    expect(there.locator(".wq__held")).to_contain_text("gerade daran")
    second.check_axe()
    second.expect_error("409")
    there.get_by_role("button", name="Veröffentlichen").or_(there.get_by_role("button", name="So lassen")).click()
    expect(there.locator("main")).to_contain_text("gerade daran")
    there.keyboard.press("t")
    expect(there.locator(".wq__held")).to_have_count(0)
    there.get_by_role("button", name="So lassen").click()
    expect(there.locator("main")).to_contain_text("Alle können es lesen.")


def test_who_is_overtaken_while_an_item_lies_open_reads_it_there_and_keeps_what_they_wrote(visit: Any, signed_in: Any) -> None:
    title = "Ein Dach über den Rädern"
    give(visit("desktop"), title=title)
    first, second = signed_in("hamburg", "moderator"), signed_in("hamburg", "administrator")
    page = queue_with(first, title)
    page.clock.install()
    with page.expect_response(lambda answer: answer.url.endswith("/uebernehmen")):
        page.locator(".wq__link").first.click()
    page.locator("summary.wq__verb", has_text="Nachfragen").click()
    question = page.get_by_label("Ihre Frage")
    question.fill("Wo genau stehen die Räder?")
    there = queue_with(second, title)
    there.locator(".wq__link").first.click()
    there.get_by_role("button", name="Übernehmen").click()
    expect(there.locator(".wq__held")).to_have_count(0)
    first.expect_error("409")
    page.clock.fast_forward(125_000)
    since = page.locator(".wq__since")
    expect(since).to_contain_text("gerade daran")
    expect(since).to_contain_text("bleibt")
    first.check_axe()
    first.check_width()
    expect(question).to_have_value("Wo genau stehen die Räder?")
    since.get_by_role("button", name="Übernehmen").click()
    expect(since).to_be_hidden()
    expect(question).to_have_value("Wo genau stehen die Räder?")
    # Decided by the other meanwhile: nothing to take over any more, and a way to see it.
    there.get_by_role("button", name="Veröffentlichen").or_(there.get_by_role("button", name="So lassen")).click()
    second.expect_error("409")
    there.keyboard.press("t")
    there.get_by_role("button", name="Veröffentlichen").or_(there.get_by_role("button", name="So lassen")).click()
    expect(there.locator("main")).to_contain_text("Alle können es lesen.")
    first.expect_error("409")
    page.clock.fast_forward(125_000)
    expect(since).to_contain_text("entschieden")
    expect(since.get_by_role("button")).to_be_hidden()
    expect(question).to_have_value("Wo genau stehen die Räder?")


def test_the_desk_works_without_a_script(visit: Any, signed_in: Any, signed_in_states: Any) -> None:
    title = "Ein Fahrradständer vor dem Bad"
    give(visit("desktop"), title=title)
    team: Visit = signed_in("hamburg", "moderator")
    queue_with(team, title)
    plain = visit("desktop", java_script_enabled=False, storage_state=signed_in_states["hamburg", "moderator"])
    page = plain.open("hamburg", f"/verwaltung/redaktion?q={quote(title)}")
    page.locator(".wq__link").first.click()
    page.get_by_role("button", name="So lassen").click()
    expect(page.locator("main")).to_contain_text("Alle können es lesen.")
