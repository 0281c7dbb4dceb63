"""The bench `circle`: from a voice to a service and back. `make bench`.

A measure is a function that takes the table and what was asked; whoever adds one puts it into `MEASURES`.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from contextlib import closing
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.cockpit import cockpit
from bench.server import HOST, Server, serving
from bench.table import Table
from civitas.contributions.differences import differences
from civitas.kit.personal import personal_in

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var" / "bench-circle"
SIZES = (1_000, 10_000, 100_000)
# So many voices at most flow into the service of a city.
VOICES = 10_000
# What is linear may cost so much more for ten times as many.
MOST_GROWTH = 11.0
PATIENCE = 900.0  # seconds after which a part that hangs is given up
_BEGAN = time.monotonic()


def story(table: Table, asked: argparse.Namespace) -> None:
    """The story of a service with its voices upstream over four hops, its list of voices, and the page of a voice: queries and time."""
    found: dict[str, dict[int, dict[str, float]]] = {}
    for size in asked.sizes:
        for figure in at_size("story", size, str(asked.voices)):
            found.setdefault(figure["name"], {})[size] = figure
    least = min(asked.sizes)
    for name, by_size in found.items():
        for size, figure in by_size.items():
            table.add(f"{name}: median", size, figure["ms"], "ms")
            table.add(f"{name}: queries", size, figure["queries"], "queries")
        most = max(by_size)
        if most > least:
            more = max(0, by_size[most]["queries"] - by_size[least]["queries"])  # a page of few voices may ask once more
            table.add(f"{name}: more queries at the last size", most, more, "queries", aim="0", holds=more == 0)
        for smaller, larger in ((1_000, 10_000), (10_000, 100_000)):
            if smaller in by_size and larger in by_size:
                growth = by_size[larger]["ms"] / by_size[smaller]["ms"]
                aim = f"at most {MOST_GROWTH:.0f}"
                table.add(f"{name}: growth from {smaller:,}", larger, growth, "times", aim=aim, holds=growth <= MOST_GROWTH)


def news(table: Table, asked: argparse.Namespace) -> None:
    """A hop with 10,000 voices upstream: mails a second."""
    data = _hop(asked, "news")
    with serving(data, HOST, DEMO="1"):
        wait(lambda: due_rows(data) == 0)
    first, last, mails = row(data, "SELECT min(sent_at), max(sent_at), count(*) FROM notices_delivery WHERE sent_at IS NOT NULL")
    begun, ended = row(data, "SELECT min(created_at), max(done_at) FROM outbox_outboxrow WHERE kind LIKE 'lineage.%'")
    voices = _voices(asked)
    table.add("news of a hop: mails", voices, mails, "mails", aim=f"{voices}", holds=mails == voices)
    table.add("news of a hop: until all letters are written", voices, moment(ended) - moment(begun), "s")
    if mails:
        table.add("news of a hop: mails a second", voices, mails / max(moment(last) - moment(first), 0.001), "a second")


def kill(table: Table, asked: argparse.Namespace) -> None:
    """Kill -9 of everything while the letters of a hop are written, and while they are sent."""
    data, voices = _hop(asked, "kill"), _voices(asked)
    goals = {
        "while letters are written": ("SELECT count(*) FROM lineage_letter", voices // 3),
        "while mails are sent": ("SELECT count(*) FROM notices_mailboxmail", voices // 2),
    }
    for name, (sql, goal) in goals.items():
        server = Server(data, HOST, DEMO="1")
        try:
            wait(lambda sql=sql, goal=goal: count(data, sql) >= goal)  # type: ignore[misc]
        finally:
            server.kill()
        table.add(f"kill {name}: mails sent before", voices, count(data, "SELECT count(*) FROM notices_mailboxmail"), "mails")
    with serving(data, HOST, DEMO="1"):
        wait(lambda: due_rows(data) == 0)
    mails = count(data, "SELECT count(DISTINCT message_id) FROM notices_mailboxmail WHERE message_id <> ''")
    people = count(data, "SELECT count(DISTINCT recipients) FROM notices_mailboxmail")
    doubled = count(data, "SELECT count(*) FROM notices_mailboxmail") - mails
    table.add("news of a hop after two kills: people without a mail", voices, voices - people, "mails", aim="0", holds=people == voices)
    table.add(
        "news of a hop after two kills: letters beyond one a person", voices, mails - people, "letters", aim="0", holds=mails == people
    )
    table.add("news of a hop: mails doubled for each kill", voices, doubled / len(goals), "mails")


def words(table: Table, _asked: argparse.Namespace) -> None:
    """Two searches in people's words: personal data in texts made to keep it busy, and what differs in a concept of 200 pages."""
    hostile = ("1", "0 ", "a.", "DE12", "A-", "(0)", "tel ", "a@a.")
    for name, sizes, work in (
        ("personal data in hostile texts", (2_000, 20_000), lambda size: [personal_in(piece * (size // len(piece))) for piece in hostile]),
        ("differences of two wordings of so many lines", (1_200, 12_000), _compare),
    ):
        took = {}
        for size in sizes:
            times = []
            for _ in range(5):
                begun = time.perf_counter()
                work(size)
                times.append((time.perf_counter() - begun) * 1_000)
            took[size] = statistics.median(times)
            table.add(f"{name}: median", size, took[size], "ms")
        # Ten times as much; what no longer fits the caches costs a little more.
        growth = took[sizes[1]] / took[sizes[0]]
        table.add(f"{name}: growth", sizes[1], growth, "times", aim="at most 20", holds=growth <= 20)


def _compare(lines: int) -> None:
    before = [f"Absatz {number} mit vielen Worten, die alle bleiben." for number in range(lines)]
    differences("\n".join(before), "\n".join(line + " Neu." * (number % 3 == 0) for number, line in enumerate(before)))


MEASURES: dict[str, Callable[[Table, argparse.Namespace], None]] = {
    "story": story,
    "news": news,
    "kill": kill,
    "cockpit": cockpit,
    "words": words,
}


def main() -> None:
    """Run the measures that were asked for, all by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--voices", type=int, default=VOICES, help="how many flow into the service at most")
    parser.add_argument("--parts", nargs="*", choices=list(MEASURES), default=list(MEASURES))
    asked = parser.parse_args()
    table, faults = Table("circle"), 0
    for size in asked.sizes:
        build(size, asked.voices)
    for name in asked.parts:
        tell(name)
        try:
            MEASURES[name](table, asked)
        except (RuntimeError, OSError, HTTPException, subprocess.CalledProcessError, sqlite3.Error) as fault:
            # One part that breaks is a figure, too, and takes no other with it.
            faults += 1
            table.add(f"{name}: broke off ({type(fault).__name__})", 0, 1, "faults", aim="0", holds=False)
            print(f"  {fault}", file=sys.stderr)
        shutil.rmtree(FOLDER / name, ignore_errors=True)
    tell("done")
    table.write(keep_others=asked.parts != list(MEASURES))
    sys.exit(int(faults > 0))


def build(size: int, voices: int) -> None:
    """The city of this size, once; from the one that the bench `pages` has made, where it has."""
    folder, made = FOLDER / str(size), ROOT / "var" / "bench" / str(size)
    if (folder / "built").exists():
        return
    tell(f"building a city of {size:,}")
    shutil.rmtree(folder, ignore_errors=True)
    if (made / "built").exists():
        shutil.copytree(made, folder, ignore=shutil.ignore_patterns("built", "*.log"))
    at_size("build", size, str(voices))


def at_size(part: str, size: int, *rest: str) -> list[dict[str, Any]]:
    """What a part finds in the city of this size, in a process of its own."""
    command = [sys.executable, "-m", "bench.circle_at_size", part, str(FOLDER / str(size)), str(size), *rest]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)  # noqa: S603  (our own bench)
    return [json.loads(line) for line in output.stdout.splitlines()]


def _voices(asked: argparse.Namespace) -> int:
    return min(asked.voices, _size(asked))


def _size(asked: argparse.Namespace) -> int:
    return next((size for size in sorted(asked.sizes) if size >= asked.voices), max(asked.sizes))


def _hop(asked: argparse.Namespace, name: str) -> Path:
    """A copy of the city in which the last hop to the service has just been made."""
    data = FOLDER / name
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(FOLDER / str(_size(asked)), data)
    now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    with closing(sqlite3.connect(data / "civitas.sqlite3")) as database, database:
        # As if each periodic task had just run, and nothing else waited: they are no part of what is measured.
        database.execute("UPDATE outbox_ticker SET last_run_at = ?", (now,))
        database.execute("UPDATE outbox_outboxrow SET done_at = ? WHERE done_at IS NULL", (now,))
    command = [sys.executable, "-m", "bench.circle_at_size", "hop", str(data), str(_size(asked))]
    subprocess.run(command, check=True, cwd=ROOT)  # noqa: S603  (our own bench)
    return data


def wait(done: Callable[[], bool]) -> None:
    """Until it is done; RuntimeError when that takes too long."""
    until = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > until:
            raise RuntimeError("the worker did not come to an end")
        time.sleep(0.5)


def due_rows(data: Path) -> int:
    """What the worker has to do now; what waits for a later time is not waited for."""
    now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return count(data, "SELECT count(*) FROM outbox_outboxrow WHERE done_at IS NULL AND failed_at IS NULL AND run_at <= ?", now)


def row(data: Path, sql: str, *values: str) -> tuple[Any, ...]:
    """The one row of a statement on the database in a folder."""
    with closing(sqlite3.connect(data / "civitas.sqlite3", timeout=20)) as database:
        return tuple(database.execute(sql, values).fetchone())


def count(data: Path, sql: str, *values: str) -> int:
    """The one number of a statement."""
    return int(row(data, sql, *values)[0])


def moment(text: str) -> float:
    """Seconds since 1970 of a time in the database."""
    return dt.datetime.fromisoformat(text).timestamp()


def tell(line: str) -> None:
    """How far it is, for who waits."""
    print(f"-- {time.monotonic() - _BEGAN:6.0f} s  {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    os.environ.pop("DEMO", None)
    main()
