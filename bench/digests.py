"""The part `digests` of the bench `doors`: one morning's mails to 10,000 people, in a calm run and with a worker killed again and again.

The mails go over SMTP to a sink on this machine that counts them, so nothing of the way is left out but the network.
"""

from __future__ import annotations

import os
import random
import shutil
import socketserver
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from bench.exchange import write_rows
from bench.imports import CITY, PROCESS, import_city

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from bench.table import Table

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var" / "bench-doors" / "digests"
PEOPLE, NEWS_EACH, KILLS = 10_000, 3, 5
MOST_GROWTH_MB = 50
PATIENCE_SECONDS = 3_600


class _Letters(socketserver.StreamRequestHandler):
    """As much of SMTP as a mail program says (RFC 5321)."""

    server: Sink

    def handle(self) -> None:
        self._say("220 sink")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self._say("354 go on")
                self._take()
            elif verb == b"EHLO":
                self._say("250-sink", "250 8BITMIME")
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

    def _take(self) -> None:
        key = ""
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            if not key and line.lower().startswith(b"message-id:"):
                key = line.partition(b":")[2].strip().decode()
        if line:
            self.server.taken.append(key)
            self._say("250 taken")


class Sink(socketserver.ThreadingTCPServer):
    """A mail server that keeps of each mail its Message-ID alone."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Letters)
        self.taken: list[str] = []

    @property
    def url(self) -> str:
        """Its address as `EMAIL_URL` takes it."""
        return f"smtp://127.0.0.1:{self.server_address[1]}"


@contextmanager
def _sink() -> Iterator[Sink]:
    with Sink() as sink:
        threading.Thread(target=sink.serve_forever, daemon=True).start()
        try:
            yield sink
        finally:
            sink.shutdown()


def digests(table: Table, asked: argparse.Namespace) -> None:
    """A calm morning, and one in which the worker is killed in the middle."""
    people = asked.people
    ready = FOLDER / "ready"
    import_city(ready)
    source = ready / "voices.csv"
    write_rows(source, "csv", NEWS_EACH)
    _civitas(ready, "import", "--city", CITY, "--process", PROCESS, str(source))
    _civitas(ready, "worker", "--once")
    subprocess.run([sys.executable, "-m", "bench.digests", "--fill", str(people)], env=_environment(ready), cwd=ROOT, check=True)  # noqa: S603  (our own bench)
    _calm(table, _copy(ready, "calm"), people)
    _killed(table, _copy(ready, "killed"), people)


def _environment(data: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "CIVITAS_DATA": str(data), "SECRET_KEY": "a key of the bench alone, which protects nothing", **more}


def _civitas(data: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "civitas.project.cli", *arguments]
    subprocess.run(command, env=_environment(data), check=True, capture_output=True)  # noqa: S603  (our own command)


def _copy(ready: Path, name: str) -> Path:
    shutil.rmtree(FOLDER / name, ignore_errors=True)
    return Path(shutil.copytree(ready, FOLDER / name))


def _worker(data: Path, sink: Sink) -> subprocess.Popen[bytes]:
    log = (data / "worker.log").open("ab")
    command = [sys.executable, "-m", "civitas.project.cli", "worker"]
    return subprocess.Popen(command, env=_environment(data, EMAIL_URL=sink.url), stdout=log, stderr=log)  # noqa: S603  (our own command)


def _open_digests(data: Path) -> int:
    """How many digests are still to go out, and whether some are still to be noted."""
    with closing(sqlite3.connect(data / "civitas.sqlite3", timeout=60)) as database:
        waiting = "SELECT count(*) FROM outbox_outboxrow WHERE done_at IS NULL AND kind IN ('notices.gather', 'notices.send_digest')"
        return int(database.execute(waiting).fetchone()[0])


def _memory_mb(worker: subprocess.Popen[bytes]) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{worker.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1_000
    return 0.0


def _calm(table: Table, data: Path, people: int) -> None:
    with _sink() as sink:
        worker = _worker(data, sink)
        memory: list[tuple[int, float]] = []
        deadline = time.monotonic() + PATIENCE_SECONDS
        try:
            while not sink.taken and time.monotonic() < deadline:
                time.sleep(0.05)
            begun = time.monotonic()
            while _open_digests(data) and time.monotonic() < deadline:
                memory.append((len(sink.taken), _memory_mb(worker)))
                time.sleep(0.5)
            took = time.monotonic() - begun
        finally:
            worker.terminate()
            worker.wait(60)
        table.add("digests, calm: mails", people, len(sink.taken) / took, "a second")
        _count(table, "digests, calm", people, sink.taken)
    early = [held for sent, held in memory if people * 0.1 <= sent <= people * 0.3] or [held for _sent, held in memory[:1]]
    late = [held for sent, held in memory if sent >= people * 0.8] or [held for _sent, held in memory[-1:]]
    table.add("digests, calm: most memory", people, max(held for _sent, held in memory), "MB")
    growth = max(late) - max(early)
    table.add("digests, calm: memory grown on the way", people, growth, "MB", aim=f"under {MOST_GROWTH_MB}", holds=growth < MOST_GROWTH_MB)


def _killed(table: Table, data: Path, people: int) -> None:
    chance = random.Random(7)  # noqa: S311  (a bench wants the same moments each time)
    deadline = time.monotonic() + PATIENCE_SECONDS
    with _sink() as sink:
        for number in range(KILLS):
            worker = _worker(data, sink)
            enough = min(people - 1, int(people * (number + chance.uniform(0.2, 0.8)) / (KILLS + 1)))
            while len(sink.taken) < enough and time.monotonic() < deadline:
                time.sleep(0.01)
            worker.kill()
            worker.wait(60)
        worker = _worker(data, sink)
        try:
            # What a killed worker had taken is free again when its lease has run out.
            while _open_digests(data) and time.monotonic() < deadline:
                time.sleep(0.5)
        finally:
            worker.terminate()
            worker.wait(60)
        _count(table, "digests, worker killed", people, sink.taken)
        doubled = sum(count - 1 for count in Counter(sink.taken).values())
        table.add("digests, worker killed: doubled for each kill", KILLS, doubled / KILLS, "mails", aim="at most 1", holds=doubled <= KILLS)


def _count(table: Table, name: str, people: int, taken: list[str]) -> None:
    missing = people - len(set(taken))
    table.add(f"{name}: missing", people, missing, "mails", aim="0", holds=missing == 0)


def _fill(people: int) -> None:
    """So many people with an account, some news for each, and a morning that has begun."""
    from civitas.project.commands.start import start_django

    start_django()
    from django.db import transaction

    from civitas.cities.models import City
    from civitas.contributions.models import Contribution
    from civitas.kit.rooms import DAILY
    from civitas.notices.actions import notify
    from civitas.notices.digests import begin_rounds
    from civitas.notices.models import Delivery
    from civitas.outbox.worker import run_due
    from civitas.people.models import Participant, User
    from civitas.sensor.tasks import FOUND

    city = City.objects.get(slug=CITY)
    users = User.objects.bulk_create([User(email=f"leserin{n}@example.org") for n in range(people)], batch_size=500)
    rows = [Participant(city=city, user=user, pseudonym=f"Leserin {n}") for n, user in enumerate(users)]
    uids = [row.uid for row in Participant.objects.bulk_create(rows, batch_size=500)]
    for key in Contribution.objects.of(city).order_by("pk").values_list("pk", flat=True)[:NEWS_EACH]:
        with transaction.atomic():
            notify(city, uids, FOUND, f"contribution:{key}", "found")
    while run_due():
        pass
    waiting = Delivery.objects.of(city).pending().filter(channel=DAILY).count()
    if waiting != people * NEWS_EACH:
        sys.exit(f"{waiting} pieces of news wait, and {people * NEWS_EACH} should")
    begin_rounds()


if __name__ == "__main__":
    _fill(int(sys.argv[2]))
