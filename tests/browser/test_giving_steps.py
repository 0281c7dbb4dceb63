"""Giving in three short steps: with keys alone, without scripts, without a network, in two windows, and on from another's idea."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import expect
from tests.browser.doing import TEXT, error_of, fill, give, give_form, number_of, path_of_thanked, reach, send, sentence

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request, Route
    from tests.browser.conftest import Visit

DRAFT = "**/entwurf"  # where what was typed is kept on the server


def step(page: Page, number: int) -> Any:
    """A step's heading."""
    return page.locator(f"#step-{number}")


def forward(page: Page) -> None:
    page.locator("[data-give-next]").click()


def kept(page: Page, words: str) -> None:
    """Wait until the browser has kept these words."""
    page.wait_for_function("(words) => Object.values(localStorage).some((value) => value.includes(words))", arg=words)


def test_three_steps_lead_to_a_preview_and_the_way_back_is_the_browsers(any_size: Visit) -> None:
    page = give_form(any_size)
    expect(step(page, 2)).to_be_hidden()
    any_size.check_axe()
    forward(page)
    expect(page.locator("#id_title")).to_be_focused()
    expect(error_of(page, "title")).to_have_text(sentence("de", "Please give your contribution a title."))
    fill(
        page,
        title="Ein Brunnen am Kanal",
        text="Es fehlt Wasser.",
        audience="Alle, die warten",
        proposal="Ein Hahn",
        benefit="Weniger Durst",
    )
    forward(page)
    expect(step(page, 2)).to_be_focused()
    expect(page.locator("#id_title-error")).to_have_count(0)
    page.locator("#id_place_name").fill("Am Kanal")
    any_size.check_axe()
    page.locator("#id_place_name").press("Enter")
    expect(step(page, 3)).to_be_focused()
    look = page.locator(".look")
    for said in ("Ein Brunnen am Kanal", "Es fehlt Wasser.", "Alle, die warten", "Ein Hahn", "Weniger Durst", "Am Kanal"):
        expect(look).to_contain_text(said)
    reach(page, "pseudonym").fill("Ida")
    page.locator("#id_pseudonym").blur()
    expect(look).to_contain_text("Ida")
    any_size.check_axe()
    any_size.check_width()
    page.go_back()
    expect(step(page, 2)).to_be_visible()
    page.go_back()
    expect(step(page, 1)).to_be_visible()
    page.go_forward()
    page.go_forward()
    page.locator(".sums a[href='#id_title']").click()
    expect(page.locator("#id_title")).to_be_focused()
    assert send(page) == 303
    expect(page).to_have_url(re.compile(r"/danke$"))
    any_size.check_axe()
    any_size.check_width()
    page = any_size.open("hamburg", path_of_thanked(page))
    expect(page.locator("main")).to_contain_text("Weniger Durst")


def test_a_form_that_comes_back_opens_at_its_first_fault(phone: Visit) -> None:
    phone.expect_error("status of 422")
    page = give_form(phone)
    fill(page, title="🚲🚲🚲", text=TEXT)
    assert send(page) == 422
    expect(step(page, 1)).to_be_visible()
    # It begins with what is wrong, in sight, also once the address names the step.
    expect(page).to_have_url(re.compile("#schritt-1$"))
    expect(page.locator("#errors")).to_be_focused()
    expect(page.locator("#errors")).to_be_in_viewport(ratio=1)
    emoji = "Please write the title in words. Emoji and signs are welcome beside them."
    expect(error_of(page, "title")).to_have_text(sentence("de", emoji))
    expect(page.locator("#id_title")).to_have_value("🚲🚲🚲")
    forward(page)
    forward(page)
    # The last step shows how it would look; what is wrong is said above already.
    expect(page.locator(".look")).to_contain_text(TEXT)
    expect(page.locator(".alert--danger", has=page.locator("li a[href='#id_title']"))).to_have_count(1)
    page.locator("#errors a[href='#id_title']").click()
    expect(page.locator("#id_title")).to_be_focused()
    fill(page, title="🚲 Ein Bügel mehr 🚲")
    assert send(page) == 303
    path = path_of_thanked(page)
    assert path.endswith("-ein-buegel-mehr")
    page = phone.open("hamburg", path)
    expect(page.get_by_role("heading", level=1)).to_have_text("🚲 Ein Bügel mehr 🚲")


def test_a_title_in_another_script_has_an_address_too(phone: Visit) -> None:
    path = give(phone, title="Ліфт знову не працює")
    assert re.fullmatch(r"/beitrag/\d+", path)
    expect(phone.open("hamburg", path).get_by_role("heading", level=1)).to_have_text("Ліфт знову не працює")


def test_a_service_is_found_by_typing_and_chosen_with_keys(any_size: Visit) -> None:
    page = give_form(any_size)
    page.get_by_label(sentence("de", "An improvement of something that exists")).check()
    search = page.get_by_role("combobox", name=re.compile(sentence("de", "Which service is it about?")[:10]))
    search.fill("büch")
    expect(page.get_by_role("option").first).to_be_visible()
    any_size.check_axe()
    search.press("ArrowDown")
    expect(search).to_have_attribute("aria-activedescendant", re.compile("."))
    chosen = page.locator(".offers .is-active").inner_text()
    search.press("Enter")
    expect(search).to_have_value(chosen)
    expect(step(page, 1)).to_be_visible()
    fill(page, title="Länger offen")
    assert send(page) == 303
    page = any_size.open("hamburg", path_of_thanked(page))
    expect(page.locator("dl.facts")).to_contain_text(chosen)


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_without_scripts_the_form_is_one_page_with_a_preview(visit: Any, size: str) -> None:
    plain = visit(size, java_script_enabled=False)
    page = give_form(plain)
    for number in (1, 2, 3):
        expect(step(page, number)).to_be_visible()
    expect(page.locator("#id_service")).to_be_attached()
    fill(page, title="Ganz ohne Skript", audience="Alle")
    page.locator("button[name=preview]").click()
    expect(page.locator(".look")).to_contain_text("Ganz ohne Skript")
    plain.check_width()
    assert send(page) == 303


@pytest.mark.every_time
def test_a_lost_network_loses_nothing(any_size: Visit) -> None:
    any_size.expect_error("ERR_INTERNET_DISCONNECTED|Failed to load")
    page = give_form(any_size)
    fill(page, title="Im Funkloch", proposal="Ein Mast")
    kept(page, "Ein Mast")
    any_size.context.set_offline(True)
    forward(page)
    page.locator("#id_place_name").fill("Im Tunnel")
    forward(page)
    expect(page.locator("[data-give-look]")).to_contain_text(
        sentence("de", "There is no network for the preview just now. Your words are kept.")
    )
    page.locator("[data-give-send]").click()
    unsent = "There is no network just now, so it was not sent. Nothing is lost: please press Send again when the network is back."
    expect(page.locator("[data-unsent-note]")).to_have_text(sentence("de", unsent))
    any_size.check_axe()
    any_size.context.set_offline(False)
    expect(page.locator("[data-unsent-note]")).to_have_text(sentence("de", "The network is back. You can send it now."))
    assert send(page) == 303
    page = any_size.open("hamburg", path_of_thanked(page))
    expect(page.locator("main")).to_contain_text("Ein Mast")
    page = give_form(any_size)
    expect(page.locator("#id_title")).to_have_value("")


@pytest.mark.every_time
def test_a_network_that_only_seems_to_be_there_loses_nothing(any_size: Visit) -> None:
    any_size.expect_error("ERR_FAILED|ERR_CONNECTION|Failed to load")
    page = give_form(any_size)
    title = f"Netz nur zum Schein {uuid4().hex[:6]}"
    fill(page, title=title, text="Die Anzeige hat Balken, die Leitung ist tot.")
    page.evaluate("() => { location.hash = 'schritt-3'; }")
    sent: list[str] = []

    def cut(route: Route) -> None:
        if route.request.method == "POST" and "x-part" not in route.request.headers:
            sent.append(route.request.url)
            # The first is lost on its way, of the second only the answer.
            if len(sent) == 2:
                here = urlsplit(route.request.url)
                headers = route.request.all_headers() | {"host": here.netloc}
                assert route.fetch(url=f"http://127.0.0.1:{here.port}{here.path}", headers=headers, max_redirects=0).status == 303
            route.abort()
        else:
            route.continue_()

    page.route("**/geben", cut)
    note = sentence(
        "de", "The network does not answer just now. Nothing is lost: please press Send again in a moment. It arrives only once."
    )
    for count in (1, 2):
        page.locator("[data-give-send]").click()
        expect(page.locator("[data-unsent-note]")).to_have_text(note)
        expect(page.locator("[data-unsent-note]")).to_be_focused()
        page.wait_for_function("() => !document.querySelector('[data-saved]').textContent.includes('…')")
        assert len(sent) == count
        page.locator("[data-unsent-note]").evaluate("(note) => { note.hidden = true; }")
    any_size.check_axe()
    expect(page.locator("#id_title")).to_have_value(title)
    page.unroute("**/geben")
    assert send(page) == 303
    path = path_of_thanked(page)
    found = any_size.open("hamburg", "/entdecken").locator("#rows").get_by_role("link", name=title, exact=True)
    expect(found).to_have_count(1)
    expect(found).to_have_attribute("href", path)


def test_two_windows_of_a_guest_with_one_draft_lose_nothing(phone: Visit) -> None:
    first = give_form(phone)
    fill(first, title="Erstes Fenster", text="Aus dem ersten")
    kept(first, "Aus dem ersten")
    second = phone.context.new_page()
    second.goto(first.url)
    expect(second.locator("#id_text")).to_have_value("Aus dem ersten")
    second.locator("#id_text").fill("Aus dem zweiten")
    expect(first.locator("[data-conflict]")).to_be_visible()
    expect(first.locator("#id_text")).to_have_value("Aus dem ersten")
    phone.check_axe()
    first.locator("[data-take]").click()
    expect(first.locator("#id_text")).to_have_value("Aus dem zweiten")
    expect(first.locator("[data-conflict]")).to_be_hidden()
    second.close()


def test_who_is_signed_in_goes_on_with_a_draft_elsewhere(signed_in: Any, visit: Any) -> None:
    window = signed_in("hamburg", "member")
    title = f"Angefangen {uuid4().hex[:6]}"
    page = give_form(window)
    fill(page, title=title, text="Halb fertig")
    expect(page.locator("[data-saved]")).to_contain_text(re.compile(r"\d\d?:\d\d"))
    # Another device has the session, but not this browser's store.
    page.evaluate("() => localStorage.clear()")
    page = give_form(window)
    page.get_by_role("link", name=title).click()
    expect(page.locator("#id_text")).to_have_value("Halb fertig")
    window.check_axe()
    # The same draft in a second window: who is later is told, and chooses.
    window.expect_error("status of 409")
    second = window.context.new_page()
    second.goto(page.url)
    second.locator("#id_text").fill("Im zweiten Fenster weiter")
    expect(second.locator("[data-saved]")).to_contain_text(re.compile(r"\d\d?:\d\d"))
    page.locator("#id_text").fill("Im ersten Fenster anders")
    expect(page.locator("[data-conflict]")).to_be_visible()
    window.check_axe()
    page.locator("[data-own]").click()
    expect(page.locator("[data-saved]")).to_contain_text(re.compile(r"\d\d?:\d\d"))
    expect(page.locator("#id_text")).to_have_value("Im ersten Fenster anders")
    expect(second.locator("#id_text")).to_have_value("Im zweiten Fenster weiter")
    second.close()
    assert send(page) == 303
    page = give_form(window)
    expect(page.get_by_role("link", name=title)).to_have_count(0)
    expect(page.locator("#id_title")).to_have_value("")


@pytest.mark.parametrize("is_answered", [True, False])
def test_sending_waits_for_the_drafts_last_saving_but_not_for_long(signed_in: Any, is_answered: bool) -> None:
    window = signed_in("hamburg", "member")
    page, title = give_form(window), f"Gleich gesendet {uuid4().hex[:6]}"
    held: list[Route] = []

    def sends(request: Request) -> bool:
        return request.method == "POST" and "x-part" not in request.headers and not request.url.endswith("/hinweis")

    asked: list[str] = []
    page.route(DRAFT, lambda route: held.append(route))  # noqa: PLW0108  (Playwright cannot mark a builtin)
    page.on("request", lambda request: asked.append(request.url) if sends(request) else None)
    with page.expect_request(DRAFT):
        fill(page, title=title)
    page.evaluate("() => { location.hash = 'schritt-3'; }")
    expect(page.locator(".look")).to_contain_text(title)
    page.locator("[data-give-send]").click()
    expect(page.locator("[data-saved]")).to_have_text(sentence("de", "It is being sent …"))
    assert asked == [held[0].request.url]
    if is_answered:
        held[0].continue_()
    expect(page).to_have_url(re.compile(r"/danke$"))
    page.unroute(DRAFT)
    assert len(held) == 1  # and none began after it
    expect(give_form(window).get_by_role("link", name=title)).to_have_count(0)


def test_an_idea_is_developed_further_and_both_pages_show_it(phone: Visit, desktop: Visit) -> None:
    old = give(phone, title="Ein halber Gedanke", pseudonym="Ida")
    page = give_form(desktop, path=f"/geben?weiter={number_of(old)}")
    expect(page.locator(".builds")).to_contain_text("Ein halber Gedanke")
    desktop.check_axe()
    fill(page, title="Der ganze Gedanke")
    assert send(page) == 303
    new = path_of_thanked(page)
    expect(desktop.open("hamburg", new).locator(".river")).to_contain_text("Ein halber Gedanke")
    expect(desktop.open("hamburg", old).locator(".river")).to_contain_text("Der ganze Gedanke")


def test_the_first_load_of_the_form_is_small(phone: Visit) -> None:
    sizes: dict[str, int] = {}
    session = phone.context.new_cdp_session(phone.page)
    session.send("Network.enable")
    session.on("Network.responseReceived", lambda event: sizes.setdefault(event["requestId"], 0))
    session.on("Network.loadingFinished", lambda event: sizes.__setitem__(event["requestId"], event["encodedDataLength"]))
    give_form(phone)
    phone.page.wait_for_load_state("networkidle")
    assert 30_000 < sum(sizes.values()) <= 120_000, sizes
