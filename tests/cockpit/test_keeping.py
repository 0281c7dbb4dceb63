"""Figures kept by the actions: whatever people and the team do, in whatever order, a count from scratch says the same."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

import pytest
from django.db import transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.coproduction.concepts import decided, make_gate, make_town
from tests.factories import (
    make_actor,
    make_area,
    make_city,
    make_comment,
    make_contribution,
    make_guest,
    make_participant,
    make_process,
    make_step,
)
from tests.leaving import leave_for_good

from civitas.cockpit.keeping import settle_given
from civitas.cockpit.measures import ACT, ACTS, AREA, CHANNEL, DAYS, EVER, GIVE, NEW, PEOPLE, REACH, STAGE, SUPPORT, WAITS, quarter_of
from civitas.cockpit.models import Counted, Deed, Figure
from civitas.cockpit.scratch import mend, miscounts
from civitas.contributions.actions import change_visibility, erase_contribution, withdraw_contribution
from civitas.contributions.linking import make_links, remove_links
from civitas.contributions.models import Contribution
from civitas.coproduction.actions.gates import Decided, Plan, add_gate, decide, lay_before, remove_gate, take_back
from civitas.coproduction.models import Concept, Gate
from civitas.dialogue.actions import support, unsupport
from civitas.kit.ids import uuid7
from civitas.kit.verdicts import Refused
from civitas.merging.actions import merge_contributions, undo_merge
from civitas.merging.models import Merge
from civitas.moderation.decisions import move_rows
from civitas.moderation.orders import Order
from civitas.people.actors import actor_of
from civitas.people.models import Participant

pytestmark = pytest.mark.django_db
UP = {"idea": "theme", "improvement": "theme", "theme": "concept", "concept": "service_story"}


@pytest.fixture
def city() -> Any:
    return make_city("hamburg")


@pytest.fixture
def step(city: Any) -> Any:
    return make_step(make_process(city))


def figure(city: Any, measure: str, value: int = 0, *, scope: int = 0, span: int = EVER) -> int:
    row = Figure.objects.of(city).filter(scope=scope, span=span, measure=measure, value=value).first()
    return row.count if row else 0


def link(city: Any, source: Any, target: Any, kind: str = "grouped_into") -> None:
    with transaction.atomic():
        make_links(city, [(source.pk, target.pk, kind)], by=None)


class Walk:
    """Somebody who does one thing after another, as the dice fall."""

    def __init__(self, city: Any, seed: int) -> None:
        self.city, self.dice = city, Random(seed)
        self.steps = [make_step(make_process(city)), make_step(make_process(city, "verkehr"))]
        self.areas = [make_area(city, "Veddel"), make_area(city, "Altona"), None]
        self.people = [make_participant(city, f"P{number}") for number in range(4)] + [make_guest(city), None]
        self.team = make_actor(city, "administrator")

    def some(self, **fields: Any) -> Any:
        rows = list(Contribution.objects.of(self.city).filter(**fields).select_related("process", "step", "author", "root").order_by("pk"))
        return self.dice.choice(rows) if rows else None

    def give(self) -> None:
        kind = self.dice.choice(["idea", "idea", "improvement", "theme", "theme", "concept", "service_story"])
        made = {"source_key": f"x{uuid7()}"} if self.dice.random() < 0.3 else {}
        given_at = timezone.now() - dt.timedelta(days=self.dice.randrange(600))
        visibility = self.dice.choice(["published", "published", "waiting"])
        make_contribution(
            self.dice.choice(self.steps), kind=kind, area=self.dice.choice(self.areas), author=self.dice.choice(self.people),
            given_at=given_at, visibility=visibility, **made,
        )  # fmt: skip

    def comment(self) -> None:
        row = self.some(kind="idea")
        if row:
            make_comment(row, author=self.dice.choice(self.people))

    def link(self) -> None:
        source = self.some(kind__in=UP)
        target = source and self.some(kind=self.dice.choice([UP[source.kind], "service_story"]))
        if target and target != source:
            link(self.city, source, target, self.dice.choice(["grouped_into", "developed_into"]))

    def unlink(self) -> None:
        row = self.some(links_out__isnull=False)
        if row:
            with transaction.atomic():
                remove_links(self.city, [(row.pk, target, kind) for target, kind in row.links_out.values_list("target", "kind")], by=None)

    def show_or_hide(self) -> None:
        row = self.some()
        if row:
            change_visibility(self.city, row, self.dice.choice(["published", "hidden"]))

    def withdraw(self) -> None:
        row = self.some(author__isnull=False, visibility="published")
        if row:
            withdraw_contribution(actor_of(row.author), row)

    def erase(self) -> None:
        row = self.some()
        if row:
            erase_contribution(self.city, row)

    def merge(self) -> None:
        head, other = self.some(kind="idea", merged_into=None), self.some(kind="idea", merged_into=None)
        if head and other and head != other:
            merge_contributions(self.team, head, [other])

    def unmerge(self) -> None:
        merges = list(Merge.objects.of(self.city).filter(undone_at=None).order_by("pk"))
        if merges:
            undo_merge(self.team, self.dice.choice(merges))

    def move(self) -> None:
        row = self.some(kind="idea")
        if row:
            order = Order("move", step=self.dice.choice(self.steps), area=self.dice.choice(self.areas))
            move_rows(self.city, [row], order, by=None)

    def like(self) -> None:
        row, person = self.some(kind="idea"), self.dice.choice(self.people)
        if row and person:
            self.dice.choice([support, support, unsupport])(actor_of(person), row)

    def gate(self) -> None:
        row = self.some(kind="concept", visibility="published")
        if row is None:
            return
        concept, _new = Concept.objects.of(self.city).get_or_create(contribution=row, defaults={"city": self.city})
        concept.contribution = row
        gates = list(Gate.objects.of(self.city).filter(concept=concept).exclude(state="decided").order_by("pk"))
        assert self.team.participant is not None
        if not gates:
            gates = [add_gate(self.team, concept, Plan("Erproben?", "", "Ausschuss", [self.team.participant.pk]))]
        gates[0].concept = concept
        verdict = self.dice.choice(["go", "change", "stop"])
        typed = Decided(verdict, "Darum.", "Ausschuss", timezone.localdate())
        act = self.dice.choice([lay_before, lay_before, take_back, remove_gate, decide, decide, decide])
        act(self.team, gates[0], typed, edition=0) if act is decide else act(self.team, gates[0])  # type: ignore[operator]

    def go(self) -> None:
        people = list(Participant.objects.of(self.city).filter(erased_at=None, user__isnull=False).order_by("pk"))
        if len(people) > 4 and self.dice.random() < 0.5:
            person = self.dice.choice(people[:4])
            leave_for_good(self.city, person)
            self.people = [*Participant.objects.of(self.city).filter(erased_at=None).order_by("pk"), None]

    def step_on(self) -> None:
        acts = [self.give, self.give, self.give, self.comment, self.link, self.link, self.link, self.unlink, self.show_or_hide]
        acts += [
            self.withdraw,
            self.erase,
            self.merge,
            self.unmerge,
            self.move,
            self.like,
            self.like,
            self.go,
            self.gate,
            self.gate,
            self.gate,
        ]
        try:
            with transaction.atomic():
                self.dice.choice(acts)()
        except Refused:
            return


@pytest.mark.parametrize("linked", [(0,), (1,), (0, 1)])
def test_voices_that_were_put_together_stand_behind_a_theme_together_and_each_once(
    city: Any, step: Any, run_cockpit: Any, linked: tuple[int, ...]
) -> None:
    team, theme = make_actor(city, "administrator"), make_contribution(step, kind="theme")
    voices = [make_contribution(step) for _each in range(2)]
    for index in linked:
        link(city, voices[index], theme)
    run_cockpit(city)

    def behind() -> tuple[int, int]:
        return Counted.objects.of(city).get(contribution=theme).weight, figure(city, REACH, 1)

    assert behind() == (len(linked), len(linked))
    merge_contributions(team, voices[0], [voices[1]])
    run_cockpit(city)
    assert (behind(), miscounts(city)) == ((2, 2), [])
    undo_merge(team, Merge.objects.of(city).get())
    run_cockpit(city)
    assert (behind(), miscounts(city)) == ((len(linked), len(linked)), [])


@pytest.mark.parametrize("seed", [pytest.param(0, marks=pytest.mark.each_database), *range(1, 6)])
def test_after_any_walk_of_actions_a_count_from_scratch_says_the_same(city: Any, run_cockpit: Any, seed: int) -> None:
    walk = Walk(city, seed)
    for _round in range(6):
        for _step in range(14):
            walk.step_on()
        run_cockpit(city)
        assert miscounts(city) == []
    kept = sorted(Figure.objects.of(city).filter(count__gt=0).values_list("scope", "span", "measure", "value", "count"))
    mend(city)
    assert sorted(Figure.objects.of(city).filter(count__gt=0).values_list("scope", "span", "measure", "value", "count")) == kept
    assert kept


def test_a_voice_comes_to_a_theme_a_concept_and_a_service(city: Any, step: Any, run_cockpit: Any) -> None:
    begun = timezone.now() - dt.timedelta(days=11)
    voices = [make_contribution(step, given_at=begun) for _each in range(3)]
    theme, concept, story = (make_contribution(step, kind=kind, given_at=begun) for kind in ("theme", "concept", "service_story"))
    for voice in voices[:2]:
        link(city, voice, theme)
    link(city, theme, concept, "developed_into")
    run_cockpit(city)
    assert [figure(city, STAGE, stage) for stage in range(4)] == [3, 1, 1, 1]
    assert [figure(city, REACH, stage) for stage in range(4)] == [3, 2, 2, 0]
    assert [figure(city, WAITS, stage) for stage in range(4)] == [1, 0, 1, 0]
    assert figure(city, DAYS, 11) == 2
    link(city, concept, story, "led_to")
    run_cockpit(city)
    assert figure(city, REACH, 3) == 2
    assert list(Counted.objects.of(city).filter(stage__gt=0).order_by("stage").values_list("weight", flat=True)) == [2, 2, 2]


@pytest.mark.parametrize("verdict", ["go", "change", "stop"])
def test_a_decision_about_a_concept_answers_it_until_it_lies_before_one_again(run_cockpit: Any, verdict: str) -> None:
    town = make_town()
    gate = make_gate(town)
    run_cockpit(town.city)
    assert figure(town.city, WAITS, 2) == 1
    decide(actor_of(town.emma), gate, decided(verdict), edition=0)
    run_cockpit(town.city)
    assert (figure(town.city, WAITS, 2), miscounts(town.city)) == (0, [])
    again = make_gate(town, "Und nun?")
    run_cockpit(town.city)
    assert (figure(town.city, WAITS, 2), miscounts(town.city)) == (1, [])
    take_back(actor_of(town.olaf), again)
    run_cockpit(town.city)
    assert (figure(town.city, WAITS, 2), miscounts(town.city)) == (0, [])


def test_what_is_hidden_counts_no_more_and_comes_back_whole(city: Any, step: Any, run_cockpit: Any) -> None:
    voice, theme = make_contribution(step, author=make_participant(city)), make_contribution(step, kind="theme")
    link(city, voice, theme)
    run_cockpit(city)
    change_visibility(city, theme, "hidden")
    run_cockpit(city)
    assert (figure(city, REACH, 1), figure(city, STAGE, 1), figure(city, DAYS, 0)) == (0, 0, 0)
    change_visibility(city, voice, "hidden")
    run_cockpit(city)
    assert (figure(city, STAGE, 0), figure(city, PEOPLE)) == (0, 0)
    for row in (theme, voice):
        change_visibility(city, row, "published")
    run_cockpit(city)
    assert (figure(city, REACH, 1), figure(city, STAGE, 1), figure(city, DAYS, 0), figure(city, PEOPLE)) == (1, 1, 1, 1)


def test_who_takes_part_often_is_one_person(city: Any, step: Any, run_cockpit: Any) -> None:
    alice, area = make_participant(city, "Alice"), make_area(city)
    today, before = timezone.now(), timezone.now() - dt.timedelta(days=400)
    own = make_contribution(step, author=alice, area=area, given_at=before)
    make_contribution(step, author=alice, area=area)
    make_comment(own, author=alice)
    support(actor_of(alice), make_contribution(step))
    run_cockpit(city)
    now, year = quarter_of(today.date()), today.year * 10
    assert figure(city, PEOPLE) == figure(city, AREA, area.pk) == figure(city, CHANNEL, 1) == figure(city, PEOPLE, span=now) == 1
    assert [figure(city, NEW, span=span) for span in (now, year, quarter_of(before.date()))] == [0, 0, 1]
    assert [figure(city, ACT, code) for code in range(1, 6)] == [1, 1, 1, 0, 0]
    assert figure(city, PEOPLE, scope=step.process_id) == 1


def test_a_guest_who_signs_in_is_one_person_and_who_leaves_is_none(city: Any, step: Any, run_cockpit: Any) -> None:
    from civitas.cockpit.personal import adopt_deeds, export_deeds

    alice, guest = make_participant(city, "Alice"), make_guest(city)
    make_contribution(step, author=alice)
    given = make_contribution(step, author=guest)
    run_cockpit(city)
    assert figure(city, PEOPLE) == 2
    Contribution.objects.of(city).filter(pk=given.pk).update(author=alice)
    adopt_deeds(city, guest, alice)
    assert figure(city, PEOPLE) == 1
    assert export_deeds(city, alice) == {"counted": {GIVE: 2}}
    assert miscounts(city) == []
    leave_for_good(city, alice)
    run_cockpit(city)
    assert figure(city, PEOPLE) == 0
    assert not Deed.objects.of(city).exists()
    assert miscounts(city) == []


def test_a_fault_is_named_and_mended(city: Any, step: Any, run_cockpit: Any) -> None:
    make_contribution(step, author=make_participant(city))
    run_cockpit(city)
    Figure.objects.of(city).filter(measure=STAGE, scope=0, span=EVER).update(count=7)
    Counted.objects.of(city).update(weight=9)
    assert len(miscounts(city)) == 2
    mend(city)
    assert miscounts(city) == []


@pytest.mark.parametrize("act", [SUPPORT, GIVE])
def test_another_city_has_figures_of_its_own(city: Any, step: Any, run_cockpit: Any, act: str) -> None:
    other = make_city("kassel")
    there = make_contribution(make_step(make_process(other)), author=make_participant(other))
    make_contribution(step, author=make_participant(city))
    support(actor_of(make_participant(other)), there)
    for each in (city, other):
        run_cockpit(each)
    assert (figure(city, PEOPLE), figure(other, PEOPLE)) == (1, 2)
    assert figure(other, ACT, ACTS[act]) == 1


def test_many_are_counted_in_as_many_queries_as_few(city: Any, step: Any, run_cockpit: Any) -> None:
    from django.db import connection

    counts = []
    for many in (2, 12):
        theme = make_contribution(step, kind="theme")
        rows = [make_contribution(step, author=make_participant(city)) for _each in range(many)]
        for row in rows:
            link(city, row, theme)
        run_cockpit(city)
        Contribution.objects.of(city).filter(pk__in=[row.pk for row in rows]).update(visibility="hidden")
        with CaptureQueriesContext(
            connection,
        ) as found:
            settle_given(city, [row.pk for row in rows])
        counts.append(len([each for each in found if "cockpit_figure" not in each["sql"] or "executemany" in each["sql"]]))
        assert miscounts(city) == []
    assert counts[0] == counts[1]
