"""Flags: who gives them, what the team sees and decides, who hears of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation
from tests.factories import (
    make_browser,
    make_city,
    make_comment,
    make_contribution,
    make_guest,
    make_participant,
    make_process,
    make_staff,
    make_step,
)
from tests.moderation.looking import look

from civitas.contributions.actions import withdraw_contribution
from civitas.contributions.models import Contribution
from civitas.journal.models import Entry
from civitas.kit.ids import uuid7
from civitas.kit.verdicts import Refused
from civitas.meeting import letters
from civitas.meeting.models import Letter
from civitas.moderation.actions import flag_contribution, flag_letter
from civitas.moderation.decisions import decide
from civitas.moderation.models import Case, Flag
from civitas.moderation.personal import adopt_person, erase_person, export_person
from civitas.moderation.queries import case_by_key
from civitas.notices.models import Notice
from civitas.notices.queries import worded
from civitas.people.actors import Actor, actor_of
from civitas.people.models import Participant
from civitas.people.rates import LIMITS

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(db: None) -> Any:
    step = make_step(make_process(make_city("hamburg")))
    return make_contribution(step, author=make_participant(step.city, "Alice"))


def text_of(response: Any) -> str:
    return str(response.content.decode())


def typed(page: str, **fields: str) -> dict[str, str]:
    return {**dict(re.findall(r'name="(uid|seal)" value="([^"]+)"', page)), "homepage": "", "words": "", **fields}


def flag(person: Any, row: Any, reason: str = "spam", words: str = "") -> Flag:
    return flag_contribution(actor_of(person), row, uid=uuid7(), reason=reason, words=words)


def the_case(city: Any) -> Case:
    case = case_by_key(city, Case.objects.of(city).get().pk)
    assert case is not None
    return case


def letter_to(row: Any, writer: Any, text: str = "Eine Drohung") -> Letter:
    return letters.write_letter(actor_of(writer), row, row.author, uid=uuid7(), text=text)


def test_anybody_flags_without_a_login_and_is_thanked(row: Any) -> None:
    browser = make_browser(row.city)
    assert f"/melden/{row.number}" in text_of(browser.get(row.path))
    page = text_of(browser.get(f"/melden/{row.number}"))
    sent = browser.post(f"/melden/{row.number}", typed(page, reason="rules", words="Das ist gemein."))
    assert sent.status_code == 303
    assert "Redaktion" in text_of(browser.get(sent.headers["Location"]))
    found = Flag.objects.of(row.city).get()
    assert (found.reason, found.words, found.participant_id, Participant.objects.of(row.city).count()) == (
        "rules",
        "Das ist gemein.",
        None,
        1,
    )
    row.refresh_from_db()
    assert row.visibility == "published"


def test_the_page_says_where_defects_go(row: Any) -> None:
    page = text_of(make_browser(row.city).get(f"/melden/{row.number}"))
    assert "112" in page
    assert "Schaden" in page


def test_the_same_form_twice_and_the_same_person_twice_are_one_flag(row: Any) -> None:
    bob = make_participant(row.city, "Bob")
    uid = uuid7()
    for _twice in range(2):
        flag_contribution(actor_of(bob), row, uid=uid, reason="spam")
    flag(bob, row, "rules", "Genauer gesagt")
    assert [(each.reason, each.words) for each in Flag.objects.of(row.city)] == [("rules", "Genauer gesagt")]
    flag(make_participant(row.city), row)
    assert (Case.objects.of(row.city).get().flag_count, Flag.objects.of(row.city).count()) == (2, 2)


@pytest.mark.parametrize(("reason", "words"), [("", ""), ("nonsense", "x"), ("other", ""), ("spam", "x" * 1_001)])
def test_a_flag_needs_a_reason_and_has_an_end(row: Any, reason: str, words: str) -> None:
    browser = make_browser(row.city)
    page = text_of(browser.get(f"/melden/{row.number}"))
    answer = browser.post(f"/melden/{row.number}", typed(page, reason=reason, words=words))
    assert (answer.status_code, Flag.objects.of(row.city).count()) == (422, 0)


def test_a_form_that_is_not_ours_is_refused(row: Any) -> None:
    answer = make_browser(row.city).post(f"/melden/{row.number}", {"uid": str(uuid7()), "seal": "x", "reason": "spam"})
    assert (answer.status_code, Flag.objects.of(row.city).count()) == (422, 0)


def test_nobody_flags_their_own_the_hidden_or_another_citys(row: Any) -> None:
    with pytest.raises(Refused):
        flag(row.author, row)
    hidden = make_contribution(row.step, visibility="hidden")
    kassel = make_browser(make_city("kassel"))
    assert make_browser(row.city).get(f"/melden/{hidden.number}").status_code == 404
    assert kassel.get(f"/melden/{row.number}").status_code == 404
    assert kassel.get(f"/melden/kommentar/{make_comment(row).pk}").status_code == 404


def test_a_comment_is_flagged_from_the_page(row: Any) -> None:
    comment = make_comment(row, "Unfug", author=make_guest(row.city))
    browser = make_browser(row.city)
    address = f"/melden/kommentar/{comment.pk}"
    assert address in text_of(browser.get(row.path))
    browser.post(address, typed(text_of(browser.get(address)), reason="spam"))
    assert Case.objects.of(row.city).get().contribution_id == comment.pk


def test_flags_have_a_limit_for_an_address_range(row: Any) -> None:
    stranger = Actor(row.city, source="net")
    for _each in range(LIMITS["flag"][2]):
        flag_contribution(stranger, row, uid=uuid7(), reason="spam")
    with translation.override("en"), pytest.raises(Refused, match="an hour"):
        flag_contribution(stranger, row, uid=uuid7(), reason="spam")


def test_the_team_sees_the_most_flagged_first_and_decides(row: Any) -> None:
    bob, other = make_participant(row.city, "Bob"), make_contribution(row.step, "Zweimal gemeldet")
    flag(bob, row, "rules", "Bitte ansehen")
    for _each in range(2):
        flag(make_participant(row.city), other)
    team = make_staff(row.city, "moderator", "Jule")
    browser = make_browser(row.city, team)
    page = text_of(browser.get("/verwaltung/redaktion?why=flagged"))
    assert page.index("Zweimal gemeldet") < page.index(row.title)
    case = Case.objects.of(row.city).get(contribution=row)
    one = text_of(browser.get(f"/verwaltung/redaktion/{case.pk}"))
    assert "Bitte ansehen" in one
    assert f"/verwaltung/beitraege/{row.number}" in one
    done = browser.post(f"/verwaltung/redaktion/{case.pk}/entscheiden", {"verb": "publish", "text": "Das ist eine Meinung."})
    assert (done.status_code, Case.objects.of(row.city).filter(state="open").count()) == (303, 1)
    assert "Bob" in text_of(browser.get(f"/verwaltung/redaktion/{case.pk}"))
    assert row.title in text_of(browser.get("/verwaltung/redaktion?state=closed"))
    words = worded(row.city, list(Notice.objects.of(row.city).to(bob.uid)))[0].words
    assert words.subject == "Wir haben uns Ihre Meldung angesehen"
    entry = Entry.objects.of(row.city).get(verb="moderation.publish")
    assert (entry.subject, entry.details["case"]) == (f"contribution:{row.pk}", case.pk)


def test_who_flagged_hears_once_that_the_author_took_it_back(row: Any) -> None:
    bob, guest = make_participant(row.city, "Bob"), make_guest(row.city)
    flag(bob, row)
    flag(guest, row)
    withdraw_contribution(actor_of(row.author), row)
    for _again in range(2):
        with transaction.atomic():
            look(row.city)
    told = list(Notice.objects.of(row.city).filter(kind="moderation.decided").order_by("pk"))
    assert sorted(notice.recipient for notice in told) == sorted([bob.uid, guest.uid])
    words = worded(row.city, told)[0].words
    assert (words.subject, row.title in " ".join(words.paragraphs)) == ("Was Sie gemeldet haben, ist weg", False)
    assert "zurückgenommen" in " ".join(words.paragraphs)


def test_who_heard_a_decision_about_their_flag_hears_nothing_when_it_is_taken_back_later(row: Any) -> None:
    bob = make_participant(row.city, "Bob")
    flag(bob, row)
    decide(actor_of(make_staff(row.city, "moderator")), the_case(row.city), "publish")
    withdraw_contribution(actor_of(row.author), Contribution.objects.of(row.city).get(pk=row.pk))
    look(row.city)
    assert Notice.objects.of(row.city).to(bob.uid).filter(kind="moderation.decided").count() == 1


def test_the_old_addresses_of_flags_lead_to_the_queue(row: Any) -> None:
    flag(make_participant(row.city), row)
    browser, key = make_browser(row.city, make_staff(row.city, "moderator")), the_case(row.city).pk
    assert browser.get("/verwaltung/meldungen").headers["Location"] == "/verwaltung/redaktion?why=flagged"
    assert browser.get(f"/verwaltung/meldungen/{key}").headers["Location"] == f"/verwaltung/redaktion/{key}"
    assert browser.get(f"/verwaltung/meldungen/{key + 1}").status_code == 404


def test_who_was_overtaken_is_told_and_a_decided_thing_can_be_flagged_again(row: Any) -> None:
    flag(make_participant(row.city), row)
    case, team = the_case(row.city), actor_of(make_staff(row.city, "moderator"))
    decide(team, case, "publish")
    with pytest.raises(Refused) as refused:
        decide(team, case, "publish")
    assert refused.value.status == 409
    flag(make_participant(row.city), row)
    assert sorted(Case.objects.of(row.city).values_list("state", flat=True)) == ["closed", "open"]


@pytest.mark.parametrize("role", ["", "expert", "facilitator", "owner"])
def test_the_list_is_for_the_editorial_team(row: Any, role: str) -> None:
    flag(make_participant(row.city), row)
    case = Case.objects.of(row.city).get()
    person = make_staff(row.city, role) if role else make_participant(row.city)
    for address in ("/verwaltung/redaktion", f"/verwaltung/redaktion/{case.pk}"):
        assert make_browser(row.city).get(address).status_code == 302
        assert make_browser(row.city, person).get(address).status_code == 403
    assert make_browser(row.city, person).post(f"/verwaltung/redaktion/{case.pk}/entscheiden", {"verb": "publish"}).status_code == 403


def test_another_citys_team_does_not_find_the_case(row: Any) -> None:
    flag(make_participant(row.city), row)
    kassel = make_city("kassel")
    browser = make_browser(kassel, make_staff(kassel, "administrator"))
    assert browser.get(f"/verwaltung/redaktion/{Case.objects.of(row.city).get().pk}").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_with_one_and_with_three(row: Any, count: int, django_assert_max_num_queries: Any) -> None:
    bob = make_participant(row.city, "Bob")
    for index in range(count):
        flag(bob, make_contribution(row.step, f"Idee {index}"))
        flag_letter(actor_of(row.author), letter_to(row, make_participant(row.city, f"P{index}")), uid=uuid7(), reason="rules")
    browser = make_browser(row.city, make_staff(row.city, "moderator"))
    browser.get("/verwaltung/redaktion")
    with django_assert_max_num_queries(30):
        assert browser.get("/verwaltung/redaktion").status_code == 200


def test_a_flagged_letter_shows_itself_and_a_bit_of_context_to_the_team_only_until_decided(row: Any) -> None:
    bob = make_participant(row.city, "Bob")
    first = letter_to(row, bob, "Ganz am Anfang")
    conversation = first.conversation
    for text in ("Davor zwei", "Davor eins", "Eine Drohung", "Danach"):
        last = letters.reply(actor_of(bob), conversation, row.author, uid=uuid7(), text=text)
    threat = Letter.objects.of(row.city).get(text="Eine Drohung")
    alice = make_browser(row.city, row.author)
    address = f"/melden/brief/{threat.uid}"
    assert address in text_of(alice.get(conversation.path))
    alice.post(address, typed(text_of(alice.get(address)), reason="rules"))
    case = Case.objects.of(row.city).get()
    team = make_browser(row.city, make_staff(row.city, "moderator"))
    page = text_of(team.get(f"/verwaltung/redaktion/{case.pk}"))
    assert [text in page for text in ("Ganz am Anfang", "Davor zwei", "Davor eins", "Eine Drohung", "Danach")] == [
        False,
        True,
        True,
        True,
        False,
    ]
    assert "Eine Drohung" not in text_of(team.get("/verwaltung/redaktion?kind=idea"))
    assert team.get(conversation.path).status_code == 404
    team.post(f"/verwaltung/redaktion/{case.pk}/entscheiden", {"verb": "hide", "reason": "insult"})
    threat.refresh_from_db()
    assert (threat.text, Letter.objects.of(row.city).get(pk=last.pk).text) == ("", "Danach")
    assert "Davor eins" not in text_of(team.get(f"/verwaltung/redaktion/{case.pk}"))
    assert set(Entry.objects.of(row.city).values_list("verb", flat=True)) == {"moderation.hide", "letter.taken_out"}


def test_nobody_of_the_team_decides_about_their_own_letter(row: Any) -> None:
    jule = make_staff(row.city, "moderator", "Jule")
    flag = flag_letter(actor_of(row.author), letter_to(row, jule), uid=uuid7(), reason="rules")
    with pytest.raises(Refused) as refused:
        decide(actor_of(jule), flag.case, "publish")
    assert refused.value.status == 403


def test_only_who_got_a_letter_flags_it(row: Any) -> None:
    bob = make_participant(row.city, "Bob")
    letter = letter_to(row, bob)
    address = f"/melden/brief/{letter.uid}"
    assert make_browser(row.city).get(address).status_code == 302
    for stranger in (make_participant(row.city, "Charlie"), make_staff(row.city, "moderator")):
        assert make_browser(row.city, stranger).get(address).status_code == 404
    kassel = make_city("kassel")
    assert make_browser(kassel, make_participant(kassel)).get(address).status_code == 404
    assert make_browser(row.city, bob).get(address).status_code == 403
    with pytest.raises(Refused):
        flag_letter(actor_of(bob), letter, uid=uuid7(), reason="rules")
    assert Flag.objects.of(row.city).count() == 0


def test_what_was_flagged_and_taken_back_is_still_decided(row: Any) -> None:
    flag(make_participant(row.city), row)
    Contribution.objects.of(row.city).filter(pk=row.pk).update(visibility="erased", title="", text="", author=None)
    browser = make_browser(row.city, make_staff(row.city, "moderator"))
    assert browser.get("/verwaltung/redaktion").status_code == 200
    assert browser.get(f"/verwaltung/redaktion/{Case.objects.of(row.city).get().pk}").status_code == 200


def test_flags_are_handed_out_made_nameless_and_taken_along(row: Any) -> None:
    guest, bob = make_guest(row.city), make_participant(row.city, "Bob")
    other = make_contribution(row.step)
    flag(guest, row, words="Als Gast")
    flag(bob, row)
    flag(guest, other)
    adopt_person(row.city, guest, bob)
    assert sorted(Flag.objects.of(row.city).values_list("participant", flat=True), key=str) == [bob.pk, bob.pk, None]
    assert len(export_person(row.city, bob)["flags"]) == 2
    erase_person(row.city, bob)
    assert Flag.objects.of(row.city).filter(participant=None).count() == 3
