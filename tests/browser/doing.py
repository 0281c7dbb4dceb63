"""What people do in these tests, said once: give, comment, read their mail, sign in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.utils import translation
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page, Response
    from tests.browser.conftest import Visit

# The language of a page -> how its address begins.
PREFIXES = {"de": "", "en": "/en", "de-simple": "/einfach"}
# The subject of mails with a code begins so.
CODE = "Ihr Code"
TITLE = "Eine Bank am Kanal"
TEXT = "Wer dort auf den Bus wartet, steht lange. Eine Bank mit Lehne würde vielen helfen."


def sentence(language: str, message: str, **values: Any) -> str:
    """The house's sentence in a person's language; fails when nobody has translated it."""
    with translation.override(language):
        said = translation.gettext(message)
    assert language == "en" or said != message, f"not translated to {language}: {message}"
    return said % values if values else said


def give_form(visit: Visit, city: str = "hamburg", language: str = "de", path: str = "/geben") -> Page:
    """Open the form on which people give."""
    return visit.open(city, PREFIXES[language] + path)


def reach(page: Page, name: str) -> Locator:
    """A field of the give form, on the step that has it: the address's hash opens it, as the summary's links do."""
    field = page.locator(f"#id_{name}")
    if page.locator("give-steps[data-on]").count() and field.evaluate("(field) => Boolean(field.closest('[data-step][hidden]'))"):
        page.evaluate("(name) => { location.hash = `id_${name}`; }", name)
        page.wait_for_function("(name) => !document.querySelector(`#id_${name}`).closest('[data-step][hidden]')", arg=name)
    return field


def fill(page: Page, *, title: str = TITLE, text: str = TEXT, **others: str) -> None:
    """Type into the form; `others` are names of fields."""
    for name, value in {"title": title, "text": text, **others}.items():
        reach(page, name).fill(value)


def send(page: Page) -> int:
    """Press the form's button, on its last step, wait for the next page and give the status of the answer to the form."""
    button = page.locator("form.give [data-give-send]") if page.locator("form.give").count() else page.locator("form.form .actions button")
    if page.locator("give-steps[data-on]").count() and not button.is_visible():
        with page.expect_response(lambda answer: "x-part" in answer.request.headers):
            page.evaluate("() => { location.hash = [...document.querySelectorAll('[data-step]')].at(-1).id; }")
    with page.expect_navigation(wait_until="load"), page.expect_response(_answers_form(page)) as answered:
        button.click()
    return answered.value.status


def _answers_form(page: Page) -> Callable[[Response], bool]:
    """Whether this answers the page's form, which goes by itself or by a script, and not one of the questions asked on the way."""
    here = page.url.partition("#")[0]

    def answers(answer: Response) -> bool:
        request = answer.request
        by_script = answer.url == here and "x-part" not in request.headers
        return request.method == "POST" and (request.is_navigation_request() or by_script)

    return answers


def give(
    visit: Visit, city: str = "hamburg", *, language: str = "de", title: str = TITLE, text: str = TEXT, at: str = "/geben", **others: str
) -> str:
    """Give an idea, in the Bürgersensor or on the page `at`, and come to the thanks page; returns the path of the contribution."""
    page = give_form(visit, city, language, at)
    fill(page, title=title, text=text, **others)
    assert send(page) == 303
    expect(page).to_have_url(re.compile(r"/beitrag/\d+/danke$"))
    return path_of_thanked(page)


def path_of_thanked(page: Page) -> str:
    """Where the contribution is that the thanks page thanks for."""
    address = page.locator("main .actions a").first.get_attribute("href")
    assert address
    return address


def number_of(path: str) -> str:
    """The contribution's number in an address."""
    found = re.search(r"/beitrag/(\d+)", path)
    assert found
    return found[1]


def error_of(page: Page, name: str) -> Locator:
    """The sentence that stands beside a field, where the field itself points to it."""
    field = page.locator(f"#id_{name}")
    expect(field).to_have_attribute("aria-invalid", "true")
    described = field.get_attribute("aria-describedby") or ""
    assert f"id_{name}-error" in described.split()
    return page.locator(f"#id_{name}-error")


def wait_until(page: Page, true: Callable[[], bool], *, seconds: int = 20) -> None:
    """Load the page again until something is there that the worker makes."""
    for _ in range(seconds * 4):
        if true():
            return
        page.wait_for_timeout(250)
        page.reload()
    raise AssertionError(f"{page.url} never showed what was waited for")


def mails_to(visit: Visit, city: str, address: str, *, least: int = 1, about: str = "") -> list[str]:
    """The addresses of the mailbox's mails to somebody, with these words in their subject, newest first, once there are so many."""
    page = visit.open(city, "/postfach")
    links = page.locator("main li", has=page.get_by_text(address, exact=True)).locator("h2 a, h3 a").filter(has_text=about)
    wait_until(page, lambda: links.count() >= least)
    return [str(links.nth(position).get_attribute("href")) for position in range(links.count())]


def read_mail(visit: Visit, city: str, address: str, *, least: int = 1) -> str:
    """The newest mail to somebody, once there are so many."""
    path = mails_to(visit, city, address, least=least)[0]
    return visit.open(city, path).locator("main").inner_text()


def read_next_mail(visit: Visit, city: str, address: str, *, known: list[str], about: str = "") -> str:
    """The next mail to somebody, of which these are known; the page shows the newest ones, so counting them would not do."""
    page = visit.open(city, "/postfach")
    links = page.locator("main li", has=page.get_by_text(address, exact=True)).locator("h2 a, h3 a").filter(has_text=about)
    wait_until(page, lambda: links.count() > 0 and links.first.get_attribute("href") not in known)
    return visit.open(city, str(links.first.get_attribute("href"))).locator("main").inner_text()


def read_mail_with(visit: Visit, address: str, words: str, *, city: str = "hamburg") -> str:
    """The newest mail to somebody in which these words stand; it may still be on its way."""
    for _ in range(20):
        for link in mails_to(visit, city, address, least=1)[:4]:
            text = visit.open(city, link).locator("main").inner_text()
            if words in text:
                return text
        visit.page.wait_for_timeout(500)
    raise AssertionError(f"no mail to {address} says {words}")


def sign_in(visit: Visit, city: str, address: str, *, reader: Visit) -> None:
    """Ask for a code and type it in; `reader` is the window in which the mailbox is read."""
    known = mails_to(reader, city, address, least=0, about=CODE)
    page = visit.open(city, "/konto/anmelden")
    page.locator("#id_email").fill(address)
    assert send(page) == 302
    code = code_in(read_next_mail(reader, city, address, known=known, about=CODE))
    page.locator("#id_code").fill(code)
    page.locator("form.people-form .actions button").first.click()
    expect(page).not_to_have_url(re.compile("/konto/(anmelden|code)"))


def walk_to(page: Page, place: Locator) -> None:
    """Go from one thing to the next, as the Tab key does, until this one has the focus."""
    expect(place).to_be_visible()
    for _step in range(150):
        if place.evaluate("(it) => it === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {place}")


def press_key(page: Page, key: str) -> None:
    """Press a key that leads to another page, and wait until that one takes keys."""
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press(key)


def go(page: Page, place: Locator) -> None:
    """Walk to a link or button and use it."""
    walk_to(page, place)
    press_key(page, "Enter")


def code_in(mail: str) -> str:
    """The code that a mail brings."""
    found = re.search(r"^\s*([A-Z0-9]{3,6}-?[A-Z0-9]{3,6})\s*$", mail, re.MULTILINE)
    assert found, mail
    return found[1]


def accept_invitation(visit: Visit, city: str, address: str, *, name: str, reader: Visit, role: str) -> Page:
    """Open the link of the invitation's mail, sign in with the code of the next one, and say how one is called."""
    link = re.search(r"https?://\S+/einladung/\S+", read_mail_with(reader, address, f"Ihre Rolle: {role}", city=city))
    assert link is not None
    page = visit.page
    page.goto(link[0])
    known = mails_to(reader, city, address, least=0, about=CODE)
    page.get_by_role("button", name="Code senden").click()
    page.locator("#id_code").fill(code_in(read_next_mail(reader, city, address, known=known, about=CODE)))
    page.locator("form.people-form .actions button").first.click()
    expect(page).to_have_url(re.compile("/einladung/"))
    page.locator("#id_name").fill(name)
    visit.check_axe()
    visit.check_width()
    page.get_by_role("button", name="Einladung annehmen").click()
    expect(page).to_have_url(re.compile("/verwaltung/$"))
    return page


def guest_with_mail(visit: Visit, mail: str, title: str, *, city: str = "hamburg", text: str = TEXT, at: str = "/geben") -> str:
    """Give something as a guest, confirm the address from the mail, and return the path of the contribution."""
    path = give(visit, city, title=title, text=text, at=at, pseudonym="Gast", mail=mail)
    visit.open(city, mails_to(visit, city, mail)[-1])
    visit.page.locator("main a[href*='/zuordnen/']").first.click()
    visit.page.get_by_role("button", name=sentence("de", "Confirm address")).click()
    expect(visit.page.locator("main .status--ok")).to_be_visible()
    return path


def answers_in(visit: Visit, mail: str, title: str, *, least: int = 0, city: str = "hamburg") -> list[str]:
    """The mails to somebody that tell of an answer to this contribution."""
    page = visit.open(city, "/postfach")
    subject = sentence("de", "News about “%(title)s”", title=title)
    found = page.locator("main li", has=page.get_by_text(mail, exact=True)).get_by_role("link", name=subject)
    wait_until(page, lambda: found.count() >= least)
    return [str(found.nth(position).get_attribute("href")) for position in range(found.count())]


def queue_with(team: Visit, words: str, *, least: int = 1, city: str = "hamburg") -> Page:
    """The editorial queue with what has these words, once the worker has brought it in."""
    page = team.open(city, f"/verwaltung/redaktion?q={quote(words)}")
    wait_until(page, lambda: page.locator(".wq__link").count() >= least)
    return page
