"""What one connection may cost the others, and what a wall hears: over real sockets, against a real process."""

from __future__ import annotations

import asyncio
import re
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from asgiref.sync import sync_to_async
from bench.visitors import Visitor
from django.db import connections, transaction
from django.db.models import F
from tests.boards.playing import new_id
from tests.boards.serving import LiveProcess, play, until, visit
from tests.boards.test_forged import UNSEEABLE, whereabouts
from tests.boards.test_live import people, same
from tests.factories import make_guest

from civitas.boards.actions import put_anew, put_on_board, set_phase, take_seat
from civitas.boards.documents import NOTHING, change_document, read_all
from civitas.boards.leading import pause_writing
from civitas.boards.live import protocol
from civitas.boards.live.keeper import Edit, KeptBoard
from civitas.boards.live.lines import Allowance
from civitas.boards.live.tables import MOST_WATCHERS
from civitas.boards.queries import document_of
from civitas.boards.sheets import Sheet
from civitas.boards.things import Card
from civitas.boards.updates import read_state
from civitas.people.actors import actor_of, city_actor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from civitas.boards.models import Board

pytestmark = pytest.mark.django_db(transaction=True)
aside = sync_to_async(thread_sensitive=True)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("live") / "live.log"


@pytest.fixture(scope="module")
def live(django_db_setup: None, log: Path) -> Iterator[LiveProcess]:
    """One live process for all; each test has a city of its own."""
    process = LiveProcess(log=log)
    yield process
    process.stop()


def test_who_forges_hears_it_or_is_let_go_and_the_log_says_who(board: Board, live: LiveProcess, log: Path) -> None:
    (alice, a), (bob, b) = people(board, 2)
    put_on_board(
        board, lambda _there: [Card("minecard0001", text="Geheime Worte", number=1), Card("theircard001", text="Andere", number=2)]
    )

    async def scene() -> None:
        one = await visit(live, board, alice)
        honest = Card(new_id(), by=a, text="Ehrlich")
        assert (await one.change(honest)).code == ""
        before = await aside(document_of)(board)
        sheet = Sheet([one.documents[0].get_update()], {})
        for make, code in UNSEEABLE.values():
            two = await visit(live, board, bob)
            answer = await two.send(make(whereabouts(sheet)))
            assert answer.code == code if answer.code != "gone" else two.bye == ("garbage", two.bye[1]), code  # type: ignore[index]
            two.socket.abort()
        two = await visit(live, board, bob)
        assert (await two.change(Card(new_id(), by=a, text="In ihrem Namen"))).code == "forged"
        assert await aside(document_of)(board) == before
        assert (await one.change(replace(honest, x=7))).code == ""
        three = await visit(live, board, alice)
        await until(lambda: same(one, three))

    play(scene())
    said = log.read_text()
    codes = {code for _make, code in UNSEEABLE.values()} - {"forged"}
    assert set(re.findall(rf"board {board.uid}: seat {b} is sent off \((\w+)\)", said)) == codes
    assert f"board {board.uid}: an edit of seat {b} is refused (forged)" in said
    assert not any(words in said for words in ("Geheime", "Ehrlich", "Gast", "hidden", "Namen"))


def test_a_vector_that_claims_to_hold_millions_makes_no_room_for_them(board: Board, live: LiveProcess) -> None:
    (alice, a) = people(board, 1)[0]

    async def scene() -> None:
        for claimed in (2**31 - 1, 2**32 - 1, 2**52):
            two = await visit(live, board, alice)
            two.socket.send(protocol.state(0, protocol.number(claimed) + b"\x01\x01"))
            await asyncio.wait_for(two.socket.closed, 10)
            assert two.bye is not None
            assert two.bye[0] == "garbage"
        one = await visit(live, board, alice)
        assert (await one.change(Card(new_id(), by=a))).code == ""

    play(scene())


def test_who_asks_for_everything_again_and_again_is_let_go(board: Board, live: LiveProcess) -> None:
    (alice, _a), (bob, b) = people(board, 2)

    async def scene() -> None:
        one, two = await visit(live, board, alice), await visit(live, board, bob)
        for _ in range(150):
            one.socket.send(protocol.state(0, b"\x00"))
        await asyncio.wait_for(one.socket.closed, 20)
        assert one.bye is not None
        assert one.bye[0] == "fast"
        assert (await two.change(Card(new_id(), by=b))).code == ""

    play(scene())


def test_coming_back_and_opening_windows_gives_nobody_more(board: Board, live: LiveProcess) -> None:
    (alice, a) = people(board, 1)[0]

    async def flood(visitor: Visitor, count: int) -> str:
        card = Card(new_id(), by=a)
        for n in range(count):
            visitor.change(replace(card, x=n))
        answer = await visitor.change(replace(card, x=-1))
        return visitor.bye[0] if visitor.bye and answer.code == "gone" else ""

    async def scene() -> None:
        one, two = await visit(live, board, alice), await visit(live, board, alice)
        assert await flood(one, 300) == "fast"
        assert await flood(two, 110) == "fast"
        assert await flood(await visit(live, board, alice), 110) == "fast"

    play(scene())


def test_an_allowance_counts_bytes_too_and_comes_back() -> None:
    allowance = Allowance()
    assert allowance.is_whole
    assert [allowance.size.spend(256 * 1024) for _ in range(9)] == [True] * 8 + [False]
    assert not allowance.is_whole
    allowance.size.at -= 60
    assert allowance.is_whole


def test_a_wall_hears_that_there_is_news_and_nothing_else(board: Board, live: LiveProcess) -> None:
    (alice, a) = people(board, 1)[0]

    async def scene() -> None:
        one, wall = await visit(live, board, alice), await visit(live, board, rest="&as=wall", visitor=Visitor(keeps_document=False))
        assert wall.hello == {"sequence": one.hello["sequence"]}
        wall.calls.clear()
        heard: list[bytes] = []
        wall.on_update = lambda _sequence, data: heard.append(data)
        card = Card(new_id(), by=a, text="Mehr Schatten")
        for n in range(30):
            assert (await one.change(replace(card, x=n))).code == ""
        await until(lambda: wall.sequence >= one.sequence)
        assert set(heard) == {NOTHING}
        assert len(heard) < 30, "many changes are one call"
        # It asks for nothing, changes nothing, and is nobody.
        wall.socket.send(protocol.state(0, b"\x00"))
        answer = await wall.send(Visitor().documents[0].get_update())
        assert (answer.code, set(heard)) == ("", {NOTHING}), "an update that brings nothing is confirmed"
        assert (wall.presence, wall.stages) == ({}, [])
        # Also what changes no card: phase, pause, who is here; and what is written unseen.
        for change in (
            lambda: set_phase(city_actor(board.city), board, "private"),
            lambda: pause_writing(city_actor(board.city), board, paused=True),
            lambda: pause_writing(city_actor(board.city), board, paused=False),
            lambda: take_seat(actor_of(make_guest(board.city, "Carla")), board),
        ):
            wall.calls.clear()
            await aside(change)()
            await until(lambda: 0 in wall.calls)
        one.ask(1)
        assert (await one.change(Card(new_id(), by=a), drawer=1)).code == ""
        await until(lambda: 1 in wall.calls)
        assert set(heard) == {NOTHING}

    play(scene())


def test_walls_are_counted_with_those_who_watch_and_leave_room_for_those_who_work(board: Board, live: LiveProcess) -> None:
    (alice, a) = people(board, 1)[0]

    async def scene() -> None:
        walls = [await visit(live, board, rest="&as=wall", visitor=Visitor(keeps_document=False)) for _ in range(MOST_WATCHERS)]
        assert all(wall.bye is None for wall in walls)
        late = await visit(live, board, rest="&as=wall", visitor=Visitor(keeps_document=False))
        assert late.bye is not None
        assert late.bye[0] == "full"
        one = await visit(live, board, alice)
        assert (await one.change(Card(new_id(), by=a))).code == ""
        await until(lambda: all(wall.calls for wall in walls))

    play(scene())


def test_a_wall_of_a_step_that_is_not_open_yet_hears_nothing_even_for_who_leads(board: Board, live: LiveProcess) -> None:
    board.step.process.state = "draft"
    board.step.process.save()

    async def scene() -> None:
        wall = await visit(live, board, rest="&as=wall", visitor=Visitor(keeps_document=False))
        assert wall.bye is not None
        assert wall.bye[0] == "unknown"

    play(scene())


def test_nothing_is_confirmed_before_it_is_on_disk(board: Board, live: LiveProcess) -> None:
    (alice, a) = people(board, 1)[0]
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        """Somebody else writes, and takes their time."""
        with transaction.atomic():
            type(board).objects.of(board.city).filter(pk=board.pk).update(table=F("table"))
            held.set()
            free.wait(20)
        connections.close_all()

    async def scene() -> None:
        one = await visit(live, board, alice)
        writer = threading.Thread(target=hold)
        writer.start()
        await asyncio.to_thread(held.wait, 10)
        answer = one.change(Card(new_id(), by=a, text="wartet"))
        done, _waiting = await asyncio.wait({answer}, timeout=1)
        assert not done
        free.set()
        assert (await answer).code == ""
        await asyncio.to_thread(writer.join)
        assert [card.text for card in (await aside(document_of)(board)).cards.values()] == ["wartet"]

    play(scene())


def edit_of(person: int, data: bytes, known: int) -> Edit:
    return Edit(object(), person, in_drawer=False, number=1, known=known, data=data)


def test_what_was_done_before_a_board_was_laid_anew_is_done_again_and_not_lost(board: Board) -> None:
    (alice, a) = people(board, 1)[0]
    card = Card(new_id(), by=a, text="gestern")
    put_on_board(board, lambda _there: [card])
    kept = KeptBoard(board)
    kept.look([alice.pk])
    phone = Visitor()
    phone.documents[0].apply_update(kept.opened.main.sound.get_update())
    known = kept.opened.sequence
    put_anew(board)
    offline = change_document(phone.documents[0], [replace(card, text="gestern und heute")])
    (answer,) = kept.take([edit_of(alice.pk, offline, known)]).answers
    assert answer.ruling is not None
    assert answer.ruling.code == "missing", "it is about a card that was put anew: the phone does it once more"
    assert document_of(board).cards[card.id].text == "gestern"
    (again,) = kept.take([edit_of(alice.pk, change_document(phone.documents[0], []), known)]).answers
    assert again.ruling is None, "what the server has already is no news"
    fresh = Visitor()
    fresh.documents[0].apply_update(kept.opened.main.sound.get_update())
    done = change_document(fresh.documents[0], [replace(card, text="gestern und heute")])
    (answer,) = kept.take([edit_of(alice.pk, done, kept.opened.sequence)]).answers
    assert answer.ruling is None
    assert document_of(board).cards[card.id].text == "gestern und heute"


def test_two_processes_know_that_a_board_was_laid_anew(board: Board) -> None:
    (alice, a) = people(board, 1)[0]
    card = Card(new_id(), by=a, text="gestern")
    put_on_board(board, lambda _there: [card])
    kept = KeptBoard(board)
    kept.look([alice.pk])
    known = kept.opened.sequence
    put_anew(board)
    (answer,) = kept.take([edit_of(alice.pk, b"\0\0", known)]).answers
    assert answer.ruling is None
    kept.follow()
    assert read_all(kept.opened.main.sound) == document_of(board)
    assert read_state(kept.opened.main.sound.get_state()) == kept.opened.main.known
    assert kept.opened.relaid == kept.opened.sequence > known
