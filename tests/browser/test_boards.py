"""Boards to try out: everything through the picture and through the list twin, by pointer, by keys, on a phone, with ten thousand cards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Locator, expect
from tests.browser.boards import VIEWS, ByList, card_of, has_gone, lies_in
from tests.browser.conftest import SIZES

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Page
    from tests.browser.conftest import Visit

FREE = "Wer räumt im Winter den Gehweg?"
OTHER = "Hecke an der Ecke schneiden"
LIGHT = "Licht und Sicht"
WORDS = "Ein Zebrastreifen für alle"


@pytest.fixture
def page(desktop: Visit) -> Page:
    page = desktop.open("hamburg", "/kit/board")
    expect(page.locator(".stage .card").first).to_be_visible()
    return page


@pytest.fixture(params=list(VIEWS))
def view(request: pytest.FixtureRequest, page: Page) -> Any:
    return VIEWS[request.param](page)


def test_a_card_is_written_changed_and_taken_back(view: Any) -> None:
    view.add(WORDS)
    assert card_of(view.page, WORDS)["by"] == "me"
    view.edit(WORDS, f"{WORDS} 😀")
    card_of(view.page, f"{WORDS} 😀")
    view.undo()
    card_of(view.page, WORDS)
    view.undo()
    has_gone(view.page, WORDS)


def test_a_card_goes_into_a_group_and_into_a_new_one(view: Any) -> None:
    view.move(FREE, LIGHT)
    lies_in(view.page, FREE, LIGHT)
    view.group(OTHER, "Grün schneiden")
    lies_in(view.page, OTHER, "Grün schneiden")
    lies_in(view.page, FREE, LIGHT)
    view.undo()
    lies_in(view.page, OTHER, LIGHT)


def test_cards_are_connected_once(view: Any) -> None:
    for _turn in range(2):
        view.connect(FREE, OTHER)
        expect(view.page.locator(".ink__line")).to_have_count(1)
    expect(view.page.locator("[data-section=lines] .bl__card")).to_have_count(1)


def test_three_dots_each_and_no_more(view: Any) -> None:
    for count in (3, 4, 5, 5):
        if view.page.locator("[data-dots]").inner_text() != "0":
            view.dot(FREE)
        expect(view.page.locator("board-list .bl__card", has_text=FREE)).to_contain_text(f"{count} Punkte")
    said = "Sie haben noch 0 Punkte. Sie können einen zurücknehmen"
    expect(view.page.locator("[data-dots-note]")).to_contain_text(said, use_inner_text=True)
    view.undot(FREE)
    expect(view.page.locator("board-list .bl__card", has_text=FREE)).to_contain_text("4 Punkte (2 von Ihnen)")
    expect(view.page.locator("[data-dots]")).to_have_text("1")


def test_a_card_is_taken_away_and_brought_back(view: Any) -> None:
    view.remove(FREE)
    has_gone(view.page, FREE)
    view.page.locator(".toast button", has_text="Zurückholen").click()
    card_of(view.page, FREE)


def test_a_card_is_carried_into_a_group_by_the_mouse(page: Page) -> None:
    card, target = page.locator(".card", has_text=FREE).bounding_box(), page.locator(".card", has_text=OTHER).bounding_box()
    assert card is not None
    assert target is not None
    page.mouse.move(card["x"] + 40, card["y"] + 40)
    page.mouse.down()
    page.mouse.move(card["x"] + 90, card["y"] + 10, steps=3)
    page.mouse.move(target["x"] + 20, target["y"] + 60, steps=3)
    expect(page.locator(".cl.is-hot")).to_contain_text(LIGHT)
    page.mouse.up()
    lies_in(page, FREE, LIGHT)
    board = "document.querySelector('[data-board]').board"
    order = page.evaluate(f"{board}.layout.cardsOf('lightness').map((id) => {board}.model.cards.get(id).text)")
    assert order[1:3] == [FREE, OTHER]


def test_what_a_card_offers_leaves_the_tools_free(page: Page) -> None:
    page.locator(".stage .card", has_text="Fünf Sekunden").click()
    expect(page.locator("[data-part=bar]")).to_be_visible()
    bar, tools = (page.locator(part).bounding_box() for part in ("[data-part=bar]", ".bd__tools"))
    assert bar
    assert tools
    assert bar["x"] >= tools["x"] + tools["width"]


def test_lines_are_drawn_by_hand_and_taken_away(page: Page) -> None:
    page.locator("[data-tool=draw]").click()
    page.mouse.move(600, 700)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(600 + step * 10, 700 + step % 3 * 12)
    page.mouse.up()
    expect(page.locator(".ink__stroke")).to_have_count(1)
    page.locator("[data-tool=draw]").click()
    page.locator("[data-does=undo]").click()
    expect(page.locator(".ink__stroke")).to_have_count(0)


def test_the_arrow_keys_go_from_card_to_card_and_the_list_goes_along(page: Page) -> None:
    page.locator("[data-stage]").focus()
    page.keyboard.press("ArrowRight")
    first = page.evaluate("document.activeElement.dataset.id")
    page.keyboard.press("ArrowRight")
    second = page.evaluate("document.activeElement.dataset.id")
    assert first != second
    expect(page.locator(f".bl__item.is-here [data-card='{second}']")).to_be_visible()


def test_the_list_reads_well_to_who_hears_it(page: Page) -> None:
    ByList(page).add(WORDS)
    expect(page.locator("board-list [data-groups]")).to_match_aria_snapshot(
        f"""
        - heading /{LIGHT}, \\d+ Karten/ [level=3]:
          - button /{LIGHT}, \\d+ Karten/ [expanded]
        - button /{LIGHT}/
        - list:
          - listitem:
            - button /.+\\. .+/
        """
    )
    expect(page.get_by_role("button", name=f"{WORDS}. Sie", exact=True)).to_have_count(1)


def test_the_zoom_goes_from_10_to_400_percent(page: Page) -> None:
    said = page.locator("[data-zoom]")
    for _step in range(14):
        page.locator("[data-camera=out]").click()
    expect(said).to_have_text("10 %")
    for _step in range(14):
        page.locator("[data-camera=in]").click()
    expect(said).to_have_text("400 %")
    page.locator("[data-camera=fit]").click()
    expect(page.locator(".stage .card")).to_have_count(17)


def test_the_search_finds_words_in_the_list(page: Page) -> None:
    page.locator("[data-search]").fill("hecke")
    expect(page.locator("board-list .bl__card")).to_have_count(1)
    page.locator("[data-search]").fill("gibt es nirgends")
    expect(page.locator("[data-not-found]")).to_be_visible()


def test_ten_thousand_cards_stay_few_in_the_page(desktop: Visit) -> None:
    page = desktop.open("hamburg", "/kit/board?cards=10000")
    expect(page.locator("[data-summary]")).to_contain_text("10.000 Karten")
    assert page.locator(".stage .card").count() < 500
    assert page.locator("board-list .bl__card").count() < 500
    page.locator("[data-section] .bl__toggle").first.click()
    expect(page.locator("[data-section] .bl__card").first).to_be_visible()
    touched = page.evaluate(
        """async () => {
            const {board} = document.querySelector('[data-board]');
            let touched = 0;
            const watch = new MutationObserver((changes) => { touched += changes.length; });
            watch.observe(document.querySelector('[data-board]'), {subtree: true, childList: true, attributes: true, characterData: true});
            const moved = new Promise((done) => board.on('change', ({moved}) => done(moved.size)));
            board.verbs.moveInto('card000100', 'many00003');
            const laid = await moved;
            await new Promise((done) => setTimeout(done, 200));
            watch.disconnect();
            return [board.model.cards.get('card000100').group, laid, touched];
        }"""
    )
    assert touched[0] == "many00003"
    # Moving one lays its two groups anew and no more, and changes what is in sight alone.
    assert touched[1] < 1_500
    assert touched[2] < 3_000


def test_on_a_phone_the_list_comes_first_and_a_card_is_put_up(phone: Visit) -> None:
    page = phone.open("hamburg", "/kit/board")
    expect(page.locator("board-list")).to_be_visible()
    expect(page.locator("[data-stage]")).to_be_hidden()
    page.locator("form[data-paper] textarea").fill(WORDS)
    page.locator("form[data-paper] .paper__send").click()
    expect(page.locator("board-list .bl__card", has_text=WORDS)).to_be_visible()
    wide = []
    for _time in range(2):
        page.locator("board-list .bl__card", has_text=WORDS).press("Enter")
        box = page.locator("[data-part=menu]").bounding_box()
        assert box is not None
        wide.append(box["width"])
        assert box["x"] + box["width"] <= SIZES["phone"][0] - 8
        page.keyboard.press("Escape")
    assert wide[0] == wide[1]
    phone.check_width()
    phone.check_axe()
    page.evaluate("() => { document.querySelector('.bd__ask [data-calm]').hidden = false; }")
    page.locator("[data-does=picture]").click()
    expect(page.locator(".stage .card").first).to_be_visible()
    phone.check_width()
    phone.check_axe()
    # What is said over the picture covers neither the ways to come closer nor, at first, a card.
    asked, zoom = (page.locator(part).bounding_box() for part in (".bd__ask", ".bd__map"))
    assert asked
    assert zoom
    assert asked["y"] >= zoom["y"] + zoom["height"]
    assert min(card["y"] for card in map(Locator.bounding_box, page.locator(".stage .card").all()) if card) >= asked["y"] + asked["height"]


def touch(hand: CDPSession, kind: str, *points: tuple[float, float]) -> None:
    """What fingers do, as the browser hears it: 'Start', 'Move' and 'End'."""
    fingers = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    hand.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": fingers})


def middle(page: Page, words: str) -> tuple[float, float]:
    box = page.locator(".stage .card", has_text=words).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_fingers_push_the_board_about_and_carry_what_they_rest_on(phone: Visit) -> None:
    page = phone.open("hamburg", "/kit/board")
    page.locator("[data-does=picture]").click()
    expect(page.locator(".stage .card", has_text=FREE)).to_be_visible()
    hand = page.context.new_cdp_session(page)
    x, y = middle(page, FREE)
    touch(hand, "Start", (x, y))
    touch(hand, "Move", (x + 30, y - 60))
    touch(hand, "End")
    expect(page.locator("[data-does=undo]")).to_be_disabled()
    assert middle(page, FREE) == pytest.approx((x + 30, y - 60), abs=1)
    touch(hand, "Start", (120, 400), (200, 400))
    touch(hand, "Move", (110, 400), (210, 400))
    touch(hand, "End")
    expect(page.locator("[data-zoom]")).not_to_have_text("60 %")
    x, y = middle(page, FREE)
    touch(hand, "Start", (x, y))
    expect(page.locator(".card.is-carried")).to_contain_text(FREE)
    target = page.locator(".cl", has_text="Mit Rad und Roller").bounding_box()
    assert target is not None
    touch(hand, "Move", (target["x"] + 60, target["y"] + 60))
    expect(page.locator(".cl.is-hot")).to_contain_text("Mit Rad und Roller")
    touch(hand, "End")
    lies_in(page, FREE, "Mit Rad und Roller")


def test_what_is_carried_to_the_edge_takes_the_board_along(page: Page) -> None:
    x, y = middle(page, FREE)
    stage = page.locator("[data-stage]").bounding_box()
    assert stage is not None
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(stage["x"] + stage["width"] - 6, y, steps=4)
    expect(page.locator(".cl", has_text="Sicher über die Straße")).to_have_count(0)
    page.mouse.up()
    assert card_of(page, FREE)["x"] > 1_000


def test_an_empty_board_says_so_at_full_size(page: Page) -> None:
    page.evaluate("""() => {
        const { board } = document.querySelector("[data-board]");
        for (const group of [...board.layout.groups.keys()]) board.verbs.remove("groups", group);
        for (const card of [...board.layout.cards.keys()]) board.verbs.remove("cards", card);
    }""")
    expect(page.locator("[data-empty]")).to_be_visible()
    page.locator("[data-camera=fit]").click()
    expect(page.locator("[data-zoom]")).to_have_text("100 %")
    VIEWS["picture"](page).add(WORDS)
    expect(page.locator("[data-empty]")).to_be_hidden()


def test_a_canvas_has_its_questions_in_picture_and_list(desktop: Visit) -> None:
    page = desktop.open("hamburg", "/kit/board?canvas=1")
    expect(page.locator(".rg__title")).to_have_count(5)
    expect(page.locator("[data-section='region say'] .bl__note")).to_have_text("Ein Satz in ihren Worten")
    page.locator("form[data-paper] textarea").fill(WORDS)
    page.locator("form[data-paper] select").select_option("region pain")
    page.locator("form[data-paper] .paper__send").click()
    assert card_of(page, WORDS)["region"] == "pain"
    desktop.check_axe()


def test_on_a_full_board_what_was_just_written_is_seen(desktop: Visit) -> None:
    page = desktop.open("hamburg", "/kit/board?cards=200")
    expect(page.locator("[data-summary]")).to_contain_text("200 Karten")
    expect(page.locator(".bl__toggle[aria-expanded=true]")).to_have_count(0)
    VIEWS["list"](page).add(WORDS)
    card_of(page, WORDS)
