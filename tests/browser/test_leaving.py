"""Leaving: everything taken along as a file that opens, then gone for good, while the words stay without a name."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect
from tests.browser.doing import give, mails_to, read_mail_with, read_next_mail, sign_in, wait_until

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

ADDRESS = "abschied@example.org"
NAME = "Wibke vom Deich"
TITLE = "Ein Handlauf an der Deichtreppe"


def rename(visit: Visit, name: str) -> None:
    page = visit.open("hamburg", "/konto/")
    page.locator("#id_pseudonym").fill(name)
    page.locator("form:has(#id_pseudonym) button").first.click()
    expect(page.locator("#id_pseudonym")).to_have_value(name)


def test_one_takes_everything_along_and_leaves_the_words_stay_nameless(visit: Any) -> None:
    person, reader = visit("desktop"), visit("desktop")
    person.expect_error("422")
    sign_in(person, "hamburg", ADDRESS, reader=reader)
    rename(person, NAME)
    path = give(person, title=TITLE)
    assert NAME in reader.open("hamburg", path).locator("main").inner_text()

    page = person.open("hamburg", "/konto/verlassen")
    person.check_axe()
    person.check_width()
    page.locator("main .lead + p a.go").click()
    page.get_by_role("button", name="Mein Archiv packen").click()
    fetch = page.locator("#archive a[download]")
    wait_until(page, lambda: fetch.count() == 1, seconds=60)
    with page.expect_download() as download:
        fetch.click()
    packed = zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert packed.testzip() is None
    data = next(json.loads(packed.read(name)) for name in packed.namelist() if name.endswith(".json"))
    told = next(packed.read(name).decode() for name in packed.namelist() if name.endswith(".html"))
    assert (TITLE in json.dumps(data, ensure_ascii=False), TITLE in told, NAME in told) == (True, True, True)

    known = mails_to(reader, "hamburg", ADDRESS, least=0, about="gelöscht")
    page = person.open("hamburg", "/konto/verlassen")
    page.get_by_role("button", name="Endgültig verlassen").click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    person.check_axe()
    page.locator("input[name=texts][value=stay]").check(force=True)
    page.locator("input[name=sure]").check(force=True)
    page.get_by_role("button", name="Endgültig verlassen").click()
    expect(page.get_by_text("Ihr Konto ist geschlossen.")).to_be_visible()
    assert NAME not in reader.open("hamburg", path).locator("main").inner_text()
    assert "Ihre Texte bleiben lesbar" in read_next_mail(reader, "hamburg", ADDRESS, known=known, about="gelöscht")
    seen = reader.open("hamburg", path)
    expect(seen.get_by_role("heading", level=1)).to_have_text(TITLE)
    assert NAME not in seen.content()
    person.open("hamburg", "/konto/")
    expect(person.page).to_have_url(re.compile("/konto/anmelden"))


def test_a_guest_on_a_phone_tells_of_a_barrier_and_the_team_answers(visit: Any, signed_in: Any) -> None:
    guest, team, reader = visit("phone"), signed_in("kassel", "moderator", "desktop"), visit("desktop")
    guest.expect_error("422")
    team.expect_error("422")
    words = "Die Karte sagt meinem Vorlese-Programm nichts über die Orte."
    page = guest.open("kassel", "/entdecken")
    page.locator("footer a[href$='/barriere-melden']").click()
    expect(page.locator("#id_path")).to_have_value("/entdecken")
    guest.check_axe()
    guest.check_width()
    page.locator("form.people-form .actions button").click()
    expect(page.locator("#id_text")).to_have_attribute("aria-invalid", "true")
    page.locator("#id_text").fill(words)
    page.locator("#id_mail").fill("barriere@example.org")
    page.locator("form.people-form .actions button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Danke. Das Team weiß jetzt Bescheid.")
    guest.check_axe()
    guest.check_width()

    desk = team.open("kassel", "/verwaltung/barrieren")
    team.check_axe()
    desk.get_by_role("link", name=words).click()
    expect(desk.locator(".said")).to_contain_text(words)
    desk.locator("form.people-form .actions button").click()
    expect(desk.locator("#id_text")).to_have_attribute("aria-invalid", "true")
    team.check_axe()
    desk.locator("#id_text").fill("Jeder Ort steht nun auch in der Liste neben der Karte.")
    desk.locator("form.people-form .actions button").click()
    expect(desk.get_by_text("Die Antwort geht per E-Mail hinaus")).to_be_visible()
    expect(desk.locator("#answered + ul")).to_contain_text(words[:40])
    assert "Jeder Ort steht nun auch in der Liste" in read_mail_with(reader, "barriere@example.org", "Jeder Ort", city="kassel")
