"""Real live processes on the test's database, and people who sit at a board over real sockets."""

from __future__ import annotations

import asyncio
import http.client
import os
import socket
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from bench.visitors import Visitor
from django.db import connection, connections
from django.http import HttpResponse

from civitas.people.actors import remember_guest

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from civitas.boards.models import Board
    from civitas.people.models import Participant

_visitors: list[Visitor] = []
ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class LiveProcess:
    """`civitas live` with the tests' method."""

    def __init__(self, *, log: Path | None = None, **environment: str) -> None:
        self.port = free_port()
        self.environment, self.log = environment, log
        self.start()

    def start(self) -> None:
        """Start it (again, on the same port)."""
        paths = os.pathsep.join([str(ROOT), str(ROOT / "src")])
        variables = {"PYTHONPATH": paths, "BOARDS_DATABASE": str(connection.settings_dict["NAME"]), "PORT": "80", **self.environment}
        command = [sys.executable, "-m", "granian", "tests.boards.live_app:application", "--interface", "asginl", "--ws"]
        command += ["--host", "127.0.0.1", "--port", str(self.port), "--workers", "1", "--log-level", "warning"]
        environment = {**os.environ, **variables}
        with self.log.open("ab") if self.log else nullcontext() as said:
            self.process = subprocess.Popen(command, env=environment, cwd=ROOT, start_new_session=True, stdout=said, stderr=said)
        until = time.monotonic() + 60
        while not self.answers():
            assert time.monotonic() < until, "the live process did not start"
            time.sleep(0.05)

    def answers(self) -> bool:
        """Whether it serves."""
        there = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            there.request("GET", "/health")
            return there.getresponse().status == 200
        except OSError:
            return False
        finally:
            there.close()

    def workers(self) -> list[int]:
        """The processes below granian's own."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and (entry / "stat").exists():
                try:
                    if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == self.process.pid:
                        found.append(int(entry.name))
                except OSError:
                    continue
        return found

    def kill(self) -> None:
        """Kill -9 of it and its workers."""
        pids = [self.process.pid, *self.workers()]
        for pid in pids:
            os.kill(pid, 9)
        self.process.wait()
        while any(Path(f"/proc/{pid}").exists() for pid in pids):
            time.sleep(0.02)

    def stop(self) -> None:
        """End it kindly."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()


def cookie_of(person: Participant) -> str:
    """What a guest's browser sends."""
    response = HttpResponse()
    remember_guest(response, person)
    return response.cookies.output(header="", attrs=[]).strip()


async def visit(
    process: LiveProcess, board: Board, person: Participant | None = None, visitor: Visitor | None = None, **options: Any
) -> Visitor:
    """Somebody comes to the board over a socket and has what it has."""
    host = options.pop("host", f"{board.city.slug}.localhost")
    values = {"host": host, "origin": f"http://{host}", "cookie": cookie_of(person) if person else "", **options}
    found = await (visitor or Visitor()).connect(process.port, str(board.uid), **values)
    await asyncio.wait_for(found.synced.wait(), 20)
    _visitors.append(found)
    return found


def play(scene: Coroutine[Any, Any, None]) -> None:
    """Run a scene, and have everybody leave at its end."""

    async def whole() -> None:
        try:
            await asyncio.wait_for(scene, 90)
        finally:
            for visitor in _visitors:
                visitor.socket.abort()
            _visitors.clear()
            await sync_to_async(connections.close_all, thread_sensitive=True)()

    asyncio.run(whole())


async def until(condition: Callable[[], object], *, seconds: float = 20) -> None:
    """Come back when the condition holds; AssertionError if it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "this took too long"
        await asyncio.sleep(0.01)
