"""One contribution in a real browser: taking a side, quoting, passing it on, what is near; for guests, people and staff."""

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.browser.conftest import Visit

TALKED_ABOUT = "Oben auf jeden Brief ein Bild"


def open_contribution(visit: "Visit", title: str = TALKED_ABOUT, city: str = "hamburg") -> "Page":
    page = visit.open(city, f"/entdecken?words={title.replace(' ', '+')}")
    page.locator(".cc").get_by_role("link", name=re.compile(re.escape(title))).first.click()
    page.wait_for_url("**/beitrag/**")
    return page


def test_a_guest_takes_a_side_and_sees_it_counted(any_size: "Visit") -> None:
    page = open_contribution(any_size)
    form = page.locator("#schreiben")
    form.get_by_label("Was möchten Sie ergänzen?").fill("Ich fände das zu bunt.")
    form.get_by_role("radio", name="Dagegen").check(force=True)
    form.get_by_role("button", name="Kommentieren").click()
    expect(page.get_by_role("status").filter(has_text="Danke")).to_be_visible()
    against = page.get_by_role("link", name=re.compile(r"^\d+ dagegen$"))
    expect(against).to_be_visible()
    against.click()
    expect(against).to_have_attribute("aria-current", "true")
    expect(page.locator("#faden")).to_contain_text("Ich fände das zu bunt.")
    expect(page.locator("#faden")).not_to_contain_text("Bei uns genauso")
    any_size.check_width()
    any_size.check_axe()


def test_the_whole_story_reads_from_the_first_voice_to_the_service(any_size: "Visit") -> None:
    page = open_contribution(any_size, "Wer hält meine Tasche")
    page.get_by_role("link", name="Der ganze Werdegang mit allen Stationen").click()
    page.wait_for_url("**/werdegang")
    stops = page.locator(".course__said h2")
    expect(stops.filter(has_text="Nicht allein zum Arzt")).to_be_visible()
    stops.get_by_role("link", name="Der Mitgeh-Dienst").click()
    page.get_by_role("link", name="Der ganze Werdegang mit allen Stationen").click()
    expect(stops.first).to_have_text("5 Stimmen")
    course = page.locator(".course")
    for said in ("deren Worte auf Wunsch gelöscht wurden", "kam dazu", "worin mehrere Gedanken steckten", "Es ist nicht möglich"):
        expect(course).to_contain_text(said)
    any_size.check_width()
    any_size.check_axe()


def test_quoting_puts_the_words_before_what_one_has_begun_to_write(desktop: "Visit") -> None:
    page = open_contribution(desktop)
    field = page.locator("#schreiben").get_by_label("Was möchten Sie ergänzen?")
    field.fill("Mein angefangener Satz.")
    page.wait_for_function("() => Object.values(localStorage).some((kept) => kept.includes('angefangener'))")
    first = page.locator(".com > li").filter(has_text="Bei uns genauso").first
    first.get_by_role("link", name=re.compile("^Zitieren")).click()
    expect(field).to_have_value(re.compile(r"^> Bei uns genauso.*\n\nMein angefangener Satz\.$", re.DOTALL))
    page.locator("#schreiben").get_by_role("button", name="Kommentieren").click()
    quote = page.locator("blockquote.quote").filter(has_text="Bei uns genauso")
    expect(quote).to_contain_text("Thùy")
    desktop.check_axe()


def test_an_old_address_of_a_comment_still_finds_it(desktop: "Visit") -> None:
    page = open_contribution(desktop)
    key = page.locator(".com > li").last.get_attribute("id")
    bare = page.url.split("?")[0].split("#")[0]
    page.goto(f"{bare}?folge=aelteste#{key}")
    expect(page.locator(f"#{key}")).to_be_visible()
    page.goto("about:blank")
    page.goto(f"{bare}#k-999999")
    page.wait_for_url("**?kommentar=999999#k-999999")


def test_sharing_by_app_address_mail_and_code(any_size: "Visit") -> None:
    any_size.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = open_contribution(any_size)
    share = page.locator("details.share")
    share.locator("summary").click()
    share.get_by_role("button", name="Adresse kopieren").click()
    expect(share.get_by_role("status")).to_have_text("Adresse kopiert")
    assert page.evaluate("navigator.clipboard.readText()") == page.url.split("?")[0].split("#")[0]
    expect(share.get_by_role("link", name="Per E-Mail schicken")).to_have_attribute("href", re.compile("^mailto:"))
    code = share.get_by_role("img", name="QR-Code, der zu diesem Beitrag führt")
    page.wait_for_function("(image) => image.complete && image.naturalWidth > 100", arg=code.element_handle())
    any_size.check_width()
    any_size.check_axe()


def test_what_is_similar_and_close_by_comes_when_one_gets_there(any_size: "Visit") -> None:
    page = open_contribution(any_size)
    assert page.locator(".near").count() == 0
    page.locator("#nachbarn").scroll_into_view_if_needed()
    expect(page.locator("#nachbarn")).to_contain_text(re.compile("In der Nähe|Ähnliche Beiträge|Noch gibt es nichts"))
    any_size.check_axe()
    # Not even an address that is longer than the screen, as people paste them into comments, makes the page wider.
    page.locator(".com__text p").first.evaluate("part => { part.textContent = `https://example.org/${'a'.repeat(80)}`; }")
    any_size.check_width()


def test_without_a_script_all_of_it_is_links_and_forms(visit: Any) -> None:
    plain = visit("phone", java_script_enabled=False)
    page = open_contribution(plain)
    page.get_by_role("link", name="Älteste zuerst").click()
    expect(page.get_by_role("link", name="Älteste zuerst")).to_have_attribute("aria-current", "true")
    page.locator(".com > li").first.get_by_role("link", name=re.compile("^Zitieren")).click()
    expect(page.locator("#schreiben textarea")).to_have_value(re.compile("^> "))
    page.get_by_role("link", name="Ähnliches und in der Nähe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ähnliches und in der Nähe")
    plain.check_width()


def test_staff_decide_and_people_flag_at_a_comment(signed_in: Any, phone: "Visit") -> None:
    page = open_contribution(signed_in("hamburg", "moderator"))
    expect(page.locator(".com > li").first.get_by_role("link", name="Entscheiden")).to_be_visible()
    guest = open_contribution(phone)
    assert guest.get_by_role("link", name="Entscheiden").count() == 0
    guest.locator(".com > li").first.get_by_role("link", name=re.compile("^Melden")).click()
    guest.wait_for_url("**/melden/kommentar/**")


def test_another_citys_number_leads_nowhere(desktop: "Visit") -> None:
    desktop.expect_error("404")
    page = open_contribution(desktop)
    path = page.url.split("/beitrag/")[1].split("-")[0]
    answer = page.goto(desktop.site.url("kassel", f"/beitrag/{int(path) + 5_000}"))
    assert answer is not None
    assert answer.status == 404


@pytest.mark.parametrize("language", ["en", "einfach"])
def test_it_fits_in_other_languages_and_in_the_dark(visit: Any, language: str) -> None:
    dark = visit("phone", color_scheme="dark")
    page = open_contribution(dark)
    path = "/" + page.url.split("/", 3)[3]
    dark.open("hamburg", f"/{language}{path}")
    dark.check_width()
    dark.check_axe()
