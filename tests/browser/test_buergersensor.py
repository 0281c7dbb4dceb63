"""The whole ways that people take through the Bürgersensor, on a phone and at a desk, from the front page to what comes of it.

Further ones are in `test_reach` (with keys alone, without JavaScript), `test_meeting` (block, flag, the team decides) and `test_places`.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from playwright.sync_api import expect
from tests.browser.doing import TEXT, fill, give, number_of, path_of_thanked, reach, read_mail_with, send, sentence
from tests.browser.test_giving import open_claim, picture, take_code
from tests.browser.test_giving_steps import forward, kept, step
from tests.browser.test_places import open_map

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.browser.conftest import Visit

SIZES = ["phone", "desktop"]
ALT = "Ein Platz ohne einen einzigen Baum"


def to_place(page: Page) -> None:
    """Take the first place that the search knows for "Spritzenp", by keyboard."""
    page.locator("#id_find_text").press_sequentially("Spritzenp")
    expect(page.locator("#spot-list [role=option]").first).to_be_visible()
    page.locator("#id_find_text").press("Enter")
    expect(page.locator("place-finder [data-words]")).to_have_text("Ottensen, nahe Spritzenplatz")


def draw_area(page: Page) -> None:
    """Draw a triangle round the middle of the map, by keyboard."""
    open_map(page)
    page.get_by_role("button", name=sentence("de", "Draw an area")).press("Enter")
    canvas = page.locator("place-finder canvas")
    for count, key in enumerate(("ArrowRight", "ArrowDown", "ArrowLeft"), 1):
        canvas.press("Enter")
        expect(page.locator("place-finder [data-said]")).to_have_text(f"Ecken: {count}")
        canvas.press(key)
        page.wait_for_timeout(400)  # the map eases to where the key sent it
    page.get_by_role("button", name=sentence("de", "Finished")).press("Enter")
    expect(page.locator("place-finder [data-drawn]")).to_have_text(sentence("de", "with a drawn area"))


def add_picture(page: Page) -> None:
    reach(page, "picture").set_input_files(picture())
    page.locator(".gfile [data-send]").click()
    page.locator(".gfile input[data-words]").fill(ALT)
    expect(page.locator(".gfile input[name=file]")).to_have_count(1)


def check_picture(page: Page) -> None:
    shown = page.get_by_role("img", name=ALT)
    shown.scroll_into_view_if_needed()
    page.wait_for_function("(alt) => document.querySelector(`img[alt='${alt}']`).naturalWidth > 100", arg=ALT)


def test_a_guest_gives_an_improvement_with_photo_drawing_and_place_claims_it_and_follows(any_size: Visit, visit: Any) -> None:
    name = uuid4().hex[:8]
    title, mail = f"Schatten auf dem Platz {name}", f"ole.{name}@example.org"
    page = any_size.open("hamburg")
    page.get_by_role("link", name=sentence("de", "Give an idea")).locator("visible=true").first.click()
    page.get_by_label(sentence("de", "An improvement of something that exists")).check()
    search = page.locator("service-search [role=combobox]")
    search.fill("leihr")
    search.press("ArrowDown")
    search.press("Enter")
    service = search.input_value()
    fill(page, title=title, text=TEXT, benefit="Im Sommer bleibt man dort")
    forward(page)
    expect(step(page, 2)).to_be_focused()
    to_place(page)
    draw_area(page)
    add_picture(page)
    page.locator("#id_rights").check()
    any_size.check_width()
    forward(page)
    expect(step(page, 3)).to_be_focused()
    fill(page, title=title, pseudonym="Ole", mail=mail)
    look = page.locator(".look")
    for said in (title, "Spritzenplatz", "Im Sommer bleibt man dort"):
        expect(look).to_contain_text(said)
    assert send(page) == 303
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ole")
    page.locator("main .actions a").first.click()
    facts = page.locator("dl.facts")
    for said in (service, "Spritzenplatz", "Gezeichnete Fläche, etwa"):
        expect(facts).to_contain_text(said)
    check_picture(page)
    any_size.check_width()
    any_size.check_axe()

    take_into_account(any_size, visit("desktop"), mail, title)

    # It is theirs now; another's they follow.
    followed = f"Bäume für den Platz {name}"
    page = any_size.open("hamburg", give(visit("desktop"), title=followed, pseudonym="Nele"))
    page.locator("#unterstuetzen form[action$=folgen] button").click()
    expect(page.locator("#unterstuetzen form[action$=folgen] [aria-pressed=true]")).to_be_visible()
    page = any_size.open("hamburg", "/mein")
    expect(page.get_by_role("link", name=title).first).to_be_visible()
    expect(page.get_by_role("link", name=followed).first).to_be_visible()
    any_size.check_width()
    any_size.check_axe()


def take_into_account(visit: Visit, reader: Visit, mail: str, title: str) -> None:
    """The link in the mail confirms the address and brings the guest's things into an account."""
    claim = open_claim(visit, mail)
    expect(claim.locator("main")).to_contain_text(title)
    claim.get_by_role("button", name=sentence("de", "Confirm address")).click()
    claim.get_by_role("button", name=sentence("de", "Take it into my account")).click()
    take_code(visit, reader, mail)
    if claim.get_by_role("button", name=sentence("de", "Take it into my account")).count():
        claim.get_by_role("button", name=sentence("de", "Take it into my account")).click()
    expect(visit.open("hamburg", "/konto/beitraege").get_by_role("link", name=title)).to_be_visible()


def test_a_connection_lost_in_the_middle_of_the_place_loses_nothing(any_size: Visit) -> None:
    any_size.expect_error("ERR_INTERNET_DISCONNECTED|Failed to load|Failed to fetch|chrome-error:")
    title = f"Im Funkloch {uuid4().hex[:6]}"
    page = any_size.open("hamburg", "/geben")
    fill(page, title=title, text=TEXT, proposal="Ein Mast")
    forward(page)
    expect(step(page, 2)).to_be_focused()
    to_place(page)
    draw_area(page)
    drawn = json.loads(page.locator("[name=drawing]").input_value())
    add_picture(page)
    any_size.context.set_offline(True)
    page.locator("#id_place_name").fill("Hinter dem Kiosk")
    forward(page)
    expect(page.locator("[data-give-look]")).to_contain_text(
        sentence("de", "There is no network for the preview just now. Your words are kept.")
    )
    reach(page, "pseudonym").fill("Ole")
    kept(page, "Ole")

    # They load the page again, which shows nothing without a network; and once more when it is back.
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        page.goto(page.url.partition("#")[0], wait_until="load")
    any_size.context.set_offline(False)
    page = any_size.open("hamburg", "/geben")
    expect(page.locator("[data-restored]")).to_be_visible()
    expect(page.locator("#id_title")).to_have_value(title)
    expect(page.locator("#id_proposal")).to_have_value("Ein Mast")
    expect(page.locator("#id_place_name")).to_have_value("Hinter dem Kiosk")
    expect(page.locator("#id_lat")).not_to_have_value("")
    assert json.loads(page.locator("[name=drawing]").input_value()) == drawn
    reach(page, "picture")
    expect(page.locator(".gfile input[data-words]")).to_have_value(ALT)
    any_size.check_axe()
    page.locator("#id_rights").check()
    assert send(page) == 303
    page = any_size.open("hamburg", path_of_thanked(page))
    expect(page.locator("main")).to_contain_text("Ein Mast")
    expect(page.locator("dl.facts")).to_contain_text("Hinter dem Kiosk")
    expect(page.locator("dl.facts")).to_contain_text("Gezeichnete Fläche, etwa")
    check_picture(page)


@pytest.mark.parametrize("size", SIZES)
def test_two_people_meet_over_an_idea_and_one_develops_it_further(signed_in: Any, size: str) -> None:
    alice, bob = signed_in("hamburg", "citizen", size), signed_in("hamburg", "participant", size)
    name = uuid4().hex[:6]
    title, further = f"Ein Tauschregal {name}", f"Ein Tauschregal auf Rädern {name}"
    path = give(alice, title=title)

    page = bob.open("hamburg", path)
    page.locator("#dabei details summary").first.click()
    page.locator("#id_join_words").fill("Ich bringe Bretter mit.")
    if page.locator("#id_join_pseudonym").count():
        page.locator("#id_join_pseudonym").fill("Bob")
    page.locator("#dabei details[open] button").click()
    expect(page.locator(".meet__voice")).to_contain_text("Ich bringe Bretter mit.")
    page.locator("#dabei .meet__more a").first.click()
    page.locator("#id_text").fill(f"Wann fangen wir an? {name}")
    page.get_by_role("button", name="Brief senden").click()

    mail = read_mail_with(alice, "citizen@hamburg.example.org", f"Wann fangen wir an? {name}")
    letter = alice.page.locator("main a[href*='/konto/briefe/']").first.get_attribute("href")
    assert letter
    assert "participant@hamburg.example.org" not in mail
    there = alice.page
    there.goto(letter)
    there.locator("#id_text").fill(f"Am Samstag. {name}")
    there.get_by_role("button", name="Zurückschreiben").click()
    page.reload()
    expect(page.locator("#letzter")).to_contain_text(f"Am Samstag. {name}")

    page = bob.open("hamburg", path)
    page.locator("#dabei").get_by_role("link", name=sentence("de", "Develop it further")).click()
    expect(page.locator(".builds")).to_contain_text(title)
    fill(page, title=further, text="Dann kommt es zu denen, die nicht gut gehen können.")
    assert send(page) == 303
    new = path_of_thanked(page)

    # Each of the two pages leads to the other one, and the mail to the first author leads to the new one.
    page = bob.open("hamburg", new)
    page.locator(".river").get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.locator(".river").get_by_role("link", name=further).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(further)
    bob.check_width()
    bob.check_axe()
    read_mail_with(alice, "citizen@hamburg.example.org", further)
    alice.page.locator(f"main a[href*='/beitrag/{number_of(new)}']").first.click()
    expect(alice.page.get_by_role("heading", level=1)).to_have_text(further)


@pytest.mark.parametrize("size", SIZES)
def test_who_follows_a_quarter_gets_a_mail_about_what_is_new_there(visit: Any, signed_in: Any, size: str) -> None:
    one = signed_in("hamburg", "expert", size)
    page = one.open("hamburg", "/konto/")
    page.locator("summary", has_text="Einzeln wählen: Was andere sagen und tun").click()
    page.get_by_label("Neues in Ihren Suchen").select_option("now")
    page.locator("section[aria-labelledby=my-news]").get_by_role("button", name="Speichern").click()
    expect(page.get_by_label("Neues in Ihren Suchen")).to_have_value("now")
    page = one.open("hamburg", "/mein")
    quarter = page.locator(".mine__quarter")
    if quarter.locator("details.mine__change").count():
        quarter.locator("details.mine__change summary").click()
    area = {"phone": "Veddel", "desktop": "Dulsberg"}[size]
    quarter.get_by_label("Stadtteil").select_option(label=area)
    quarter.get_by_role("button", name="Wählen").click()
    expect(page.get_by_role("heading", name=area)).to_be_visible()
    page.locator(".mine__quarter").get_by_role("button", name=re.compile("Bescheid")).click()
    expect(page.locator(".searches")).to_contain_text(area)
    one.check_width()
    one.check_axe()

    name = uuid4().hex[:6]
    title, elsewhere = f"Ein Brunnen gleich um die Ecke {name}", f"Ein Brunnen woanders {name}"
    stranger = visit(size)
    for said, where in ((elsewhere, "Ottensen"), (title, area)):
        page = stranger.open("hamburg", "/geben")
        fill(page, title=said, text=TEXT)
        reach(page, "area").select_option(label=where)
        assert send(page) == 303
        path = path_of_thanked(page)

    mail = read_mail_with(one, "expert@hamburg.example.org", title)
    assert elsewhere not in mail
    one.page.locator(f"main a[href*='/beitrag/{number_of(path)}']").first.click()
    expect(one.page.get_by_role("heading", level=1)).to_have_text(title)
    mine = visit(size).open("hamburg", "/postfach").locator("main li", has_text="expert@hamburg.example.org")
    assert elsewhere not in " ".join(mine.all_inner_texts())
