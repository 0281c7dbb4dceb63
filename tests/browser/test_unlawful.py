"""A guest reports an illegal comment from a phone; two people of the team decide, seal and erase it, and it is gone everywhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from tests.browser.doing import give, number_of, read_mail_with, wait_until

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

SIZES = ["phone", "desktop"]


@pytest.mark.parametrize("size", SIZES)
def test_a_reported_illegal_text_is_kept_as_evidence_and_gone_everywhere_else(  # noqa: PLR0915  (one story, told in the order it happens)
    visit: Any, signed_in: Any, size: str
) -> None:
    word = f"Zwetschgenrebell{size}"
    text = f"Die {word}en soll man davonjagen, mit Gewalt."
    writer: Visit = signed_in("hamburg", "citizen")
    path = give(writer, title=f"Alle {word}en raus", text=text)
    address = f"rita-{size}@example.org"

    # A guest reports it, without a login; nothing typed is lost when something is missing.
    guest: Visit = visit(size)
    page = guest.open("hamburg", path)
    page.get_by_role("link", name="Diesen Text der Redaktion melden").click()
    page.get_by_role("link", name="Halten Sie es für verboten?").click()
    expect(page.locator("#id_addresses")).to_have_value(re.compile(f"/beitrag/{number_of(path)}"))
    guest.check_width()
    page.get_by_label("Aufruf zu Hass oder Gewalt").check()
    page.locator("#id_explanation").fill("Da wird zu Gewalt gegen Menschen aufgerufen.")
    guest.expect_error("422")
    page.get_by_role("button", name="Meldung senden").click()
    expect(page.locator("#errors")).to_be_visible()
    expect(page.locator("#id_explanation")).to_have_value("Da wird zu Gewalt gegen Menschen aufgerufen.")
    guest.check_axe()
    page.locator("#id_name").fill("Rita Reporter")
    page.locator("#id_mail").fill(address)
    page.get_by_label("Was ich angebe").check()
    page.get_by_role("button", name="Meldung senden").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ihre Meldung ist angekommen")
    guest.check_width()
    followed = page.url.partition("?")[0]
    receipt = read_mail_with(visit(size), address, "hat die Nummer R-")
    assert followed.rpartition("/")[2] in receipt

    # Jule looks at it, decides with reasons, and secures it.
    jule: Visit = signed_in("hamburg", "moderator", size)
    desk = jule.open("hamburg", "/verwaltung/rechtswidriges")
    jule.check_width()
    desk.get_by_role("link", name=f"Alle {word}en raus").click()
    jule.check_width()
    desk.get_by_label("Gegen das Gesetz: wird nicht mehr gezeigt").check()
    desk.locator("#id_norm").fill("§ 130 StGB")
    desk.locator("#id_facts").fill("Der Text ruft zu Gewalt gegen eine Gruppe auf.")
    desk.get_by_role("button", name="Entscheiden").click()
    expect(desk.locator("main")).to_contain_text("Beide Seiten erfahren es")
    matter = desk.url
    desk.get_by_text("Es kann eine Straftat sein").click()
    desk.get_by_label("Das Gesetz, das verletzt sein kann").fill("§ 130 StGB")
    desk.get_by_role("button", name="Als Beweis sichern").click()
    expect(desk.locator("main")).to_contain_text("Eine zweite Person muss es versiegeln")
    expect(desk.get_by_role("button", name="Versiegeln")).to_have_count(0)
    jule.check_width()
    evidence = desk.url

    # The author reads why, in a mail that leads to the statement of reasons.
    statement = read_mail_with(visit(size), "citizen@hamburg.example.org", "Der Text ruft zu Gewalt gegen eine Gruppe auf.")
    found = re.search(r"/rechtswidriges-melden/entscheidung/[\w-]+", statement)
    assert found
    author: Visit = visit(size)
    expect(author.open("hamburg", found[0]).get_by_role("heading", level=1)).to_have_text("Wir zeigen Ihren Text nicht mehr")
    author.check_width()

    # A second person seals it; then it is erased for good.
    second: Visit = signed_in("hamburg", "administrator", size)
    there = second.open("hamburg", evidence[evidence.index("/verwaltung") :])
    there.get_by_role("button", name="Versiegeln").click()
    expect(there.locator("main")).to_contain_text("Versiegelt.")
    there.goto(matter)
    there.get_by_role("link", name="Endgültig löschen").click()
    there.get_by_role("button", name="Endgültig löschen").click()
    expect(there.locator("main")).to_contain_text("Nur das versiegelte Beweisstück enthält es noch")
    expect(there.locator("main")).not_to_contain_text(word)

    # It is nowhere any more: not at its address, not in the search, not on the author's page; the reporter reads the decision.
    stranger: Visit = visit(size)
    stranger.expect_error("404")
    expect(stranger.open("hamburg", path).locator("main")).not_to_contain_text(word)
    listed = stranger.open("hamburg", f"/entdecken?q={word}en")
    expect(listed.locator("main")).not_to_contain_text(f"Alle {word}en raus")
    expect(signed_in("hamburg", "citizen", size).open("hamburg", "/mein").locator("main")).not_to_contain_text(word)
    page.goto(followed)
    expect(page.locator("main")).to_contain_text("§ 130 StGB")
    expect(page.locator("main")).not_to_contain_text(word)
    guest.check_width()

    # Only both together open what was kept.
    desk.goto(evidence)
    desk.get_by_label("Den Beweis lesen").check()
    desk.locator("#id_reason").fill("Die Polizei fragt danach.")
    desk.get_by_role("button", name="Eine zweite Person bitten").click()
    there.goto(evidence)
    there.get_by_role("button", name="Erlauben").click()
    desk.reload()
    desk.get_by_role("link", name="Den Beweis lesen").click()
    expect(desk.locator("main")).to_contain_text(word)
    jule.check_width()


def test_without_a_script_a_report_and_a_complaint_arrive(visit: Any, signed_in: Any) -> None:
    path = give(visit("desktop"), title="Ein Text, an dem nichts verboten ist")
    plain: Visit = visit("phone", java_script_enabled=False)
    page = plain.open("hamburg", f"/rechtswidriges-melden?adresse={path}")
    page.get_by_label("Ein anderes Gesetz").check()
    page.locator("#id_explanation").fill("Das gefällt mir nicht.")
    page.get_by_label("Ich melde ohne Namen").check()
    page.get_by_label("Was ich angebe").check()
    page.get_by_role("button", name="Meldung senden").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ihre Meldung ist angekommen")
    desk = signed_in("hamburg", "moderator").open("hamburg", "/verwaltung/rechtswidriges")
    desk.get_by_role("link", name="Ein Text, an dem nichts verboten ist").click()
    desk.get_by_label("Nicht gegen das Gesetz").check()
    desk.locator("#id_facts").fill("Das ist eine Meinung.")
    desk.get_by_role("button", name="Entscheiden").click()
    page.reload()
    page.get_by_text("Gegen diese Entscheidung beschweren").click()
    page.get_by_label("Warum sind Sie nicht einverstanden?").fill("Lesen Sie es noch einmal.")
    page.get_by_role("button", name="Beschwerde senden").click()
    expect(page.locator("main")).to_contain_text("Eine andere Person des Teams prüft sie")
    desk.reload()
    expect(desk.locator("main")).to_contain_text("Jemand anderes muss die Beschwerde prüfen")


def test_the_figures_are_there_for_everybody(any_size: Visit) -> None:
    page = any_size.open("hamburg", "/rechtswidriges-melden/zahlen")
    wait_until(page, lambda: page.locator("table").count() > 0)
    any_size.check_width()
