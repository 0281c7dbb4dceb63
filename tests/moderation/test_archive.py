"""From the archive to the queue: the same reason, mail, objection and way back, wherever somebody of the team shows or hides."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from tests.factories import make_browser, make_city, make_comment, make_contribution, make_guest, make_participant, make_staff
from tests.moderation.looking import case_of

from civitas.contributions.counts import miscounts
from civitas.contributions.models import Contribution
from civitas.journal.models import Entry
from civitas.kit.verdicts import Refused
from civitas.moderation.appeals import appeal_decision
from civitas.moderation.archive import decide_about, take_up_contribution
from civitas.moderation.decisions import decide
from civitas.moderation.models import Case, Decision
from civitas.moderation.previews import mail_about
from civitas.moderation.queries import case_by_key
from civitas.moderation.undoing import undo_decision
from civitas.notices.models import Notice
from civitas.outbox.worker import run_due
from civitas.people.actors import actor_of

if TYPE_CHECKING:
    from civitas.notices.previews import PreviewedMail

pytestmark = pytest.mark.django_db


def text_of(response: Any) -> str:
    return str(response.content.decode())


def fresh(row: Contribution) -> Contribution:
    found: Contribution = Contribution.objects.of(row.city_id).select_related("author", "root").get(pk=row.pk)
    return found


def read(case: Case) -> Case:
    """The case as the queue's page reads it."""
    found = case_by_key(case.city, case.pk)
    assert found
    return found


def test_publishing_leads_back_to_the_list_and_tells_the_author(step: Any, team: Any, alice: Any) -> None:
    row = make_contribution(step, author=alice, visibility="waiting")
    data = {"verb": "publish", "version": row.version, "back": "/verwaltung/beitraege?ansicht=waiting"}
    response = make_browser(step.city, team.participant).post(f"/verwaltung/redaktion/beitrag/{row.pk}", data)
    assert (response.headers["Location"], fresh(row).visibility) == (data["back"], "published")
    assert list(Notice.objects.filter(recipient=alice.uid).values_list("kind", flat=True)) == ["moderation.decision"]
    assert not miscounts(step.city)


def test_hiding_from_the_archive_is_a_decision_of_the_queue_with_its_objection(step: Any, team: Any, other: Any, alice: Any) -> None:
    row = make_contribution(step, author=alice)
    browser = make_browser(step.city, team.participant)
    for address in (f"/verwaltung/beitraege/{row.number}", "/verwaltung/beitraege?ansicht=published"):
        assert f'action="/verwaltung/redaktion/beitrag/{row.pk}"' in text_of(browser.get(address))
    there = browser.post(f"/verwaltung/redaktion/beitrag/{row.pk}", {"verb": "hide"})
    case = Case.objects.of(step.city).get(contribution=row)
    assert (there.headers["Location"], case.why, fresh(row).visibility) == (
        f"/verwaltung/redaktion/{case.pk}?tun=hide#do-hide", "team", "published",
    )  # fmt: skip
    opened = r'<details class="wq__more-do" id="do-hide" open>\s*<summary class="wq__verb is-bad" data-key="v"'
    assert re.search(opened, text_of(browser.get(there.headers["Location"])))
    decision = decide(team, case, "hide", reason="private")
    objection = appeal_decision(actor_of(alice), decision)
    assert decide(other, objection.case, "publish").contribution_id == row.pk
    assert fresh(row).visibility == "published"
    assert Entry.objects.of(step.city).filter(verb="moderation.hide").count() == 1


def test_a_comment_is_hidden_the_same_way_and_counts_no_more(step: Any, team: Any) -> None:
    row = make_contribution(step)
    comment = make_comment(row, "Unfug", author=make_guest(step.city))
    page = text_of(make_browser(step.city, team.participant).get(f"/verwaltung/kommentare/{comment.pk}"))
    assert f'action="/verwaltung/redaktion/beitrag/{comment.pk}"' in page
    made = decide_about(team, comment, "hide", reason="insult")
    assert (fresh(comment).visibility, fresh(row).comment_count) == ("hidden", 0)
    undo_decision(team, made)
    assert (fresh(comment).visibility, fresh(row).comment_count) == ("published", 1)


def test_taken_up_twice_it_is_one_case_and_what_waits_already_stays_what_it_is(step: Any, team: Any, other: Any) -> None:
    row = make_contribution(step)
    assert take_up_contribution(team, row) == take_up_contribution(other, row)
    waiting = make_contribution(step, "Wartet", visibility="waiting")
    case = case_of(waiting)
    assert take_up_contribution(team, waiting) == case
    assert Case.objects.of(step.city).get(pk=case.pk).why == "waiting"


def test_what_changed_since_is_not_decided_and_not_taken_up(step: Any, team: Any) -> None:
    row = make_contribution(step, visibility="hidden")
    browser = make_browser(step.city, team.participant)
    answer = browser.post(f"/verwaltung/redaktion/beitrag/{row.pk}", {"verb": "publish", "version": row.version + 1})
    assert (answer.headers["Location"], fresh(row).visibility) == (f"/verwaltung/beitraege/{row.number}", "hidden")
    assert not Case.objects.of(step.city).exists()


@pytest.mark.parametrize("visibility", ["withdrawn", "erased"])
def test_what_is_taken_back_or_gone_is_not_taken_up(step: Any, team: Any, visibility: str) -> None:
    row = make_contribution(step, visibility=visibility)
    with pytest.raises(Refused) as refused:
        take_up_contribution(team, row)
    assert refused.value.status == 409
    status = make_browser(step.city, team.participant).post(f"/verwaltung/redaktion/beitrag/{row.pk}", {"verb": "publish"}).status_code
    assert (status, fresh(row).visibility) == (404 if visibility == "erased" else 303, visibility)


@pytest.mark.parametrize("role", ["", "member", "expert", "facilitator", "owner"])
def test_only_the_editorial_team_takes_up_and_looks_at_mails(step: Any, role: str) -> None:
    row = make_contribution(step)
    case = case_of(row)
    browser = make_browser(step.city, make_staff(step.city, role) if role else make_participant(step.city))
    for path in (f"/verwaltung/redaktion/beitrag/{row.pk}", f"/verwaltung/redaktion/{case.pk}/mail"):
        assert browser.post(path, {"verb": "hide"}).status_code == 403


def test_strangers_sign_in_and_other_cities_find_nothing(step: Any, team: Any) -> None:
    row = make_contribution(step)
    case, kassel = case_of(row), make_city("kassel")
    there = make_browser(kassel, make_staff(kassel, "moderator"))
    for path in (f"/verwaltung/redaktion/beitrag/{row.pk}", f"/verwaltung/redaktion/{case.pk}/mail"):
        assert make_browser(step.city).post(path).status_code == 302
        assert there.post(path).status_code == 404
        assert make_browser(step.city, team.participant).get(path).status_code == 405


# The mail, before it is sent.


def sent_like(shown: PreviewedMail | None) -> bool:
    """Whether the last mail that was sent reads as the preview did, but for links that only its reader has or that name the decision."""
    run_due()
    body = re.sub(r"http\S+/abmelden/\S+", "…", str(mail.outbox[-1].body))
    body = re.sub(r"/entscheidung/\d+|/rueckfrage/\d+", "", body)
    said = re.sub(r"/entscheidung/0|/rueckfrage/0", "", f"{shown.text}\n\n-- \n{shown.foot}") if shown else ""
    return shown is not None and (shown.subject, said) == (mail.outbox[-1].subject, body.strip())


ORDERS = [
    ("hide", {"reason": "private", "text": "  Bitte ohne die Nummer. "}),
    ("hide", {"reason": "insult", "suspend_days": 7}),
    ("spam", {"reason": "spam", "suspend_days": 0}),
    ("ask", {"text": "Wo genau?"}),
]


@pytest.mark.parametrize(("verb", "order"), ORDERS)
@pytest.mark.parametrize("language", ["de", "en"])
def test_a_decision_is_told_as_it_was_shown(step: Any, team: Any, alice: Any, verb: str, order: dict[str, Any], language: str) -> None:
    alice.language = language
    alice.save()
    case = read(case_of(make_contribution(step, author=alice)))
    shown = mail_about(case, verb, **order)
    assert not Decision.objects.of(step.city).exists()
    decide(team, case, verb, **order)
    assert sent_like(shown)


def test_publishing_is_told_as_it_was_shown_and_leaving_as_it_is_tells_nobody(step: Any, team: Any, alice: Any) -> None:
    case = read(case_of(make_contribution(step, author=alice, visibility="waiting")))
    shown = mail_about(case, "publish")
    decide(team, case, "publish")
    assert sent_like(shown)
    shown_already = make_contribution(step, "Schon da", author=alice)
    assert mail_about(read(case_of(shown_already)), "publish") is None
    assert mail_about(read(case_of(make_contribution(step, "Ohne Namen", author=None))), "hide", reason="insult") is None


@pytest.mark.parametrize("verb", ["publish", "hide"])
def test_who_objected_is_told_as_it_was_shown(step: Any, team: Any, other: Any, alice: Any, verb: str) -> None:
    row = make_contribution(step, author=alice)
    case = read(appeal_decision(actor_of(alice), decide(team, case_of(row), "hide", reason="insult")).case)
    run_due()
    shown = mail_about(case, verb, reason="insult" if verb == "hide" else "")
    decide(other, case, verb, reason="insult" if verb == "hide" else "")
    assert sent_like(shown)


def test_the_queue_shows_the_mail_as_a_part_and_as_a_page_and_sends_nothing(step: Any, team: Any, alice: Any) -> None:
    case = case_of(make_contribution(step, author=alice))
    browser = make_browser(step.city, team.participant)
    path, typed = f"/verwaltung/redaktion/{case.pk}/mail", {"verb": "hide", "reason": "insult", "text": "<b>Bitte</b> freundlich"}
    assert f'hx-post="{path}"' in text_of(browser.get(f"/verwaltung/redaktion/{case.pk}"))
    part = text_of(browser.post(path, typed, headers={"hx-request": "true"}))
    assert ("&lt;b&gt;Bitte" in part, "<html" in part, part.strip() in text_of(browser.post(path, typed))) == (True, False, True)
    assert browser.post(path, {"verb": "nonsense"}).status_code == 200
    run_due()
    assert (mail.outbox, Notice.objects.of(step.city).count(), Decision.objects.of(step.city).count()) == ([], 0, 0)
