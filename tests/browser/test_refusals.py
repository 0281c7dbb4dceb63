"""What the house does not take: too late, too often, another city's. Nothing that people typed is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from tests.browser.doing import PREFIXES, TEXT, TITLE, fill, give, give_form, number_of, send, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.conftest import Visit

# A collect step of the demo that is open for two more weeks.
OPEN_STEP = "/beteiligung/veddel-im-sommer/schritt/1"
STEP_DESK = "/verwaltung/beteiligungen/veddel-im-sommer/schritt/1"
GIVE_AGAIN = """async (times) => {
    const form = document.querySelector('form.form');
    for (let number = 0; number < times; number += 1) {
        const data = new FormData(form);
        data.set('uid', crypto.randomUUID ? crypto.randomUUID() : `00000000-0000-7000-8000-${Date.now()}${number}`.slice(0, 36));
        data.set('title', `Immer noch etwas: ${number}`);
        const answer = await fetch(form.action, { method: 'POST', body: data });
        if (answer.status !== 200) return [number, answer.status];
    }
    return [times, 200];
}"""


@pytest.fixture
def owner(signed_in: Any) -> Iterator[Visit]:
    """The process owner, at a desk; afterwards the step follows its window again."""
    window = signed_in("hamburg", "owner")
    yield window
    press_opening(window, "")


def press_opening(owner: Visit, override: str) -> None:
    """Open or close the step by hand, as the process owner does."""
    page = owner.open("hamburg", STEP_DESK)
    button = page.locator(f'button[name=override][value="{override}"]')
    if button.count():
        button.click()
        expect(page.get_by_role("alert").or_(page.get_by_role("status")).first).to_be_visible()


@pytest.mark.parametrize(("size", "language"), [("phone", "de"), ("desktop", "en"), ("phone", "de-simple")])
def test_a_step_that_closed_while_they_typed_shows_their_text_to_copy(visit: Any, owner: Visit, size: str, language: str) -> None:
    guest = visit(size)
    guest.expect_error("status of 409")
    page = give_form(guest, language=language, path=OPEN_STEP)
    fill(page)
    press_opening(owner, "closed")
    assert send(page) == 409
    expect(page.get_by_role("heading", name=sentence(language, "Your text is not lost"))).to_be_visible()
    expect(page.locator("#kept-line")).to_have_value(TITLE)
    expect(page.locator("#kept-text")).to_have_value(TEXT)
    guest.check_width()
    guest.check_axe()


@pytest.mark.every_time
def test_a_thread_that_closed_while_they_typed_shows_their_comment_to_copy(phone: Visit, owner: Visit) -> None:
    phone.expect_error("status of 409")
    page = give_form(phone, path=OPEN_STEP)
    fill(page, title="Worüber man bald nicht mehr redet")
    assert send(page) == 303
    page.locator("main .actions a").first.click()
    if not page.locator("#schreiben #id_text").count():
        pytest.fail("nobody can comment beside an open step of collecting")
    page.locator("#schreiben #id_text").fill("Mein langer Gedanke")
    press_opening(owner, "closed")
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        page.locator("#schreiben form .actions button").click()
    assert answered.value.status == 409
    expect(page.locator("#kept-text")).to_have_value("Mein langer Gedanke")
    phone.check_axe()


@pytest.mark.parametrize("language", list(PREFIXES))
def test_who_gives_too_often_waits_and_keeps_the_text(visit: Any, language: str) -> None:
    guest = visit("phone")
    guest.expect_error("status of 429")
    give(guest, language=language, title="Das erste von vielen")
    page = give_form(guest, language=language)
    fill(page)
    # The window of the limit may begin anew meanwhile: twice the limit is enough in any case.
    taken, status = page.evaluate(GIVE_AGAIN, 20)
    assert status == 429, taken
    assert send(page) == 429
    too_often = "That was a lot in a short time. Please wait ten minutes and send it again; your text is kept."
    expect(page.locator("#errors")).to_contain_text(sentence(language, too_often))
    expect(page.locator("#id_title")).to_have_value(TITLE)
    expect(page.locator("#id_text")).to_have_value(TEXT)
    guest.check_axe()


def test_many_new_people_of_one_address_range_wait_too(visit: Any) -> None:
    """Each without a cookie, as a machine would do it; people elsewhere go on."""
    range_of_one = {"X-Forwarded-For": "203.0.113.9"}
    machine = visit("desktop", extra_http_headers=range_of_one)
    machine.expect_error("status of 429")
    page = give_form(machine)
    fill(page)
    for number in range(130):
        # A person of their own each time, from a neighbouring address.
        machine.context.clear_cookies(name="guest")
        machine.context.set_extra_http_headers({"X-Forwarded-For": f"203.0.113.{number % 250}"})
        taken, status = page.evaluate(GIVE_AGAIN, 1)
        if status == 429:
            break
    assert status == 429, taken
    machine.context.clear_cookies(name="guest")
    assert send(page) == 429
    expect(page.locator("#id_text")).to_have_value(TEXT)
    give(visit("desktop"), title="Aus der Nachbarstadt geht es weiter")


def test_another_citys_contribution_is_not_found(phone: Visit) -> None:
    slug, number = "", 0
    while number <= 75:  # past all that Kassel has of its own
        path = give(phone, "hamburg", title=f"Nur in Hamburg zu finden {number}")
        number, slug = int(number_of(path)), path.rpartition("/")[2]
        if number <= 75:
            phone.context.set_extra_http_headers({"X-Forwarded-For": f"10.250.{number}.1"})
            phone.context.clear_cookies()
    assert_not_found(phone, "kassel", f"/beitrag/{number}", f"/beitrag/{slug}", f"/beitrag/{number}/danke", f"/beitrag/{number}/bearbeiten")


def test_another_citys_organisation_and_process_are_not_found(phone: Visit) -> None:
    paths = ["/organisation/elbfracht", "/beteiligung/veddel-im-sommer", OPEN_STEP, "/beteiligung/veddel-im-sommer/termine.ics"]
    for path in paths[:3]:
        answer = phone.page.goto(phone.site.url("hamburg", path))
        assert answer
        assert answer.status == 200, path
    assert_not_found(phone, "kassel", *paths)


def test_another_citys_picture_is_not_found(phone: Visit) -> None:
    page = phone.open("hamburg", "/ergebnisse")
    address = page.locator("main img[src^='/medien/']").first.get_attribute("src")
    assert address
    assert_not_found(phone, "kassel", address)


def test_another_citys_rows_are_not_found_at_the_desk(signed_in: Any) -> None:
    administrator = signed_in("kassel", "administrator")
    administrator.expect_error("status of 404")
    theirs = administrator.open("kassel", "/verwaltung/beteiligungen")
    expect(theirs.get_by_role("heading", level=1)).to_be_visible()
    assert_not_found(
        administrator, "kassel", "/verwaltung/beitraege/99999", "/verwaltung/beteiligungen/veddel-im-sommer",
        "/verwaltung/beteiligungen/veddel-im-sommer/texte", STEP_DESK,
    )  # fmt: skip


def test_one_citys_team_has_no_desk_in_another(signed_in: Any) -> None:
    """The session's cookie belongs to the host; and were it carried over, the role would not be there."""
    administrator = signed_in("hamburg", "administrator")
    carried = [{**cookie, "domain": "kassel.localhost"} for cookie in administrator.context.cookies()]
    administrator.context.add_cookies(carried)
    administrator.expect_error("status of 40[34]")
    for path in ("/verwaltung/", "/verwaltung/beitraege", "/verwaltung/beteiligungen"):
        answer = administrator.page.goto(administrator.site.url("kassel", path))
        assert answer
        assert answer.status in {403, 404} or "/konto/anmelden" in answer.url, path


def assert_not_found(visit: Visit, city: str, *paths: str) -> None:
    """Each path is a designed page of that city that says 404."""
    visit.expect_error("status of 404")
    for path in paths:
        answer = visit.page.goto(visit.site.url(city, path))
        assert answer
        assert answer.status == 404, path
    expect(visit.page.get_by_role("heading", level=1)).to_be_visible()
    visit.check_axe()
