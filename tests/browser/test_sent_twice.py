"""The same form sent twice gives one contribution, whichever way people or browsers manage to send it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from tests.browser.doing import fill, give, give_form, path_of_thanked, send

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.browser.conftest import Visit

SEND_AGAIN = """async () => {
    const form = document.querySelector('form.form');
    const sent = () => fetch(form.action, { method: 'POST', body: new FormData(form) });
    const answers = await Promise.all([sent(), sent(), sent()]);
    return answers.map((answer) => [answer.status, new URL(answer.url).pathname]);
}"""

SEND_SUPPORT = """async () => {
    const form = document.querySelector('#unterstuetzen form[action$=unterstuetzen]');
    const sent = () => fetch(form.action, { method: 'POST', body: new FormData(form) });
    const first = await sent();
    return [first.status, (await sent()).status, (await sent()).status];
}"""


@pytest.fixture
def title(request: pytest.FixtureRequest) -> str:
    """A title that no other test gives."""
    return f"Einmal genügt: {request.node.name}"


def how_many(visit: Visit, title: str) -> int:
    """How many contributions of this title the city lists."""
    return visit.open("hamburg", "/entdecken").locator("#rows").get_by_role("link", name=title, exact=True).count()


def test_a_double_click_gives_one_contribution(any_size: Visit, title: str) -> None:
    page = give_form(any_size)
    fill(page, title=title, pseudonym="Doppelt")
    page.locator("[data-give-send]").dblclick()
    expect(page).to_have_url(re.compile("/danke$"))
    assert how_many(any_size, title) == 1


def test_going_back_and_sending_again_gives_one_contribution(any_size: Visit, title: str) -> None:
    page = give_form(any_size)
    fill(page, title=title)
    assert send(page) == 303
    first = path_of_thanked(page)
    page.go_back()
    fill(page, title=title)  # whether or not the browser has put the old words in
    assert send(page) == 303
    assert path_of_thanked(page) == first
    assert how_many(any_size, title) == 1


def test_one_form_sent_three_times_at_once_gives_one_contribution(desktop: Visit, title: str) -> None:
    page = give_form(desktop)
    fill(page, title=title)
    answers = page.evaluate(SEND_AGAIN)
    assert {status for status, _path in answers} == {200}
    assert len({path for _status, path in answers}) == 1
    assert how_many(desktop, title) == 1


def test_a_double_click_gives_one_comment(any_size: Visit, title: str) -> None:
    path = give(any_size, title=title)
    page = any_size.open("hamburg", path)
    page.locator("#schreiben #id_text").fill("Das sage ich genau einmal.")
    page.locator("#schreiben form .actions button").dblclick()
    expect(page).to_have_url(re.compile("neu="))
    any_size.open("hamburg", path)
    expect(page.locator("#kommentare .com__text")).to_have_count(1)


def test_going_back_and_commenting_again_gives_one_comment(phone: Visit, title: str) -> None:
    path = give(phone, title=title)
    page = phone.open("hamburg", path)
    for _ in range(2):
        page.locator("#schreiben #id_text").fill("Auch das sage ich einmal.")
        page.locator("#schreiben form .actions button").click()
        expect(page).to_have_url(re.compile("neu="))
        page.go_back()
        expect(page).not_to_have_url(re.compile("neu="))
    phone.open("hamburg", path)
    expect(page.locator("#kommentare .com__text")).to_have_count(1)


def test_sending_support_twice_supports_once(visit: Any, title: str) -> None:
    path = give(visit("phone"), title=title)
    desktop = visit("desktop")
    page = desktop.open("hamburg", path)
    assert page.evaluate(SEND_SUPPORT) == [200, 200, 200]
    desktop.open("hamburg", path)
    expect(page.locator("#unterstuetzen .aside__big")).to_contain_text("1 ")
    expect(page.locator("#unterstuetzen [aria-pressed=true]")).to_have_count(1)


def _posts(page: Page, address: str) -> list[str]:
    """Fills itself with the bodies that this window sends to an address from now on."""
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.post_data or "") if asked.method == "POST" and asked.url.endswith(address) else None)
    return sent


@pytest.mark.parametrize("how", ["a double click", "a held key"])
def test_a_form_of_the_team_goes_once_however_long_somebody_presses(signed_in: Any, how: str, title: str) -> None:
    team: Visit = signed_in("hamburg", "moderator", "desktop")
    page = team.open("hamburg", "/verwaltung/team")
    sent = _posts(page, "/verwaltung/team/notiz")
    field = page.get_by_label("Was soll die nächste Schicht wissen?")
    field.fill(title)
    button = page.get_by_role("button", name="Notiz hinterlassen")
    if how == "a double click":
        button.dblclick()
    else:
        button.focus()
        for _repeated in range(4):
            page.keyboard.down("Enter")
        page.keyboard.up("Enter")
    expect(page.locator(".slip__text", has_text=title)).to_have_count(1)
    expect(field).to_have_value("")
    assert len(sent) == 1
    # What was sent before holds nothing up: the page that came has a form of its own.
    field.fill(f"{title} und noch eins")
    button.click()
    expect(page.locator(".slip__text", has_text=f"{title} und noch eins")).to_have_count(1)
    assert len(sent) == 2
