"""The pages of a hall: the door, the screen of who leads, the wall; for the wrong people, other cities and closed steps too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from tests.boards.playing import sit
from tests.factories import make_browser, make_city, make_guest, make_staff

from civitas.boards.actions import open_board, put_on_board, set_phase, take_seat, write
from civitas.boards.codes import code_of, signature_of
from civitas.boards.models import Board, Seat
from civitas.boards.queries import document_of, names_of
from civitas.boards.things import Card, Dot, Group
from civitas.kit.verdicts import Refused
from civitas.people.actors import actor_of, city_actor
from civitas.people.models import Participant
from civitas.people.rates import LIMITS

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries


def path_of(board: Board, rest: str) -> str:
    return f"/en/beteiligung/veddel/schritt/{board.step.position}/{rest}"


def desk_of(board: Board, role: str = "facilitator") -> Client:
    return make_browser(board.city, make_staff(board.city, role))


def press(browser: Client, board: Board, **fields: str) -> int:
    return browser.post(path_of(board, "leiten"), fields).status_code


def close(board: Board) -> None:
    board.step.override = "closed"
    board.step.save()


def test_who_types_the_code_sits_at_the_board_as_a_guest(board: Board) -> None:
    browser = make_browser(board.city)
    answer = browser.post("/en/mit", {"code": code_of(board).lower(), "nickname": "Emine"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/en/pinnwand/{board.uid}")
    assert list(names_of(board).values()) == ["Emine"]
    page = browser.get(answer.headers["Location"]).content.decode()
    assert "Emine" in page
    assert browser.post("/en/mit", {"code": code_of(board)}).status_code == 303
    assert Seat.objects.of(board.city).count() == 1


def test_looking_at_a_code_tells_nobody_whether_it_is_right(board: Board) -> None:
    browser = make_browser(board.city)
    right, wrong = (browser.get(f"/en/mit/{code}").content.decode().replace(code, "") for code in (code_of(board), "CCCCCC"))
    hidden = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"')
    assert hidden.sub("", right) == hidden.sub("", wrong)


def test_who_scanned_the_code_is_greeted_with_the_question_and_needs_no_code(board: Board) -> None:
    board.step.settings = {"question": {"de": "Was fehlt am Schulweg?", "en": "What is missing?"}}
    board.step.save()
    code = code_of(board)
    browser = make_browser(board.city)
    page = browser.get(f"/en/mit/{code}?z={signature_of(board, code)}").content.decode()
    assert "What is missing?" in page
    assert 'id="code"' not in page
    assert "What is missing?" not in browser.get(f"/en/mit/{code}?z=0000").content.decode()


def test_the_door_says_what_others_may_do_with_what_lies_on_a_board(board: Board) -> None:
    page = make_browser(board.city).get("/en/mit").content.decode()
    assert f"use what you put on the board under {board.city.config.usage.name}" in page
    assert 'href="/en/nutzungsrechte"' in page


def test_a_wrong_code_keeps_what_was_typed_and_makes_no_guest(board: Board) -> None:
    before = Participant.objects.of(board.city).count()
    answer = make_browser(board.city).post("/en/mit", {"code": "CCCCCC", "nickname": "Emine"})
    page = answer.content.decode()
    assert (answer.status_code, 'value="CCCCCC"' in page, 'value="Emine"' in page) == (422, True, True)
    assert Participant.objects.of(board.city).count() == before


def test_who_guesses_is_stopped_with_a_page_that_says_what_helps(board: Board) -> None:
    browser = make_browser(board.city)
    for _ in range(LIMITS["code"][2]):
        browser.post("/en/mit", {"code": "CCCCCC"})
    answer = browser.post("/en/mit", {"code": code_of(board)})
    assert (answer.status_code, "scan the square" in answer.content.decode()) == (429, True)
    scanned = {"code": code_of(board), "z": signature_of(board, code_of(board))}
    assert browser.post("/en/mit", scanned).status_code == 303


def test_an_insulting_name_comes_back_with_a_friendly_sentence_and_no_guest(board: Board) -> None:
    board.city.rules = {"words": ["depp"]}
    board.city.save()
    before = Participant.objects.of(board.city).count()
    answer = make_browser(board.city).post("/en/mit", {"code": code_of(board), "nickname": "Depp"})
    assert (answer.status_code, "could hurt somebody" in answer.content.decode()) == (422, True)
    assert Participant.objects.of(board.city).count() == before


def test_a_code_opens_nothing_once_the_step_is_closed(board: Board) -> None:
    close(board)
    code = code_of(board)
    answer = make_browser(board.city).post("/en/mit", {"code": code})
    assert (answer.status_code, "closed" in answer.content.decode()) == (409, True)
    page = make_browser(board.city).get(f"/en/mit/{code}?z={signature_of(board, code)}").content.decode()
    assert "Nobody can join now" in page
    assert Seat.objects.of(board.city).count() == 0


def test_people_choose_their_table(board: Board) -> None:
    tables = [open_board(board.step, table=number) for number in (1, 2)]
    browser = make_browser(board.city)
    fields = {"code": code_of(board), "nickname": "Emine"}
    page = browser.post("/en/mit", fields)
    assert (page.status_code, page.content.decode().count('name="table"')) == (200, 2)
    wrong = browser.post("/en/mit", fields | {"table": "9"})
    assert (wrong.status_code, "There is no such table" in wrong.content.decode()) == (422, True)
    assert Seat.objects.of(board.city).count() == 0
    assert browser.post("/en/mit", fields | {"table": "2"}).headers["Location"] == f"/en/pinnwand/{tables[1].uid}"
    straight = make_browser(board.city).post("/en/mit", {"code": code_of(tables[0])})
    assert straight.headers["Location"] == f"/en/pinnwand/{tables[0].uid}"


def test_a_refused_name_keeps_the_chosen_table(board: Board) -> None:
    for number in (1, 2):
        open_board(board.step, table=number)
    answer = make_browser(board.city).post("/en/mit", {"code": code_of(board), "nickname": "Hurensohn", "table": "2"})
    page = answer.content.decode()
    assert (answer.status_code, 'name="table" value="2" required checked' in page, page.count(" checked>")) == (422, True, 1)
    assert '<fieldset class="field">' in page


def test_another_citys_code_is_unknown(board: Board) -> None:
    assert make_browser(make_city("kassel")).post("/en/mit", {"code": code_of(board)}).status_code == 422


LEADING = ("leiten", "leiten/neues")


@pytest.mark.parametrize("page", LEADING)
def test_only_who_leads_sees_the_screen(board: Board, page: str) -> None:
    path = path_of(board, page)
    stranger = make_browser(board.city).get(path)
    assert (stranger.status_code, "/konto/" in stranger.headers["Location"]) == (302, True)
    assert desk_of(board, "moderator").get(path).status_code == 403
    assert desk_of(board).get(path).status_code == 200
    assert desk_of(board, "owner").get(path).status_code == 200
    kassel = make_city("kassel")
    assert make_browser(kassel, make_staff(kassel, "facilitator")).get(path).status_code == 404


def test_who_does_not_lead_cannot_press(board: Board) -> None:
    assert press(desk_of(board, "moderator"), board, do="phase", phase="own") == 403
    assert press(make_browser(board.city), board, do="phase", phase="own") == 302
    board.refresh_from_db()
    assert board.phase == "all"


def test_every_button_works_as_a_form(board: Board) -> None:
    desk = desk_of(board)
    assert [press(desk, board, do=do) for do in ("minute", "stop", "run", "pause", "resume", "code")] == [303] * 6
    assert press(desk, board, do="phase", phase="own") == 303
    assert press(desk, board, do="tables", tables="2") == 303
    board.refresh_from_db()
    assert (board.phase, Board.objects.of(board.city).count()) == ("own", 3)
    assert desk.get(path_of(board, "leiten?tisch=2")).status_code == 200
    assert desk.get(path_of(board, "leiten?tisch=7")).status_code == 404


@pytest.mark.parametrize("fields", [{"do": "phase", "phase": "nowhere"}, {"do": "stop"}, {"do": "tables", "tables": "many"}, {"do": "fly"}])
def test_a_refused_press_says_why_and_changes_nothing(board: Board, fields: dict[str, str]) -> None:
    answer = desk_of(board).post(path_of(board, "leiten"), fields)
    assert 400 <= answer.status_code < 500
    assert 'role="alert"' in answer.content.decode()
    version = board.version
    board.refresh_from_db()
    assert board.version == version


def test_the_board_is_set_up_from_the_screen(board: Board) -> None:
    Board.objects.of(board.city).delete()
    desk = desk_of(board)
    assert "Set up the board" in desk.get(path_of(board, "leiten")).content.decode()
    assert press(desk, board, do="open") == 303
    assert code_of(Board.objects.of(board.city).get()) in desk.get(path_of(board, "leiten")).content.decode()


def test_a_step_without_a_board_has_no_screen(board: Board) -> None:
    board.step.method = "collect"
    board.step.save()
    assert desk_of(board).get(path_of(board, "leiten")).status_code == 404
    assert desk_of(board).get(path_of(board, "wand")).status_code == 404


def test_news_of_the_screen_come_only_when_there_are_some(board: Board) -> None:
    desk = desk_of(board)
    found = re.search(r'hx-get="([^"]+)"', desk.get(path_of(board, "leiten/neues")).content.decode())
    assert found is not None
    url = found[1].replace("&amp;", "&")
    assert desk.get(url).status_code == 204
    sit(board, "Emine")
    assert "Emine" in desk.get(url).content.decode()


def test_who_leads_renames_sends_away_and_lets_back(board: Board) -> None:
    seat = take_seat(actor_of(make_guest(board.city, "")), board, nickname="Quatschkopf")
    desk, path = desk_of(board), path_of(board, f"leiten/{seat.alias}")
    assert desk.post(path, {"do": "rename", "nickname": "Gast"}).status_code == 303
    assert names_of(board) == {seat.alias: "Gast"}
    assert desk.post(path, {"do": "rename", "nickname": "x" * 41}).status_code == 422
    for do, away in (("away", True), ("back", False)):
        assert desk.post(path, {"do": do}).status_code == 303
        seat.refresh_from_db()
        assert bool(seat.sent_away_at) is away
    assert desk_of(board, "moderator").get(path).status_code == 403
    assert make_browser(board.city).get(path).status_code == 302
    assert desk.get(path_of(board, "leiten/nobodyxy")).status_code == 404


def test_who_was_renamed_does_not_take_the_old_name_by_the_code(board: Board) -> None:
    browser = make_browser(board.city)
    browser.post("/en/mit", {"code": code_of(board), "nickname": "Quatschkopf"})
    seat = Seat.objects.of(board.city).get()
    for name, shown in (("Gast", "Gast"), ("", "Emine")):  # without a name of the leader's the person chooses again
        assert desk_of(board).post(path_of(board, f"leiten/{seat.alias}"), {"do": "rename", "nickname": name}).status_code == 303
        assert browser.post("/en/mit", {"code": code_of(board), "nickname": "Emine"}).status_code == 303
        assert names_of(board) == {seat.alias: shown}


def test_who_fills_a_board_goes_with_all_that_they_put_there(board: Board) -> None:
    (alice, own), (bob, other) = sit(board, "Alice"), sit(board, "Bob")
    kept = Card("bobscard0001", by=other.alias, text="Bleibt")
    brought = Card("voice0000001", by=own.alias, text="Eine Stimme", number=7)
    write(bob, board, lambda _there: [kept])
    write(alice, board, lambda _there: [Card("alicecard001", by=own.alias, text="Unsinn"), Group("alicegroup01", by=own.alias)])
    write(alice, board, lambda _there: [Dot("alicedot0001", by=own.alias, on=kept.id)])
    put_on_board(board, lambda _there: [brought])
    set_phase(city_actor(board.city), board, "private")
    write(alice, board, lambda _there: [Card("alicecard002", by=own.alias, text="Noch mehr")], drawer=True)
    desk, path = desk_of(board), path_of(board, f"leiten/{own.alias}")
    for wrong in (desk_of(board, "moderator"), make_browser(board.city, alice.participant)):
        assert wrong.post(path, {"do": "clear"}).status_code == 403
    elsewhere = make_city("kassel")
    assert make_browser(elsewhere, make_staff(elsewhere, "facilitator")).post(path, {"do": "clear"}).status_code == 404
    desk.post(path, {"do": "away"})
    assert 'value="clear"' in desk.get(path).text  # also of who was sent away before
    for _twice in range(2):
        assert desk.post(path, {"do": "clear"}).status_code == 303
        things = document_of(board)
        assert {card.text for card in things.cards.values() if not card.gone} == {"Bleibt", "Eine Stimme"}
        assert (things.dots, [group.gone for group in things.groups.values()]) == ({}, [True])
    set_phase(city_actor(board.city), board, "all")
    assert not any(card.text == "Noch mehr" for card in document_of(board).cards.values())
    with pytest.raises(Refused, match="sent you away"):
        write(alice, board, lambda _there: [])


def test_who_was_sent_away_does_not_come_back_by_the_code(board: Board) -> None:
    browser = make_browser(board.city)
    browser.post("/en/mit", {"code": code_of(board), "nickname": "Emine"})
    seat = Seat.objects.of(board.city).get()
    desk_of(board).post(path_of(board, f"leiten/{seat.alias}"), {"do": "away"})
    answer = browser.post("/en/mit", {"code": code_of(board), "nickname": "Emine"})
    assert (answer.status_code, "sent you away" in answer.content.decode()) == (403, True)


def test_the_wall_shows_code_and_cards_to_who_leads_and_the_page_to_everybody(board: Board) -> None:
    put_on_board(board, lambda _there: [Card("schatten01", text="Mehr Schatten")])
    code, wall = code_of(board), path_of(board, "wand")
    leads, stranger = (browser.get(wall).content.decode() for browser in (desk_of(board), make_browser(board.city)))
    assert ("Mehr Schatten" in leads, code in leads) == (True, True)
    assert ("Mehr Schatten" in stranger, code in stranger) == (True, False)
    assert 'data-kern-theme="dark"' in make_browser(board.city).get(f"{wall}?licht=dunkel").content.decode()


def test_the_wall_asks_again_and_hears_only_what_is_new(board: Board, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    browser = make_browser(board.city)
    found = re.search(r'hx-get="([^"]+)"', browser.get(path_of(board, "wand")).content.decode())
    assert found is not None
    assert browser.get(found[1]).status_code == 204
    put_on_board(board, lambda _there: [Card("schatten01", text="Mehr Schatten")])
    news = browser.get(found[1])
    assert ("Mehr Schatten" in news.content.decode(), "<html" in news.content.decode()) == (True, False)


def test_the_wall_of_a_closed_step_asks_nobody_to_join(board: Board) -> None:
    close(board)
    page = desk_of(board).get(path_of(board, "wand")).content.decode()
    assert ("This board is closed" in page, code_of(board) in page) == (True, False)


def test_a_planned_step_a_draft_and_another_citys_have_no_wall(board: Board) -> None:
    assert make_browser(make_city("kassel")).get(path_of(board, "wand")).status_code == 404
    board.step.process.state = "draft"
    board.step.process.save()
    assert make_browser(board.city).get(path_of(board, "wand")).status_code == 404


def test_the_steps_own_door_asks_for_a_name_and_refuses_insults(board: Board) -> None:
    board.city.rules = {"words": ["depp"]}
    board.city.save()
    board.step.method = "brainstorm"
    board.step.save()
    browser, path = make_browser(board.city), path_of(board, "").rstrip("/")
    assert 'name="nickname"' in browser.get(path).content.decode()
    refused = browser.post(path, {"nickname": "Depp"})
    page = refused.content.decode()
    assert (refused.status_code, "could hurt somebody" in page, 'value="Depp"' in page) == (422, True, True)
    assert browser.post(path, {"nickname": "Emine"}).status_code == 303
    assert list(names_of(board).values()) == ["Emine"]
