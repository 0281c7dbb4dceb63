"""Deciding: one rule for each verb, what follows from it, claims, stale views, and the way back."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from tests.at_once import at_once
from tests.factories import (
    make_actor,
    make_area,
    make_category,
    make_city,
    make_comment,
    make_contribution,
    make_guest,
    make_participant,
    make_process,
    make_staff,
    make_step,
)
from tests.moderation.looking import case_of, look

from civitas.contributions.actions import mend_contribution
from civitas.contributions.counts import miscounts as wrong_tallies
from civitas.contributions.models import Contribution
from civitas.journal.models import Entry
from civitas.kit.ids import uuid7
from civitas.kit.verdicts import Refused
from civitas.moderation.actions import flag_contribution
from civitas.moderation.appeals import answer_question, appeal_decision
from civitas.moderation.archive import decide_about
from civitas.moderation.claims import claim_case, release_case
from civitas.moderation.counts import decided_lately, miscounts, recount
from civitas.moderation.decisions import decide
from civitas.moderation.models import Appeal, Case, Decision, HourCount, Token
from civitas.moderation.undoing import undo_decision
from civitas.notices.models import Notice
from civitas.notices.queries import worded
from civitas.people.actors import actor_of
from civitas.people.models import Suspension
from civitas.people.suspensions import may_take_part

pytestmark = pytest.mark.django_db


def news(person: Any) -> list[tuple[str, str]]:
    """What a person was told: kind and subject line of the news that still has something to say."""
    notices = list(Notice.objects.of(person.city_id).to(person.uid).order_by("pk"))
    return [(each.notice.kind, each.words.subject) for each in worded(person.city, notices) if each.words]


@pytest.mark.parametrize("role", ["", "member", "expert", "facilitator", "owner", "stranger"])
@pytest.mark.parametrize("verb", ["publish", "hide", "move", "ask", "spam"])
def test_only_the_editorial_team_decides(step: Any, role: str, verb: str) -> None:
    case = case_of(make_contribution(step, visibility="waiting"))
    with pytest.raises(Refused) as refused:
        decide(make_actor(step.city, role), case, verb, reason="insult", text="x", category=make_category(step.city))
    assert refused.value.status == 403
    assert Decision.objects.of(step.city).count() == 0


@pytest.mark.parametrize("role", ["moderator", "administrator"])
def test_the_editorial_team_publishes_and_the_author_hears_of_it_once(step: Any, role: str, alice: Any) -> None:
    row = make_contribution(step, visibility="waiting", author=alice)
    decide(make_actor(step.city, role), case_of(row), "publish")
    row.refresh_from_db()
    case = Case.objects.of(step.city).get()
    assert (row.visibility, case.state, news(alice)) == ("published", "closed", [("moderation.decision", "Es ist veröffentlicht")])
    assert wrong_tallies(step.city) == miscounts(step.city) == []


def test_hiding_needs_a_reason_and_tells_it_in_friendly_words(step: Any, team: Any, alice: Any) -> None:
    row = make_contribution(step, author=alice)
    with pytest.raises(Refused) as refused:
        decide(team, case_of(row), "hide")
    assert set(refused.value.fields) == {"reason"}
    with pytest.raises(Refused) as refused:
        decide(team, case_of(row), "hide", reason="other")
    assert set(refused.value.fields) == {"text"}
    made = decide(team, case_of(row), "hide", reason="insult", text="Bitte ohne Schimpfwörter.")
    row.refresh_from_db()
    assert (row.visibility, row.hidden_reason) == ("hidden", "Bitte ohne Schimpfwörter.")
    words = worded(step.city, list(Notice.objects.of(step.city).to(alice.uid)))[0].words
    assert words is not None
    assert words.path == f"/entscheidung/{made.pk}"
    assert any("greift Menschen an" in line for line in words.paragraphs)
    assert "Bitte ohne Schimpfwörter." in words.paragraphs
    entry = Entry.objects.of(step.city).get(verb="moderation.hide")
    assert (entry.subject, entry.details) == (f"contribution:{row.pk}", {"case": made.case_id, "decision": made.pk, "reason": "insult"})


def test_what_is_published_and_left_as_it_is_tells_nobody(step: Any, team: Any, alice: Any) -> None:
    row = make_contribution(step, author=alice)
    decide(team, case_of(row), "publish")
    assert news(alice) == []


def test_a_comment_counts_again_on_its_thread_when_it_is_shown(step: Any, team: Any, alice: Any) -> None:
    root = make_contribution(step)
    comment = make_comment(root, author=alice)
    made = decide(team, case_of(comment), "hide", reason="insult")
    root.refresh_from_db()
    assert root.comment_count == 0
    undo_decision(team, made)
    root.refresh_from_db()
    assert root.comment_count == 1


def test_undo_puts_everything_back_and_the_case_waits_again(step: Any, team: Any, alice: Any) -> None:
    row = make_contribution(step, author=alice, visibility="waiting")
    case = case_of(row)
    made = decide(team, case, "hide", reason="spam", suspend_days=7)
    alice.refresh_from_db()
    assert not may_take_part(actor_of(alice))
    Notice.objects.of(step.city).to(alice.uid).update(routed_at=timezone.now())
    undo_decision(team, made)
    row.refresh_from_db()
    alice.refresh_from_db()
    case.refresh_from_db()
    assert (row.visibility, row.hidden_reason, alice.suspended_until, case.state, case.why) == ("waiting", "", None, "open", "waiting")
    assert news(alice) == [("moderation.undone", "Wir haben eine Entscheidung zurückgenommen")]
    assert decided_lately(step.city, hours=24) == {}
    assert wrong_tallies(step.city) == miscounts(step.city) == []
    with pytest.raises(Refused):
        undo_decision(team, Decision.objects.of(step.city).select_related("case").get(pk=made.pk))


def test_undo_before_the_news_went_out_tells_nothing(step: Any, team: Any, alice: Any) -> None:
    row = make_contribution(step, author=alice)
    undo_decision(team, decide(team, case_of(row), "hide", reason="insult"))
    assert news(alice) == []


def test_undo_is_refused_once_something_else_was_decided(step: Any, team: Any, other: Any, alice: Any) -> None:
    row = make_contribution(step, author=alice, visibility="waiting")
    first = decide(team, case_of(row), "publish")
    flag_contribution(actor_of(make_participant(step.city)), Contribution.objects.of(step.city).get(pk=row.pk), uid=uuid7(), reason="spam")
    decide(other, case_of(row), "hide", reason="insult")
    with pytest.raises(Refused) as refused:
        undo_decision(team, first)
    assert refused.value.status == 409
    second = make_contribution(step, "Noch eine", author=alice, visibility="waiting")
    made = decide(team, case_of(second), "publish")
    decide_about(other, Contribution.objects.of(step.city).get(pk=second.pk), "hide", reason="insult")
    with pytest.raises(Refused):
        undo_decision(team, made)


def test_moving_takes_subject_place_and_process_and_undo_brings_them_back(step: Any, team: Any, alice: Any) -> None:
    old, new = make_category(step.city, "Verkehr"), make_category(step.city, "Grün")
    area = make_area(step.city, "Altona")
    target = make_step(make_process(step.city, "park"))
    row = make_contribution(step, author=alice, category=old, lat=53.55, lon=10.0, place_name="Am Platz")
    comment = make_comment(row)
    made = decide(team, case_of(row), "move", category=new, area=area, step=target)
    row.refresh_from_db()
    comment.refresh_from_db()
    assert (row.category_id, row.area_id, row.lat, row.process_id, comment.process_id) == (
        new.pk, area.pk, None, target.process_id, target.process_id,
    )  # fmt: skip
    assert news(alice) == [("moderation.decision", "Ihr Beitrag ist neu einsortiert")]
    assert wrong_tallies(step.city) == []
    undo_decision(team, made)
    row.refresh_from_db()
    comment.refresh_from_db()
    assert (row.category_id, row.area_id, row.lat, row.lon, row.process_id, row.step_id, comment.process_id) == (
        old.pk, None, 53.55, 10.0, step.process_id, step.pk, step.process_id,
    )  # fmt: skip
    assert wrong_tallies(step.city) == []


def test_moving_what_waits_leaves_it_waiting_to_be_shown(step: Any, team: Any) -> None:
    row = make_contribution(step, visibility="waiting")
    decide(team, case_of(row), "move", category=make_category(step.city))
    assert case_of(row).state == "open"
    with pytest.raises(Refused):
        decide(team, case_of(row), "move")
    with pytest.raises(Refused):
        decide(team, case_of(make_comment(make_contribution(step))), "move", category=make_category(step.city))


def test_the_author_answers_a_question_and_the_case_comes_back(step: Any, team: Any, alice: Any) -> None:
    row = make_contribution(step, author=alice, visibility="waiting")
    made = decide(team, case_of(row), "ask", text="Welche Kita meinen Sie?")
    case = case_of(row)
    assert (case.state, news(alice)) == ("asked", [("moderation.decision", "Eine Frage der Redaktion")])
    made = Decision.objects.of(step.city).select_related("case", "contribution").get(pk=made.pk)
    with pytest.raises(Refused):
        answer_question(actor_of(make_participant(step.city, "Bob")), made, text="Ich bin es nicht")
    with pytest.raises(Refused) as refused:
        answer_question(actor_of(alice), made, text=" ")
    assert set(refused.value.fields) == {"text"}
    answer_question(actor_of(alice), made, text="Die in der Goethestraße.")
    case.refresh_from_db()
    assert (case.state, Decision.objects.of(step.city).get(pk=made.pk).reply) == ("open", "Die in der Goethestraße.")


def test_nobody_is_asked_who_is_not_known(step: Any, team: Any) -> None:
    with pytest.raises(Refused) as refused:
        decide(team, case_of(make_contribution(step)), "ask", text="Wer sind Sie?")
    assert refused.value.status == 409


def test_spam_is_hidden_and_learned_and_unlearned(step: Any, team: Any) -> None:
    row = make_contribution(step, "Billige Solarmodule", author=make_guest(step.city))
    made = decide(team, case_of(row), "spam")
    row.refresh_from_db()
    assert row.visibility == "hidden"
    assert Token.objects.of(step.city).get(hash=0).spam == 1
    undo_decision(team, made)
    assert set(Token.objects.of(step.city).values_list("spam", flat=True)) == {0}


def test_who_is_shut_out_is_told_when_giving_and_let_in_again(step: Any, team: Any) -> None:
    guest = make_guest(step.city)
    row = make_contribution(step, author=guest)
    decide(team, case_of(row), "spam", suspend_days=0)
    guest.refresh_from_db()
    verdict = may_take_part(actor_of(guest))
    assert (verdict.allowed, "shut you out" in str(verdict.reason) or "ausgeschlossen" in str(verdict.reason)) == (False, True)
    assert Suspension.objects.of(step.city).get().until is None


def test_a_stale_view_is_refused_and_nothing_happens(step: Any, team: Any, other: Any, alice: Any) -> None:
    row = make_contribution(step, author=alice, visibility="waiting")
    case = case_of(row)
    stamp = case.stamp
    mend_contribution(actor_of(alice), row, title="Anders", text="Anders als eben", version=row.version)
    with pytest.raises(Refused) as refused:
        decide(team, case, "publish", stamp=stamp)
    assert refused.value.status == 409
    row.refresh_from_db()
    assert row.visibility == "waiting"
    decide(other, case_of(row), "publish", stamp=case_of(row).stamp)
    with pytest.raises(Refused) as refused:
        decide(team, case, "hide", reason="insult")
    assert refused.value.status == 409


def test_who_is_on_an_item_keeps_others_off_until_they_take_over(step: Any, team: Any, other: Any) -> None:
    case = case_of(make_contribution(step, visibility="waiting"))
    claim_case(team, case)
    with pytest.raises(Refused, match="Jule"):
        claim_case(other, case)
    with pytest.raises(Refused, match="Jule") as refused:
        decide(other, case, "publish")
    assert refused.value.status == 409
    claim_case(team, case)  # holds it longer
    release_case(other, case)  # lets nothing go that is not one's own
    claim_case(other, case, takes_over="yes")
    decide(other, case, "publish")
    with pytest.raises(Refused):
        claim_case(team, case)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_the_same_instant_one_is_told(step: Any, team: Any, other: Any) -> None:
    case = case_of(make_contribution(step, visibility="waiting"))
    outcomes = at_once(lambda: decide(team, case, "publish").verb, lambda: decide(other, case, "hide", reason="insult").verb)
    assert outcomes in (["publish", 409], [409, "hide"])
    assert Decision.objects.of(step.city).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_decides_once_and_says_so_twice(step: Any, team: Any) -> None:
    case = case_of(make_contribution(step, visibility="waiting"))
    first, second = at_once(*[lambda: decide(team, case, "hide", reason="insult", stamp=case.stamp)] * 2)
    assert first == second == Decision.objects.of(step.city).get()


def test_the_same_decision_again_after_something_else_happened_is_looked_at(step: Any, team: Any) -> None:
    case = case_of(make_contribution(step, visibility="waiting"))
    seen = case.stamp
    undo_decision(team, decide(team, case, "publish", stamp=seen))
    with pytest.raises(Refused) as refused:
        decide(team, case, "publish", stamp=seen)
    assert refused.value.status == 409
    assert case_of(case.contribution).state == "open"


def test_nobody_decides_about_their_own(step: Any, team: Any) -> None:
    with pytest.raises(Refused) as refused:
        decide(team, case_of(make_contribution(step, author=team.participant, visibility="waiting")), "publish")
    assert refused.value.status == 403


def test_an_objection_is_looked_at_by_another_person_and_the_outcome_told(step: Any, team: Any, other: Any, alice: Any) -> None:
    row = make_contribution(step, author=alice)
    made = decide(team, case_of(row), "hide", reason="insult")
    made = Decision.objects.of(step.city).select_related("case", "contribution").get(pk=made.pk)
    with pytest.raises(Refused) as refused:
        appeal_decision(actor_of(make_participant(step.city, "Bob")), made)
    assert refused.value.status == 404
    first = appeal_decision(actor_of(alice), made, words="Das war nicht so gemeint.")
    assert appeal_decision(actor_of(alice), made) == first
    case = case_of(row)
    assert case.why == "appeal"
    with pytest.raises(Refused) as refused:
        decide(team, case, "publish")
    assert refused.value.status == 403
    again = decide(other, case, "publish")
    row.refresh_from_db()
    appeal = Appeal.objects.of(step.city).get()
    assert (row.visibility, appeal.outcome) == ("published", "changed")
    assert ("moderation.appeal", "Wir haben noch einmal hingesehen") in news(alice)
    undo_decision(other, again)
    row.refresh_from_db()
    appeal.refresh_from_db()
    assert (row.visibility, appeal.outcome, case_of(row).why) == ("hidden", "", "appeal")


def test_a_decision_that_stays_is_told_with_its_reason(step: Any, team: Any, other: Any, alice: Any) -> None:
    row = make_contribution(step, author=alice)
    made = decide(team, case_of(row), "hide", reason="insult")
    appeal_decision(actor_of(alice), Decision.objects.of(step.city).select_related("case", "contribution").get(pk=made.pk))
    decide(other, case_of(row), "hide", reason="insult", text="Wir bleiben dabei.")
    assert Appeal.objects.of(step.city).get().outcome == "stays"
    notice = Notice.objects.of(step.city).to(alice.uid).get(kind="moderation.appeal")
    words = worded(step.city, [notice])[0].words
    assert words is not None
    assert "Wir bleiben dabei." in words.paragraphs


def test_taking_back_what_is_objected_to_grants_the_objection(step: Any, team: Any, alice: Any) -> None:
    row = make_contribution(step, author=alice)
    made = decide(team, case_of(row), "hide", reason="insult")
    appeal_decision(actor_of(alice), Decision.objects.of(step.city).select_related("case", "contribution").get(pk=made.pk))
    undo_decision(team, made)
    row.refresh_from_db()
    assert (row.visibility, Appeal.objects.of(step.city).get().outcome, case_of(row).why) == ("published", "changed", "new")


def test_who_flagged_hears_what_was_decided(step: Any, team: Any) -> None:
    bob = make_participant(step.city, "Bob")
    row = make_contribution(step)
    flag_contribution(actor_of(bob), row, uid=uuid7(), reason="rules")
    decide(team, case_of(row), "publish")
    words = worded(step.city, list(Notice.objects.of(step.city).to(bob.uid)))[0].words
    assert words is not None
    assert any("bleibt es" in line for line in words.paragraphs)


def test_another_citys_case_does_not_exist(step: Any) -> None:
    kassel = make_city("kassel")
    case = case_of(make_contribution(step, visibility="waiting"))
    with pytest.raises(Refused) as refused:
        decide(actor_of(make_staff(kassel, "administrator")), case, "publish")
    assert refused.value.status == 404


def test_counts_are_mended_from_scratch(step: Any, team: Any) -> None:
    decide(team, case_of(make_contribution(step, visibility="waiting")), "publish")
    HourCount.objects.of(step.city).update(count=7)
    assert len(miscounts(step.city)) == 1
    recount(step.city)
    assert (miscounts(step.city), decided_lately(step.city, hours=1)) == ([], {"publish": 1})


def test_what_its_author_took_back_leaves_the_queue(step: Any, team: Any, alice: Any) -> None:
    row = make_contribution(step, author=alice, visibility="waiting")
    case = case_of(row)
    Contribution.objects.of(step.city).filter(pk=row.pk).update(visibility="withdrawn")
    with pytest.raises(Refused):
        decide(team, case, "publish")
    look(step.city)
    case.refresh_from_db()
    assert (case.state, case.closed_by_id) == ("closed", None)


def test_nobody_takes_back_what_was_decided_about_their_own(step: Any, team: Any, other: Any) -> None:
    row = make_contribution(step, author=other.participant)
    made = decide(team, case_of(row), "hide", reason="insult")
    with pytest.raises(Refused) as refused:
        undo_decision(other, made)
    row.refresh_from_db()
    assert (refused.value.status, row.visibility) == (403, "hidden")


def test_who_was_objected_to_does_not_take_back_what_another_decided_about_it(step: Any, team: Any, other: Any, alice: Any) -> None:
    row = make_contribution(step, author=alice)
    made = decide(team, case_of(row), "hide", reason="insult")
    appeal_decision(actor_of(alice), Decision.objects.of(step.city).select_related("case", "contribution").get(pk=made.pk))
    answer = decide(other, case_of(row), "publish")
    with pytest.raises(Refused) as refused:
        undo_decision(team, answer)
    row.refresh_from_db()
    assert (refused.value.status, row.visibility) == (403, "published")
    undo_decision(other, answer)
