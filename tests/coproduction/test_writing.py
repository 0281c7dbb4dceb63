"""Begin, write, be overtaken; nothing is lost and nothing overwritten unseen."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.at_once import at_once
from tests.coproduction.concepts import TITLE, decided, make_gate, make_town
from tests.factories import make_contribution, make_guest, make_link, make_organisation, make_participant, make_staff
from tests.leaving import leave_for_good

from civitas.contributions.actions import mend_contribution, withdraw_contribution
from civitas.contributions.models import Contribution, Link, Revision
from civitas.contributions.rules import may_mend, may_withdraw
from civitas.contributions.words import matching
from civitas.coproduction.actions.beginning import add_voice, begin_concept, drop_voice
from civitas.coproduction.actions.gates import decide
from civitas.coproduction.actions.people import (
    ask_to_write,
    come_by_invitation,
    decide_on_member,
    invitation_token,
    leave,
    renew_invitation,
)
from civitas.coproduction.actions.talking import remark_on_section
from civitas.coproduction.actions.writing import overtaken, write_lead, write_section
from civitas.coproduction.models import Concept, Member, SectionText, Wording
from civitas.coproduction.queries import named_in, remark_counts, texts_at, voices_of, writers_of
from civitas.coproduction.sections import LONGEST_SECTION
from civitas.dialogue.models import Follow
from civitas.kit.ids import uuid7
from civitas.kit.verdicts import Refused
from civitas.merging.actions import merge_contributions
from civitas.moderation.models import Case, Signal
from civitas.notices.models import Notice
from civitas.outbox.worker import run_due
from civitas.people.actors import Actor, actor_of
from civitas.people.models import Membership
from civitas.people.rates import LIMITS
from civitas.processes.actions import change_rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db: None) -> Any:
    return make_town()


def write(town: Any, person: Any, text: str, *, version: int, key: str = "need") -> Wording | None:
    return write_section(actor_of(person), town.concept, town.member(person), key, text=text, version=version)


class TestBeginning:
    def test_a_citizen_begins_and_writes_along(self, town: Any) -> None:
        row = town.concept.contribution
        assert (row.kind, row.visibility, row.author, row.step) == ("concept", "published", town.alice, town.step)
        assert town.member(town.alice).state == Member.State.IN

    def test_sent_twice_it_is_one(self, town: Any) -> None:
        uid, actor = uuid7(), actor_of(town.alice)
        first = begin_concept(actor, uid=uid, title="Eins", text="Zwei")
        assert begin_concept(actor, uid=uid, title="Eins", text="Zwei") == first

    def test_it_grows_from_a_theme_in_its_process(self, town: Any) -> None:
        theme = make_contribution(town.step, "Hitze", kind="theme")
        made = begin_concept(actor_of(town.alice), uid=uuid7(), title="Eins", text="Zwei", origin=theme)
        assert Link.objects.filter(source=theme, target=made.contribution, kind="developed_into").count() == 1

    def test_what_the_city_does_not_show_is_no_origin(self, town: Any) -> None:
        hidden = make_contribution(town.step, visibility="hidden")
        with pytest.raises(Refused) as refused:
            begin_concept(actor_of(town.alice), uid=uuid7(), title="Eins", text="Zwei", origin=hidden)
        assert refused.value.status == 409

    @pytest.mark.parametrize("who", ["guest", "nobody"])
    def test_without_an_account_nobody_begins(self, town: Any, who: str) -> None:
        person = make_guest(town.city) if who == "guest" else None
        with pytest.raises(Refused):
            begin_concept(Actor(town.city, person), uid=uuid7(), title="Eins", text="Zwei")

    def test_a_company_speaks_visibly(self, town: Any) -> None:
        firm = make_organisation(town.city, "Elbfracht", kind="company")
        dilek = make_staff(town.city, "member", "Dilek", organisation=firm)
        made = begin_concept(actor_of(dilek), uid=uuid7(), title="Eins", text="Zwei", organisation=firm)
        assert made.contribution.organisation == firm
        assert [each.row.shown_name for each in writers_of(made)] == ["Elbfracht"]

    def test_nobody_speaks_for_another_organisation(self, town: Any) -> None:
        with pytest.raises(Refused):
            begin_concept(actor_of(town.alice), uid=uuid7(), title="Eins", text="Zwei", organisation=make_organisation(town.city))

    def test_where_the_team_reads_first_it_waits(self, town: Any) -> None:
        town.step.settings = {"moderation": "before"}
        town.step.save()
        town.city.refresh_from_db()
        made = begin_concept(actor_of(town.alice), uid=uuid7(), title="Eins", text="Zwei")
        assert made.contribution.visibility == "waiting"


class TestSections:
    def test_each_wording_is_kept_with_who_wrote_it(self, town: Any) -> None:
        write(town, town.alice, "Eins.", version=0)
        write(town, town.olaf, "Eins.\n\nZwei.", version=1)
        rows = Wording.objects.of(town.city).order_by("edition").values_list("edition", "key", "version", "text", "by__pseudonym")
        assert list(rows) == [(1, "need", 1, "Eins.", "Alice"), (2, "need", 2, "Eins.\n\nZwei.", "Olaf")]
        assert Concept.objects.get().edition == 2

    def test_the_same_text_is_no_new_version(self, town: Any) -> None:
        write(town, town.alice, "Eins.", version=0)
        assert write(town, town.alice, "Eins.", version=0) is None
        assert Wording.objects.count() == 1

    def test_who_was_overtaken_is_refused_and_sees_what_both_began_with(self, town: Any) -> None:
        write(town, town.alice, "Eins.", version=0)
        write(town, town.olaf, "Eins. Von Olaf.", version=1)
        with pytest.raises(Refused) as refused:
            write(town, town.alice, "Eins. Von Alice.", version=1)
        assert refused.value.status == 409
        found = overtaken(town.concept, "need", 1)
        assert found is not None
        assert (found.base, found.theirs.text, found.theirs.shown_name) == ("Eins.", "Eins. Von Olaf.", "Olaf")
        assert SectionText.objects.get().text == "Eins. Von Olaf."

    def test_sections_do_not_meet_each_other(self, town: Any) -> None:
        write(town, town.alice, "Bedarf.", version=0)
        write(town, town.olaf, "Risiken.", version=0, key="risks")
        assert texts_at(town.concept, 1) == {"need": "Bedarf."}
        assert texts_at(town.concept, 2) == {"need": "Bedarf.", "risks": "Risiken."}

    def test_new_words_of_a_section_come_before_the_team_as_those_of_a_contribution_do(self, town: Any) -> None:
        run_due()
        Case.objects.of(town.city).update(state=Case.State.CLOSED)
        write(town, town.alice, "Ruft mich an: 0176 12345678. Mehr auf https://example.org/werbung", version=0)
        run_due()
        case = Case.objects.of(town.city).exclude(state=Case.State.CLOSED).get(contribution=town.concept.contribution)
        assert set(Signal.objects.of(town.city).filter(case=case).values_list("kind", flat=True)) >= {"links", "phone"}

    def test_a_website_that_the_city_does_not_take_comes_into_no_part_of_a_concept(self, town: Any) -> None:
        town.city.rules = {"blocked": ["boese.example"]}
        town.city.save()
        row, link = town.concept.contribution, "Mehr auf https://boese.example"
        for refused in (
            lambda: begin_concept(actor_of(town.alice), uid=uuid7(), title="Eins", text=link),
            lambda: write(town, town.alice, link, version=0),
            lambda: write_lead(actor_of(town.alice), town.concept, town.member(town.alice), title="Eins", text=link, version=row.version),
        ):
            with pytest.raises(Refused, match=r"Links zu boese\.example"):
                refused()
        assert (Concept.objects.of(town.city).count(), Wording.objects.of(town.city).filter(text__contains="boese").exists()) == (1, False)

    def test_a_section_has_a_limit_said_in_words(self, town: Any) -> None:
        with pytest.raises(Refused) as refused:
            write(town, town.alice, "x" * (LONGEST_SECTION + 1), version=0)
        assert refused.value.fields.keys() == {"text"}

    def test_an_unknown_section_is_not_written(self, town: Any) -> None:
        with pytest.raises(Refused) as refused:
            write(town, town.alice, "Eins.", version=0, key="nonsense")
        assert refused.value.status == 404

    @pytest.mark.parametrize(
        ("role", "writes"), [("", False), ("moderator", False), ("expert", False), ("owner", True), ("facilitator", True)]
    )
    def test_who_writes_without_being_a_member(self, town: Any, role: str, writes: bool) -> None:
        person = make_staff(town.city, role) if role else make_participant(town.city, "Bob")
        if writes:
            assert write(town, person, "Eins.", version=0)
        else:
            with pytest.raises(Refused) as refused:
                write(town, person, "Eins.", version=0)
            assert refused.value.status == 403

    @pytest.mark.parametrize("stage", ["stopped", "service"])
    def test_what_is_stopped_or_a_service_is_not_written_any_more(self, town: Any, stage: str) -> None:
        town.concept.stage = stage
        with pytest.raises(Refused) as refused:
            write(town, town.alice, "Eins.", version=0)
        assert refused.value.status == 409

    def test_title_and_lead_keep_how_they_read(self, town: Any) -> None:
        row = town.concept.contribution
        write_lead(actor_of(town.olaf), town.concept, None, title="Anders", text="Kürzer.", version=row.version)
        assert Revision.objects.get(contribution=row).title == TITLE
        assert Concept.objects.get().edition == 1
        with pytest.raises(Refused) as refused:
            write_lead(actor_of(town.alice), town.concept, town.member(town.alice), title="Noch anders", text="X.", version=row.version)
        assert refused.value.status == 409


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_a_section_at_the_same_instant_one_is_told():
    town = make_town()
    acts = [
        lambda person=person, text=text: write(town, person, text, version=0).text  # type: ignore[union-attr]  # it changes
        for person, text in ((town.alice, "Von Alice."), (town.olaf, "Von Olaf."))
    ]
    assert min(map(str, at_once(*acts))) == "409"
    assert Wording.objects.of(town.city).count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_is_taken_in_while_they_ask_again_stays_in():
    town = make_town()
    bob = make_participant(town.city, "Bob")
    asked = ask_to_write(actor_of(bob), town.concept.contribution)
    at_once(
        lambda: ask_to_write(actor_of(bob), town.concept.contribution, words="Noch einmal."),
        lambda: decide_on_member(actor_of(town.alice), town.concept, asked.pk, state="in"),
    )
    assert town.member(bob).state == Member.State.IN


class TestPeople:
    def test_who_asks_is_taken_in_and_hears_of_it(self, town: Any) -> None:
        bob = make_participant(town.city, "Bob")
        asked = ask_to_write(actor_of(bob), town.concept.contribution, words="Ich kenne die Häuser.")
        assert asked.state == Member.State.ASKED
        assert [(row.kind, row.recipient) for row in Notice.objects.filter(kind="coproduction.asked")] == [
            ("coproduction.asked", town.alice.uid)
        ]
        decide_on_member(actor_of(town.alice), town.concept, asked.pk, state="in")
        assert write(town, bob, "Von Bob.", version=0)
        assert Notice.objects.filter(kind="coproduction.taken_in", recipient=bob.uid).count() == 1

    def test_who_asks_does_not_take_themselves_in(self, town: Any) -> None:
        bob = make_participant(town.city, "Bob")
        asked = ask_to_write(actor_of(bob), town.concept.contribution)
        with pytest.raises(Refused):
            decide_on_member(actor_of(bob), town.concept, asked.pk, state="in")

    def test_two_answers_to_one_request_meet(self, town: Any) -> None:
        asked = ask_to_write(actor_of(make_participant(town.city, "Bob")), town.concept.contribution)
        decide_on_member(actor_of(town.alice), town.concept, asked.pk, state="refused")
        with pytest.raises(Refused) as refused:
            decide_on_member(actor_of(town.olaf), town.concept, asked.pk, state="in")
        assert refused.value.status == 409

    def test_who_was_not_taken_in_is_after_all(self, town: Any) -> None:
        bob = make_participant(town.city, "Bob")
        asked = ask_to_write(actor_of(bob), town.concept.contribution)
        decide_on_member(actor_of(town.alice), town.concept, asked.pk, state="refused")
        with pytest.raises(Refused) as refused:
            ask_to_write(actor_of(bob), town.concept.contribution)
        assert refused.value.status == 409
        with pytest.raises(Refused) as refused:
            decide_on_member(actor_of(bob), town.concept, asked.pk, state="in", seen="refused")
        assert (refused.value.status, town.member(bob).state) == (403, Member.State.REFUSED)
        decide_on_member(actor_of(town.alice), town.concept, asked.pk, state="in", seen="refused")
        assert Notice.objects.filter(kind="coproduction.taken_in", recipient=bob.uid).count() == 1
        assert write(town, bob, "Von Bob.", version=0)

    def test_an_invitation_made_since_counts_for_who_was_not_taken_in(self, town: Any) -> None:
        bob, token = make_participant(town.city, "Bob"), invitation_token(town.concept)
        asked = ask_to_write(actor_of(bob), town.concept.contribution)
        decide_on_member(actor_of(town.alice), town.concept, asked.pk, state="refused")
        with pytest.raises(Refused) as refused:
            come_by_invitation(actor_of(bob), town.concept, token)
        assert refused.value.status == 409
        renew_invitation(actor_of(town.alice), town.concept)
        renewed = Concept.objects.of(town.city).select_related("contribution").get()
        assert come_by_invitation(actor_of(bob), renewed, invitation_token(renewed)).state == Member.State.IN

    @pytest.mark.parametrize(("was", "state"), [("left", "in"), ("refused", "left"), ("asked", "left"), ("in", "refused")])
    def test_no_other_answers_than_those_that_fit(self, town: Any, was: str, state: str) -> None:
        asked = ask_to_write(actor_of(make_participant(town.city, "Bob")), town.concept.contribution)
        Member.objects.of(town.city).filter(pk=asked.pk).update(state=was)
        with pytest.raises(Refused) as refused:
            decide_on_member(actor_of(town.alice), town.concept, asked.pk, state=state, seen=was)
        assert refused.value.status == 409

    def test_an_invitation_lets_in_until_it_is_renewed(self, town: Any) -> None:
        token = invitation_token(town.concept)
        bob, carla = make_participant(town.city, "Bob"), make_participant(town.city, "Carla")
        assert come_by_invitation(actor_of(bob), town.concept, token).state == Member.State.IN
        assert Follow.objects.filter(participant=bob).count() == 1
        renew_invitation(actor_of(town.alice), town.concept)
        renewed = Concept.objects.of(town.city).select_related("contribution").get()
        with pytest.raises(Refused) as refused:
            come_by_invitation(actor_of(carla), renewed, token)
        assert refused.value.status == 404

    def test_who_is_let_go_does_not_return_by_the_link_they_know(self, town: Any) -> None:
        token, bob = invitation_token(town.concept), make_participant(town.city, "Bob")
        row = come_by_invitation(actor_of(bob), town.concept, token)
        decide_on_member(actor_of(town.alice), town.concept, row.pk, state="left")
        now = Concept.objects.of(town.city).select_related("contribution").get()
        for concept in (now, town.concept):  # also as it was read before
            with pytest.raises(Refused) as refused:
                come_by_invitation(actor_of(bob), concept, token)
            assert (refused.value.status, town.member(bob).state) == (404, Member.State.LEFT)

    def test_who_leaves_stays_named_among_those_who_wrote(self, town: Any) -> None:
        leave(actor_of(town.alice), town.concept)
        assert [(each.row.shown_name, each.is_former) for each in writers_of(town.concept)] == [("Alice", True)]
        with pytest.raises(Refused):
            write(town, town.alice, "Eins.", version=0)

    def test_an_organisation_that_leaves_is_shown_as_former(self, town: Any) -> None:
        firm = make_organisation(town.city, "Elbfracht", kind="company")
        dilek = make_staff(town.city, "member", "Dilek", organisation=firm)
        come_by_invitation(actor_of(dilek), town.concept, invitation_token(town.concept), organisation=firm)
        assert [each.is_former for each in writers_of(town.concept)] == [False, False]
        Membership.objects.filter(participant=dilek).delete()
        assert [(each.row.shown_name, each.is_former) for each in writers_of(town.concept)] == [("Alice", False), ("Elbfracht", True)]


class TestVoices:
    def test_voices_of_themes_count_those_with_most_support_first(self, town: Any) -> None:
        theme = make_contribution(town.step, "Hitze", kind="theme")
        few, many = make_contribution(town.step, "Schatten", support_count=1), make_contribution(town.step, "Wasser", support_count=9)
        for voice in (few, many):
            make_link(voice, theme, "grouped_into")
        add_voice(actor_of(town.alice), town.concept, town.member(town.alice), theme.number or 0)
        assert voices_of(town.concept.contribution) == ([many, few], 2)

    def test_voices_are_named_so_often_and_no_more(self, town: Any, monkeypatch: Any) -> None:
        monkeypatch.setitem(LIMITS, "write", (LIMITS["write"][0], 1, 1))
        for voice, refuses in ((make_contribution(town.step, "Schatten"), False), (make_contribution(town.step, "Wasser"), True)):
            with pytest.raises(Refused) if refuses else nullcontext() as refused:
                add_voice(actor_of(town.alice), town.concept, town.member(town.alice), voice.number or 0)
        assert refused.value.status == 429

    def test_a_voice_that_was_named_by_mistake_is_taken_away_again(self, town: Any) -> None:
        voice, row = make_contribution(town.step, "Schatten"), town.concept.contribution
        add_voice(actor_of(town.alice), town.concept, town.member(town.alice), voice.number or 0)
        assert named_in(row) == [voice]
        with pytest.raises(Refused) as refused:
            drop_voice(actor_of(make_participant(town.city, "Bob")), town.concept, None, voice.number or 0)
        assert refused.value.status == 403
        for _time in range(2):
            drop_voice(actor_of(town.alice), town.concept, town.member(town.alice), voice.number or 0)
        assert (named_in(row), voices_of(row)) == ([], ([], 0))

    def test_a_voice_that_was_put_together_with_another_stands_there_as_that_one(self, town: Any) -> None:
        actor, row = actor_of(town.alice), town.concept.contribution
        one, head = make_contribution(town.step, "Schatten"), make_contribution(town.step, "Mehr Schatten")
        add_voice(actor, town.concept, town.member(town.alice), one.number or 0)
        merge_contributions(actor_of(make_staff(town.city, "moderator")), head, [one])
        assert (voices_of(row), named_in(row)) == (([head], 1), [head])
        drop_voice(actor, town.concept, town.member(town.alice), head.number or 0)
        assert (voices_of(row), named_in(row)) == (([], 0), [])

    def test_the_number_of_one_that_was_put_together_names_where_it_is_shown(self, town: Any) -> None:
        actor, row = actor_of(town.alice), town.concept.contribution
        one, two, head = (make_contribution(town.step, title) for title in ("Schatten", "Bäume", "Mehr Schatten"))
        add_voice(actor, town.concept, town.member(town.alice), two.number or 0)
        merge_contributions(actor_of(make_staff(town.city, "moderator")), head, [one, two])
        add_voice(actor, town.concept, town.member(town.alice), one.number or 0)
        assert list(Link.objects.of(town.city).filter(source=head).values_list("target", "kind")) == [(row.pk, "developed_into")]
        assert (voices_of(row), named_in(row)) == (([head], 1), [head])
        drop_voice(actor, town.concept, town.member(town.alice), head.number or 0)
        assert not Link.objects.of(town.city).filter(target=row).exists()

    def test_what_a_theme_gathered_counts_as_where_it_is_shown(self, town: Any) -> None:
        theme, one, head = make_contribution(town.step, "Hitze", kind="theme"), make_contribution(town.step), make_contribution(town.step)
        make_link(one, theme, "grouped_into")
        make_link(theme, town.concept.contribution)
        merge_contributions(actor_of(make_staff(town.city, "moderator")), head, [one])
        assert voices_of(town.concept.contribution) == ([head], 1)

    @pytest.mark.parametrize("count", [1, 3])
    def test_voices_that_were_put_together_cost_as_many_queries_as_one(self, town: Any, count: int, django_assert_num_queries: Any) -> None:
        for _time in range(count):
            one, head = make_contribution(town.step), make_contribution(town.step)
            make_link(one, town.concept.contribution)
            merge_contributions(actor_of(make_staff(town.city, "moderator")), head, [one])
        with django_assert_num_queries(2):
            assert voices_of(town.concept.contribution)[1] == count
        with django_assert_num_queries(1):
            assert len(named_in(town.concept.contribution)) == count

    def test_a_circle_is_refused(self, town: Any) -> None:
        later = make_contribution(town.step, "Daraus geworden")
        make_link(town.concept.contribution, later)
        with pytest.raises(Refused) as refused:
            add_voice(actor_of(town.alice), town.concept, town.member(town.alice), later.number or 0)
        assert refused.value.status == 409

    def test_another_citys_voice_is_not_found(self, town: Any) -> None:
        other = make_town("kassel")
        voice = make_contribution(other.step, number=99_999)
        with pytest.raises(Refused) as refused:
            add_voice(actor_of(town.alice), town.concept, town.member(town.alice), voice.number or 0)
        assert refused.value.status == 400


class TestLeaving:
    def test_what_several_wrote_stays_without_a_name(self, town: Any) -> None:
        write(town, town.alice, "Von Alice.", version=0)
        write(town, town.olaf, "Von Alice und Olaf.", version=1)
        leave_for_good(town.city, town.alice)
        row = Contribution.objects.get(pk=town.concept.contribution_id)
        assert (row.visibility, row.author, row.title) == ("published", None, TITLE)
        assert list(Wording.objects.of(town.city).order_by("pk").values_list("by__pseudonym", flat=True)) == [None, "Olaf"]

    @pytest.mark.parametrize("shared", ["title", "decision"])
    def test_a_title_of_others_and_a_decision_stay(self, town: Any, shared: str) -> None:
        if shared == "title":
            write_lead(actor_of(town.olaf), town.concept, None, title="Von Olaf", text="Kurz.", version=town.concept.contribution.version)
        else:
            decide(actor_of(town.emma), make_gate(town), decided(), edition=0)
        leave_for_good(town.city, town.alice)
        row = Contribution.objects.get(pk=town.concept.contribution_id)
        assert (row.visibility, row.author) == ("published", None)

    def test_what_one_wrote_alone_goes_with_them(self, town: Any) -> None:
        write(town, town.alice, "Von Alice.", version=0)
        leave_for_good(town.city, town.alice)
        assert Contribution.objects.get(pk=town.concept.contribution_id).visibility == "erased"
        assert [row.text for row in (*SectionText.objects.all(), *Wording.objects.all())] == ["", ""]


def test_news_is_worded(town: Any) -> None:
    ask_to_write(actor_of(make_participant(town.city, "Bob")), town.concept.contribution, words="Ich kenne die Häuser.")
    run_due()
    assert Notice.objects.filter(kind="coproduction.asked").count() == 1


class TestRules:
    """New words of a concept meet the rules that hold for all words."""

    def test_where_the_team_reads_first_new_words_of_a_section_wait_and_those_who_write_go_on(self, town: Any) -> None:
        bob = make_participant(town.city, "Bob")
        come_by_invitation(actor_of(bob), town.concept, invitation_token(town.concept))
        town.step.settings = {"moderation": "before"}
        town.step.save()
        write(town, bob, "Eins.", version=0)
        town.concept.contribution = Contribution.objects.of(town.city).get(pk=town.concept.contribution_id)
        assert town.concept.contribution.visibility == "waiting"
        assert write(town, bob, "Eins. Zwei.", version=1)
        run_due()
        assert list(Case.objects.of(town.city).values_list("contribution", "why")) == [(town.concept.contribution_id, "waiting")]

    def test_only_what_is_new_in_a_section_is_asked_about(self, town: Any) -> None:
        write(town, town.alice, "Siehe https://example.org", version=0)
        change_rules(actor_of(make_staff(town.city, "administrator", "Ada")), town.city, None, {"check_first": ["links"]}, 1)
        town.alice.city.refresh_from_db()
        write(town, town.alice, "Siehe https://example.org\n\nMehr.", version=1)
        assert Contribution.objects.get(pk=town.concept.contribution_id).visibility == "published"
        write(town, town.alice, "Siehe https://example.org\n\nMehr.\n\nhttps://example.com", version=2)
        assert Contribution.objects.get(pk=town.concept.contribution_id).visibility == "waiting"

    def test_the_search_finds_what_stands_in_a_section(self, town: Any) -> None:
        write(town, town.alice, "Es braucht Trinkbrunnen.", version=0)
        run_due()
        found = Contribution.objects.of(town.city).filter(newest_key__in=matching(town.city, "Trinkbrunnen"))
        assert list(found) == [town.concept.contribution]

    def test_what_others_wrote_with_them_its_author_does_not_take_back_alone(self, town: Any) -> None:
        actor, row = actor_of(town.alice), town.concept.contribution
        write(town, town.alice, "Von Alice.", version=0)
        assert may_withdraw(actor, row)
        write(town, town.olaf, "Von Olaf.", version=1)
        with pytest.raises(Refused) as refused:
            withdraw_contribution(actor, row)
        assert (refused.value.status, Contribution.objects.get(pk=row.pk).visibility) == (409, "published")

    def test_a_title_that_others_changed_is_not_its_authors_alone(self, town: Any) -> None:
        actor, row, member = actor_of(town.alice), town.concept.contribution, town.member(town.alice)
        row = write_lead(actor, town.concept, member, title="Mein Titel", text="Von Alice.", version=row.version)
        assert may_withdraw(actor, row)
        row = write_lead(actor_of(town.olaf), town.concept, None, title="Unser Titel", text="Von Olaf.", version=row.version)
        assert may_withdraw(actor, row).status == 409

    def test_where_it_lies_is_not_what_it_says(self, town: Any, django_assert_num_queries: Any) -> None:
        actor, row = actor_of(town.alice), town.concept.contribution
        Revision.objects.create(city=town.city, contribution=row, version=1, title=row.title, at=row.given_at, by=town.olaf, moved=True)
        with django_assert_num_queries(1):
            assert may_withdraw(actor, row)

    def test_what_is_made_of_many_is_changed_where_it_is_written(self, town: Any) -> None:
        actor, row = actor_of(town.alice), town.concept.contribution
        assert may_mend(actor, make_contribution(town.step, author=town.alice, given_at=timezone.now()))
        with pytest.raises(Refused) as refused:
            mend_contribution(actor, row, title="Ganz anders", text="Etwas anderes.", version=row.version)
        row.refresh_from_db()
        assert (refused.value.status, row.title) == (409, TITLE)


def test_the_database_counts_the_comments_of_sections_that_are_shown(town: Any) -> None:
    actor, member = actor_of(town.alice), town.member(town.alice)
    made = [
        remark_on_section(actor, town.concept, member, key, uid=uuid7(), text=f"Anmerkung {number}.")
        for number, key in enumerate(("need", "need", "risks", "risks"))
    ]
    Contribution.objects.of(town.city).filter(pk=made[-1].pk).update(visibility="hidden")
    with CaptureQueriesContext(connection) as queries:
        assert remark_counts(town.concept) == {"need": 2, "risks": 1}
    assert [" GROUP BY " in query["sql"] for query in queries] == [True]
