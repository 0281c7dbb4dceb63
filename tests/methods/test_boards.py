"""The building blocks on boards: what each phase opens, what a board begins with, and what becomes of the work."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.factories import make_actor, make_browser, make_city, make_contribution, make_participant, make_process, make_step

from civitas.boards.actions import open_board, put_on_board, set_phase, take_seat, write
from civitas.boards.charters import Charter
from civitas.boards.queries import document_of, drawer_of
from civitas.boards.things import Card, Dot, Group
from civitas.contributions.models import Contribution, Link
from civitas.kit.verdicts import Refused
from civitas.people.actors import actor_of
from civitas.processes.registry import method_of, methods

if TYPE_CHECKING:
    from collections.abc import Iterable

    from civitas.boards.models import Board, Seat
    from civitas.boards.things import Thing
    from civitas.people.actors import Actor
    from civitas.processes.models import Process, Step

pytestmark = pytest.mark.django_db
BOARDS = ["brainstorm", "canvas", "cluster", "dots", "plan"]
FIRST, SECOND, THIRD, GROUP = "aaaaaaaa", "bbbbbbbb", "cccccccc", "gggggggg"


@pytest.fixture
def process() -> Process:
    process = make_process(make_city("hamburg"), "ottensen")
    make_step(process, position=1)
    return process


def step_of(process: Process, method: str, **settings: object) -> Step:
    return make_step(process, position=2, method=method, settings=dict(settings))


def ideas(process: Process, *titles: str) -> list[Contribution]:
    step = process.steps.of(process.city).get(position=1)
    return [make_contribution(step, title) for title in titles]


def sit(board: Board, role: str = "") -> tuple[Actor, Seat]:
    actor = make_actor(board.city, role) if role else actor_of(make_participant(board.city, "Dilek"))
    return actor, take_seat(actor, board)


def lay(board: Board, *things: Thing) -> None:
    put_on_board(board, lambda _there: list(things))


def of_kind(process: Process, kind: str) -> list[Contribution]:
    return list(Contribution.objects.of(process.city).filter(kind=kind).order_by("number"))


def titles(rows: Iterable[Contribution]) -> list[str]:
    return [row.title for row in rows]


def conclude(step: Step) -> list[int]:
    return list(method_of(step).conclude(make_actor(step.city, "facilitator"), step).made)


# ---- brainstorm


def test_in_the_quiet_phase_cards_lie_in_ones_own_drawer(process: Process) -> None:
    board = open_board(step_of(process, "brainstorm"))
    actor, seat = sit(board)
    write(actor, board, lambda _there: [Card(FIRST, by=seat.alias, text="Mehr Schatten")], drawer=True)
    assert document_of(board).cards == {}
    assert [card.text for card in drawer_of(board, seat).cards.values()] == ["Mehr Schatten"]
    with pytest.raises(Refused):
        write(actor, board, lambda _there: [Card(SECOND, by=seat.alias, text="Laut")])


def test_the_prompts_of_a_step_stand_where_people_write(process: Process) -> None:
    step = step_of(process, "brainstorm", prompts=["Was fehlt im Juli?", " ", "Wo ist es kühl?"])
    board = open_board(step)
    actor, _seat = sit(board)
    for who in (make_browser(process.city, actor.participant), make_browser(process.city)):
        page = who.get(f"/en/pinnwand/{board.uid}").content.decode()
        assert page.count('<li dir="auto">Was fehlt im Juli?</li>') == 2  # beside the list and over the picture
        assert page.count("data-prompts") == 2
    wall = make_browser(process.city).get(f"/en/beteiligung/ottensen/schritt/{step.position}/wand").content.decode()
    assert '<li dir="auto">Wo ist es kühl?</li>' in wall


def test_the_button_says_what_it_does_in_the_quiet_phase_and_after(process: Process) -> None:
    board = open_board(step_of(process, "brainstorm"))
    actor, _seat = sit(board)
    browser = make_browser(process.city, actor.participant)
    quiet = browser.get(f"/en/pinnwand/{board.uid}").content.decode()
    set_phase(make_actor(process.city, "facilitator"), board, "all")
    loud = browser.get(f"/en/pinnwand/{board.uid}").content.decode()
    assert [page.count(">Add to my cards<") for page in (quiet, loud)] == [2, 0]  # the paper's and the form's
    assert [page.count(">Put up<") for page in (quiet, loud)] == [0, 2]


def test_without_a_quiet_phase_cards_lie_before_all(process: Process) -> None:
    board = open_board(step_of(process, "brainstorm", own_first=False))
    assert board.phase == "all"


def test_cards_become_ideas_of_who_wrote_them_also_those_still_in_drawers(process: Process) -> None:
    step = step_of(process, "brainstorm")
    board = open_board(step)
    actor, seat = sit(board)
    write(actor, board, lambda _there: [Card(FIRST, by=seat.alias, text="Mehr Schatten")], drawer=True)
    made = conclude(step)
    rows = of_kind(process, "idea")
    assert [(row.title, row.author) for row in rows] == [("Mehr Schatten", actor.participant)]
    assert made == [row.number for row in rows]


def test_a_long_card_begins_the_title_and_stands_whole_in_the_text(process: Process) -> None:
    step = step_of(process, "brainstorm", own_first=False)
    words = (
        "Auf dem ganzen Platz gibt es im Sommer keinen Ort, an dem man im Schatten sitzen kann, ohne zu bezahlen, und das trifft alle. " * 2
    )
    words = words.strip()
    lay(open_board(step), Card(FIRST, by="x", text=words))
    conclude(step)
    row = of_kind(process, "idea")[0]
    assert row.title.endswith(" …")
    assert words.startswith(row.title.removesuffix(" …"))
    assert row.text == words


# ---- cluster


def test_a_cluster_board_begins_with_what_was_given_before(process: Process) -> None:
    rows = ideas(process, "Bäume", "Bänke")
    make_contribution(rows[0].step, "Versteckt", visibility="hidden")
    board = open_board(step_of(process, "cluster"))
    assert sorted((card.text, card.number) for card in document_of(board).cards.values()) == [
        ("Bänke", rows[1].number),
        ("Bäume", rows[0].number),
    ]


def test_groups_become_themes_of_what_lies_in_them(process: Process) -> None:
    rows = ideas(process, "Bäume", "Bänke", "Radweg")
    step = step_of(process, "cluster")
    board = open_board(step)
    by_number = {card.number: card for card in document_of(board).cards.values()}
    lay(
        board,
        Group(GROUP, title="Im Sommer Schatten finden"),
        *(replace(by_number[row.number], group=GROUP) for row in rows[:2]),
        Card(FIRST, by="nobody", text="Sonnensegel", group=GROUP),
        Group("emptyemp", title="Leer"),
    )
    conclude(step)
    theme = of_kind(process, "theme")
    assert titles(theme) == ["Im Sommer Schatten finden"]
    sources = Link.objects.of(process.city).filter(target=theme[0], kind="grouped_into").order_by("pk").select_related("source")
    assert sorted(titles(link.source for link in sources)) == ["Bänke", "Bäume", "Sonnensegel"]


def test_a_proposal_is_no_theme_before_somebody_takes_it(process: Process) -> None:
    rows = ideas(process, "Bäume", "Bänke")
    step = step_of(process, "cluster")
    board = open_board(step)
    cards = document_of(board).cards.values()
    lay(board, Group(GROUP, title="Vorschlag", proposed=True), *(replace(card, group=GROUP) for card in cards))
    conclude(step)
    assert of_kind(process, "theme") == []
    lay(board, Group(GROUP, title="Vorschlag", proposed=False))
    conclude(step)
    assert titles(of_kind(process, "theme")) == ["Vorschlag"]
    assert len(rows) == 2


def test_a_machine_proposes_groups_once_and_leaves_what_people_grouped(process: Process) -> None:
    from civitas.methods.cluster.proposing import propose

    ideas(process, "Mehr Bänke auf dem Weg zum UKE", "Mehr Bänke auf dem Weg zum Doktor", "Glascontainer am Montagmorgen", "Fähre um fünf")
    board = open_board(step_of(process, "cluster", proposal="asked"))
    taken = next(card for card in document_of(board).cards.values() if card.text.startswith("Fähre"))
    lay(board, Group(GROUP, title="Von Hand"), replace(taken, group=GROUP))
    assert propose(board) == 1
    things = document_of(board)
    found = [group for group in things.groups.values() if group.proposed and not group.gone]
    assert len(found) == 1
    assert sorted(card.text for card in things.cards.values() if card.group == found[0].id) == [
        "Mehr Bänke auf dem Weg zum Doktor",
        "Mehr Bänke auf dem Weg zum UKE",
    ]
    assert things.cards[taken.id].group == GROUP
    propose(board)
    assert [group.id for group in document_of(board).groups.values() if group.proposed and not group.gone] == [found[0].id]


def test_a_proposal_that_fits_no_more_goes_and_frees_its_cards(process: Process) -> None:
    from civitas.methods.cluster.proposing import propose

    ideas(process, "Bäume", "Fähre")
    board = open_board(step_of(process, "cluster", proposal="asked"))
    cards = list(document_of(board).cards.values())
    lay(board, Group("oldoldold", title="Alt", proposed=True), *(replace(card, group="oldoldold") for card in cards))
    propose(board)
    things = document_of(board)
    assert things.groups["oldoldold"].gone
    assert {card.group for card in things.cards.values()} == {""}


# ---- canvas


def test_a_filled_poster_becomes_a_concept_of_the_themes_beside_it(process: Process) -> None:
    before = step_of(process, "cluster")
    theme = make_contribution(before, "Im Sommer Schatten finden", kind="theme")
    step = make_step(process, position=3, method="canvas", settings={"canvas": "persona", "about": {"de": "Schatten für Aylin"}})
    board = open_board(step)
    assert [card.number for card in document_of(board).cards.values()] == [theme.number]
    lay(board, Card(FIRST, by="x", text="Aylin, 34", region="name"), Card(SECOND, by="x", text="Irgendwo", x=5))
    conclude(step)
    concept = of_kind(process, "concept")[0]
    assert (concept.title, concept.text) == ("Schatten für Aylin", "Wer ist das?\n– Aylin, 34\n\nAußerdem\n– Irgendwo")
    link = Link.objects.of(process.city).get(target=concept)
    assert (link.source_id, link.kind) == (theme.pk, "developed_into")


def test_an_empty_poster_makes_nothing(process: Process) -> None:
    step = step_of(process, "canvas")
    open_board(step)
    assert conclude(step) == []


def test_a_step_chooses_among_the_canvases_of_city_and_house(process: Process) -> None:
    offers = methods()["canvas"].offers
    assert offers is not None
    assert {key for key, _title in offers(process.city)["canvas"]} == {
        "blueprint", "business-model", "journey", "persona", "stakeholders", "value",
    }  # fmt: skip


# ---- dots


def test_dots_are_as_many_as_the_step_says_and_hidden_until_the_end(process: Process) -> None:
    ideas(process, "Bäume", "Bänke")
    board = open_board(step_of(process, "dots", dots=2))
    actor, seat = sit(board)
    card = next(iter(document_of(board).cards))
    for key in (FIRST, SECOND):
        write(actor, board, lambda _there, key=key: [Dot(key, by=seat.alias, on=card)], drawer=True)
    with pytest.raises(Refused):
        write(actor, board, lambda _there: [Dot(THIRD, by=seat.alias, on=card)], drawer=True)
    assert document_of(board).dots == {}


def test_dots_become_a_result_in_their_order(process: Process) -> None:
    rows = ideas(process, "Bäume", "Bänke", "Radweg")
    step = step_of(process, "dots", hidden=False)
    board = open_board(step)
    by_number = {card.number: card.id for card in document_of(board).cards.values()}
    lay(
        board, Dot(FIRST, on=by_number[rows[1].number]), Dot(SECOND, on=by_number[rows[1].number]), Dot(THIRD, on=by_number[rows[0].number])
    )
    conclude(step)
    result = of_kind(process, "result")[0]
    assert result.text == "1. Bänke (2 Punkte)\n2. Bäume (1 Punkt)"
    assert Link.objects.of(process.city).filter(target=result, kind="led_to").count() == 3


def test_who_sits_at_several_tables_has_their_dots_once(process: Process) -> None:
    ideas(process, "Bäume", "Bänke")
    step = step_of(process, "dots", dots=2, hidden=False)
    boards = [open_board(step, table=number) for number in (0, 1, 2)]
    person = actor_of(make_participant(process.city, "Dilek"))
    for place, board in enumerate(boards):
        seat = take_seat(person, board)
        card = next(each.id for each in document_of(board).cards.values() if each.text.startswith("Bäume"))
        for number in range(2):
            write(person, board, lambda _there, place=place, number=number, seat=seat, card=card: [
                Dot(f"dot{place}{number}aaaa", by=seat.alias, on=card)
            ])  # fmt: skip
    conclude(step)
    assert of_kind(process, "result")[0].text == "1. Bäume (2 Punkte)"


def test_the_furthest_that_came_before_is_dotted(process: Process) -> None:
    ideas(process, "Bäume")
    before = step_of(process, "cluster")
    make_contribution(before, "Schatten", kind="theme")
    board = open_board(make_step(process, position=3, method="dots"))
    assert [card.text for card in document_of(board).cards.values()] == ["Schatten"]


def test_where_there_is_but_one_to_choose_what_came_before_is_dotted(process: Process) -> None:
    before = step_of(process, "cluster")
    for title in ("Schatten", "Wasser"):
        make_contribution(before, title, kind="theme")
    make_contribution(make_step(process, position=3, method="canvas"), "Das Sonnensegel", kind="concept")
    board = open_board(make_step(process, position=4, method="dots"))
    assert sorted(card.text for card in document_of(board).cards.values()) == ["Schatten", "Wasser"]


# ---- plan


def test_promises_become_measures_of_what_they_are_about(process: Process) -> None:
    concept = make_contribution(step_of(process, "canvas"), "Sonnensegel", kind="concept")
    step = make_step(process, position=3, method="plan")
    board = open_board(step)
    group = next(iter(document_of(board).groups.values()))
    assert group.title == "Sonnensegel"
    lay(
        board,
        Card(FIRST, by="x", text="Anbieter anrufen", group=group.id, fields={"who": "Jonas", "until": "12. Juni"}),
        Card(SECOND, by="x", text="Statik prüfen"),
    )
    conclude(step)
    assert [(row.title, row.text) for row in of_kind(process, "measure")] == [
        ("Anbieter anrufen", "Wer: Jonas\nBis wann: 12. Juni"),
        ("Statik prüfen", "Das hat noch niemand zugesagt."),
    ]
    assert Link.objects.of(process.city).get(source=concept).kind == "led_to"


# ---- all of them


@pytest.mark.parametrize("key", BOARDS)
def test_each_phase_opens_something_to_somebody_and_every_phase_has_a_name(process: Process, key: str) -> None:
    step = step_of(process, key)
    board = method_of(step).board
    assert board is not None
    phases = board.phases(step)
    assert len({phase.key for phase in phases}) == len(phases) >= 1
    citizen = make_actor(process.city)
    assert any(board.charter(citizen, step, phase.key) != Charter() for phase in phases)


@pytest.mark.parametrize("key", BOARDS)
def test_the_script_names_phases_that_the_board_has(process: Process, key: str) -> None:
    step = step_of(process, key)
    board = method_of(step).board
    assert board is not None
    known = {phase.key for phase in board.phases(step)}
    assert {line.phase for line in method_of(step).card.lines if line.phase} <= known


@pytest.mark.parametrize("key", BOARDS)
def test_whoever_comes_sits_down_by_one_press_as_a_guest(process: Process, key: str) -> None:
    from civitas.boards.models import Seat

    step = step_of(process, key)
    browser = make_browser(process.city)
    page = browser.get(f"/beteiligung/ottensen/schritt/{step.position}").content.decode()
    assert f"unter {process.city.config.usage.name} zeigen und nutzen" in page
    answer = browser.post(f"/beteiligung/ottensen/schritt/{step.position}")
    assert answer.status_code == 303
    assert Seat.objects.of(process.city).count() == 1
    browser.post(f"/beteiligung/ottensen/schritt/{step.position}")
    assert Seat.objects.of(process.city).count() == 1


@pytest.mark.parametrize("key", BOARDS)
def test_the_sample_is_sound_and_speaks_three_languages(key: str) -> None:
    from django.utils import translation

    from civitas.boards.things import ID

    sample = methods()[key].sample
    assert sample is not None
    said = {}
    for code in ("de", "en", "de-simple"):
        with translation.override(code):
            said[code] = sample()
    assert {group["id"] for card in said["de"]["cards"] if card.get("group") for group in said["de"]["groups"]} >= {
        card["group"] for card in said["de"]["cards"] if card.get("group")
    }
    assert all(ID.match(group["id"]) for group in said["de"]["groups"])
    assert said["de"]["task"] != said["en"]["task"] != said["de-simple"]["task"]


def test_an_idea_shows_the_whole_way_to_the_measure(process: Process) -> None:
    from civitas.lineage.hops import hops

    idea = ideas(process, "Bäume")[0]
    cluster = step_of(process, "cluster")
    board = open_board(cluster)
    card = next(iter(document_of(board).cards.values()))
    lay(board, Group(GROUP, title="Schatten"), replace(card, group=GROUP))
    conclude(cluster)
    canvas = make_step(process, position=3, method="canvas", settings={"about": {"de": "Sonnensegel"}})
    lay(open_board(canvas), Card(FIRST, by="x", text="Aylin", region="name"))
    conclude(canvas)
    plan = make_step(process, position=4, method="plan")
    planned = open_board(plan)
    group = next(iter(document_of(planned).groups))
    lay(planned, Card(SECOND, by="x", text="Anrufen", group=group, fields={"who": "Jonas"}))
    conclude(plan)
    fresh = Contribution.objects.of(process.city).get(pk=idea.pk)
    assert [(hop.kind, hop.other.title) for hop in hops(process.city, fresh)] == [
        ("grouped_into", "Schatten"),
        ("developed_into", "Sonnensegel"),
        ("led_to", "Anrufen"),
    ]


def test_who_leads_asks_for_a_proposal_and_nobody_else(process: Process) -> None:
    from tests.factories import make_staff

    from civitas.outbox.models import OutboxRow

    ideas(process, "Bäume")
    step = step_of(process, "cluster", proposal="asked")
    open_board(step)
    page, asked = f"/beteiligung/ottensen/schritt/{step.position}", OutboxRow.objects.of(process.city).filter(kind="cluster.propose")
    assert make_browser(process.city, make_participant(process.city)).post(page, {"do": "propose"}).status_code == 403
    assert not asked.exists()
    lead = make_browser(process.city, make_staff(process.city, "facilitator"))
    assert "Gruppen vorschlagen" in lead.get(page).content.decode()
    assert lead.post(page, {"do": "propose"}).status_code == 303
    assert asked.count() == 1
