"""The team blacks out a telephone number and a part of a picture: by keyboard, by pointer, and without JavaScript."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from playwright.sync_api import expect
from tests.browser.doing import fill, give, number_of, path_of_thanked, reach, send
from tests.redaction.places import photo

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.browser.conftest import Visit

SIZES = ["phone", "desktop"]
BLACK = "██████"
TEXT = "Ruft mich an: 0171 7654321, gern abends. Meine Nachbarin Petra Muster hilft auch."


def open_marking(visit: Visit, path: str) -> Page:
    page = visit.open("hamburg", f"/verwaltung/schwaerzen/{number_of(path)}")
    expect(page.locator("redact-marks.is-awake")).to_be_attached()
    return page


def confirm(visit: Visit, reason: int = 0) -> None:
    page = visit.page
    page.locator("input[name=reason]").nth(reason).check()
    page.get_by_role("button", name="Ansehen, wie es zu lesen sein wird").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("So wird es zu lesen sein")
    visit.check_axe()
    visit.check_width()
    page.get_by_role("button", name="Endgültig schwärzen").click()
    expect(page.get_by_text("Es ist geschwärzt")).to_be_visible()


def give_with_photo(visit: Visit, *, title: str) -> str:
    page = visit.open("hamburg", "/geben")
    fill(page, title=title, text=TEXT)
    reach(page, "picture").set_input_files([{"name": "zettel.jpg", "mimeType": "image/jpeg", "buffer": photo()}])
    page.get_by_role("button", name="So senden, wie es ist").click()
    page.locator(".gfile input[data-words]").first.fill("Ein Zettel")
    expect(page.locator(".gfile input[name=file]")).to_have_count(1)
    reach(page, "rights").check()
    assert send(page) == 303
    return path_of_thanked(page)


def pictures_of(page: Page, alt: str) -> list[Image.Image]:
    """A picture in every size that the page offers, as everybody gets it."""
    shown = page.get_by_role("img", name=alt).first
    sizes = shown.evaluate("(each) => [each.src, ...each.srcset.split(', ').map((one) => one.split(' ')[0])].filter(Boolean)")
    fetched = "async (address) => [...new Uint8Array(await (await fetch(address)).arrayBuffer())]"
    return [Image.open(io.BytesIO(bytes(page.evaluate(fetched, address)))).convert("RGB") for address in sizes]


@pytest.mark.parametrize("size", SIZES)
def test_a_number_goes_by_keyboard(visit: Any, signed_in: Any, size: str) -> None:
    alice, mona = visit(size), signed_in("hamburg", "moderator", size)
    path = give(alice, title=f"Gemeinsam gärtnern ({size})", text=TEXT)
    page = open_marking(mona, path)
    mona.check_axe()
    mona.check_width()
    text = page.locator("[data-part=text] [data-text]")
    text.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")  # on the first part of what the machine proposes: all of it
    expect(page.locator("[data-part=text] input[type=checkbox]")).to_be_checked()
    expect(page.locator("[data-count]")).to_have_text("1 Stelle ist markiert.")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    expect(text.locator(".is-current")).to_have_text("Petra")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("[data-count]")).to_have_text("2 Stellen sind markiert.")
    mona.check_axe()
    confirm(mona)
    shown = alice.open("hamburg", path)
    expect(shown.locator("main")).to_contain_text(f"Ruft mich an: {BLACK}, gern abends. Meine Nachbarin {BLACK} hilft auch.")
    expect(shown.get_by_role("img", name="geschwärzt")).to_have_count(2)
    alice.check_axe()


@pytest.mark.parametrize("size", SIZES)
def test_words_go_by_pointer_and_the_picture_is_black_as_it_is_served(visit: Any, signed_in: Any, size: str) -> None:
    mona = signed_in("hamburg", "moderator", size)
    path = give_with_photo(visit(size), title=f"Ein Zettel am Zaun ({size})")
    page = open_marking(mona, path)
    text = page.locator("[data-part=text] [data-text]")
    text.locator("[role=option]", has_text="Nachbarin").click()
    expect(page.locator("[data-count]")).to_have_text("1 Stelle ist markiert.")
    text.locator("[role=option]", has_text="Nachbarin").click()
    expect(page.locator("[data-count]")).to_have_text("Noch ist nichts markiert.")
    if size == "desktop":  # drawn over from the middle of one word into another
        first, last = (text.locator("[role=option]", has_text=word).bounding_box() for word in ("Petra", "Muster"))
        assert first
        assert last
        page.mouse.move(first["x"] + 1, first["y"] + first["height"] / 2)
        page.mouse.down()
        page.mouse.move(last["x"] + last["width"] - 1, last["y"] + last["height"] / 2, steps=5)
        page.mouse.up()
    else:
        for word in ("Petra", "Muster"):
            text.locator("[role=option]", has_text=word).click()
    expect(page.locator("[data-part=text] input[name=span]")).to_have_count(1)
    stage = page.locator(".areas__layer")
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.36, box["y"] + box["height"] * 0.36)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.64, box["y"] + box["height"] * 0.64, steps=4)
    page.mouse.up()
    rectangle = page.locator(".areas__box")
    expect(rectangle).to_be_focused()
    page.keyboard.press("Shift+ArrowRight")
    before = page.locator("input[name$=-left]").input_value()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("input[name$=-left]")).to_have_value(f"{float(before) - 1:g}")
    page.get_by_role("button", name="Rechteck hinzufügen").click()
    expect(rectangle).to_have_count(2)
    page.keyboard.press("Delete")
    expect(rectangle).to_have_count(1)
    mona.check_axe()
    mona.check_width()
    confirm(mona, reason=2)
    shown = mona.open("hamburg", path)
    for served in pictures_of(shown, "Ein Zettel"):
        assert max(served.getpixel((served.width // 2, served.height // 2))) < 12
        assert min(served.getpixel((served.width // 20, served.height // 20))) > 235


@pytest.mark.parametrize("size", SIZES)
def test_without_scripts_proposals_are_ticked_and_words_typed(visit: Any, signed_in: Any, size: str) -> None:
    plain = signed_in("hamburg", "moderator", size, java_script_enabled=False)
    path = give(visit(size), title=f"Ein Beet am Kanal ({size})", text=TEXT)
    page = plain.open("hamburg", f"/verwaltung/schwaerzen/{number_of(path)}")
    page.locator("input[name=span]").check()
    page.locator("#id_words").fill("Petra Muster")
    page.locator("input[name=reason]").first.check()
    page.get_by_role("button", name="Ansehen, wie es zu lesen sein wird").click()
    expect(page.locator(".redaction__paper")).to_contain_text(f"Ruft mich an: {BLACK}, gern abends. Meine Nachbarin {BLACK} hilft auch.")
    page.get_by_role("button", name="Markierung ändern").click()
    expect(page.locator("input[name=span]:checked")).to_have_count(2)
    page.locator("input[name=reason]").first.check()
    page.get_by_role("button", name="Ansehen, wie es zu lesen sein wird").click()
    page.get_by_role("button", name="Endgültig schwärzen").click()
    shown = plain.open("hamburg", path)
    expect(shown.locator("main")).to_contain_text(f"Meine Nachbarin {BLACK} hilft auch.")
