"""The mail that an author will get, shown before anything is decided: to the letter what is sent afterwards."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from tests.factories import (
    make_browser,
    make_city,
    make_contribution,
    make_guest,
    make_organisation,
    make_participant,
    make_process,
    make_staff,
    make_step,
)

from civitas.contributions.models import StatusEvent
from civitas.contributions.official import Answer, answer_contribution
from civitas.contributions.previews import answered_mail
from civitas.journal.models import Entry
from civitas.notices.models import Notice
from civitas.outbox.worker import run_due
from civitas.people.actors import actor_of
from civitas.people.models import Declined

if TYPE_CHECKING:
    from civitas.notices.previews import PreviewedMail

pytestmark = pytest.mark.django_db

ANSWER = {"status": "planned", "text": "Liebe Alice,\n\nwir bauen das.", "next_step": "Wir messen", "due_on": ""}


@pytest.fixture
def row(db: None) -> Any:
    step = make_step(make_process(make_city("hamburg")))
    return make_contribution(step, author=make_participant(step.city, "Alice"))


def text_of(response: Any) -> str:
    return str(response.content.decode())


def sent_like(shown: PreviewedMail | None) -> bool:
    """Whether the one mail that was sent reads as the preview did, but for the link that only its reader has."""
    run_due()
    (sent,) = mail.outbox
    body = re.sub(r"http\S+/abmelden/\S+", "…", str(sent.body))
    return shown is not None and (shown.subject, f"{shown.text}\n\n-- \n{shown.foot}") == (sent.subject, body.strip())


@pytest.mark.parametrize("language", ["de", "en", "de-simple"])
def test_an_answer_is_sent_as_it_was_shown(row: Any, language: str) -> None:
    row.author.language = language
    row.author.save()
    said: dict[str, Any] = {"status": "planned", "text": "Liebe Alice,\n\nwir bauen das.", "organisation": make_organisation(row.city)}
    said |= {"next_step": "Wir messen", "due_on": dt.date(2099, 5, 12)}
    shown = answered_mail(row, Answer(**said))
    answer_contribution(actor_of(make_staff(row.city, "owner")), row, Answer(**said))
    assert sent_like(shown)


def test_it_says_where_no_mail_goes_out(row: Any) -> None:
    guest = make_contribution(row.step, author=make_guest(row.city))
    nobody = make_contribution(row.step, author=None)
    Declined.objects.create(city=row.city, participant=row.author, kind="contribution.answered")
    shown = [answered_mail(each, Answer("planned")) for each in (row, guest, nobody)]
    assert [each and each.by_mail for each in shown] == [False, False, None]


def test_the_desk_shows_it_and_keeps_and_sends_nothing(row: Any) -> None:
    browser = make_browser(row.city, make_staff(row.city, "moderator"))
    assert f'hx-post="/verwaltung/antworten/{row.number}/mail"' in text_of(browser.get(f"/verwaltung/antworten/{row.number}"))
    fragment = text_of(browser.post(f"/verwaltung/antworten/{row.number}/mail", ANSWER, headers={"hx-request": "true"}))
    whole = text_of(browser.post(f"/verwaltung/antworten/{row.number}/mail", ANSWER))
    assert "wir bauen das." in fragment
    assert "<html" not in fragment
    assert fragment.strip() in whole
    run_due()
    assert [model.objects.of(row.city).count() for model in (StatusEvent, Notice, Entry)] == [0, 0, 0]
    assert mail.outbox == []
    row.refresh_from_db()
    assert (row.visibility, row.status) == ("published", "received")


def test_a_form_that_is_not_finished_is_shown_as_far_as_it_goes(row: Any) -> None:
    browser = make_browser(row.city, make_staff(row.city, "moderator"))
    answer = browser.post(f"/verwaltung/antworten/{row.number}/mail", {"status": "nonsense", "text": "Schon da", "due_on": "gestern"})
    assert (answer.status_code, "Schon da" in text_of(answer)) == (200, True)


def test_the_words_of_the_team_are_text_and_no_html(row: Any) -> None:
    browser = make_browser(row.city, make_staff(row.city, "moderator"))
    page = text_of(browser.post(f"/verwaltung/antworten/{row.number}/mail", {"status": "planned", "text": "<script>x</script>"}))
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page


@pytest.mark.parametrize(("role", "status"), [("moderator", 200), ("expert", 200), ("facilitator", 403), ("member", 403), ("", 403)])
def test_only_who_may_answer_sees_the_mail_to_an_author(row: Any, role: str, status: int) -> None:
    person = make_staff(row.city, role) if role else make_participant(row.city)
    path = f"/verwaltung/antworten/{row.number}/mail"
    assert make_browser(row.city, person).post(path, ANSWER).status_code == status


def test_strangers_sign_in_and_other_cities_find_nothing(row: Any) -> None:
    path = f"/verwaltung/antworten/{row.number}/mail"
    assert make_browser(row.city).post(path, ANSWER).status_code == 302
    kassel = make_city("kassel")
    assert make_browser(kassel, make_staff(kassel, "moderator")).post(path, ANSWER).status_code == 404
    assert make_browser(row.city, make_staff(row.city, "moderator")).get(path).status_code == 405
