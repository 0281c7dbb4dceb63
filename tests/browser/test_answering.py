"""An answer comes about: by rule to a department, a note, a question, a draft by one, its release by another, the author's mail."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import ROOT, SIZES
from tests.browser.doing import answers_in, give, guest_with_mail, number_of, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page, Route
    from tests.browser.conftest import Site, Visit

TWO = """
import django
django.setup()
from civitas.cities.models import City
city = City.objects.get(slug="hamburg")
city.rules = {**city.rules, "release_by_two": %s}
city.save(update_fields=["rules"])
"""


def need_two(site: Site, *, wanted: bool) -> None:
    """Let the rules of Hamburg say whether a colleague releases every answer."""
    environment = {**site.environment, "DJANGO_SETTINGS_MODULE": "civitas.project.settings"}
    subprocess.run([sys.executable, "-c", TWO % wanted], env=environment, check=True, capture_output=True, cwd=ROOT)


@pytest.fixture
def two_people(site: Site) -> Iterator[None]:
    """In Hamburg a colleague releases every answer, as long as the test runs."""
    need_two(site, wanted=True)
    yield
    need_two(site, wanted=False)


def open_answer(visit: Visit, number: int | str) -> Page:
    """The page of one contribution at the answer desk."""
    return visit.open("hamburg", f"/verwaltung/antworten/{number}")


def ask_the_school(expert: Visit) -> None:
    """Ask another department; without saying which, the page begins with what is wrong and keeps what was typed."""
    page = expert.page
    page.get_by_text("Eine Stelle fragen").click()
    page.locator("#id_question-text").fill("Wann gehen die Kinder los?")
    expert.expect_error("status of 422")
    page.locator("#fragen form button").click()
    # Although the address names the part of the page.
    expect(page.locator("#errors")).to_be_focused()
    expect(page.locator("#errors")).to_contain_text("Bitte wählen Sie eine Stelle.")
    expect(page.locator("#id_question-text")).to_have_value("Wann gehen die Kinder los?")
    page.locator("#id_question-organisation").select_option(label="Behörde für Schule und Lernen")
    page.locator("#fragen form button").click()
    expect(page.locator("#fragen")).to_contain_text("Wann gehen die Kinder los?")


@pytest.mark.parametrize("size", SIZES)
def test_an_answer_goes_from_rule_to_the_authors_mailbox(visit: Any, signed_in: Any, two_people: None, size: str) -> None:
    name = uuid4().hex[:8]
    title, mail = f"Ein Zebrastreifen vor der Schule {name}", f"antwort.{name}@example.org"
    number = number_of(guest_with_mail(visit("phone"), mail, title))

    # Nobody has it yet: the editorial team gives it to the department, which is told.
    moderator: Visit = signed_in("hamburg", "moderator", size)
    page = moderator.open("hamburg", f"/verwaltung/antworten?ansicht=unassigned&q={number}")
    wait_until(page, lambda: bool(page.reload() and page.get_by_role("link", name=title).count()))
    moderator.check_axe()
    page.get_by_role("link", name=title).click()
    page.get_by_text("Weitergeben oder ändern").click()
    page.locator("#who ~ details select[name=organisation]").select_option(label="Behörde für Verkehr und Wege")
    page.get_by_role("button", name="Zuweisen").click()
    expect(page.locator("#who")).to_have_text("Bei Behörde für Verkehr und Wege")
    page.locator("#id_note-text").fill("Bitte die Schulleitung fragen.")
    page.get_by_role("button", name="Notiz schreiben").click()
    expect(page.locator("#notizen")).to_contain_text("Bitte die Schulleitung fragen.")
    moderator.check_axe()
    moderator.check_width()

    # The department writes; what it types is kept, and the draft waits for a colleague.
    expert: Visit = signed_in("hamburg", "expert", size)
    page = open_answer(expert, number)
    expect(page.locator("#notizen")).to_contain_text("Bitte die Schulleitung fragen.")
    ask_the_school(expert)
    page.locator("#antwort #id_status").select_option("planned")
    page.locator("#antwort #id_text").fill("Guten Tag {name},\nwir beginnen {…: ab wann?}.")
    expect(page.locator("[data-saved]")).to_contain_text("Entwurf gespeichert")
    page = open_answer(expert, number)
    expect(page.locator("#antwort #id_text")).to_have_value(re.compile("ab wann"))
    expert.expect_error("422")  # a blank is left open
    page.locator("#antwort button[value=ask]").click()
    expect(page.locator("#errors")).to_contain_text("Zeile 2, Spalte 14")
    expert.check_axe()
    page.locator("#antwort #id_text").fill("Guten Tag {name},\nwir beginnen im Mai.")
    page.locator("#antwort button[value=ask]").click()
    expect(page.locator("#antwort")).to_contain_text("Freigeben muss es jemand anderes")
    expert.check_axe()
    expert.check_width()

    # A colleague reads the mail as it will go out, and releases it.
    page = open_answer(moderator, number)
    expect(page.locator("#antwort .mailcard")).to_contain_text("wir beginnen im Mai.")
    page.locator("#antwort button[value=release]").click()
    expect(page.locator("main")).to_contain_text("Ihre Antwort ist hinausgegangen")
    found = answers_in(visit("desktop"), mail, title, least=1)
    assert len(found) == 1
    page = moderator.open("hamburg", found[0])
    expect(page.locator("main")).to_contain_text("Guten Tag Gast,")


def test_what_is_published_in_the_middle_of_its_saving_leaves_no_draft(visit: Any, signed_in: Any) -> None:
    number, text = number_of(give(visit("phone"), title="Ein Spiegel an der Ausfahrt")), "Der Spiegel hängt ab Montag."
    held: list[Route] = []
    expert: Visit = signed_in("hamburg", "expert")
    page = open_answer(expert, number)
    # A city's rules are kept for some seconds: the test before asked for two people.
    wait_until(page, lambda: page.locator("#antwort button[value=publish]").count() > 0)
    page.route("**/entwurf.json", lambda route: held.append(route))  # noqa: PLW0108  (Playwright cannot mark a builtin)
    page.locator("#antwort #id_status").select_option("planned")
    with page.expect_request("**/entwurf.json"):
        page.locator("#antwort #id_text").fill(text)
    page.locator("#antwort button[value=publish]").click()
    expect(page.locator("#antwort #id_text")).to_have_value(text)  # it waits for the saving
    held[0].continue_()
    expect(page.locator("main")).to_contain_text("Ihre Antwort ist hinausgegangen")
    page.unroute("**/entwurf.json")
    expect(open_answer(expert, number).locator("#antwort #id_text")).to_have_value("")
    assert len(held) == 1


def test_a_broken_template_keeps_its_text_and_a_sound_one_is_offered(signed_in: Any) -> None:
    name = f"Danke {uuid4().hex[:6]}"
    owner: Visit = signed_in("hamburg", "owner")
    page = owner.open("hamburg", "/verwaltung/vorlagen/neu")
    page.locator("#id_title").fill(name)
    page.locator("#id_text_de").fill("Guten Tag {name},\ndanke für {titel}.")
    owner.expect_error("422")
    page.get_by_role("button", name="Speichern").click()
    expect(page.locator("#errors")).to_contain_text("Zeile 2, Spalte 11")
    expect(page.locator("#id_text_de")).to_have_value(re.compile("danke für {titel}"))
    owner.check_axe()
    page.locator("#id_text_de").fill("Guten Tag {name},\ndanke für {title}.")
    page.get_by_role("button", name="Speichern").click()
    expect(page.locator("main")).to_contain_text(name)
    owner.check_axe()
    owner.check_width()
