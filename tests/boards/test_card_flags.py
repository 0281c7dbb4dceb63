"""A card that is no contribution is flagged like everything else: by anybody, once; the team decides, and who wrote it hears why."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.boards.playing import ALL, new_id, sit
from tests.boards.test_pictures import photo
from tests.boards.test_views import path_of
from tests.factories import make_browser, make_city, make_guest, make_staff, make_step

from civitas.boards.actions import open_board, put_on_board, set_phase, write
from civitas.boards.card_flag_views import flagged_cards
from civitas.boards.card_flags import decide_card, may_flag_card
from civitas.boards.concluding import Wanted, settle
from civitas.boards.flag_models import CardFlag, FlaggedCard
from civitas.boards.judging import judge
from civitas.boards.models import BoardPicture, BoardSnapshot, BoardUpdate, Seat
from civitas.boards.personal import adopt_boards, erase_boards, export_boards
from civitas.boards.pictures import decide_picture
from civitas.boards.queries import document_of
from civitas.boards.tasks import compact
from civitas.boards.things import HIDDEN, Card
from civitas.contributions.models import Contribution
from civitas.journal.models import Entry
from civitas.kit.rooms import notice_kind
from civitas.kit.verdicts import Refused
from civitas.moderation.archive import decide_about
from civitas.moderation.models import Decision
from civitas.moderation.rules import may_appeal
from civitas.moderation.undoing import undo_decision
from civitas.notices.models import Notice
from civitas.people.actors import Actor, actor_of, city_actor
from civitas.processes.models import Step
from civitas.processes.registry import method_of

if TYPE_CHECKING:
    from django.test import Client

    from civitas.boards.models import Board

pytestmark = pytest.mark.django_db
WORDS = "Der Nachbar ist ein Esel"


@pytest.fixture
def alice(board: Board) -> tuple[Actor, Seat]:
    return sit(board, "Alice")


@pytest.fixture
def card(board: Board, alice: tuple[Actor, Seat]) -> Card:
    """Alice's card."""
    key = new_id()
    write(alice[0], board, lambda _there: [Card(key, by=alice[1].alias, text=WORDS)])
    return document_of(board).cards[key]


def flag(browser: Client, board: Board, card: Card, **values: str) -> Any:
    path = path_of(board, f"/melden/{card.id}")
    sealed = dict(re.findall(r'name="(uid|seal)" value="([^"]+)"', browser.get(path).text))
    return browser.post(path, {**sealed, "homepage": "", "reason": "rules", "words": "Das geht nicht."} | values)


def flagged(board: Board) -> FlaggedCard:
    return FlaggedCard.objects.of(board.city).select_related("board__city", "board__step__process", "seat").get(board=board)


def kept(board: Board) -> list[bytes]:
    rows = [BoardUpdate.objects.of(board.city).filter(board=board), BoardSnapshot.objects.of(board.city).filter(board=board)]
    return [bytes(row.data) for part in rows for row in part]


def moderator(board: Board) -> Actor:
    return actor_of(make_staff(board.city, "moderator"))


def said(board: Board, kind: str) -> list[tuple[str, str, str]]:
    """To whom, what about, and in which words."""
    rows = Notice.objects.of(board.city).filter(kind=kind).order_by("pk")
    return [(str(row.recipient), row.subject, "\n".join(notice_kind(kind).word(board.city, row).paragraphs)) for row in rows]


def test_anybody_flags_a_card_and_nothing_changes_until_the_team_decides(board: Board, card: Card) -> None:
    stranger, bob = make_browser(board.city), make_browser(board.city, make_guest(board.city, "Bob"))
    page = stranger.get(path_of(board, f"/melden/{card.id}"))
    assert (page.status_code, WORDS in page.text) == (200, True)
    for browser in (stranger, bob):
        assert flag(browser, board, card).status_code == 303
    assert flag(bob, board, card, reason="spam", words="").status_code == 303
    assert bob.get(path_of(board, f"/melden/{card.id}?danke=1")).status_code == 200
    assert [(each.reason, each.words) for each in CardFlag.objects.of(board.city).order_by("pk")] == [
        ("rules", "Das geht nicht."),
        ("spam", ""),
    ]
    assert flagged(board).state == FlaggedCard.State.OPEN
    assert document_of(board).cards[card.id] == card


def test_the_same_form_sent_twice_is_one_flag_and_one_without_a_reason_is_none(board: Board, card: Card) -> None:
    browser = make_browser(board.city)
    page = browser.get(path_of(board, f"/melden/{card.id}")).text
    sealed = dict(re.findall(r'name="(uid|seal)" value="([^"]+)"', page))
    assert [flag(browser, board, card, **sealed).status_code for _again in range(2)] == [303, 303]
    answer = flag(browser, board, card, reason="other", words="")
    assert (answer.status_code, CardFlag.objects.of(board.city).count()) == (422, 1)


def test_nobody_flags_their_own_what_is_gone_what_is_hidden_in_a_drawer_or_a_contribution_here(
    board: Board, alice: tuple[Actor, Seat], card: Card
) -> None:
    actor, seat = alice
    assert "your own" in may_flag_card(actor, board, card, seat).reason
    for other in (replace(card, gone=True), replace(card, number=7), replace(card, text=""), None):
        assert may_flag_card(Actor(board.city), board, other, None).status == 404
    set_phase(city_actor(board.city), board, "private")
    key = new_id()
    write(actor, board, lambda _there: [Card(key, by=seat.alias, text="Nur für mich")], drawer=True)
    assert make_browser(board.city).get(path_of(board, f"/melden/{key}")).status_code == 404
    elsewhere = make_city("kassel")
    assert make_browser(elsewhere).get(path_of(board, f"/melden/{card.id}")).status_code == 404


def test_a_hidden_card_is_gone_with_its_words_for_everybody_and_stays_gone(board: Board, alice: tuple[Actor, Seat], card: Card) -> None:
    flag(make_browser(board.city), board, card)
    decide_card(moderator(board), flagged(board), "hidden", reason="insult")
    compact(board.city, board.pk)
    hidden = document_of(board).cards[card.id]
    assert (hidden.text, hidden.gone, HIDDEN in hidden.fields) == ("", True, True)
    assert not any(WORDS.encode() in data for data in kept(board))
    for wish in (replace(hidden, gone=False), replace(hidden, text=WORDS), None):
        assert judge(hidden, wish, alice[1].alias, ALL).code == "lost"
    # Nor is the mark taken off, so that it could be brought back after.
    for fields in ({}, {"who": "ich"}, {HIDDEN: ""}):
        assert judge(hidden, replace(hidden, fields=fields), alice[1].alias, replace(ALL, fill="all")).code == "unsound"
    assert WORDS not in make_browser(board.city).get(path_of(board)).text
    entry = Entry.objects.of(board.city).get(verb="board.card_hidden")
    assert (entry.details, WORDS in str(entry.details)) == ({"reason": "insult"}, False)


def test_who_wrote_it_hears_why_and_who_flagged_it_what_was_decided(board: Board, alice: tuple[Actor, Seat], card: Card) -> None:
    bob = make_guest(board.city, "Bob")
    flag(make_browser(board.city, bob), board, card)
    row = flagged(board)
    decide_card(moderator(board), row, "hidden", reason="insult")
    decide_card(moderator(board), flagged(board), "hidden", reason="insult")
    ((to, about, words),) = said(board, "boards.card_hidden")
    assert (to, about, WORDS in words) == (str(alice[0].uid), f"card:{row.pk}", True)
    ((to, _about, words),) = said(board, "boards.flag_decided")
    assert (to, "hidden it" in words) == (str(bob.uid), True)


def test_a_card_that_is_left_stays_and_one_that_was_hidden_comes_back_as_it_was(
    board: Board, alice: tuple[Actor, Seat], card: Card
) -> None:
    bob = make_guest(board.city, "Bob")
    flag(make_browser(board.city, bob), board, card)
    mo = moderator(board)
    decide_card(mo, flagged(board), "kept")
    assert document_of(board).cards[card.id] == card
    assert (len(said(board, "boards.card_hidden")), len(said(board, "boards.flag_decided"))) == (0, 1)
    decide_card(mo, flagged(board), "hidden", reason="private")
    decide_card(mo, flagged(board), "kept")
    assert document_of(board).cards[card.id] == card
    assert (flagged(board).text, len(said(board, "boards.card_shown"))) == ("", 1)
    assert len(said(board, "boards.flag_decided")) == 1


def test_what_was_made_of_the_card_goes_and_comes_with_it(board: Board, card: Card) -> None:
    leader = actor_of(make_staff(board.city, "facilitator"))
    wanted = [
        Wanted(f"card:{card.id}", "idea", WORDS),
        Wanted("ranking", "result", "Ergebnis", f"1. {WORDS} (2 Punkte)\n2. Mehr Grün (1 Punkt)"),
    ]
    settle(leader, board.step, wanted)
    flag(make_browser(board.city), board, card)
    decide_card(moderator(board), flagged(board), "hidden", reason="insult")
    made = {row.kind: row for row in Contribution.objects.of(board.city)}
    assert (made["idea"].visibility, made["idea"].hidden_reason != "") == ("hidden", True)
    assert WORDS not in made["result"].text
    decide_card(moderator(board), flagged(board), "kept")
    assert Contribution.objects.of(board.city).get(kind="idea").visibility == "published"


def test_its_line_leaves_results_and_comes_back_to_them(board: Board, alice: tuple[Actor, Seat], card: Card) -> None:
    step = make_step(board.step.process, position=5, method="canvas", settings={"canvas": "persona", "about": {"de": "Schatten"}})
    poster, twin = open_board(step), replace(card, id=new_id(), x=400, region="name")
    other = replace(card, id=new_id(), text="Aylin, 34", region="needs")
    put_on_board(poster, lambda _there: [replace(card, region="name"), twin, other])
    leader = actor_of(make_staff(board.city, "facilitator"))
    method_of(step).conclude(leader, step)
    before = Contribution.objects.of(board.city).get(kind="concept")
    for left, each in ((1, card), (0, twin)):
        flag(make_browser(board.city), poster, each)
        decide_card(moderator(board), open_flag(poster), "hidden", reason="insult")
        assert Contribution.objects.of(board.city).get(kind="concept").text.count(WORDS) == left
    for shown in FlaggedCard.objects.of(board.city).select_related("board__city", "board__step__process").order_by("pk"):
        decide_card(moderator(board), shown, "kept")
    assert Contribution.objects.of(board.city).get(kind="concept").text == before.text


def concluded(board: Board, alice: tuple[Actor, Seat], card: Card) -> Contribution:
    settle(
        actor_of(make_staff(board.city, "facilitator")), board.step, [Wanted(f"card:{card.id}", "idea", WORDS, author=alice[0].participant)]
    )
    return Contribution.objects.of(board.city).select_related("city").get(kind="idea")


@pytest.mark.parametrize("role", ["moderator", "facilitator"])
def test_what_was_made_of_it_is_hidden_by_a_decision_its_author_can_object_to_and_the_team_takes_back(
    board: Board, alice: tuple[Actor, Seat], card: Card, role: str
) -> None:
    idea = concluded(board, alice, card)
    flag(make_browser(board.city), board, card)
    decide_card(actor_of(make_staff(board.city, role)), flagged(board), "hidden", reason="other")
    decision = Decision.objects.of(board.city).select_related("contribution").get()
    assert (decision.contribution, decision.verb, bool(may_appeal(alice[0], decision))) == (idea, "hide", True)
    news = Notice.objects.of(board.city).filter(recipient=alice[0].uid).exclude(kind="boards.concluded")
    assert [(each.kind, each.subject) for each in news] == [("moderation.decision", f"decision:{decision.pk}")]
    undo_decision(moderator(board), decision)
    assert Contribution.objects.of(board.city).get(pk=idea.pk).visibility == "published"


def test_what_the_team_hid_by_itself_stays_hidden_when_the_card_is_shown_again(board: Board, alice: tuple[Actor, Seat], card: Card) -> None:
    idea, mo = concluded(board, alice, card), moderator(board)
    decide_about(mo, idea, "hide", reason="private")
    flag(make_browser(board.city), board, card)
    decide_card(mo, flagged(board), "hidden", reason="insult")
    decide_card(mo, flagged(board), "kept")
    assert Contribution.objects.of(board.city).get(pk=idea.pk).visibility == "hidden"
    Notice.objects.of(board.city).filter(kind="boards.card_shown").delete()
    decide_about(mo, idea, "publish")
    decide_card(mo, flagged(board), "hidden", reason="insult")
    decide_about(mo, idea, "hide", reason="private")
    decide_card(mo, flagged(board), "kept")
    assert Contribution.objects.of(board.city).get(pk=idea.pk).visibility == "hidden"
    assert len(said(board, "boards.card_shown")) == 1


def open_flag(board: Board) -> FlaggedCard:
    return FlaggedCard.objects.of(board.city).select_related("board__city", "board__step__process", "seat").get(board=board, state="open")


def test_its_picture_is_hidden_and_shown_with_the_card(board: Board, alice: tuple[Actor, Seat], card: Card) -> None:
    actor, _seat = alice
    name = make_browser(board.city, actor.participant).post(path_of(board, "/bild"), {"picture": photo(), "alt": "Ein Esel"}).json()["name"]
    write(actor, board, lambda there: [replace(there.cards[card.id], picture=name)])
    flag(make_browser(board.city), board, card)
    decide_card(moderator(board), flagged(board), "hidden", reason="insult")
    assert (document_of(board).cards[card.id].picture, BoardPicture.objects.of(board.city).get().state) == ("", "hidden")
    decide_card(moderator(board), flagged(board), "kept")
    assert (document_of(board).cards[card.id].picture, BoardPicture.objects.of(board.city).get().state) == (name, "shown")


@pytest.mark.parametrize("decided", ["waiting", "hidden", "shown"])
def test_a_picture_that_waits_is_not_shown_by_hiding_its_card_and_showing_it_again(
    board: Board, alice: tuple[Actor, Seat], card: Card, decided: str
) -> None:
    actor, _seat = alice
    name = make_browser(board.city, actor.participant).post(path_of(board, "/bild"), {"picture": photo(), "alt": "Ein Esel"}).json()["name"]
    BoardPicture.objects.of(board.city).update(state="waiting")
    write(actor, board, lambda there: [replace(there.cards[card.id], picture=name)])
    flag(make_browser(board.city), board, card)
    mo = moderator(board)
    decide_card(mo, flagged(board), "hidden", reason="insult")
    picture = BoardPicture.objects.of(board.city).select_related("board__city", "file").get()
    assert picture.state == "waiting"
    if decided != "waiting":
        decide_picture(mo, picture, decided)
    assert document_of(board).cards[card.id].picture == ""
    decide_card(mo, flagged(board), "kept")
    lies = "" if decided == "hidden" else name
    assert (document_of(board).cards[card.id].picture, BoardPicture.objects.of(board.city).get().state) == (lies, decided)


def test_who_may_not_open_the_board_reads_no_card_on_the_page_of_flags(board: Board, alice: tuple[Actor, Seat], card: Card) -> None:
    bob = sit(board, "Bob")
    Seat.objects.of(board.city).filter(pk=bob[1].pk).update(sent_away_at=timezone.now())
    path = path_of(board, f"/melden/{card.id}")
    answer = make_browser(board.city, bob[0].participant).get(path)
    assert (answer.status_code, WORDS in answer.text, "Alice" in answer.text) == (403, False, False)
    Step.objects.of(board.city).filter(pk=board.step_id).update(opens_at=timezone.now() + dt.timedelta(days=1))
    answer = make_browser(board.city).get(path)
    assert (answer.status_code, WORDS in answer.text, "Alice" in answer.text) == (409, False, False)


def test_only_the_team_decides_with_a_reason_and_nobody_about_their_own(board: Board, alice: tuple[Actor, Seat], card: Card) -> None:
    flag(make_browser(board.city), board, card)
    elsewhere = make_city("kassel")
    for actor, state, reason, status in (
        (Actor(board.city), "hidden", "insult", 403),
        (alice[0], "hidden", "insult", 403),
        (actor_of(make_staff(elsewhere, "moderator")), "hidden", "insult", 404),
        (moderator(board), "hidden", "", 422),
        (moderator(board), "open", "", 400),
    ):
        with pytest.raises(Refused) as refused:
            decide_card(actor, flagged(board), state, reason=reason)
        assert refused.value.status == status
    mine = moderator(board)
    FlaggedCard.objects.of(board.city).update(seat=sit_as(board, mine))
    with pytest.raises(Refused, match="yourself"):
        decide_card(mine, flagged(board), "kept")
    assert document_of(board).cards[card.id] == card


def test_of_two_of_the_team_the_second_is_told_and_undoes_nothing(board: Board, card: Card) -> None:
    flag(make_browser(board.city), board, card)
    row = flagged(board)
    first, second = [make_browser(board.city, make_staff(board.city, "moderator")) for _person in range(2)]
    path = f"/verwaltung/pinnwand-karten/{row.pk}"
    first.post(path, {"do": "hidden", "reason": "insult", "seen": "open"})
    answer = second.post(path, {"do": "kept", "seen": "open"}, follow=True)
    assert "Das hat schon jemand aus der Redaktion entschieden" in answer.text
    assert (flagged(board).state, document_of(board).cards[card.id].gone) == ("hidden", True)


def sit_as(board: Board, actor: Actor) -> Seat:
    from civitas.boards.actions import take_seat

    return take_seat(actor, board)


@pytest.mark.parametrize("count", [1, 3])
def test_the_team_finds_flagged_cards_on_one_page_with_as_many_queries_for_three(
    board: Board, alice: tuple[Actor, Seat], django_assert_num_queries: Any, count: int
) -> None:
    keys = [new_id() for _card in range(count)]
    write(alice[0], board, lambda _there: [Card(key, by=alice[1].alias, text=f"{WORDS} {key}") for key in keys])
    for key in keys:
        flag(make_browser(board.city), board, document_of(board).cards[key])
    browser = make_browser(board.city, make_staff(board.city, "moderator"))
    browser.get("/verwaltung/pinnwand-bilder")
    with django_assert_num_queries(12):
        page = browser.get("/verwaltung/pinnwand-bilder")
    assert [f"{WORDS} {key}" in page.text for key in keys] == [True] * count
    assert "Das geht nicht." in page.text
    row = FlaggedCard.objects.of(board.city).order_by("pk").first()
    answer = browser.post(f"/verwaltung/pinnwand-karten/{row.pk}", {"do": "hidden", "reason": ""}, follow=True)
    assert "Bitte wählen Sie einen Grund" in answer.text
    browser.post(f"/verwaltung/pinnwand-karten/{row.pk}", {"do": "hidden", "reason": "insult"})
    assert FlaggedCard.objects.of(board.city).get(pk=row.pk).state == "hidden"


def test_of_many_boards_with_flagged_cards_the_team_looks_at_few_at_a_time_and_the_rest_follow(board: Board) -> None:
    boards = [open_board(board.step, table=number) for number in range(1, 8)]
    rows = [FlaggedCard.objects.create(city=board.city, board=each, card=new_id()) for each in (*boards, boards[0])]
    with CaptureQueriesContext(connection) as queries:
        first = flagged_cards(board.city)
    logs = [each["sql"] for each in queries if "boards_boardupdate" in each["sql"]]
    assert ([row.pk for row in first], len(logs)) == ([row.pk for row in (*rows[:5], rows[7])], 5)
    FlaggedCard.objects.of(board.city).filter(pk__in=[row.pk for row in first]).update(state="kept")
    assert [row.pk for row in flagged_cards(board.city)] == [rows[5].pk, rows[6].pk]


def test_what_people_said_and_wrote_is_handed_out_handed_over_and_erased(board: Board, alice: tuple[Actor, Seat], card: Card) -> None:
    bob, bea = make_guest(board.city, "Bob"), make_guest(board.city, "Bea")
    for person in (bob, bea):
        flag(make_browser(board.city, person), board, card)
    decide_card(moderator(board), flagged(board), "hidden", reason="insult")
    assert export_boards(board.city, alice[0].participant)["boards"][0]["hidden"] == [WORDS]
    assert [each["words"] for each in export_boards(board.city, bob)["flags_of_cards"]] == ["Das geht nicht."]
    adopt_boards(board.city, bob, bea)
    assert CardFlag.objects.of(board.city).filter(participant=bob).count() == 0
    erase_boards(board.city, bea)
    erase_boards(board.city, alice[0].participant)
    assert [(each.participant, each.words) for each in CardFlag.objects.of(board.city).order_by("pk")][1] == (None, "")
    assert flagged(board).text == ""


def test_a_page_without_scripts_has_the_link_below_others_cards(board: Board, alice: tuple[Actor, Seat], card: Card) -> None:
    put_on_board(board, lambda _there: [])
    path = path_of(board, f"/melden/{card.id}")
    assert path in make_browser(board.city).get(path_of(board)).text
    assert path not in make_browser(board.city, alice[0].participant).get(path_of(board)).text
