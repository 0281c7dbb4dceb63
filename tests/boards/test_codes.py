"""Short codes and nicknames: what one can type, guess and call oneself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.boards.playing import make_board, sit
from tests.factories import make_city, make_guest, make_staff

from civitas.boards.actions import open_board, rename_seat, take_seat
from civitas.boards.codes import LENGTH, board_by_code, code_of, renew_code, scanned_board, signature_of
from civitas.boards.hall_models import JoinCode
from civitas.boards.queries import names_of
from civitas.journal.models import Entry
from civitas.kit.codes import SIGNS, new_code
from civitas.kit.verdicts import Refused
from civitas.people.actors import Actor, actor_of
from civitas.people.rates import LIMITS, LIMITS_IN_ALL

if TYPE_CHECKING:
    from civitas.boards.models import Board
    from civitas.cities.models import City


def somebody(city: City, source: str = "hall") -> Actor:
    return Actor(city, None, source=source)


def lead(board: Board) -> Actor:
    return actor_of(make_staff(board.city, "facilitator"))


def guest(board: Board) -> Actor:
    return actor_of(make_guest(board.city, ""))


def test_a_code_has_no_sign_that_looks_like_another() -> None:
    assert not set(SIGNS) & set("AEIOUBGSZ0158L")
    assert {len(new_code(LENGTH)) for _ in range(50)} == {LENGTH}


def test_each_board_has_a_code_of_its_own_from_the_beginning(board: Board) -> None:
    table = open_board(board.step, table=1)
    assert len({code_of(board), code_of(table)}) == 2
    open_board(board.step)
    assert JoinCode.objects.of(board.city).count() == 2


def test_a_code_may_be_typed_as_people_type(board: Board) -> None:
    code = code_of(board)
    assert board_by_code(somebody(board.city), f" {code[:3].lower()}-{code[3:]} ").pk == board.pk


def test_a_code_is_good_in_its_own_city_only(board: Board) -> None:
    kassel = make_city("kassel")
    with pytest.raises(Refused, match="do not know this code"):
        board_by_code(somebody(kassel), code_of(board))
    assert scanned_board(somebody(kassel), code_of(board), signature_of(board, code_of(board))) is None


def test_a_new_code_ends_the_old_one_and_only_who_leads_makes_it(board: Board) -> None:
    old = code_of(board)
    with pytest.raises(Refused):
        renew_code(guest(board), board)
    new = renew_code(lead(board), board)
    assert (new != old, code_of(board)) == (True, new)
    with pytest.raises(Refused, match="do not know this code"):
        board_by_code(somebody(board.city), old)
    assert scanned_board(somebody(board.city), old, signature_of(board, old)) is None
    assert [entry.verb for entry in Entry.objects.of(board.city) if entry.verb.startswith("board.")] == ["board.code_renewed"]


def test_codes_cannot_be_guessed_in_any_number_but_who_scans_still_comes_in(board: Board) -> None:
    actor, code = somebody(board.city), code_of(board)
    sentences = []
    for _ in range(LIMITS["code"][2] + 3):
        with pytest.raises(Refused) as refused:
            board_by_code(actor, "CCCCCC")
        sentences.append(refused.value.status)
    assert sentences == [422] * LIMITS["code"][2] + [429] * 3
    with pytest.raises(Refused, match="Too many codes"):
        board_by_code(actor, code)
    assert board_by_code(somebody(board.city, "elsewhere"), code).pk == board.pk
    found = scanned_board(actor, code, signature_of(board, code))
    assert found is not None
    assert found.pk == board.pk
    assert scanned_board(actor, code, "0" * 16) is None


def test_many_addresses_together_are_stopped_too(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS_IN_ALL, "code", 3)
    for number in range(3):
        with pytest.raises(Refused, match="do not know"):
            board_by_code(somebody(board.city, f"net{number}"), "CCCCCC")
    with pytest.raises(Refused, match="Too many codes"):
        board_by_code(somebody(board.city, "net9"), "CCCCCC")


def test_right_codes_cost_nothing(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS_IN_ALL, "code", 1)
    assert {board_by_code(somebody(board.city), code_of(board)).pk for _ in range(3)} == {board.pk}


def test_two_of_one_name_are_told_apart(board: Board) -> None:
    for name in ("Alex", "alex", "Alex"):
        take_seat(guest(board), board, nickname=name)
    sit(board, "Alex")
    assert list(names_of(board).values()) == ["Alex", "alex 2", "Alex 3", "Alex 4"]


def test_who_says_the_own_name_again_keeps_it(board: Board) -> None:
    actor = guest(board)
    take_seat(actor, board, nickname="Alex")
    assert take_seat(actor, board, nickname="Alex").name == "Alex"
    assert take_seat(actor, board, nickname="ALEX").name == "ALEX"


@pytest.mark.parametrize("name", ["Depp", "d3pp", "D.e.p.p", "so ein DEPP", "D\u200bepp"])
def test_an_insulting_name_is_refused_also_in_disguise(board: Board, name: str) -> None:
    board.city.rules = {"words": ["depp"]}
    board.city.save()
    with pytest.raises(Refused, match="could hurt somebody") as refused:
        take_seat(guest(board), board, nickname=name)
    assert set(refused.value.fields) == {"nickname"}
    assert names_of(board) == {}


def test_a_name_is_one_line_without_tricks(board: Board) -> None:
    assert take_seat(guest(board), board, nickname=" Ali\u202e\nce\u0000 ").name == "Ali ce"
    with pytest.raises(Refused, match="at most 40"):
        take_seat(guest(board), board, nickname="x" * 41)


def test_who_leads_gives_another_name_and_the_journal_keeps_no_words(board: Board) -> None:
    seat = take_seat(guest(board), board, nickname="Quatschkopf")
    with pytest.raises(Refused):
        rename_seat(guest(board), board, seat, "Gast")
    rename_seat(lead(board), board, seat, "Gast")
    assert names_of(board) == {seat.alias: "Gast"}
    assert "Quatschkopf" not in "".join(str(vars(entry)) for entry in Entry.objects.of(board.city))


def test_another_citys_board_has_the_same_code_and_nothing_in_common(game: None, db: None) -> None:
    hamburg, kassel = make_board("hamburg"), make_board("kassel")
    JoinCode.objects.of(kassel.city).update(code=code_of(hamburg))
    assert board_by_code(somebody(kassel.city), code_of(hamburg)).pk == kassel.pk
