"""Concluding: once however often somebody presses, mended by a second time, with what is gone hidden and its links kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.factories import (
    make_actor,
    make_city,
    make_contribution,
    make_guest,
    make_link,
    make_participant,
    make_process,
    make_staff,
    make_step,
)

from civitas.boards.actions import open_board, put_on_board
from civitas.boards.bringing import bring_contributions
from civitas.boards.concluding import Origin, Wanted, _waiting, conclude, differences, may_conclude, results_of, settle
from civitas.boards.queries import document_of
from civitas.boards.things import Group
from civitas.contributions.actions import mend_contribution
from civitas.contributions.models import Contribution, Link, Revision
from civitas.kit.verdicts import Refused
from civitas.people.actors import actor_of

if TYPE_CHECKING:
    from civitas.people.actors import Actor
    from civitas.processes.models import Step

pytestmark = pytest.mark.django_db


@pytest.fixture
def step() -> Step:
    process = make_process(make_city("hamburg"), "veddel")
    make_step(process, position=1)
    return make_step(process, position=2, method="discuss")


@pytest.fixture
def owner(step: Step) -> Actor:
    return make_actor(step.city, "owner")


@pytest.fixture
def idea(step: Step) -> Contribution:
    return make_contribution(step.process.steps.of(step.city).get(position=1))


def theme(idea: Contribution, *, title: str = "Im Sommer Schatten finden", key: str = "group:aaaaaaaa") -> Wanted:
    return Wanted(key, "theme", title, origins=(Origin(idea.number or 0),))


def made(step: Step) -> list[Contribution]:
    return list(Contribution.objects.of(step.city).filter(step=step).order_by("number"))


def links(step: Step) -> set[tuple[str, str, str]]:
    rows = Link.objects.of(step.city).order_by("pk").select_related("source", "target")
    return {(row.source.title, row.kind, row.target.title) for row in rows}


def test_what_is_wanted_is_made_with_its_links(owner: Actor, step: Step, idea: Contribution) -> None:
    concept = Wanted("board:0", "concept", "Sonnensegel", "Was man sieht", origins=(Origin("group:aaaaaaaa", Link.Kind.DEVELOPED_INTO),))
    done = settle(owner, step, [theme(idea), concept])
    rows = made(step)
    assert [(row.kind, row.title, row.text, row.visibility) for row in rows] == [
        ("theme", "Im Sommer Schatten finden", "", "published"),
        ("concept", "Sonnensegel", "Was man sieht", "published"),
    ]
    assert sorted(done.made) == [row.number for row in rows]
    assert not done.again
    assert links(step) == {
        (idea.title, "grouped_into", "Im Sommer Schatten finden"),
        ("Im Sommer Schatten finden", "developed_into", "Sonnensegel"),
    }


def test_pressed_twice_it_gives_one_result(owner: Actor, step: Step, idea: Contribution) -> None:
    first = settle(owner, step, [theme(idea)])
    second = settle(make_actor(step.city, "facilitator"), step, [theme(idea)])
    assert (second.made, second.again) == (first.made, True)
    assert len(made(step)) == 1
    assert Revision.objects.of(step.city).count() == 0


def test_differences_are_seen_before_anything_changes(owner: Actor, step: Step, idea: Contribution) -> None:
    settle(owner, step, [theme(idea), theme(idea, key="group:bbbbbbbb", title="Mehr Licht")])
    wanted = [theme(idea, title="Schatten finden"), theme(idea, key="group:cccccccc", title="Neu dazu")]
    found = differences(step.city, step, wanted)
    assert [each.title for each in found.new] == ["Neu dazu"]
    assert [(row.title, each.title) for row, each in found.changed] == [("Im Sommer Schatten finden", "Schatten finden")]
    assert [row.title for row in found.gone] == ["Mehr Licht"]
    assert {row.title for row in made(step)} == {"Im Sommer Schatten finden", "Mehr Licht"}


def test_a_second_time_mends_as_a_new_version_and_hides_what_is_gone_with_its_links(owner: Actor, step: Step, idea: Contribution) -> None:
    settle(owner, step, [theme(idea), theme(idea, key="group:bbbbbbbb", title="Mehr Licht")])
    settle(owner, step, [theme(idea, title="Schatten finden")])
    assert [(row.title, row.visibility, row.version) for row in made(step)] == [
        ("Schatten finden", "published", 2),
        ("Mehr Licht", "hidden", 2),
    ]
    assert [row.title for row in Revision.objects.of(step.city).order_by("pk")] == ["Im Sommer Schatten finden"]
    assert (idea.title, "grouped_into", "Mehr Licht") in links(step)


def test_what_comes_back_is_shown_again(owner: Actor, step: Step, idea: Contribution) -> None:
    settle(owner, step, [theme(idea)])
    settle(owner, step, [])
    assert [row.visibility for row in made(step)] == ["hidden"]
    settle(owner, step, [theme(idea)])
    assert [row.visibility for row in made(step)] == ["published"]


def test_a_card_that_moved_to_another_group_leaves_the_first(owner: Actor, step: Step, idea: Contribution) -> None:
    other = make_contribution(idea.step, "Mehr Bänke")
    shade, light = theme(idea), theme(other, key="group:bbbbbbbb", title="Mehr Licht")
    settle(owner, step, [shade, light])
    settle(owner, step, [Wanted(shade.key, "theme", shade.title, origins=(Origin(idea.number or 0), Origin(other.number or 0))),
                         Wanted(light.key, "theme", light.title)])  # fmt: skip
    assert links(step) == {(idea.title, "grouped_into", shade.title), (other.title, "grouped_into", shade.title)}


def test_what_the_team_linked_by_hand_stays(owner: Actor, step: Step, idea: Contribution) -> None:
    settle(owner, step, [theme(idea)])
    by_hand = make_contribution(idea.step, "Von Hand")
    make_link(by_hand, made(step)[0], "grouped_into")
    settle(owner, step, [theme(idea)])
    settle(owner, step, [theme(idea, title="Anders")])
    assert ("Von Hand", "grouped_into", "Anders") in links(step)


def test_what_was_erased_is_not_made_again(owner: Actor, step: Step, idea: Contribution) -> None:
    from civitas.contributions.actions import erase_contribution

    settle(owner, step, [theme(idea)])
    erase_contribution(step.city, made(step)[0])
    assert settle(owner, step, [theme(idea)]).again
    assert [row.visibility for row in made(step)] == ["erased"]


def test_what_was_blacked_out_keeps_its_words(owner: Actor, step: Step, idea: Contribution) -> None:
    from django.utils import timezone

    settle(owner, step, [theme(idea)])
    Contribution.objects.of(step.city).filter(step=step).update(redacted_at=timezone.now(), title="███")
    assert settle(owner, step, [theme(idea)]).again
    assert [row.title for row in made(step)] == ["███"]


def test_what_people_changed_since_keeps_their_words(owner: Actor, step: Step, idea: Contribution) -> None:
    author = make_participant(step.city, "Emine")
    card = Wanted("card:aaaaaaaa", "idea", "mehr schatten", "auf dem schulhof", author=author)
    settle(owner, step, [card])
    (row,) = made(step)
    settle(owner, step, [replace(card, text="auf dem Schulhof")])  # nobody but concluding has written: it follows the board
    row.refresh_from_db()
    assert row.text == "auf dem Schulhof"
    mend_contribution(actor_of(author), row, title="Mehr Schatten", text="Auf dem Schulhof, bitte.", version=row.version)
    again = [replace(card, text="auf dem schulhof!"), theme(idea)]
    found = differences(step.city, step, again)
    assert (len(found.new), found.changed, [each.pk for each in found.own]) == (1, (), [row.pk])
    settle(owner, step, again)
    row.refresh_from_db()
    assert (row.title, row.text) == ("Mehr Schatten", "Auf dem Schulhof, bitte.")
    assert settle(owner, step, again).again


@pytest.mark.parametrize("rule", ["step", "class", "links", "election"])
def test_what_the_team_reads_first_waits_when_it_becomes_a_contribution(owner: Actor, step: Step, idea: Contribution, rule: str) -> None:
    pupil = make_guest(step.city, "Ali", class_waits=rule == "class")
    if rule == "step":
        step.settings = {"moderation": "before"}
        step.save()
    step.city.rules = {
        "links": {"check_first": ["links"]},
        "election": {"election_from": f"{timezone.localdate():%Y-%m-%d}", "election_until": f"{timezone.localdate():%Y-%m-%d}"},
    }.get(rule, {})
    step.city.save()
    card = Wanted("card:aaaaaaaa", "idea", "Schatten", "Siehe www.schatten.de", author=pupil)
    settle(owner, step, [card, theme(idea)])
    assert [(row.kind, row.visibility) for row in made(step)] == [("idea", "waiting"), ("theme", "published")]
    assert settle(owner, step, [card, theme(idea)]).again


def test_whether_cards_wait_costs_the_same_for_many_people(owner: Actor, step: Step) -> None:
    step.city.rules = {"check_first": ["new"]}
    step.city.save()
    costs = []
    for count in (2, 12):
        people = [make_participant(step.city, f"Person {count} {number}") for number in range(count)]
        cards = [Wanted(f"card:{count}-{number}", "idea", f"Karte {count} {number}", author=each) for number, each in enumerate(people)]
        with CaptureQueriesContext(connection) as seen:
            assert _waiting(step, cards) == {each.key for each in cards}
        costs.append(len(seen))
    assert costs == [2, 2]
    facilitator = make_staff(step.city, "facilitator")
    assert _waiting(step, [Wanted("card:own", "idea", "Vom Team", author=facilitator)]) == set()


def test_what_says_nothing_is_left_out(owner: Actor, step: Step) -> None:
    assert settle(owner, step, [Wanted("group:aaaaaaaa", "theme", "  …  ")]).made == ()


def test_a_contribution_of_another_city_is_no_origin(owner: Actor, step: Step) -> None:
    stranger = make_contribution(make_step(make_process(make_city("kassel"))))
    settle(owner, step, [Wanted("group:aaaaaaaa", "theme", "Schatten", origins=(Origin(stranger.number or 0),))])
    assert not any(row.source_id == stranger.pk for row in Link.objects.of(step.city).order_by("pk"))


@pytest.mark.parametrize(
    ("role", "may"), [("facilitator", True), ("owner", True), ("administrator", True), ("moderator", False), ("expert", False), ("", False)]
)
def test_who_leads_concludes(step: Step, role: str, *, may: bool) -> None:
    assert bool(may_conclude(make_actor(step.city, role), step)) is may


def test_who_may_not_makes_nothing(step: Step, idea: Contribution) -> None:
    for actor in (make_actor(step.city), make_actor(step.city, "stranger"), make_actor(make_city("kassel"), "owner")):
        with pytest.raises(Refused):
            settle(actor, step, [theme(idea)])
    assert made(step) == []


def test_concluding_is_recorded_without_anybodys_words(owner: Actor, step: Step, idea: Contribution) -> None:
    from civitas.journal.models import Entry

    settle(owner, step, [theme(idea)])
    entry = Entry.objects.of(step.city).get(verb="step.concluded")
    assert entry.details == {"made": 1, "mended": 0, "hidden": 0, "links": 1}


def test_what_the_team_hid_stays_hidden(owner: Actor, step: Step, idea: Contribution) -> None:
    from civitas.contributions.actions import change_visibility

    settle(owner, step, [theme(idea)])
    change_visibility(step.city, made(step)[0], "hidden", reason="Verletzt die Regeln.")
    assert settle(owner, step, [theme(idea)]).again
    assert [row.visibility for row in made(step)] == ["hidden"]


def test_whose_contribution_is_in_it_hears_of_every_step_once(owner: Actor, step: Step, idea: Contribution) -> None:
    from django.utils import translation
    from tests.factories import make_participant

    from civitas.lineage.models import News
    from civitas.lineage.news import gather, settle_shown, spread
    from civitas.lineage.notices import word_letter
    from civitas.notices.models import Notice
    from civitas.outbox.models import OutboxRow

    Contribution.objects.of(step.city).filter(pk=idea.pk).update(author=make_participant(step.city, "Dilek"))
    shade, other = theme(idea), Wanted("group:bbbbbbbb", "theme", "Leer")
    sail = Wanted("board:0", "concept", "Sonnensegel", origins=(Origin(shade.key, Link.Kind.DEVELOPED_INTO),))
    for _press in range(2):
        settle(owner, step, [shade, other, sail])
    asked = OutboxRow.objects.of(step.city).filter(kind="lineage.linked").order_by("pk")
    for row in [*asked, *asked]:
        settle_shown(step.city, int(row.payload["target"]))
    spread(step.city, list(News.objects.of(step.city).values_list("pk", flat=True)))
    gather(step.city)
    (notice,) = Notice.objects.of(step.city).filter(kind="lineage.hop")
    with translation.override("de"):
        worded = word_letter(step.city, notice)
    assert worded is not None
    assert [("Im Sommer Schatten finden" in words, "Sonnensegel" in words) for words in worded.paragraphs[:2]] == [
        (True, False),
        (True, True),
    ]


@pytest.mark.django_db(transaction=True)
def test_two_people_in_the_same_instant_make_one_result() -> None:
    process = make_process(make_city("hamburg"), "veddel")
    idea = make_contribution(make_step(process, position=1))
    step = make_step(process, position=2, method="cluster", settings={"proposal": "asked"})
    board = open_board(step)
    card = next(iter(document_of(board).cards.values()))
    put_on_board(board, lambda _there: [Group("gggggggg", title="Schatten"), replace(card, group="gggggggg")])
    people, start = [make_actor(step.city, role) for role in ("owner", "facilitator")], Barrier(2)

    def press(actor: Actor) -> bool:
        try:
            start.wait()
            return conclude(actor, step).again
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, people)) == [False, True]
    assert [(row.title, row.version) for row in made(step)] == [("Schatten", 1)]
    assert links(step) == {(idea.title, "grouped_into", "Schatten")}


@pytest.mark.django_db(transaction=True)
def test_who_looked_at_the_board_before_another_went_on_takes_nothing_back() -> None:
    process = make_process(make_city("hamburg"), "veddel")
    make_step(process, position=1)
    step = make_step(process, position=2, method="cluster", settings={"proposal": "asked"})
    board = open_board(step)
    bring_contributions(board, [make_contribution(process.steps.of(step.city).get(position=1), f"Idee {n}") for n in range(2)])
    people, start = [make_actor(step.city, role) for role in ("owner", "facilitator")], Barrier(2)

    def work_on(actor: Actor, number: int) -> None:
        try:
            start.wait()
            group = f"gruppe{number:02}"
            put_on_board(
                board,
                lambda there: [
                    Group(group, title=f"Thema {number}"),
                    replace(next(c for c in there.cards.values() if not c.group), group=group),
                ],
            )
            conclude(actor, step)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work_on, people, (1, 2)))
    assert sorted((row.title, row.visibility) for row in made(step)) == [("Thema 1", "published"), ("Thema 2", "published")]
    assert len(links(step)) == 2


def test_what_stands_is_what_the_city_shows_of_it(owner: Actor, step: Step, idea: Contribution) -> None:
    settle(owner, step, [theme(idea), theme(idea, key="group:bbbbbbbb", title="Mehr Licht")])
    settle(owner, step, [theme(idea)])
    assert [row.title for row in results_of(step.city, step)] == ["Im Sommer Schatten finden"]


def test_in_a_draft_process_nothing_is_concluded_since_its_results_would_be_public(owner: Actor, step: Step, idea: Contribution) -> None:
    step.process.state = "draft"
    step.process.save()
    assert not may_conclude(owner, step)
    with pytest.raises(Refused) as refused:
        settle(owner, step, [theme(idea)])
    assert (refused.value.status, made(step)) == (409, [])
