"""Kill -9 of web and worker in the middle of posts and imports: every acknowledged row is there; mails are counted."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

from bench.imports import DATA, PROCESS, bonn_arguments, import_city
from bench.posts import posts
from bench.server import HOST, Server

if TYPE_CHECKING:
    from pathlib import Path

    from bench.table import Table


def kill_figures(table: Table, folder: Path, rounds: int) -> None:
    """`rounds` kills during posts with mail, and as many during one import."""
    _posts(table, folder / "kills", rounds)
    if DATA.exists():
        _imports(table, folder / "kills-import", rounds)


def _posts(table: Table, data: Path, rounds: int) -> None:
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(data.parent / "1000", data)
    chance = random.Random(4)  # noqa: S311  (a bench wants the same moments each time)
    acknowledged: list[str] = []
    for number in range(rounds):
        server = Server(data, HOST, DEMO="1")
        killer = threading.Timer(chance.uniform(1.0, 3.5), server.kill)
        killer.start()
        _rate, uids, _refused = posts(server, clients=4, seconds=6, mail=f"guest-{number}-#@example.org")
        killer.join()
        acknowledged += uids
    environment = {**os.environ, "CIVITAS_DATA": str(data), "DEMO": "1"}
    # Leases of killed workers run out by themselves; draining twice takes their rows again.
    deadline = time.monotonic() + 300
    while _open_rows(data) and time.monotonic() < deadline:
        subprocess.run([sys.executable, "-m", "civitas.project.cli", "worker", "--once"], env=environment, check=True)
        time.sleep(2)
    with sqlite3.connect(data / "civitas.sqlite3") as database:
        kept = {row[0] for row in database.execute("SELECT uid FROM contributions_contribution")}
        wanted = {uid.replace("-", "") for uid in acknowledged}
        lost = len(wanted - kept)
        mails = _mails(database, wanted)
    table.add("posts acknowledged while web and worker were killed", rounds, len(acknowledged), "posts")
    table.add("acknowledged posts lost", rounds, lost, "posts", aim="0", holds=lost == 0)
    missing = sum(count == 0 for count in mails.values())
    doubled = sum(count > 1 for count in mails.values())
    table.add("mails missing", rounds, missing, "mails", aim="0", holds=missing == 0)
    table.add("mails doubled for each kill", rounds, doubled / rounds, "mails")
    shutil.rmtree(data, ignore_errors=True)


def _open_rows(data: Path) -> int:
    with sqlite3.connect(data / "civitas.sqlite3") as database:
        return int(
            database.execute(
                "SELECT count(*) FROM outbox_outboxrow WHERE done_at IS NULL AND failed_at IS NULL AND kind LIKE 'notices.%'"
            ).fetchone()[0]
        )


def _mails(database: sqlite3.Connection, uids: set[str]) -> dict[str, int]:
    """How many thanks mails each acknowledged contribution's guest got, by the mail's stable Message-ID."""
    rows = database.execute(
        "SELECT c.uid, n.uid FROM contributions_contribution c JOIN notices_notice n"
        " ON n.subject = 'contribution:' || c.id AND n.kind = 'contribution.received' AND n.city_id = c.city_id"
    )
    notices = {uid: notice for uid, notice in rows if uid in uids}
    counts: dict[str, int] = {}
    for (message_id,) in database.execute("SELECT message_id FROM notices_mailboxmail"):
        key = message_id.strip("<>").partition("@")[0].replace("-", "")
        counts[key] = counts.get(key, 0) + 1
    return {uid: sum(count for key, count in counts.items() if notices[uid] in key) if uid in notices else 0 for uid in uids}


def _imports(table: Table, data: Path, rounds: int) -> None:
    import_city(data)
    command, environment = bonn_arguments(data)
    chance = random.Random(5)  # noqa: S311  (a bench wants the same moments each time)
    for _ in range(rounds):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603  (our own command)
        time.sleep(chance.uniform(1.5, 4.0))
        process.kill()
        process.wait()
    subprocess.run(command, env=environment, check=False, capture_output=True)  # noqa: S603  (our own command)
    with sqlite3.connect(data / "civitas.sqlite3") as database:
        rows = database.execute(
            "SELECT count(*), count(DISTINCT source_key) FROM contributions_contribution c"
            " JOIN processes_process p ON p.id = c.process_id WHERE p.slug = ? AND c.kind <> 'comment'",
            [PROCESS],
        ).fetchone()
    table.add("rows of an import that was killed and run again", rounds, rows[0], "rows", aim="2314", holds=rows == (2314, 2314))
    shutil.rmtree(data, ignore_errors=True)
