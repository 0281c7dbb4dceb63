"""The bench `city`: queue and overview with many open items, a bulk decision, its news, and a wave of spam. `make bench`."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.posts import Poster
from bench.server import HOST, Server, serving
from bench.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var" / "bench-city"
SIZES = (1_000, 100_000)
FLAT = {"queue", "overview"}
MOST_GROWTH = 1.5
BULK, NEWS = 10_000, 5_000
WAVE, ADDRESSES = 5_000, 500
PATIENCE = 900.0  # seconds after which a part that hangs is given up


def main() -> None:
    """Run the parts that were asked for, all by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--parts", nargs="*", default=["pages", "bulk", "kill", "wave"])
    asked = parser.parse_args()
    table = Table("city")
    for size in asked.sizes:
        _at_size("build", size)
    if "pages" in asked.parts:
        pages(table, asked.sizes)
    if "bulk" in asked.parts:
        bulk(table, max(asked.sizes))
    if "kill" in asked.parts:
        kill(table, max(asked.sizes))
    if "wave" in asked.parts:
        wave(table, min(asked.sizes))
    table.write()


def pages(table: Table, sizes: list[int]) -> None:
    """Medians and queries of the desk's pages, and how they grow with what is open."""
    found: dict[str, dict[int, dict[str, float]]] = {}
    for size in sizes:
        for figure in _at_size("measure", size):
            found.setdefault(figure["name"], {})[size] = figure
    for name, by_size in found.items():
        for size, figure in by_size.items():
            table.add(f"{name}: median", size, figure["ms"], "ms")
            table.add(f"{name}: queries", size, figure["queries"], "queries")
        first, last = by_size[min(sizes)], by_size[max(sizes)]
        more = last["queries"] - first["queries"]
        table.add(f"{name}: more queries at the last size", max(sizes), more, "queries", aim="0", holds=more <= 0)
        growth, is_flat = last["ms"] / first["ms"], name in FLAT
        aim = f"at most {MOST_GROWTH}" if is_flat else ""
        table.add(f"{name}: growth", max(sizes), growth, "times", aim=aim, holds=growth <= MOST_GROWTH if is_flat else None)


def bulk(table: Table, size: int) -> None:
    """One decision on 10,000: how long, how quick the site is meanwhile, and how quickly its news go out by mail."""
    data = _copy(size, "bulk")
    with serving(data, HOST, DEMO="1") as server:
        quiet = _response(server, lambda: False, at_least=60)
        _ordered(data, BULK, "hide")
        started = time.monotonic()
        busy = _response(server, lambda: not _is_done(data), at_least=20)
        seconds = time.monotonic() - started
        _wait(lambda: _open_rows(data) == 0)
    table.add("bulk decision on 10,000: seconds", BULK, seconds, "s")
    table.add("bulk decision on 10,000: failed", BULK, _count(data, "SELECT failed_count FROM moderation_run"), "items", aim="0")
    table.add("list for a guest before the bulk decision: median", size, median(quiet), "ms")
    table.add("list for a guest during the bulk decision: median", size, median(busy), "ms")
    slower = median(busy) / median(quiet)
    table.add("list for a guest during the bulk decision", size, slower, "times slower", aim="at most 3", holds=slower <= 3)
    shutil.rmtree(data)
    data = _copy(size, "news")
    with serving(data, HOST, DEMO="1"):
        _ordered(data, NEWS, "hide")
        _wait(lambda: _is_done(data) and _open_rows(data) == 0)
        first, last, mails = _row(data, "SELECT min(sent_at), max(sent_at), count(*) FROM notices_delivery WHERE sent_at IS NOT NULL")
    seconds = max(_moment(last) - _moment(first), 0.001)
    table.add("news of 5,000 decisions: mails", NEWS, mails, "mails", aim=f"{NEWS}", holds=mails == NEWS)
    table.add("news of 5,000 decisions: mails a second", NEWS, mails / seconds, "a second")
    shutil.rmtree(data)


def kill(table: Table, size: int) -> None:
    """Kill -9 of everything in the middle of 5,000 decisions and in the middle of their mails."""
    data = _copy(size, "kill")
    for after in (3.0, 8.0):
        server = Server(data, HOST, DEMO="1")
        if not _count(data, "SELECT count(*) FROM moderation_run"):
            _ordered(data, NEWS, "hide")
        time.sleep(after)
        server.kill()
    with serving(data, HOST, DEMO="1"):
        _wait(lambda: _is_done(data) and _open_rows(data) == 0)
    decided = _count(data, "SELECT count(DISTINCT case_id) FROM moderation_decision")
    twice = _count(data, "SELECT count(*) FROM (SELECT case_id FROM moderation_decision GROUP BY case_id HAVING count(*) > 1)")
    table.add("decisions after two kills", NEWS, decided, "decisions", aim=f"{NEWS}", holds=decided == NEWS)
    table.add("decisions made twice", NEWS, twice, "decisions", aim="0", holds=twice == 0)
    wanted = _count(data, "SELECT count(*) FROM notices_notice WHERE kind LIKE 'moderation.%'")
    mails = _count(data, "SELECT count(DISTINCT message_id) FROM notices_mailboxmail")
    doubled = _count(data, "SELECT count(*) FROM notices_mailboxmail") - mails
    table.add("mails missing after two kills", NEWS, max(0, wanted - mails), "mails", aim="0", holds=wanted - mails <= 0)
    table.add("mails doubled for each kill", NEWS, doubled / 2, "mails")
    shutil.rmtree(data)


def wave(table: Table, size: int) -> None:
    """5,000 alike contributions from 500 addresses, as fast as they are taken, under the limits of every day: how the site stands."""
    data = _copy(size, "wave")
    with serving(data, HOST, RATE_FACTOR="1", TRUSTED_PROXIES="1") as server:
        quiet = _response(server, lambda: False, at_least=60)
        posters = [_Spammer(server, f"10.{n // 250}.{n % 250}.1") for n in range(ADDRESSES)]
        stopped = threading.Event()

        def run(mine: list[_Spammer]) -> None:
            for turn in range(WAVE // ADDRESSES):
                for poster in mine:
                    if stopped.is_set():
                        return
                    poster.post_as(turn)

        threads = [threading.Thread(target=run, args=(posters[start::8],)) for start in range(8)]
        started = time.monotonic()
        for thread in threads:
            thread.start()
        busy = _response(server, lambda: any(thread.is_alive() for thread in threads), at_least=20)
        stopped.set()
        for thread in threads:
            thread.join()
        seconds = time.monotonic() - started
    taken = sum(len(poster.acknowledged) for poster in posters)
    table.add("wave of spam: contributions taken from 500 addresses", WAVE, taken, "posts")
    table.add("wave of spam: taken", WAVE, taken / seconds, "a second")
    table.add("list for a guest before the wave: median", size, median(quiet), "ms")
    table.add("list for a guest in the wave: median", size, median(busy), "ms", aim="below 1000", holds=median(busy) < 1_000)
    table.add("list for a guest in the wave: slowest of 100", size, sorted(busy)[int(len(busy) * 0.99) - 1], "ms")
    shutil.rmtree(data)


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


def _response(server: Server, goes_on: Callable[[], bool], *, at_least: int) -> list[float]:
    """Milliseconds of the list page, asked again and again while it goes on, and so often at least."""
    times, connection, until = [], server.connect(), time.monotonic() + PATIENCE
    while (len(times) < at_least or goes_on()) and time.monotonic() < until:
        start = time.monotonic()
        status, _body, _headers = server.get("/entdecken", connection)
        if status != 200:
            raise RuntimeError(f"the list answered {status}")
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
    data = FOLDER / name
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(FOLDER / str(size), data)
    return data


def _wait(done: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > until:
            raise RuntimeError("the worker did not come to an end")
        time.sleep(0.5)


def _is_done(data: Path) -> bool:
    return _count(data, "SELECT count(*) FROM moderation_run WHERE state = 'running'") == 0


def _open_rows(data: Path) -> int:
    return _count(data, "SELECT count(*) FROM outbox_outboxrow WHERE done_at IS NULL AND failed_at IS NULL")


def _row(data: Path, sql: str) -> tuple[Any, ...]:
    with sqlite3.connect(data / "civitas.sqlite3", timeout=20) as database:
        return tuple(database.execute(sql).fetchone())


def _count(data: Path, sql: str) -> int:
    return int(_row(data, sql)[0])


def _moment(text: str) -> float:
    import datetime as dt

    return dt.datetime.fromisoformat(text).timestamp()


if __name__ == "__main__":
    os.environ.pop("DEMO", None)
    main()
