"""The bench `city`: queue and overview with many open items, a bulk decision, its news, and a wave of spam. `make bench`."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from http.client import HTTPException
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.posts import Poster
from bench.server import HOST, Server, serving
from bench.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var" / "bench-city"
SIZES = (1_000, 10_000, 100_000)
FLAT = {"queue", "queue, deep page", "overview"}
# What is linear stops at so many: from there to the last size it grows as little as what is flat.
LINEAR_UP_TO = 10_000
MOST_GROWTH = 1.5
BULK, NEWS = 10_000, 5_000
WAVE, ADDRESSES, SENDERS = 5_000, 500, 8
LIST = "/entdecken"
PARTS = ["pages", "bulk", "news", "kill", "wave"]
IN_THE_WAVE = {"list": LIST, "give form": "/geben"}
PATIENCE = 300.0  # seconds after which a part that hangs is given up
_BEGAN = time.monotonic()


def main() -> None:
    """Run the parts that were asked for, all by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=PARTS)
    parser.add_argument("--bulk", type=int, default=BULK, help="how many one decision is about")
    parser.add_argument("--wave", type=int, default=WAVE, help="how many contributions of spam 500 addresses send")
    parser.add_argument("--news", type=int, default=NEWS, help="how many decisions are told by mail")
    asked = parser.parse_args()
    table, faults = Table("city"), 0
    parts: dict[str, Callable[[], None]] = {
        "pages": lambda: pages(table, asked.sizes),
        "bulk": lambda: bulk(table, max(asked.sizes), asked.bulk),
        "news": lambda: news(table, max(asked.sizes), asked.news),
        "kill": lambda: kill(table, max(asked.sizes), asked.news),
        "wave": lambda: wave(table, min(asked.sizes), asked.wave),
    }
    for size in asked.sizes:
        _build(size)
    for name in asked.parts:
        _tell(name)
        try:
            parts[name]()
        except (RuntimeError, OSError, HTTPException, subprocess.CalledProcessError, sqlite3.Error) as fault:
            # One part that breaks is a figure, too, and takes no other with it.
            faults += 1
            table.add(f"{name}: broke off ({type(fault).__name__})", 0, 1, "faults", aim="0", holds=False)
            print(f"  {fault}", file=sys.stderr)
        for folder in ("bulk", "news", "kill", "wave"):
            shutil.rmtree(FOLDER / folder, ignore_errors=True)
    _tell("done")
    table.write(keep_others=asked.parts != PARTS)
    sys.exit(int(faults > 0))


def _build(size: int) -> None:
    """The city of this size, once; from the one that the bench `pages` has made, where it has."""
    folder, made = FOLDER / str(size), ROOT / "var" / "bench" / str(size)
    if (folder / "built").exists():
        return
    _tell(f"building a city of {size:,}")
    shutil.rmtree(folder, ignore_errors=True)
    if (made / "built").exists():
        shutil.copytree(made, folder, ignore=shutil.ignore_patterns("built", "*.log"))
    _at_size("build", size)


def pages(table: Table, sizes: list[int]) -> None:
    """Medians and queries of the desk's pages, and how they grow with what is open."""
    found: dict[str, dict[int, dict[str, float]]] = {}
    for size in sizes:
        for figure in _at_size("measure", size):
            found.setdefault(figure["name"], {})[size] = figure
    largest = max(sizes)
    for name, by_size in found.items():
        for size, figure in by_size.items():
            table.add(f"{name}: median", size, figure["ms"], "ms")
            table.add(f"{name}: queries", size, figure["queries"], "queries")
        more = by_size[largest]["queries"] - by_size[min(sizes)]["queries"]
        # The first item lies open beside the list; where it is one of many alike, one query counts those.
        table.add(f"{name}: more queries at the last size", largest, more, "queries", aim="at most 1", holds=more <= 1)
        start = min(sizes) if name in FLAT else LINEAR_UP_TO
        if start in by_size and start < largest:
            growth = by_size[largest]["ms"] / by_size[start]["ms"]
            label = f"{name}: growth from {start:,}"
            table.add(label, largest, growth, "times", aim=f"at most {MOST_GROWTH}", holds=growth <= MOST_GROWTH)


def bulk(table: Table, size: int, count: int) -> None:
    """One decision on 10,000: how long, and how quick the site is meanwhile."""
    data = _copy(size, "bulk")
    with _quiet_site(data) as server:
        quiet = _response(server, lambda: False, at_least=60)
        _ordered(data, count, "hide")
        busy = _response(server, lambda: not _is_done(data), at_least=20)
        _wait(lambda: _is_done(data))
    begun, ended = _row(data, "SELECT min(created_at), max(done_at) FROM outbox_outboxrow WHERE kind = 'moderation.run'")
    failed = _count(data, "SELECT failed_count FROM moderation_run")
    table.add("bulk decision: seconds", count, _moment(ended) - _moment(begun), "s")
    table.add("bulk decision: failed", count, failed, "items", aim="0", holds=failed == 0)
    table.add("list for a guest before the bulk decision: median", size, median(quiet), "ms")
    table.add("list for a guest during the bulk decision: median", size, median(busy), "ms")
    table.add("list for a guest during the bulk decision: slowest of 100", size, _slowest(busy), "ms")
    slower = median(busy) / median(quiet)
    table.add("list for a guest during the bulk decision", size, slower, "times slower", aim="at most 3", holds=slower <= 3)


def news(table: Table, size: int, count: int) -> None:
    """How quickly the news of 5,000 decisions go out by mail, each to its author; they begin while others are decided."""
    data = _copy(size, "news")
    with _quiet_site(data):
        _ordered(data, count, "hide")
        _wait(lambda: _is_done(data) and _due_rows(data) == 0)
    first, last, mails = _row(data, "SELECT min(sent_at), max(sent_at), count(*) FROM notices_delivery WHERE sent_at IS NOT NULL")
    table.add("news of the decisions: mails", count, mails, "mails", aim=f"{count}", holds=mails == count)
    if mails:
        table.add("news of the decisions: mails a second", count, mails / max(_moment(last) - _moment(first), 0.001), "a second")


def kill(table: Table, size: int, count: int) -> None:
    """Kill -9 of everything in the middle of 5,000 decisions and in the middle of their mails."""
    data, kills = _copy(size, "kill"), 2
    for turn in range(kills):
        server = Server(data, HOST, DEMO="1")
        try:
            if turn == 0:
                _ordered(data, count, "hide")
            # In the middle: so many are decided, and mails are on their way.
            goal = count * (turn + 1) // (kills + 1)
            _wait(lambda goal=goal: _count(data, "SELECT count(*) FROM moderation_decision") >= goal)  # type: ignore[misc]
        finally:
            server.kill()
        sent = _count(data, "SELECT count(*) FROM notices_mailboxmail")
        table.add(f"kill {turn + 1}: mails sent before", count, sent, "mails")
    with serving(data, HOST, DEMO="1"):
        _wait(lambda: _is_done(data) and _due_rows(data) == 0)
    decided = _count(data, "SELECT count(DISTINCT case_id) FROM moderation_decision")
    twice = _count(data, "SELECT count(*) FROM (SELECT case_id FROM moderation_decision GROUP BY case_id HAVING count(*) > 1)")
    table.add("decisions after two kills", count, decided, "decisions", aim=f"{count}", holds=decided == count)
    table.add("decisions made twice", count, twice, "decisions", aim="0", holds=twice == 0)
    wanted = _count(data, "SELECT count(*) FROM notices_notice WHERE kind LIKE 'moderation.%'")
    mails = _count(data, "SELECT count(DISTINCT message_id) FROM notices_mailboxmail")
    doubled = _count(data, "SELECT count(*) FROM notices_mailboxmail") - mails
    missing = max(0, wanted - mails, count - wanted)
    table.add("mails missing after two kills", count, missing, "mails", aim="0", holds=missing == 0)
    table.add("mails doubled for each kill", count, doubled / kills, "mails")


def wave(table: Table, size: int, count: int) -> None:
    """5,000 alike contributions from 500 addresses, as fast as they are taken, under the limits of every day: how the site stands."""
    data = _copy(size, "wave")
    with _quiet_site(data, RATE_FACTOR="1", TRUSTED_PROXIES="1") as server:
        quiet = {name: _response(server, lambda: False, at_least=60, path=path) for name, path in IN_THE_WAVE.items()}
        posters = [_Spammer(server, f"10.{n // 250}.{n % 250}.1") for n in range(ADDRESSES)]
        stopped, unanswered, busy = threading.Event(), [0], {}

        def run(mine: list[_Spammer]) -> None:
            for turn in range(count // ADDRESSES):
                for poster in mine:
                    if stopped.is_set():
                        return
                    try:
                        poster.post_as(turn)
                    except (OSError, HTTPException):
                        unanswered[0] += 1

        def look(name: str, path: str) -> None:
            busy[name] = _response(server, lambda: any(thread.is_alive() for thread in senders), at_least=20, path=path)

        senders = [threading.Thread(target=run, args=(posters[start::SENDERS],)) for start in range(SENDERS)]
        lookers = [threading.Thread(target=look, args=pair) for pair in IN_THE_WAVE.items()]
        started = time.monotonic()
        for thread in (*senders, *lookers):
            thread.start()
        for thread in lookers:
            thread.join()
        stopped.set()
        for thread in senders:
            thread.join()
        seconds = time.monotonic() - started
    taken = sum(len(poster.acknowledged) for poster in posters)
    table.add("wave of spam: contributions taken from 500 addresses", count, taken, "posts")
    table.add("wave of spam: taken", count, taken / seconds, "a second")
    table.add("wave of spam: sent without an answer", count, unanswered[0], "posts", aim="0", holds=unanswered[0] == 0)
    for name in IN_THE_WAVE:
        table.add(f"{name} for a guest before the wave: median", size, median(quiet[name]), "ms")
        if name not in busy:
            raise RuntimeError(f"{name} did not answer in the wave")
        middle = median(busy[name])
        table.add(f"{name} for a guest in the wave: median", size, middle, "ms", aim="below 1000", holds=middle < 1_000)
        table.add(f"{name} for a guest in the wave: slowest of 100", size, _slowest(busy[name]), "ms")


class _Spammer(Poster):
    """A machine behind an address of its own that gives the same text again and again, as a guest without a cookie."""

    def __init__(self, server: Server, address: str) -> None:
        self.address = address
        super().__init__(server)

    def post_as(self, turn: int) -> bool:
        self.connection.close()  # idle for longer than the server keeps it
        self.connection = self.server.connect()
        return self.post(
            title=f"Jetzt günstige Kredite {turn}",
            text="Sofort Geld ohne Prüfung auf billig-kredit.example, nur heute, greifen Sie zu.",
            headers={"X-Forwarded-For": self.address},
        )


def _response(server: Server, goes_on: Callable[[], bool], *, at_least: int, path: str = LIST) -> list[float]:
    """Milliseconds of a page, asked again and again while it goes on, and so often at least; RuntimeError on any answer but 200."""
    times: list[float] = []
    connection, until = server.connect(), time.monotonic() + PATIENCE
    while (len(times) < at_least or goes_on()) and time.monotonic() < until:
        start = time.monotonic()
        status, _body, _headers = server.get(path, connection)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        times.append((time.monotonic() - start) * 1_000)
        time.sleep(0.05)
    return times


def _ordered(data: Path, count: int, verb: str) -> None:
    """Have somebody of the team decide about the first `count` of the queue."""
    command = [sys.executable, "-m", "bench.desk_at_size", "order", str(data), str(count), verb]
    subprocess.run(command, check=True, cwd=ROOT)  # noqa: S603  (our own bench)


def _at_size(part: str, size: int) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "bench.desk_at_size", part, str(FOLDER / str(size)), str(size)]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)  # noqa: S603  (our own bench)
    return [json.loads(line) for line in output.stdout.splitlines()]


def _copy(size: int, name: str) -> Path:
    """The city of a size once more, as if each periodic task had just run: they are no part of what is measured."""
    data = FOLDER / name
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(FOLDER / str(size), data)
    with closing(sqlite3.connect(data / "civitas.sqlite3")) as database, database:
        database.execute("UPDATE outbox_ticker SET last_run_at = ?", (dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f"),))
    return data


def _wait(done: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > until:
            raise RuntimeError("the worker did not come to an end")
        time.sleep(0.5)


def _is_done(data: Path) -> bool:
    return _count(data, "SELECT count(*) FROM moderation_run WHERE state = 'running'") == 0


def _due_rows(data: Path) -> int:
    """What the worker has to do now; what waits for a later time is not waited for."""
    now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return _count(data, "SELECT count(*) FROM outbox_outboxrow WHERE done_at IS NULL AND failed_at IS NULL AND run_at <= ?", now)


@contextmanager
def _quiet_site(data: Path, **environment: str) -> Iterator[Server]:
    """A server with mailbox whose worker has nothing left to do."""
    with serving(data, HOST, **{"DEMO": "1", **environment}) as server:
        _wait(lambda: _due_rows(data) == 0)
        yield server


def _row(data: Path, sql: str, *values: str) -> tuple[Any, ...]:
    with closing(sqlite3.connect(data / "civitas.sqlite3", timeout=20)) as database:
        return tuple(database.execute(sql, values).fetchone())


def _count(data: Path, sql: str, *values: str) -> int:
    return int(_row(data, sql, *values)[0])


def _moment(text: str) -> float:
    return dt.datetime.fromisoformat(text).timestamp()


def _slowest(times: list[float]) -> float:
    """Of a hundred, the slowest but one."""
    return sorted(times)[max(0, int(len(times) * 0.99) - 1)]


def _tell(line: str) -> None:
    print(f"-- {time.monotonic() - _BEGAN:6.0f} s  {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    os.environ.pop("DEMO", None)
    main()
