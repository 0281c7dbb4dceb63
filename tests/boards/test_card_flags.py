"""A card that is no contribution is flagged like everything else: by anybody, once; the team decides, and who wrote it hears why."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.boards.playing import ALL, new_id, sit
from tests.boards.test_pictures import photo
from tests.boards.test_views import path_of
from tests.factories import make_browser, make_city, make_guest, make_staff

from civitas.boards.actions import put_on_board, set_phase, write
from civitas.boards.card_flags import decide_card, may_flag_card
from civitas.boards.concluding import Wanted, settle
from civitas.boards.flag_models import CardFlag, FlaggedCard
from civitas.boards.judging import judge
from civitas.boards.models import BoardPicture, BoardSnapshot, BoardUpdate
from civitas.boards.personal import adopt_boards, erase_boards, export_boards
from civitas.boards.queries import document_of
from civitas.boards.tasks import compact
from civitas.boards.things import HIDDEN, Card
from civitas.contributions.models import Contribution
from civitas.journal.models import Entry
from civitas.kit.rooms import notice_kind
from civitas.kit.verdicts import Refused
from civitas.notices.models import Notice
from civitas.people.actors import Actor, actor_of, city_actor

if TYPE_CHECKING:
    from django.test import Client

    from civitas.boards.models import Board, Seat

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
    for wish in (replace(hidden, gone=False), replace(hidden, text=WORDS)):
        assert judge(hidden, wish, alice[1].alias, ALL).code == "lost"
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


def test_its_picture_is_hidden_and_shown_with_the_card(board: Board, alice: tuple[Actor, Seat], card: Card) -> None:
    actor, _seat = alice
    name = make_browser(board.city, actor.participant).post(path_of(board, "/bild"), {"picture": photo(), "alt": "Ein Esel"}).json()["name"]
    write(actor, board, lambda there: [replace(there.cards[card.id], picture=name)])
    flag(make_browser(board.city), board, card)
    decide_card(moderator(board), flagged(board), "hidden", reason="insult")
    assert (document_of(board).cards[card.id].picture, BoardPicture.objects.of(board.city).get().state) == ("", "hidden")
    decide_card(moderator(board), flagged(board), "kept")
    assert (document_of(board).cards[card.id].picture, BoardPicture.objects.of(board.city).get().state) == (name, "shown")


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
