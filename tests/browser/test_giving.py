"""A newcomer's whole way: from the city's front page to the thanks, the mail, the claim link and the account."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from PIL import Image
from playwright.sync_api import expect
from tests.browser.doing import code_in, fill, mails_to, path_of_thanked, reach, read_mail, send, sentence

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.browser.conftest import Visit

ALT = "Eine lange Kaimauer ohne eine einzige Bank"


def picture() -> dict[str, Any]:
    """A photo as a phone would send it."""
    file = io.BytesIO()
    Image.linear_gradient("L").resize((1600, 1200)).convert("RGB").save(file, "JPEG", quality=70)
    return {"name": "kai.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def choose_on_map(page: Page) -> None:
    """Press the middle of the map, or pick the district where the screen is small."""
    reach(page, "place_name")
    chooser = page.locator("city-map")
    chooser.scroll_into_view_if_needed()
    canvas = chooser.locator("canvas")
    expect(canvas).to_be_visible()
    expect(chooser.get_by_text(re.compile("Grenzen schematisch"))).to_be_visible()
    canvas.click()
    expect(page.locator("#id_lat")).not_to_have_value("")


def test_a_newcomer_gives_an_idea_and_keeps_it(any_size: Visit, visit: Any, request: pytest.FixtureRequest) -> None:
    is_desktop = "desktop" in request.node.name
    name = uuid4().hex[:8]
    title, mail = f"Eine Bank am Kanal {name}", f"ida.{name}@example.org"

    page = any_size.open("hamburg")
    page.get_by_role("link", name=sentence("de", "Give an idea")).locator("visible=true").first.click()
    expect(page).to_have_url(re.compile("/geben$"))
    any_size.check_axe()
    fill(page, title=title, pseudonym="Ida", mail=mail, place_name="Am Kanal")
    if is_desktop:
        choose_on_map(page)
    else:
        reach(page, "area").select_option(label="Dulsberg")
    reach(page, "picture").set_input_files(picture())
    page.locator(".gfile [data-send]").click()
    page.locator(".gfile input[data-words]").fill(ALT)
    page.locator("#id_rights").check()
    assert send(page) == 303

    expect(page.get_by_role("heading", level=1)).to_contain_text("Ida")
    expect(page.locator("main")).to_contain_text(title)
    any_size.check_width()
    any_size.check_axe()
    path = path_of_thanked(page)

    page.locator("main .actions a").first.click()
    expect(page).to_have_url(re.compile(re.escape(path)))
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    shown = page.get_by_role("img", name=ALT)
    expect(shown).to_be_visible()
    shown.scroll_into_view_if_needed()
    page.wait_for_function("(alt) => document.querySelector(`img[alt='${alt}']`).naturalWidth > 100", arg=ALT)
    if not is_desktop:
        expect(page.locator("dl.facts")).to_contain_text("Dulsberg")
    any_size.check_axe()

    claim = open_claim(any_size, mail)
    expect(claim.locator("main")).to_contain_text(title)
    any_size.check_axe()
    claim.get_by_role("button", name=sentence("de", "Confirm address")).click()
    expect(claim.locator("main")).to_contain_text(mail)
    claim.get_by_role("button", name=sentence("de", "Take it into my account")).click()
    take_code(any_size, visit("desktop"), mail)
    any_size.check_axe()

    page = any_size.open("hamburg", "/konto/beitraege")
    if not page.get_by_role("link", name=title).count():
        # The claim was interrupted by signing in: the link in the mail still leads there.
        claim = open_claim(any_size, mail)
        claim.get_by_role("button", name=sentence("de", "Take it into my account")).click()
        page = any_size.open("hamburg", "/konto/beitraege")
    expect(page.get_by_role("link", name=title)).to_be_visible()
    any_size.check_width()
    any_size.check_axe()


def open_claim(visit: Visit, mail: str) -> Page:
    """The claim link of the first mail that this person got."""
    visit.open("hamburg", mails_to(visit, "hamburg", mail)[-1])
    visit.page.locator("main a[href*='/zuordnen/']").first.click()
    visit.page.wait_for_load_state("load")
    return visit.page


def take_code(visit: Visit, reader: Visit, mail: str) -> None:
    """Sign in with a mailed code, wherever the house asked for it."""
    page = visit.page
    if page.locator("#id_email").count():
        expect(page).to_have_url(re.compile("/konto/anmelden"))
        page.locator("#id_email").fill(mail)
        send(page)
    expect(page).to_have_url(re.compile("/konto/code"))
    page.locator("#id_code").fill(code_in(read_mail(reader, "hamburg", mail, least=2)))
    page.locator("form.people-form .actions button").first.click()
    expect(page).not_to_have_url(re.compile("/konto/(anmelden|code)"))


def test_a_wrong_code_is_said_beside_the_field(phone: Visit) -> None:
    phone.expect_error("status of 4")
    page = phone.open("hamburg", "/konto/anmelden")
    page.locator("#id_email").fill(f"neu.{uuid4().hex[:8]}@example.org")
    send(page)
    page.locator("#id_code").fill("AAAA-AAAA")
    page.locator("form.people-form .actions button").first.click()
    expect(page.locator("#id_code-error")).to_be_visible()
    expect(page.locator("#id_code")).to_have_attribute("aria-invalid", "true")
    phone.check_axe()


@pytest.mark.every_time
def test_what_was_begun_comes_back_after_a_closed_tab(phone: Visit) -> None:
    page = phone.open("hamburg", "/geben")
    fill(page, title="Halb geschrieben", text="Und dann war der Akku leer")
    page.wait_for_function("() => Object.values(localStorage).some((value) => value.includes('Akku'))")
    page.close()
    phone.page = phone.context.new_page()
    page = phone.open("hamburg", "/geben")
    expect(page.locator("#id_text")).to_have_value("Und dann war der Akku leer")
    expect(page.locator("[data-restored]")).to_be_visible()
    phone.check_axe()


def test_a_file_that_is_no_picture_is_said_beside_it(phone: Visit) -> None:
    phone.expect_error("status of 4")
    page = phone.open("hamburg", "/geben")
    fill(page)
    reach(page, "picture").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"<script>alert(1)</script>"})
    page.locator(".gfile [data-send]").click()
    expect(page.locator(".gfile [data-error]")).to_contain_text("JPEG, PNG oder WebP")
    phone.check_axe()
    page.locator(".gfile [data-remove]").click()
    expect(page.locator(".gfile")).to_have_count(0)
    assert send(page) == 303
