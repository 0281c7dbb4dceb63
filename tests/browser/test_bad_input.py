"""What cannot be taken comes back with a clear sentence in the person's language beside the field, and with all they typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from tests.browser.doing import TEXT, TITLE, error_of, fill, give, give_form, send, sentence

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

# Each language once, both sizes.
PEOPLE = [("phone", "de"), ("desktop", "en"), ("phone", "de-simple")]
EMPTY_TITLE, EMPTY_TEXT = "Please give your contribution a title.", "Please write what it is about."


@pytest.fixture(params=PEOPLE, ids="-".join)
def person(request: pytest.FixtureRequest, visit: Any) -> tuple[Visit, str]:
    """Somebody whose form will be refused, and their language."""
    size, language = request.param
    window = visit(size)
    # A browser notes every refused form; that is no fault of the page.
    window.expect_error("status of 422")
    return window, language


def test_empty_texts_come_back_with_a_sentence_beside_each_field(person: tuple[Visit, str]) -> None:
    window, language = person
    page = give_form(window, language=language)
    fill(page, title="", text=" \n ", pseudonym="Ida", place_name="Mühlenweg")
    assert send(page) == 422
    expect(error_of(page, "title")).to_have_text(sentence(language, EMPTY_TITLE))
    expect(error_of(page, "text")).to_have_text(sentence(language, EMPTY_TEXT))
    expect(page.locator("#id_pseudonym")).to_have_value("Ida")
    expect(page.locator("#id_place_name")).to_have_value("Mühlenweg")
    window.check_width()
    window.check_axe()


def test_overlong_texts_come_back_whole_with_their_length(person: tuple[Visit, str]) -> None:
    window, language = person
    title, text = "Ein langer Titel " * 10 + "Donaudampfschifffahrtsgesellschaft" * 3, "Viel Text. " * 1_000
    page = give_form(window, language=language)
    fill(page, title=title, text=text)
    assert send(page) == 422
    shorten = "Please shorten the title to %(limit)d characters; it has %(count)d."
    expect(error_of(page, "title")).to_have_text(sentence(language, shorten, limit=150, count=len(title.strip())))
    shorten = "Please shorten the text to %(limit)d characters; it has %(count)d."
    expect(error_of(page, "text")).to_have_text(sentence(language, shorten, limit=10_000, count=len(text.strip())))
    assert page.locator("#id_title").input_value().strip() == title.strip()
    assert page.locator("#id_text").input_value().strip() == text.strip()
    window.check_width()


def test_a_place_outside_the_city_is_said_beside_the_place(person: tuple[Visit, str]) -> None:
    window, language = person
    page = give_form(window, language=language)
    fill(page)
    # Berlin, as a press beyond the map's edge would set it.
    page.evaluate("() => { document.getElementById('id_lat').value = '52.52'; document.getElementById('id_lon').value = '13.405'; }")
    assert send(page) == 422
    outside = "This place lies outside %(city)s. Please choose one within the city, or none."
    expect(error_of(page, "place_name")).to_have_text(sentence(language, outside, city="Hamburg"))
    expect(page.locator("#id_title")).to_have_value(TITLE)
    expect(page.locator("#id_text")).to_have_value(TEXT)
    window.check_axe()


def test_a_broken_mail_address_is_said_beside_the_field(phone: Visit) -> None:
    phone.expect_error("status of 422")
    page = give_form(phone)
    fill(page, mail="ida at example.org")
    assert send(page) == 422
    broken = "This does not look like a mail address. Please check it, or leave it empty."
    expect(error_of(page, "mail")).to_have_text(sentence("de", broken))
    expect(page.locator("#id_mail")).to_have_value("ida at example.org")
    expect(page.locator("#id_text")).to_have_value(TEXT)


def test_html_and_scripts_are_shown_as_text(any_size: Visit) -> None:
    title = "<script>document.title='stolen'</script> <b>Bank</b>"
    text = "<img src=x onerror=\"document.title='stolen'\"> {{ 7*7 }} </textarea><h1>groß</h1> &lt;i&gt;"
    path = give(any_size, title=title, text=text, pseudonym="<i>Ida</i>", place_name="<u>Kai</u>")
    page = any_size.page
    expect(page.locator("main")).to_contain_text("<b>Bank</b>")
    any_size.open("hamburg", path)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    for shown in ("<img src=x onerror=", "{{ 7*7 }}", "</textarea><h1>groß</h1> &lt;i&gt;", "<i>Ida</i>", "<u>Kai</u>"):
        expect(page.locator("main")).to_contain_text(shown)
    expect(page).not_to_have_title(re.compile("^stolen"))
    any_size.check_width()
    any_size.check_axe()
    any_size.open("hamburg", "/entdecken")
    expect(page.get_by_role("link", name="<b>Bank</b>").first).to_be_visible()
    expect(page).not_to_have_title(re.compile("^stolen"))


def test_html_in_a_comment_is_shown_as_text(phone: Visit) -> None:
    page = phone.open("hamburg", give(phone, title="Worüber man reden kann"))
    page.locator("#schreiben #id_text").fill("<script>document.title='stolen'</script> und <b>fett</b>")
    send_comment(page, 303)
    expect(page.locator("#kommentare")).to_contain_text("<script>document.title='stolen'</script> und <b>fett</b>")
    expect(page).not_to_have_title(re.compile("^stolen"))


def test_html_in_the_search_field_is_shown_as_text(phone: Visit) -> None:
    page = phone.open("hamburg", "/entdecken?words=%22%3E%3Cscript%3Edocument.title%3D%27stolen%27%3C/script%3E")
    expect(page.locator("#words")).to_have_value("\"><script>document.title='stolen'</script>")
    expect(page).not_to_have_title(re.compile("^stolen"))
    phone.check_axe()


def test_control_and_direction_characters_are_taken_out(phone: Visit) -> None:
    text = "Ohne\u0007 Klingel und\u2066 Klammer\u2069, پارک\u200cها bleibt."
    path = give(phone, title="Rechts\u202eherum\u200b ge\u0008schrieben", text=text)
    page = phone.open("hamburg", path)
    expect(page.get_by_role("heading", level=1)).to_have_text("Rechtsherum geschrieben")
    main = page.locator("main").inner_text()
    assert not re.search("[\u0000-\u0008\u202a-\u202e\u2066-\u2069\u200b]", main)
    assert "Ohne Klingel und Klammer, پارک\u200cها bleibt." in main


def test_only_control_characters_are_as_good_as_nothing(person: tuple[Visit, str]) -> None:
    window, language = person
    page = give_form(window, language=language)
    fill(page, title="\u202e\u200b\u2066", text="\u200e \u202c", place_name="Mühlenweg")
    assert send(page) == 422
    expect(error_of(page, "title")).to_have_text(sentence(language, EMPTY_TITLE))
    expect(error_of(page, "text")).to_have_text(sentence(language, EMPTY_TEXT))
    expect(page.locator("#id_place_name")).to_have_value("Mühlenweg")


def test_an_empty_comment_comes_back_beside_its_field(person: tuple[Visit, str]) -> None:
    window, language = person
    page = window.open("hamburg", give(window, title="Ohne Worte", language=language))
    page.locator("#schreiben #id_text").fill("   ")
    page.locator("#schreiben #id_pseudonym").fill("Ida")
    send_comment(page, 422)
    expect(error_of(page, "text")).to_have_text(sentence(language, "Please write something."))
    expect(page.locator("#schreiben #id_pseudonym")).to_have_value("Ida")
    window.check_axe()


def test_an_overlong_comment_comes_back_whole(person: tuple[Visit, str]) -> None:
    window, language = person
    page = window.open("hamburg", give(window, title="Viele Worte", language=language))
    text = "Noch ein Satz. " * 1_000
    page.locator("#schreiben #id_text").fill(text)
    send_comment(page, 422)
    expect(error_of(page, "text")).to_contain_text(re.compile(r"14[.,]?999|14 999"))
    assert page.locator("#schreiben #id_text").input_value().strip() == text.strip()
    window.check_width()


def send_comment(page: Any, status: int) -> None:
    """Press the comment's button and wait for the answer."""
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        page.locator("#schreiben form .actions button").click()
    page.wait_for_load_state("load")
    assert answered.value.status == status
