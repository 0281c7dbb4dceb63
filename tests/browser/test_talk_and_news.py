"""Others join in, the city answers, and everybody who should hear of it hears of it, once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from playwright.sync_api import expect
from tests.browser.doing import answers_in, give, guest_with_mail, number_of, sentence

if TYPE_CHECKING:
    from tests.browser.conftest import Visit


def answer(expert: Visit, path: str, text: str, status: str = "in_review") -> None:
    """Answer at the desk, as a department does."""
    page = expert.open("hamburg", f"/verwaltung/antworten/{number_of(path)}")
    page.locator("#antwort #id_status").select_option(status)
    page.locator("#antwort #id_text").fill(text)
    page.locator("#antwort button[value=publish]").click()
    expect(page.locator("main")).to_contain_text(text)


def test_an_answer_reaches_author_and_follower_once(visit: Any, signed_in: Any) -> None:
    name = uuid4().hex[:8]
    title, author_mail, follower_mail = f"Ampel zu kurz {name}", f"autorin.{name}@example.org", f"folgt.{name}@example.org"
    author, follower, reader = visit("phone"), visit("desktop"), visit("desktop")
    path = guest_with_mail(author, author_mail, title)
    guest_with_mail(follower, follower_mail, f"Etwas anderes {name}")

    page = follower.open("hamburg", path)
    page.locator("#unterstuetzen form[action$=unterstuetzen] button").click()
    expect(page.locator("#unterstuetzen form[action$=unterstuetzen] [aria-pressed=true]")).to_be_visible()
    page.locator("#unterstuetzen form[action$=folgen] button").click()
    expect(page.locator("#unterstuetzen form[action$=folgen] [aria-pressed=true]")).to_be_visible()
    page.locator("#schreiben #id_text").fill("Mir geht es genauso, mit Kinderwagen erst recht.")
    page.locator("#schreiben form .actions button").click()
    expect(page.locator("#kommentare")).to_contain_text("mit Kinderwagen")
    follower.check_axe()

    expert = signed_in("hamburg", "expert")
    answer(expert, path, "Wir verlängern die Grünphase um 4 Sekunden.")
    expert.check_axe()
    page = visit("phone").open("hamburg", path)
    expect(page.locator(".answer")).to_contain_text("Grünphase")

    of_author = answers_in(reader, author_mail, title, least=1)
    of_follower = answers_in(reader, follower_mail, title, least=1)
    assert (len(of_author), len(of_follower)) == (1, 1)

    # The follower has had enough: the mail's own link, in a window that knows nobody.
    mail = reader.open("hamburg", of_follower[0])
    link = mail.locator("main a[href*='/abmelden/']").first.get_attribute("href")
    assert link
    stranger = visit("phone")
    stranger.page.goto(link)
    stranger.check_axe()
    stranger.page.locator("main form button").click()
    expect(stranger.page.get_by_role("heading", level=1)).to_have_text(sentence("de", "These mails stop"))
    answer(expert, path, "Seit heute ist es umgesetzt.", status="done")
    assert len(answers_in(reader, author_mail, title, least=2)) == 2
    assert len(answers_in(reader, follower_mail, title, least=1)) == 1

    # The news itself stays on the site.
    page = follower.open("hamburg", "/mitteilungen")
    expect(page.locator("main")).to_contain_text(title)
    follower.check_axe()


def test_a_moderator_hides_and_the_author_reads_why(visit: Any, signed_in: Any) -> None:
    author, name = visit("phone"), uuid4().hex[:8]
    path = give(author, title=f"Nicht nett gesagt {name}")
    moderator = signed_in("hamburg", "moderator")
    moderator.expect_error("status of 4")
    page = moderator.open("hamburg", f"/verwaltung/beitraege/{number_of(path)}")
    moderator.check_axe()
    page.get_by_role("button", name="Verbergen").click()
    hide = page.locator("form", has=page.locator("#hide-reason"))
    hide.get_by_role("button", name="Verbergen").click()
    expect(page.locator("#hide-reason-error")).to_have_text(sentence("de", "Please choose the reason. The author will read it."))
    moderator.check_axe()
    hide.get_by_label(sentence("de", "It tells private things about somebody")).check()
    hide.get_by_label(sentence("de", "A word to the author")).fill("Namen von Nachbarn gehören nicht hierher.")
    hide.get_by_role("button", name=sentence("de", "Show the mail to the author")).click()
    expect(page.locator(".mailcard-place").get_by_text("Namen von Nachbarn gehören nicht hierher.").first).to_be_visible()
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        hide.get_by_role("button", name="Verbergen").click()
    assert answered.value.status == 303
    moderator.check_width()

    page = author.open("hamburg", path)
    page.get_by_role("link", name=sentence("de", "Why it is not shown, and how to object")).click()
    expect(page.locator("main")).to_contain_text("Namen von Nachbarn gehören nicht hierher.")
    expect(page.get_by_role("button", name=sentence("de", "Object"))).to_be_visible()
    author.check_axe()
    stranger = visit("desktop")
    stranger.expect_error("status of 4")
    answered = stranger.page.goto(stranger.site.url("hamburg", path))
    assert answered
    assert answered.status in {403, 404, 410}
    expect(stranger.page.get_by_text(f"Nicht nett gesagt {name}")).to_have_count(0)
    page = stranger.open("hamburg", "/entdecken")
    expect(page.get_by_text(f"Nicht nett gesagt {name}")).to_have_count(0)


def test_by_mouse_a_process_is_made_from_a_template_opened_extended_and_closed(visit: Any, signed_in: Any) -> None:
    owner, name = signed_in("kassel", "owner"), uuid4().hex[:6]
    owner.expect_error("status of 4")
    page = owner.open("kassel", "/verwaltung/beteiligungen")
    page.locator("a[href$='/neu']").first.click()
    owner.check_axe()
    page.locator("input[name=like][value='house:collect-discuss']").check()
    for language in ("de", "en", "simple"):
        page.locator(f"#id_title_{language}").fill(f"Wohin mit dem Platz {name}")
        page.locator(f"#id_question_{language}").fill("Was soll hier stehen?")
    page.locator("form.form .actions button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Wohin mit dem Platz {name}")
    desk = page.url
    owner.check_axe()

    # Texts and people, so that it fits together.
    page.locator("#wer a[href*='teil=wer']").click()
    page.locator("#id_owner_name").fill("Jaron Weidlich")
    owner.check_axe()
    page.locator("form.pd-form .actions button").click()
    expect(page).to_have_url(f"{desk}#wer")

    # A further step, set by the form of its schema.
    page.locator("a[href$='/schritt/neu']").click()
    owner.check_axe()
    page.locator("input[name=method][value=collect]").check()
    for language in ("de", "en", "simple"):
        page.locator(f"#id_title_{language}").fill("Noch mehr sammeln")
    page.locator("#id_opens_at").fill("2098-05-01T08:00")
    page.locator("#id_closes_at").fill("2098-05-31T18:00")
    page.locator("form.form .actions button").click()
    expect(page).to_have_url(re.compile(r"/schritt/3$"))
    page.locator("input[type=checkbox][name*=photos]").uncheck()
    page.locator("form.form .actions button").click()
    expect(page.locator("input[type=checkbox][name*=photos]")).not_to_be_checked()
    owner.check_axe()
    owner.check_width()
    page.locator("button[name=override][value=open]").click()
    expect(page.locator("button[name=override][value=closed]")).to_be_visible()

    page.goto(desk)
    page.locator("button[name=state][value=published]").click()
    expect(page.locator("button[name=state][value=archived]")).to_be_visible()

    guest = visit("phone")
    guest.expect_error("status of 4")
    shown = guest.open("kassel", desk.partition("/beteiligungen/")[2].join(["/beteiligung/", ""]))
    expect(shown.get_by_role("heading", level=1)).to_contain_text("Was soll hier stehen?")
    guest.check_axe()
    shown = guest.open("kassel", f"/beteiligung/{desk.rpartition('/')[2]}/schritt/3")
    expect(shown.locator("#id_title")).to_be_visible()
    expect(shown.locator("#id_picture")).to_have_count(0)

    extend_tell_and_close(owner, guest, desk)


def extend_tell_and_close(owner: Visit, guest: Visit, desk: str) -> None:
    """It lasts longer, has a date that goes into any calendar, and is closed at last."""
    page, shown = owner.page, guest.page
    page.goto(desk)
    page.locator(".pd-acts__more > summary").click()
    page.locator("#id_closes_at").fill("2099-05-31T18:00")
    page.locator(".pd-acts__more .actions button").click()
    expect(page.locator("#schritte")).to_contain_text("2099")
    page.locator("#termine a[href*='/termine/neu']").click()
    for language in ("de", "en", "simple"):
        page.locator(f"#id_title_{language}").fill("Rundgang über den Platz")
    page.locator("#id_starts_at").fill("2099-05-12T17:00")
    page.locator("#id_ends_at").fill("2099-05-12T18:30")
    owner.check_axe()
    page.locator("form.pd-form .actions button").click()
    expect(page.locator("#termine")).to_contain_text("Rundgang über den Platz")
    guest.open("kassel", f"/beteiligung/{desk.rpartition('/')[2]}")
    expect(shown.locator("#dates + ul a[href$='.ics']")).to_be_visible()
    guest.check_axe()
    page.locator("button[name=state][value=closed]").click()
    expect(page.locator("button[name=state][value=reopened]")).to_be_visible()
    owner.check_axe()
    owner.check_width()
    shown = guest.open("kassel", f"/beteiligung/{desk.rpartition('/')[2]}/schritt/3")
    expect(shown.locator("#id_title")).to_have_count(0)
    guest.check_axe()
