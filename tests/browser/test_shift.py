"""A moderator's whole shift without a mouse: sign in, ten items of different kinds, one taken back, one blacked out, and an answer."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from playwright.sync_api import expect
from tests.browser.conftest import ROOT
from tests.browser.doing import CODE, code_in, go, mails_to, press_key, read_next_mail, walk_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page
    from tests.browser.conftest import Site, Visit

# What lies in the queue when the shift begins, with a word that nothing else has; says the number of what is answered in the end.
GIVEN = """
import json, sys
import django
django.setup()
from tests.factories import make_comment, make_contribution, make_guest
from civitas.answering.actions.assigning import assign_new
from civitas.answering.actions.keeping import save_template
from civitas.cities.models import City
from civitas.contributions.models import Contribution
from civitas.kit.ids import uuid7
from civitas.moderation.actions import flag_contribution
from civitas.moderation.appeals import appeal_decision
from civitas.moderation.cases import take_up
from civitas.moderation.decisions import decide
from civitas.moderation.models import Case
from civitas.people.actors import Actor, actor_of
from civitas.people.models import Participant
from civitas.processes.models import Step

word = sys.argv[1]
city = City.objects.get(slug="hamburg")
step = Step.objects.of(city).select_related("process").get(process__slug="buergersensor", position=1)

def give(title, **fields):
    author = make_guest(city, "Gast " + title)
    return make_contribution(step, f"{title} {word}", **{"author": author, "text": f"Das wäre schön: {title}, {word}."} | fields)

bench = give("Bank", visibility="waiting")
fountain = give("Brunnen")
give("Bus", kind="improvement", visibility="waiting")
make_comment(make_contribution(step, "Baum vor dem Haus"), f"Ein Wort dazu: {word}", visibility="waiting", author=make_guest(city))
for title, reason in (("Gewinn", "spam"), ("Grobes", "rules"), ("Umzug", "place")):
    flag_contribution(Actor(city, source="net"), give(title), uid=uuid7(), reason=reason)
give("Frage", visibility="waiting")
give("Nummer", visibility="waiting", text=f"Fragen zu {word} beantwortet Frau Muster, Telefon 040 123 45 67.")
hidden = give("Einspruch")
rows = Contribution.objects.of(city).filter(text__contains=word) | Contribution.objects.of(city).filter(title__contains=word)
take_up(city, list(rows.select_related("author", "process", "step", "root").order_by("pk")))
imke = Participant.objects.of(city).get(user__email="administrator@hamburg.example.org")
made = decide(actor_of(imke), Case.objects.of(city).select_related("contribution").get(contribution=hidden), "hide", reason="twice")
appeal_decision(actor_of(hidden.author), made, words="Es steht noch nicht hier.")
assign_new(city, [fountain])
save_template(actor_of(imke), None, title=f"Dank {word}", status="planned", text={"de": "Danke. Wir bauen ihn im Mai."})
print(json.dumps({"number": fountain.number}))
"""


def given(site: Site, word: str) -> dict[str, Any]:
    """Put the shift's work into the queue."""
    environment = {**site.environment, "DJANGO_SETTINGS_MODULE": "civitas.project.settings"}
    done = subprocess.run([sys.executable, "-c", GIVEN, word], env=environment, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def order(page: Page, key: str) -> None:
    """Press a key of the queue that leads to another page, as soon as the queue takes keys."""
    expect(page.locator("work-queue")).to_have_attribute("data-keys", "on")
    press_key(page, key)


def publish(page: Page) -> None:
    order(page, "f")


def hide(page: Page) -> None:
    page.keyboard.press("v")
    expect(page.locator("#hide-reason input").first).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("Bitte bleiben Sie freundlich.")
    go(page, page.locator("#do-hide .kern-btn--primary"))


def is_spam(page: Page) -> None:
    page.keyboard.press("w")
    go(page, page.locator("#do-spam .kern-btn--primary"))


def move(page: Page) -> None:
    page.keyboard.press("m")
    expect(page.locator("#move-category")).to_be_focused()
    page.keyboard.press("ArrowDown")
    go(page, page.locator("#do-move .kern-btn--primary"))


def ask(page: Page) -> None:
    page.keyboard.press("n")
    expect(page.locator("#ask-text")).to_be_focused()
    page.keyboard.type("Welche Ecke meinen Sie?")
    go(page, page.locator("#do-ask .kern-btn--primary"))


def black_out_and_publish(page: Page) -> None:
    title = page.locator("#item-title").inner_text()
    order(page, "s")
    walk_to(page, page.locator("[data-part=text] input[type=checkbox]").first)
    page.keyboard.press("Space")
    walk_to(page, page.locator("input[name=reason]").first)
    page.keyboard.press("Space")
    go(page, page.locator("button[value=preview]"))
    go(page, page.locator("button[value=confirm]"))
    # The way leads back to the same place in the queue.
    expect(page.locator("#item-title")).to_have_text(title)
    expect(page.locator("#item .wq__prose").first).not_to_contain_text("123 45 67")
    order(page, "f")


# By the beginning of what stands above an item: what is done, and what the next page says of it.
WORK: dict[str, tuple[Callable[[Page], None], str]] = {
    "Bank": (publish, "Alle können es lesen"),
    "Brunnen": (publish, "Alle können es lesen"),
    "Bus": (publish, "Alle können es lesen"),
    "Kommentar": (publish, "Alle können es lesen"),
    "Gewinn": (is_spam, "die Maschine hat gelernt"),
    "Grobes": (hide, "Es ist verborgen"),
    "Umzug": (move, "Es ist verschoben"),
    "Frage": (ask, "Ihre Frage ist unterwegs"),
    "Nummer": (black_out_and_publish, "Alle können es lesen"),
    "Einspruch": (publish, "Alle können es lesen"),
}


def test_a_whole_shift_needs_no_mouse(site: Site, visit: Any) -> None:
    word = f"Schichtwort{uuid4().hex[:6]}"
    number = given(site, word)["number"]
    team, reader = visit("desktop"), visit("desktop")
    # A hold that is on its way while the key decides finds the item decided.
    team.expect_error(r"status of 409 .*/uebernehmen\)")
    sign_in_by_keys(team, reader)
    page: Page = team.page

    # From the overview into the queue, to what has the word.
    page.goto(site.url("hamburg", "/verwaltung/"))
    go(page, page.locator(".staffbar").get_by_role("link", name="Redaktion"))
    expect(page.locator("work-queue")).to_have_attribute("data-keys", "on")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type(word)
    press_key(page, "Enter")
    expect(page.locator(".wq__link")).to_have_count(len(WORK))
    order(page, "j")

    left = set(WORK)
    taken_back = False
    while left:
        expect(page.locator("work-queue")).to_have_attribute("data-keys", "on")
        title = page.locator("#item-title").inner_text()
        kind = next(each for each in left if title.startswith(each))
        do, said = WORK[kind]
        if kind == "Nummer":
            look_at_the_number(team, word)
        do(page)
        expect(page.locator("main")).to_contain_text(said)
        if kind == "Bank" and not taken_back:
            taken_back = True
            order(page, "u")
            expect(page.locator("main")).to_contain_text("Alles ist wie vorher")
            expect(page.locator("#item-title")).to_have_text(title)
            continue
        left.remove(kind)
    expect(page.locator(".wq__none")).to_be_visible()

    # The fountain is answered with the words of a template.
    go(page, page.locator(".staffbar").get_by_role("link", name="Antworten"))
    go(page, page.locator(".tabs").get_by_role("link", name="Alle"))
    walk_to(page, page.locator("#q"))
    page.keyboard.type(str(number))
    press_key(page, "Enter")
    go(page, page.locator(".ans-row h2 a").first)
    walk_to(page, page.locator("#id_template"))
    page.keyboard.type(f"Dank {word}")
    go(page, page.locator("button[value=insert]"))
    expect(page.locator("#id_text")).to_have_value("Danke. Wir bauen ihn im Mai.")
    go(page, page.locator("#antwort button[value=publish]"))
    expect(page.locator("main")).to_contain_text("Ihre Antwort ist hinausgegangen")


def sign_in_by_keys(visit: Visit, reader: Visit) -> None:
    """Sign in as the moderator of the demo."""
    address = "moderator@hamburg.example.org"
    known = mails_to(reader, "hamburg", address, least=0, about=CODE)
    page = visit.open("hamburg", "/konto/anmelden")
    walk_to(page, page.locator("#id_email"))
    page.keyboard.type(address)
    press_key(page, "Enter")
    code = code_in(read_next_mail(reader, "hamburg", address, known=known, about=CODE))
    walk_to(page, page.locator("#id_code"))
    page.keyboard.type(code)
    press_key(page, "Enter")


def look_at_the_number(team: Visit, word: str) -> None:
    """What somebody hears of an item in which a machine found a telephone number, and of what can be decided about it."""
    expect(team.page.locator(".wq__text")).to_match_aria_snapshot(
        f"""
        - article "Nummer {word}":
          - paragraph: /Idee Nr. \\d+ Bürgersensor Wartet auf Freigabe/
          - heading "Nummer {word}" [level=2]
          - paragraph:
            - text: Gast Nummer (Gast)
            - time
            - text: Wartet auf das Team
          - paragraph:
            - text: Fragen zu {word} beantwortet Frau Muster, Telefon
            - mark: "Telefonnummer: 040 123 45 67"
            - text: .
          - heading "Was der Maschine auffällt" [level=3]
          - paragraph: /nennt eine Telefonnummer.* Sie verbirgt nichts\\. Sie entscheiden\\./
          - paragraph: Das Markierte ist vielleicht persönlich. Schwärzen lässt den Rest, wie er ist.
          - paragraph:
            - link "Die Seite dazu ansehen"
            - link "Antworten, und frühere Fassungen"
        """
    )
    expect(team.page.locator(".wq__do")).to_match_aria_snapshot(
        """
        - region "Ihre Entscheidung":
          - heading "Ihre Entscheidung" [level=3]
          - button "Veröffentlichen Sofort für alle sichtbar"
          - link "Schwärzen Der Rest bleibt, wie er ist"
          - link "Zusammenlegen Beide Wortlaute bleiben"
          - group: Nachfragen Es wartet auf die Antwort
          - group: Verschieben Thema, Stadtteil, Beteiligung
          - group: Verbergen Mit Grund, im Nachweisbuch
          - group: Werbung Verbergen, und die Maschine lernt
          - button "Kommentare dieses Schritts pausieren"
          - paragraph: Sie können jede Entscheidung zurücknehmen.
        """
    )
    team.check_axe()
