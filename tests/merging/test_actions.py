"""Asking authors: yes, no, silence until the day, nobody to ask; each hears of the outcome once."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.utils import timezone
from tests.at_once import at_once
from tests.factories import make_actor, make_city, make_contribution, make_guest, make_participant, make_process, make_staff, make_step
from tests.leaving import leave_for_good

from civitas.contributions.actions import change_visibility
from civitas.contributions.models import Contribution
from civitas.journal.models import Entry
from civitas.kit.ids import uuid7
from civitas.kit.verdicts import Refused
from civitas.merging.actions import (
    answer_question,
    complete_due,
    dismiss_suggestion,
    drop_proposal,
    keep_merge,
    object_to_merge,
    propose_merge,
    undo_merge,
)
from civitas.merging.models import Consent, Merge, Proposal, Suggestion
from civitas.notices.models import Notice
from civitas.people.actions import decline_news
from civitas.people.actors import actor_of

if TYPE_CHECKING:
    from civitas.people.models import Participant

pytestmark = pytest.mark.django_db


def fresh(row: Contribution) -> Contribution:
    found: Contribution = Contribution.objects.of(row.city_id).select_related("process", "step", "author").get(pk=row.pk)
    return found


@pytest.fixture
def step() -> Any:
    return make_step(make_process(make_city("hamburg")))


@pytest.fixture
def team(step: Any) -> Any:
    return make_actor(step.city, "moderator")


def confirmed_guest(city: Any, name: str = "Gast") -> Participant:
    return make_guest(city, name, guest_mail=f"{name.lower()}@example.org", guest_mail_confirmed_at=timezone.now())


def ask(team: Any, head: Contribution, *others: Contribution, reason: str = "Beide wollen mehr Grün.") -> Proposal:
    return propose_merge(team, fresh(head), [fresh(row) for row in others], uid=uuid7(), reason=reason)


def told(person: Participant, kind: str) -> list[str]:
    return list(Notice.objects.of(person.city_id).filter(recipient=person.uid, kind=kind).values_list("event", flat=True))


def question(row: Contribution) -> Consent:
    found: Consent = Consent.objects.of(row.city_id).select_related("proposal", "author").order_by("-pk").filter(contribution=row).get()
    return found


class TestAsking:
    def test_an_author_is_asked_and_nothing_moves_before_the_answer(self, step: Any, team: Any) -> None:
        bela = make_participant(step.city, "Bela")
        head, other = make_contribution(step, "A"), make_contribution(step, "B", author=bela)
        proposal = ask(team, head, other)
        assert (proposal.state, question(other).answer, fresh(other).merged_into_id) == ("asked", "", None)
        assert told(bela, "merging.asked") == ["asked"]
        assert proposal.until - proposal.at == dt.timedelta(days=14)

    def test_a_yes_puts_it_together_at_once_and_says_so_once(self, step: Any, team: Any) -> None:
        anna, bela = make_participant(step.city, "Anna"), make_participant(step.city, "Bela")
        head, other = make_contribution(step, "A", author=anna), make_contribution(step, "B", author=bela)
        proposal = ask(team, head, other)
        for _twice in range(2):
            answer_question(actor_of(bela), question(other), answer="yes")
        proposal.refresh_from_db()
        assert (fresh(other).merged_into_id, proposal.state) == (head.pk, "done")
        assert (told(bela, "merging.outcome"), len(told(anna, "merging.received"))) == (["outcome"], 1)

    def test_one_no_leaves_that_one_out_and_the_rest_goes_on(self, step: Any, team: Any) -> None:
        bela, cem = make_participant(step.city, "Bela"), make_participant(step.city, "Cem")
        head = make_contribution(step, "A")
        other, third = make_contribution(step, "B", author=bela), make_contribution(step, "C", author=cem)
        proposal = ask(team, head, other, third)
        answer_question(actor_of(bela), question(other), answer="no", words="Das ist etwas anderes.")
        proposal.refresh_from_db()
        assert (fresh(other).merged_into_id, proposal.state, told(bela, "merging.outcome")) == (None, "asked", ["outcome"])
        answer_question(actor_of(cem), question(third), answer="yes")
        proposal.refresh_from_db()
        assert (fresh(third).merged_into_id, fresh(other).merged_into_id, proposal.state) == (head.pk, None, "done")

    def test_silence_until_the_day_counts_as_yes_and_a_second_run_changes_nothing(self, step: Any, team: Any) -> None:
        bela = make_participant(step.city, "Bela")
        head, other = make_contribution(step, "A"), make_contribution(step, "B", author=bela)
        proposal = ask(team, head, other)
        with time_machine.travel(proposal.until - dt.timedelta(minutes=1), tick=False):
            assert complete_due(step.city, timezone.now()) == 0
        assert fresh(other).merged_into_id is None
        with time_machine.travel(proposal.until, tick=False):
            assert [complete_due(step.city, timezone.now()) for _twice in range(2)] == [1, 0]
        proposal.refresh_from_db()
        assert (fresh(other).merged_into_id, question(other).answer, proposal.state) == (head.pk, "silent", "done")
        assert told(bela, "merging.outcome") == ["outcome"]
        with pytest.raises(Refused) as refused:
            answer_question(actor_of(bela), question(other), answer="no")
        assert refused.value.status == 409

    @pytest.mark.parametrize("who", ["nobody", "shy guest", "guest who declined", "erased"])
    def test_without_anybody_to_ask_it_goes_at_once(self, step: Any, team: Any, who: str) -> None:
        author = None
        if who == "shy guest":
            author = make_guest(step.city, guest_mail="gast@example.org")
        elif who == "guest who declined":
            author = confirmed_guest(step.city)
            decline_news(step.city, author.uid, "*")
        elif who == "erased":
            author = make_guest(step.city, erased_at=timezone.now())
        head, other = make_contribution(step, "A"), make_contribution(step, "B", author=author)
        proposal = ask(team, head, other)
        assert (fresh(other).merged_into_id, question(other).answer, proposal.state) == (head.pk, "unreachable", "done")

    @pytest.mark.parametrize("who", ["account", "guest with confirmed mail"])
    def test_who_can_be_reached_is_asked(self, step: Any, team: Any, who: str) -> None:
        author = make_participant(step.city) if who == "account" else confirmed_guest(step.city)
        if who == "account":
            decline_news(step.city, author.uid, "*")
        other = make_contribution(step, "B", author=author)
        ask(team, make_contribution(step, "A"), other)
        assert fresh(other).merged_into_id is None

    def test_an_author_who_leaves_is_asked_no_more_and_leaves_support_and_comments_behind(self, step: Any, team: Any) -> None:
        bela = make_participant(step.city, "Bela")
        head, other = make_contribution(step, "A"), make_contribution(step, "B", author=bela)
        proposal = ask(team, head, other)
        leave_for_good(step.city, bela)
        proposal.refresh_from_db()
        assert (fresh(other).merged_into_id, fresh(other).visibility, proposal.state) == (head.pk, "erased", "done")
        assert Consent.objects.of(step.city).filter(author__isnull=False).count() == 0

    def test_a_head_that_is_hidden_meanwhile_takes_nothing_in(self, step: Any, team: Any) -> None:
        bela = make_participant(step.city, "Bela")
        head, other = make_contribution(step, "A"), make_contribution(step, "B", author=bela)
        proposal = ask(team, head, other)
        change_visibility(team.city, head, "hidden", reason="Werbung")
        answer_question(actor_of(bela), question(other), answer="yes")
        proposal.refresh_from_db()
        assert (fresh(other).merged_into_id, question(other).answer, proposal.state) == (None, "gone", "dropped")

    def test_a_head_that_was_merged_meanwhile_leads_on(self, step: Any, team: Any) -> None:
        bela = make_participant(step.city, "Bela")
        head, other, top = make_contribution(step, "A"), make_contribution(step, "B", author=bela), make_contribution(step, "Oben")
        ask(team, head, other)
        ask(team, top, head)
        answer_question(actor_of(bela), question(other), answer="yes")
        assert (fresh(head).merged_into_id, fresh(other).merged_into_id, fresh(top).wording_count) == (top.pk, top.pk, 2)

    def test_the_team_takes_a_question_back(self, step: Any, team: Any) -> None:
        bela = make_participant(step.city, "Bela")
        head, other = make_contribution(step, "A"), make_contribution(step, "B", author=bela)
        proposal = ask(team, head, other)
        drop_proposal(team, Proposal.objects.of(step.city).select_related("head").get(pk=proposal.pk))
        assert (question(other).answer, told(bela, "merging.outcome")) == ("gone", ["outcome"])
        assert complete_due(step.city, timezone.now() + dt.timedelta(days=99)) == 0
        assert ask(team, head, other).state == "asked"

    @pytest.mark.parametrize(("reason", "field"), [("", "reason"), ("x" * 601, "reason")])
    def test_a_reason_is_needed(self, step: Any, team: Any, reason: str, field: str) -> None:
        with pytest.raises(Refused) as refused:
            ask(team, make_contribution(step, "A"), make_contribution(step, "B"), reason=reason)
        assert list(refused.value.fields) == [field]

    def test_nothing_is_put_into_itself_or_twice(self, step: Any, team: Any) -> None:
        head, other = make_contribution(step, "A"), make_contribution(step, "B")
        for pair in ((head, head), (head, other), (head, other), (other, head)):
            if pair == (head, other) and not fresh(other).merged_into_id:
                ask(team, *pair)
                continue
            with pytest.raises(Refused) as refused:
                ask(team, *pair)
            assert refused.value.status == 409

    def test_a_form_sent_twice_asks_once(self, step: Any, team: Any) -> None:
        head, other, uid = make_contribution(step, "A"), make_contribution(step, "B", author=make_participant(step.city)), uuid7()
        made = {propose_merge(team, fresh(head), [fresh(other)], uid=uid, reason="Gleich.").pk for _twice in range(2)}
        assert (len(made), Consent.objects.of(step.city).count()) == (1, 1)

    @pytest.mark.parametrize("role", ["", "expert", "facilitator", "owner"])
    def test_only_the_editorial_team_proposes(self, step: Any, role: str) -> None:
        with pytest.raises(Refused) as refused:
            ask(make_actor(step.city, role), make_contribution(step, "A"), make_contribution(step, "B"))
        assert refused.value.status == 403

    def test_another_citys_contribution_does_not_exist(self, step: Any, team: Any) -> None:
        foreign = make_contribution(make_step(make_process(make_city("kassel"))), "Fremd")
        with pytest.raises(Refused) as refused:
            ask(team, make_contribution(step, "A"), foreign)
        assert refused.value.status == 404

    def test_only_the_author_answers(self, step: Any, team: Any) -> None:
        other = make_contribution(step, "B", author=make_participant(step.city))
        ask(team, make_contribution(step, "A"), other)
        for actor in (make_actor(step.city), team):
            with pytest.raises(Refused) as refused:
                answer_question(actor, question(other), answer="yes")
            assert refused.value.status == 404

    def test_the_journal_knows_what_was_done_and_no_words(self, step: Any, team: Any) -> None:
        bela = make_participant(step.city, "Bela")
        head, other = make_contribution(step, "A"), make_contribution(step, "B", author=bela)
        ask(team, head, other)
        answer_question(actor_of(bela), question(other), answer="yes", words="Gern!")
        undo_merge(team, Merge.objects.of(step.city).select_related("contribution").get())
        verbs = list(Entry.objects.of(step.city).order_by("pk").values_list("verb", flat=True))
        assert verbs == ["merge.proposed", "merge.answered", "merge.done", "merge.undone"]
        assert "Gern" not in str(list(Entry.objects.of(step.city).values()))


class TestLaterNo:
    def test_an_author_asks_the_team_to_undo_it_and_the_team_decides(self, step: Any, team: Any) -> None:
        bela = make_participant(step.city, "Bela")
        head, other = make_contribution(step, "A"), make_contribution(step, "B", author=bela)
        ask(team, head, other)
        answer_question(actor_of(bela), question(other), answer="yes")
        merge = Merge.objects.of(step.city).select_related("contribution").get()
        object_to_merge(actor_of(bela), merge, words="Doch nicht.")
        with pytest.raises(Refused) as refused:
            object_to_merge(actor_of(bela), merge)
        assert refused.value.status == 409
        keep_merge(team, merge)
        object_to_merge(actor_of(bela), merge, words="Bitte.")
        merge.refresh_from_db()
        assert (merge.objection, fresh(other).merged_into_id) == ("Bitte.", head.pk)
        undo_merge(team, merge)
        assert (fresh(other).merged_into_id, len(told(bela, "merging.undone"))) == (None, 1)

    def test_a_stranger_cannot_object(self, step: Any, team: Any) -> None:
        ask(team, make_contribution(step, "A"), make_contribution(step, "B"))
        merge = Merge.objects.of(step.city).select_related("contribution").get()
        with pytest.raises(Refused) as refused:
            object_to_merge(make_actor(step.city), merge)
        assert refused.value.status == 404


def test_a_dismissed_pair_stays_dismissed(step: Any, team: Any) -> None:
    first, second = make_contribution(step, "A"), make_contribution(step, "B")
    pair = Suggestion.objects.create(city=step.city, first=first, second=second, score=500)
    for _twice in range(2):
        dismiss_suggestion(team, pair)
    assert list(Suggestion.objects.of(step.city).values_list("state", flat=True)) == ["dismissed"]
    assert Entry.objects.of(step.city).filter(verb="merge.dismissed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_of_the_team_at_the_same_instant_put_together_once() -> None:
    step = make_step(make_process(make_city("hamburg")))
    team = [actor_of(make_staff(step.city, "moderator")) for _each in range(2)]
    head, other = make_contribution(step, "A"), make_contribution(step, "B")
    outcomes = at_once(*[lambda actor=actor: ask(actor, head, other) for actor in team])
    assert sorted(each if each == 409 else 200 for each in outcomes) == [200, 409]
    assert (Merge.objects.of(step.city).count(), fresh(head).wording_count) == (1, 1)
