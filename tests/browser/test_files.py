"""Files with a contribution: blurred before they leave the device, sent in parts that outlive a lost connection, refused in words."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from playwright.sync_api import expect
from tests.browser.doing import fill, reach, send
from tests.media.samples import jpeg, pdf, video

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page
    from tests.browser.conftest import Visit

SIZE = (1200, 800)
# How long a video is, once the browser has read that much of it.
PLAYED = """(video) => new Promise((done) => {
    video.onloadedmetadata = () => done(video.duration);
    video.preload = "metadata";
    video.load();
})"""


def striped() -> dict[str, Any]:
    """A photo of black and white stripes, 20 px wide: what is blurred is seen at once."""
    picture = Image.new("RGB", SIZE, "white")
    for left in range(0, SIZE[0], 40):
        picture.paste("black", (left, 0, left + 20, SIZE[1]))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=95)
    return {"name": "platz.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def large_photo() -> dict[str, Any]:
    file = io.BytesIO()
    Image.effect_noise((2400, 1600), 100).save(file, "JPEG", quality=95)
    return {"name": "wiese.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def spread(picture: Image.Image, box: tuple[float, float, float, float]) -> int:
    """The difference between the lightest and the darkest pixel of a part of the picture (0 to 255); the box in parts of its size."""
    at = tuple(round(part * picture.size[index % 2]) for index, part in enumerate(box))
    low, high = picture.convert("L").crop(at).getextrema()
    return high - low


def choose(page: Page, *files: dict[str, Any]) -> None:
    reach(page, "picture").set_input_files(list(files))


def stored_picture(page: Page, alt: str) -> Image.Image:
    """The largest stored version of a picture on the page, as everybody gets it."""
    address = page.get_by_role("img", name=alt).get_attribute("src")
    raw = page.evaluate("async (address) => [...new Uint8Array(await (await fetch(address)).arrayBuffer())]", address)
    return Image.open(io.BytesIO(bytes(raw)))


def give(page: Page) -> None:
    """Send the form and go on to the contribution's page."""
    reach(page, "rights").check()
    assert send(page) == 303
    page.locator("main .actions a").first.click()
    expect(page).to_have_url(re.compile("/beitrag/"))


def test_a_blurred_face_is_in_no_stored_pixel(any_size: Visit) -> None:
    page = any_size.open("hamburg", "/geben")
    fill(page)
    choose(page, striped())
    any_size.check_axe("file-upload")
    any_size.check_width()
    page.locator("[data-edit]").click()
    canvas = page.locator("photo-editor canvas")
    expect(canvas).to_be_visible()
    any_size.check_axe("photo-editor")
    box = canvas.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.25)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5, steps=4)
    page.mouse.up()
    expect(page.locator("[data-marks] li")).to_have_count(1)
    page.locator("[data-save]").click()
    page.locator(".gfile input[data-words]").fill("Ein gestreifter Platz")
    give(page)
    stored = stored_picture(page, "Ein gestreifter Platz")
    # Blocks of a fifth of the box average some stripes: nothing of their black and white is left.
    assert spread(stored, (0.28, 0.28, 0.47, 0.47)) < 90
    assert spread(stored, (0.6, 0.6, 0.9, 0.9)) > 200
    assert not stored.getexif()


def test_marks_are_set_moved_and_taken_away_by_keyboard(desktop: Visit) -> None:
    page = desktop.open("hamburg", "/geben")
    choose(page, striped())
    page.locator("[data-edit]").press("Enter")
    canvas = page.locator("photo-editor canvas")
    expect(canvas).to_be_focused()  # keys that come before the dialog is open would go to the button behind it
    page.locator("[data-add]").press("Enter")
    expect(page.locator("[data-marks] li")).to_have_count(1)
    expect(canvas).to_be_focused()
    shade = "(canvas) => canvas.toDataURL()"
    before = canvas.evaluate(shade)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    page.wait_for_function("(before) => document.querySelector('photo-editor canvas').toDataURL() !== before", arg=before)
    page.locator("[data-tool=arrow]").press("Enter")
    page.locator("[data-add]").press("Enter")
    expect(page.locator("[data-marks] li")).to_have_count(2)
    page.keyboard.press("Delete")
    expect(page.locator("[data-marks] li")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("photo-editor dialog")).to_be_hidden()
    expect(page.locator(".gfile [data-edit]")).to_be_focused()


def test_a_connection_lost_in_the_middle_of_an_upload_loses_nothing(phone: Visit) -> None:
    phone.expect_error("ERR_INTERNET_DISCONNECTED|ERR_FAILED")
    page = phone.open("hamburg", "/geben")
    fill(page)
    sent: list[str] = []

    def watch(route: Any) -> None:
        body = route.request.post_data_buffer or b""
        found = re.search(rb'name="number"\r\n\r\n(\d+)', body)
        sent.append(found[1].decode() if found else "?")
        if len(sent) == 2:
            phone.context.set_offline(True)
            route.abort("internetdisconnected")
        else:
            route.continue_()

    page.route("**/geben/datei", watch)
    choose(page, large_photo())
    page.locator("[data-send]").click()
    expect(page.locator(".gfile [data-progress]")).to_contain_text("Verbindung ist weg")
    phone.check_axe("file-upload")
    phone.context.set_offline(False)
    page.locator(".gfile input[data-words]").fill("Eine Wiese")
    assert sent[:3] == ["0", "1", "1"]
    assert sent.count("0") == 1
    expect(page.locator(".gfile")).to_have_count(1)
    give(page)
    expect(page.locator(".pics img")).to_have_count(1)
    assert stored_picture(page, "Eine Wiese").size == (1920, 1280)


def test_what_had_arrived_is_there_when_the_page_is_opened_again(phone: Visit) -> None:
    page = phone.open("hamburg", "/geben")
    choose(page, striped())
    page.locator("[data-send]").click()
    page.locator(".gfile input[data-words]").fill("Der Platz")
    phone.open("hamburg", "/geben")
    reach(page, "picture")
    expect(page.locator(".gfile input[data-words]")).to_have_value("Der Platz")
    expect(page.locator(".gfile img")).to_be_visible()
    page.locator(".gfile [data-remove]").click()
    expect(page.locator(".gfile")).to_have_count(0)
    phone.open("hamburg", "/geben")
    expect(reach(page, "picture")).to_be_visible()
    expect(page.locator(".gfile")).to_have_count(0)


def test_a_video_of_3_gigabytes_is_refused_before_a_byte_is_sent(phone: Visit, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    with film.open("wb") as file:
        file.truncate(3_000_000_000)
    page = phone.open("hamburg", "/geben")
    fill(page, title="Bleibt stehen")
    reach(page, "picture").set_input_files(film)
    expect(page.locator("file-upload [data-status]")).to_contain_text("3000 MB")
    expect(page.locator("file-upload [data-status]")).to_contain_text("50 MB")
    expect(page.locator(".gfile")).to_have_count(0)
    expect(page.locator("#id_title")).to_have_value("Bleibt stehen")


def test_a_form_sent_early_waits_for_its_files_and_asks_for_their_words(desktop: Visit) -> None:
    desktop.expect_error("status of 422")
    page = desktop.open("hamburg", "/geben")
    fill(page)
    choose(page, striped())
    reach(page, "rights").check()
    assert send(page) == 422
    alt = page.locator(".gfile input[data-words]")
    expect(alt).to_have_attribute("aria-invalid", "true")
    page.locator("#errors").get_by_role("link", name="Was ist darauf zu sehen?").click()
    expect(alt).to_be_focused()
    desktop.check_axe()
    alt.fill("Der Platz")
    give(page)
    expect(page.get_by_role("img", name="Der Platz")).to_be_visible()


def test_a_video_with_a_transcript_and_a_document_are_shown(any_size: Visit) -> None:
    page = any_size.open("hamburg", "/geben")
    fill(page)
    choose(
        page,
        {"name": "film.mp4", "mimeType": "video/mp4", "buffer": video(seconds=1, width=320, height=180)},
        {"name": "Spielplatz.pdf", "mimeType": "application/pdf", "buffer": pdf(pages=2)},
    )
    page.locator(".gfile textarea").fill("Man hört Wind. Jemand sagt: Hier fehlt ein Baum.")
    expect(page.locator(".gfile input[name=file]")).to_have_count(2)
    any_size.check_axe("file-upload")
    give(page)

    def is_ready() -> bool:
        page.reload()
        return page.locator("video").count() == 1 and page.locator(".docs a").count() == 1

    for _ in range(20):
        if is_ready():
            break
        page.wait_for_timeout(500)
    expect(page.locator("video")).to_be_visible()
    assert page.locator("video").evaluate(PLAYED) == pytest.approx(1, abs=0.2)
    page.locator(".clip-video summary").click()
    expect(page.locator(".clip-video")).to_contain_text("Hier fehlt ein Baum.")
    expect(page.locator(".docs a")).to_contain_text("Spielplatz")
    any_size.check_axe()
    any_size.check_width()


def test_without_scripts_files_come_with_the_form_and_stay_when_it_is_refused(visit: Any) -> None:
    plain = visit("phone", java_script_enabled=False)
    page = plain.open("hamburg", "/geben")
    fill(page)
    choose(page, striped(), {"name": "b.jpg", "mimeType": "image/jpeg", "buffer": jpeg(300, 200)})
    plain.expect_error("status of 422")
    assert send(page) == 422
    expect(page.locator(".gfile")).to_have_count(2)
    page.locator(".gfile input[data-words]").first.fill("Der Platz")
    page.locator(".gfile input[type=checkbox]").last.check()
    reach(page, "rights").check()
    assert send(page) == 303


def test_a_locked_pdf_is_refused_on_the_form_while_it_is_being_filled_in(any_size: Visit) -> None:
    page = any_size.open("hamburg", "/geben")
    fill(page)
    choose(page, {"name": "Geheim.pdf", "mimeType": "application/pdf", "buffer": pdf(password="x")})
    expect(page.locator(".gfile [data-fault]")).to_contain_text("Passwort")
    expect(page.locator("file-upload [data-status]")).to_contain_text("Passwort")
    expect(page.locator(".gfile input[name=file]")).to_have_count(0)
    any_size.check_axe("file-upload")
    any_size.check_width()
    choose(page, {"name": "Offen.pdf", "mimeType": "application/pdf", "buffer": pdf(pages=2)})
    expect(page.locator(".gfile[data-kind=document] .gfile__name")).to_contain_text("2 Seiten")
    give(page)
    expect(page.locator(".docs a")).to_contain_text("Offen")
    expect(page.locator("main")).not_to_contain_text("Geheim")


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_form_of_more_than_300_megabytes_is_refused_and_going_back_finds_the_words(visit: Any, tmp_path: Path, size: str) -> None:
    film = tmp_path / "film.mp4"
    with film.open("wb") as file:
        file.truncate(310_000_000)
    plain = visit(size, java_script_enabled=False)
    plain.expect_error("status of 413")
    page = plain.open("hamburg", "/geben")
    fill(page, title="Zu groß, aber nicht verloren", text="Das alles habe ich getippt.", audience="Alle, die tippen")
    reach(page, "picture").set_input_files(film)
    assert send(page) == 413
    expect(page.locator("main")).to_contain_text("300 MB")
    expect(page.locator("main")).to_contain_text("Ihr Text steht noch im Formular")
    plain.check_width()
    page.go_back()
    expect(page.locator("#id_title")).to_have_value("Zu groß, aber nicht verloren")
    expect(page.locator("#id_text")).to_have_value("Das alles habe ich getippt.")
    expect(page.locator("#id_audience")).to_have_value("Alle, die tippen")
    reach(page, "picture").set_input_files([])
    assert send(page) == 303
