"""Gates: laid before named people, decided once, corrected in the open, answered by those who wrote."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from tests.at_once import at_once
from tests.coproduction.concepts import decided, make_gate, make_town
from tests.factories import make_browser, make_contribution, make_participant, make_staff

from civitas.contributions.actions import change_visibility, withdraw_contribution
from civitas.contributions.linking import links_changed, make_links, remove_links
from civitas.contributions.models import Link
from civitas.contributions.rules import may_withdraw
from civitas.coproduction.actions import gates
from civitas.coproduction.actions.beginning import add_voice
from civitas.coproduction.actions.gates import Plan, add_gate, change_gate, correct, decide, lay_before, remove_gate, take_back
from civitas.coproduction.actions.people import come_by_invitation, invitation_token
from civitas.coproduction.actions.talking import remark_on_section, reply_to_gate
from civitas.coproduction.actions.writing import write_lead, write_section
from civitas.coproduction.models import Concept, Gate, GateDecision
from civitas.coproduction.queries import gates_of, open_gates, passed_gates, remarks_of, waiting_for
from civitas.coproduction.room import gates_by_person
from civitas.coproduction.stages import keep_stage, miscounts
from civitas.coproduction.stations import stations_of_concepts
from civitas.kit.ids import uuid7
from civitas.kit.verdicts import Refused
from civitas.lineage.models import Line, News
from civitas.merging.actions import merge_contributions
from civitas.notices.models import Notice
from civitas.notices.queries import worded
from civitas.outbox.worker import run_due
from civitas.people.actors import actor_of, city_actor
from civitas.people.models import Membership
from civitas.people.roles import take_role
from civitas.processes.actions import change_rules
from civitas.team.actions import set_absence

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db: None) -> Any:
    return make_town()


def stage() -> str:
    return Concept.objects.get().stage


class TestSettingUp:
    @pytest.mark.parametrize("role", ["", "moderator", "expert"])
    def test_only_who_leads_concepts_sets_up(self, town: Any, role: str) -> None:
        person = make_staff(town.city, role) if role else town.alice
        with pytest.raises(Refused) as refused:
            add_gate(actor_of(person), town.concept, Plan("Erproben?", "", "Ausschuss", [town.emma.pk]))
        assert refused.value.status == 403

    def test_only_the_team_decides(self, town: Any) -> None:
        with pytest.raises(Refused) as refused:
            add_gate(actor_of(town.olaf), town.concept, Plan("Erproben?", "", "Ausschuss", [town.alice.pk]))
        assert refused.value.fields.keys() == {"deciders"}

    def test_what_is_missing_is_said_at_each_field(self, town: Any) -> None:
        with pytest.raises(Refused) as refused:
            add_gate(actor_of(town.olaf), town.concept, Plan("", "", "", []))
        assert refused.value.fields.keys() == {"title", "body", "deciders"}

    def test_pressed_twice_it_is_one_and_another_needs_a_name_of_its_own(self, town: Any) -> None:
        lead, plan = actor_of(town.olaf), Plan("Erproben?", "Lohnt es sich?", "Ausschuss", [town.emma.pk])
        gate = add_gate(lead, town.concept, plan)
        assert add_gate(lead, town.concept, plan) == gate
        others = ({"question": ""}, {"body": "Rat"}, {"deciders": [town.emma.pk, town.olaf.pk]}, {"due_on": timezone.localdate()})
        for other in others:
            with pytest.raises(Refused) as refused:
                add_gate(lead, town.concept, replace(plan, **other))
            assert (refused.value.status, refused.value.fields.keys()) == (409, {"title"})
        lay_before(lead, gate)
        decide(actor_of(town.emma), gate, decided(), edition=0)
        assert add_gate(lead, town.concept, replace(plan, body="Rat")) != gate

    def test_laid_before_them_the_named_hear_once(self, town: Any) -> None:
        gate = make_gate(town, waits=False)
        assert (stage(), Notice.objects.filter(kind="coproduction.gate_waits").count()) == ("writing", 0)
        lay_before(actor_of(town.olaf), gate)
        lay_before(actor_of(town.olaf), gate)
        assert [row.recipient for row in Notice.objects.filter(kind="coproduction.gate_waits")] == [town.emma.uid]
        assert stage() == "deciding"
        assert {person: [count for _words, count in lines] for person, lines in gates_by_person(town.city).items()} == {town.emma.pk: [1]}

    def test_a_concept_waits_at_one_gate_at_a_time(self, town: Any) -> None:
        make_gate(town)
        with pytest.raises(Refused) as refused:
            lay_before(actor_of(town.olaf), make_gate(town, "Dauerhaft?", waits=False))
        assert refused.value.status == 409

    def test_taken_back_it_waits_no_more(self, town: Any) -> None:
        take_back(actor_of(town.olaf), make_gate(town))
        assert stage() == "writing"

    def test_one_that_was_not_decided_goes(self, town: Any) -> None:
        remove_gate(actor_of(town.olaf), make_gate(town))
        assert (Gate.objects.count(), stage()) == (0, "writing")

    def test_who_is_named_later_hears_that_it_waits(self, town: Any) -> None:
        gate, jule = make_gate(town), make_staff(town.city, "moderator", "Jule")
        change_gate(actor_of(town.olaf), gate, Plan("Erproben?", "", "Sozialausschuss", [town.emma.pk, jule.pk]))
        assert {row.recipient for row in Notice.objects.filter(kind="coproduction.gate_waits")} == {town.emma.uid, jule.uid}


class TestDeciding:
    @pytest.mark.parametrize(("verdict", "after"), [("go", "going_on"), ("change", "to_change"), ("stop", "stopped")])
    def test_a_decision_sets_the_stage(self, town: Any, verdict: str, after: str) -> None:
        decide(actor_of(town.emma), make_gate(town), decided(verdict), edition=0)
        assert (stage(), passed_gates(town.concept.contribution)) == (after, verdict == "go")
        assert miscounts(town.city) == []

    def test_who_writes_hears_the_reason(self, town: Any) -> None:
        bob = make_participant(town.city, "Bob")
        come_by_invitation(actor_of(bob), town.concept, invitation_token(town.concept))
        decide(actor_of(town.emma), make_gate(town), decided("change", reason="Bitte den Datenschutz klären."), edition=0)
        run_due()
        notice = Notice.objects.get(kind="coproduction.decided")
        said = worded(town.city, [notice])[0].words
        assert (notice.recipient, "Bitte den Datenschutz klären." in said.paragraphs) == (bob.uid, True)

    def test_about_what_one_may_not_see_nobody_decides_and_no_list_names_it(self, town: Any) -> None:
        gate = make_gate(town)
        change_visibility(town.city, town.concept.contribution, "hidden", reason="Test")
        town.concept.contribution.refresh_from_db()
        acts = (
            lambda: decide(actor_of(town.emma), gate, decided(), edition=0),
            lambda: add_gate(actor_of(town.olaf), town.concept, Plan("Dauerhaft?", "", "Ausschuss", [town.emma.pk])),
            lambda: take_back(actor_of(town.olaf), gate),
        )
        for act in acts:
            with pytest.raises(Refused) as refused:
                act()
            assert refused.value.status == 404
        assert (open_gates(town.city), waiting_for(town.emma), gates_by_person(town.city)) == ([], [], {})

    def test_who_writes_along_does_not_decide_about_it(self, town: Any) -> None:
        come_by_invitation(actor_of(town.emma), town.concept, invitation_token(town.concept))
        with pytest.raises(Refused) as refused:
            decide(actor_of(town.emma), make_gate(town), decided(), edition=0)
        assert refused.value.status == 403

    @pytest.mark.parametrize("wrote", ["a section", "the lead"])
    def test_a_lead_who_wrote_in_it_without_being_a_member_does_not_decide(self, town: Any, wrote: str) -> None:
        lead, gate = actor_of(town.olaf), make_gate(town, deciders=(town.olaf,))
        if wrote == "a section":
            write_section(lead, town.concept, None, "how", text="Ein Anruf um elf.", version=0)
        else:
            write_lead(lead, town.concept, None, title="Hitze-Telefon", text="Ein Anruf.", version=town.concept.contribution.version)
        with pytest.raises(Refused) as refused:
            decide(lead, gate, decided(), edition=1)
        assert refused.value.status == 403

    def test_a_lead_who_asked_something_in_a_comment_decides(self, town: Any) -> None:
        gate = make_gate(town, deciders=(town.olaf,))
        remark_on_section(actor_of(town.olaf), town.concept, None, "how", uid=uuid7(), text="Wer ruft am Wochenende an?")
        assert decide(actor_of(town.olaf), gate, decided(), edition=0).verdict == "go"

    def test_another_title_is_another_concept_to_who_decides(self, town: Any) -> None:
        gate, row = make_gate(town), town.concept.contribution
        write_lead(actor_of(town.olaf), town.concept, None, title="Ganz anders", text="Etwas anderes.", version=row.version)
        with pytest.raises(Refused) as refused:
            decide(actor_of(town.emma), gate, decided(), edition=0)
        assert refused.value.status == 409

    def test_who_gave_a_voice_upstream_hears_of_it_once(self, town: Any) -> None:
        voice = make_contribution(town.step, "Anrufe bei Hitze", author=make_participant(town.city, "Vera"))
        add_voice(actor_of(town.alice), town.concept, town.member(town.alice), voice.number or 0)
        decide(actor_of(town.emma), make_gate(town), decided(), edition=0)
        run_due()
        news = News.objects.of(town.city).filter(event="gate")
        assert [(row.source_id, row.undone_at) for row in news] == [(town.concept.contribution_id, None)]
        correct(actor_of(town.emma), gates_of(town.concept)[0].row, decided("change"), why="Das Protokoll sagt es anders.", version=1)
        assert [row.undone_at is None for row in news.order_by("pk")] == [False, True]

    @pytest.mark.parametrize("voice", ["put together", "hidden"])
    def test_of_a_decision_each_who_writes_along_hears_once_whatever_became_of_their_voice(self, town: Any, voice: str) -> None:
        bob = make_participant(town.city, "Bob")
        come_by_invitation(actor_of(bob), town.concept, invitation_token(town.concept))
        hidden = voice == "hidden"  # then no letter of the lineage names it
        named = make_contribution(town.step, "Anrufe", author=bob if hidden else make_participant(town.city, "Vera"))
        add_voice(actor_of(town.alice), town.concept, town.member(town.alice), named.number or 0)
        if hidden:
            change_visibility(town.city, named, "hidden", reason="Test")
        else:
            head = make_contribution(town.step, "Ein Hitze-Telefon", author=bob)
            merge_contributions(actor_of(make_staff(town.city, "moderator")), head, [named])
        decide(actor_of(town.emma), make_gate(town), decided(), edition=0)
        run_due()
        told = Notice.objects.of(town.city).filter(kind="coproduction.decided", recipient=bob.uid).count()
        lines = Line.objects.of(town.city).filter(recipient=bob.uid, news__event="gate").count()
        assert (told, lines) == ((1, 0) if hidden else (0, 1))

    @pytest.mark.parametrize("who", ["olaf", "alice"])
    def test_who_is_not_named_does_not_decide(self, town: Any, who: str) -> None:
        with pytest.raises(Refused) as refused:
            decide(actor_of(getattr(town, who)), make_gate(town), decided(), edition=0)
        assert refused.value.status == 403

    def test_nobody_decides_about_their_own(self, town: Any) -> None:
        town.concept.contribution.author = town.emma
        town.concept.contribution.save()
        gate = make_gate(town)
        with pytest.raises(Refused):
            decide(actor_of(town.emma), gate, decided(), edition=0)

    def test_the_second_decision_is_refused(self, town: Any) -> None:
        gate = make_gate(town)
        decide(actor_of(town.emma), gate, decided(), edition=0)
        with pytest.raises(Refused) as refused:
            decide(actor_of(town.emma), gate, decided("stop"), edition=0)
        assert (refused.value.status, GateDecision.objects.get().verdict) == (409, "go")

    def test_a_concept_that_changed_meanwhile_is_read_again(self, town: Any) -> None:
        gate = make_gate(town)
        write_section(actor_of(town.alice), town.concept, town.member(town.alice), "need", text="Neu.", version=0)
        with pytest.raises(Refused) as refused:
            decide(actor_of(town.emma), gate, decided(), edition=0)
        assert refused.value.status == 409
        assert decide(actor_of(town.emma), gate, decided(), edition=1).edition == 1

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"verdict": "maybe"}, "verdict"),
            ({"reason": " "}, "reason"),
            ({"body": ""}, "body"),
            ({"paper_url": "javascript:alert(1)"}, "paper_url"),
            ({"paper_url": "http://[kaputt"}, "paper_url"),
            ({"decided_on": timezone.localdate() + dt.timedelta(days=400)}, "decided_on"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field(self, town: Any, changes: dict[str, Any], field: str) -> None:
        typed = {"verdict": "go"} | changes
        with pytest.raises(Refused) as refused:
            decide(actor_of(town.emma), make_gate(town), decided(**typed), edition=0)
        assert refused.value.fields.keys() == {field}

    def test_a_correction_keeps_what_was_decided(self, town: Any) -> None:
        gate = make_gate(town)
        decide(actor_of(town.emma), gate, decided(), edition=0)
        correct(actor_of(town.emma), gate, decided("change"), why="Das Protokoll sagt es anders.", version=1)
        assert [(row.version, row.verdict) for row in gates_of(town.concept)[0].decisions] == [(2, "change"), (1, "go")]
        assert (stage(), passed_gates(town.concept.contribution)) == ("to_change", False)
        with pytest.raises(Refused) as refused:
            correct(actor_of(town.emma), gate, decided("stop"), why="Noch einmal.", version=1)
        assert refused.value.status == 409

    def test_a_correction_says_why(self, town: Any) -> None:
        gate = make_gate(town)
        decide(actor_of(town.emma), gate, decided(), edition=0)
        with pytest.raises(Refused) as refused:
            correct(actor_of(town.emma), gate, decided("stop"), why="", version=1)
        assert refused.value.fields.keys() == {"correction"}

    @pytest.mark.parametrize("verdict", ["go", "stop"])
    def test_what_was_decided_about_its_author_does_not_take_off_the_site(self, town: Any, verdict: str) -> None:
        gate, row = make_gate(town), town.concept.contribution
        assert may_withdraw(actor_of(town.alice), row)
        decide(actor_of(town.emma), gate, decided(verdict), edition=0)
        with pytest.raises(Refused) as refused:
            withdraw_contribution(actor_of(town.alice), row)
        row.refresh_from_db()
        assert (refused.value.status, row.visibility) == (409, "published")

    def test_the_last_gate_counts(self, town: Any) -> None:
        decide(actor_of(town.emma), make_gate(town), decided("change"), edition=0)
        second = make_gate(town, "Noch einmal: erproben?")
        assert passed_gates(town.concept.contribution) is False
        decide(actor_of(town.emma), second, decided("go"), edition=0)
        assert (stage(), passed_gates(town.concept.contribution)) == ("going_on", True)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_a_gate_at_the_same_instant_one_is_told():
    town = make_town()
    jule = make_staff(town.city, "moderator", "Jule")
    gate = make_gate(town, deciders=(town.emma, jule))
    acts = [
        lambda person=person, verdict=verdict: decide(actor_of(person), gate, decided(verdict), edition=0).verdict
        for person, verdict in ((town.emma, "go"), (jule, "stop"))
    ]
    found = at_once(*acts)
    assert 409 in found
    assert [GateDecision.objects.of(town.city).get().verdict] == [each for each in found if each != 409]


@pytest.mark.parametrize("act", ["remove", "change", "lay", "take back", "decide", "correct"])
def test_whoever_holds_a_gate_holds_its_concept_first(town: Any, act: str, monkeypatch: Any) -> None:
    """Else two of them could wait for each other forever."""
    lead, emma, held = actor_of(town.olaf), actor_of(town.emma), []
    gate = make_gate(town, waits=act not in {"lay", "remove"})
    if act == "correct":
        decide(emma, gate, decided(), edition=0)
    for name, each in (("hold_concept", gates.hold_concept), ("_held_gate", gates._held_gate)):
        monkeypatch.setattr(gates, name, lambda *args, name=name, each=each: held.append(name) or each(*args))
    acts: dict[str, Any] = {
        "remove": lambda: remove_gate(lead, gate),
        "change": lambda: change_gate(lead, gate, Plan("Erproben?", "", "Rat", [town.emma.pk])),
        "lay": lambda: lay_before(lead, gate),
        "take back": lambda: take_back(lead, gate),
        "decide": lambda: decide(emma, gate, decided(), edition=0),
        "correct": lambda: correct(emma, gate, decided("stop"), why="Das Protokoll sagt es anders.", version=1),
    }
    acts[act]()
    assert held == ["hold_concept", "_held_gate"]


class TestTalking:
    def test_those_who_wrote_answer_and_the_deciders_hear_it(self, town: Any) -> None:
        gate = make_gate(town)
        decide(actor_of(town.emma), gate, decided("stop"), edition=0)
        gate = gates_of(town.concept)[0].row
        reply_to_gate(actor_of(town.alice), gate, town.member(town.alice), uid=uuid7(), text="Das sehen wir anders.")
        assert [row.text for row in gates_of(town.concept)[0].replies] == ["Das sehen wir anders."]
        run_due()
        assert [row.recipient for row in Notice.objects.filter(kind="coproduction.gate_answered")] == [town.emma.uid]

    def test_of_an_answer_that_waits_the_deciders_hear_once_it_is_shown(self, town: Any) -> None:
        decide(actor_of(town.emma), make_gate(town), decided("stop"), edition=0)
        change_rules(actor_of(make_staff(town.city, "administrator", "Ada")), town.city, None, {"check_comments": "before"}, 1)
        town.alice.city.refresh_from_db()
        gate = gates_of(town.concept)[0].row
        said = reply_to_gate(actor_of(town.alice), gate, town.member(town.alice), uid=uuid7(), text="Das sehen wir anders.")
        run_due()
        told = Notice.objects.of(town.city).filter(kind="coproduction.gate_answered")
        assert (said.visibility, told.count()) == ("waiting", 0)
        for visibility in ("published", "hidden", "published"):
            change_visibility(town.city, said, visibility)
            run_due()
        assert [row.recipient for row in told] == [town.emma.uid]

    def test_others_comment_and_do_not_answer(self, town: Any) -> None:
        gate, bob = make_gate(town), make_participant(town.city, "Bob")
        decide(actor_of(town.emma), gate, decided("stop"), edition=0)
        gate = gates_of(town.concept)[0].row
        with pytest.raises(Refused) as refused:
            reply_to_gate(actor_of(bob), gate, None, uid=uuid7(), text="Schade.")
        assert refused.value.status == 403

    def test_a_comment_on_a_section_is_a_comment_on_the_concept(self, town: Any) -> None:
        bob = make_participant(town.city, "Bob")
        said = remark_on_section(actor_of(bob), town.concept, None, "risks", uid=uuid7(), text="Und nachts?")
        town.concept.contribution.refresh_from_db()
        assert (said.root, town.concept.contribution.comment_count) == (town.concept.contribution, 1)
        assert remarks_of(town.concept, "risks") == [said]
        assert remarks_of(town.concept, "need") == []


class TestStory:
    def test_decisions_and_corrections_are_stations(self, town: Any) -> None:
        gate = make_gate(town)
        decide(actor_of(town.emma), gate, decided("go"), edition=0)
        correct(actor_of(town.emma), gate, decided("change"), why="Das Protokoll sagt es anders.", version=1)
        key = town.concept.contribution_id
        found = stations_of_concepts(town.city, [key])[key]
        assert [(station.tone, station.who) for station in found] == [
            ("good", "Sozialausschuss (Emma)"),
            ("change", "Sozialausschuss (Emma)"),
        ]

    def test_many_cost_as_many_queries_as_one(self, town: Any, django_assert_num_queries: Any) -> None:
        for title in ("Ausarbeiten?", "Erproben?", "Dauerhaft anbieten?"):
            decide(actor_of(town.emma), make_gate(town, title), decided(), edition=0)
        with django_assert_num_queries(2):
            stations_of_concepts(town.city, [town.concept.contribution_id])

    def test_what_led_to_a_service_is_one_and_back(self, town: Any) -> None:
        decide(actor_of(town.emma), make_gate(town), decided(), edition=0)
        story = make_contribution(town.step, "Wie das Hitze-Telefon entstand", kind="service_story")
        link = Link.objects.create(city=town.city, source=town.concept.contribution, target=story, kind="led_to")
        with transaction.atomic():
            links_changed(town.city, [(link.source_id, link.target_id, link.kind)], made=True, by=None)
        run_due()
        assert stage() == "service"
        link.delete()
        with transaction.atomic():
            links_changed(town.city, [(town.concept.contribution_id, story.pk, "led_to")], made=False, by=None)
        run_due()
        assert stage() == "going_on"

    def test_also_where_nobody_has_opened_it(self, town: Any) -> None:
        """What an import or a board made a concept says that it became a service, on its page and in the list."""
        row = make_contribution(town.step, "Mitgehen", kind="concept")
        story = make_contribution(town.step, "Wie der Mitgeh-Dienst entstand", kind="service_story")
        with transaction.atomic():
            make_links(town.city, [(row.pk, story.pk, "led_to")], by=None)
        run_due()
        browser = make_browser(town.city)
        assert "Wurde eine Dienstleistung" in browser.get(row.path).content.decode()
        assert "Mitgehen" in browser.get("/konzepte?stand=service").content.decode()
        assert "Mitgehen" not in browser.get("/konzepte?stand=writing").content.decode()
        with transaction.atomic():
            remove_links(town.city, [(row.pk, story.pk, "led_to")], by=None)
        run_due()
        assert "Mitgehen" in browser.get("/konzepte?stand=writing").content.decode()

    def test_a_wrong_stage_is_found(self, town: Any) -> None:
        Concept.objects.update(stage="stopped")
        assert len(miscounts(town.city)) == 1
        keep_stage(town.city, town.concept.pk)
        assert miscounts(town.city) == []


class TestLeavingTheTeam:
    def gone(self, town: Any, person: Any) -> None:
        take_role(city_actor(town.city), Membership.objects.of(town.city).get(participant=person))
        run_due()

    def named(self, town: Any, gate: Gate) -> set[int]:
        return set(gate.deciders.of(town.city).values_list("participant", flat=True))

    def test_who_stands_in_decides_and_hears_of_it(self, town: Any) -> None:
        eva, gate = make_staff(town.city, "expert", "Eva"), make_gate(town)
        today = timezone.localdate()
        set_absence(actor_of(town.emma), town.emma, starts_on=today, ends_on=today, deputy=eva)
        self.gone(town, town.emma)
        assert self.named(town, gate) == {eva.pk}
        assert Notice.objects.of(town.city).filter(kind="coproduction.gate_waits", recipient=eva.uid).count() == 1

    def test_without_one_the_others_decide_and_the_only_one_stays_named(self, town: Any) -> None:
        both, alone = make_gate(town, deciders=(town.emma, town.olaf)), make_gate(town, "Und dann?", waits=False)
        self.gone(town, town.emma)
        assert self.named(town, both) == {town.olaf.pk}
        assert self.named(town, alone) == {town.emma.pk}
