"""The parts of the bench `doors` that need a running site: codes that are guessed, a wave of spam, a morning's digests. `make bench`.

Everything comes through the proxy's header, so that each network is one of its own; the limits hold as they are in a real house.
"""

from __future__ import annotations

import argparse
import random
import re
import sqlite3
import statistics
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from bench.browsers import Browser
from bench.digests import PEOPLE, digests
from bench.imports import CITY, import_city
from bench.server import serving
from bench.table import Table
from bench.waves import spam

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.server import Server

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var" / "bench-doors"
HOST = f"{CITY}.localhost"
VICTIMS, NETWORKS, TRIES = 10, 200, 1_000
HANDS = 8  # so many attack at the same moment
_CODE = re.compile(r"^\s+([A-Z]{4}-[A-Z]{4})$", re.MULTILINE)


def codes(table: Table, _asked: argparse.Namespace) -> None:
    """A code tried a thousand times by one, codes asked for and guessed from many networks, and people who sign in meanwhile."""
    data = FOLDER / "codes"
    import_city(data)
    with serving(data, HOST, DEMO="1", RATE_FACTOR="1", TRUSTED_PROXIES="1", WEB_PROCESSES="2") as server:
        victims = [f"opfer{number}@example.org" for number in range(VICTIMS)]
        known = [Browser(server, HOST, f"192.0.{number}.7") for number in range(VICTIMS)]
        calm = [_signed_in(server, data, browser, mail) for browser, mail in zip(known, victims, strict=True)]
        for browser in known:
            browser.forget()
        table.add("sign-in by code, calm: median", VICTIMS, statistics.median(calm) * 1_000, "ms")
        _by_one(table, server)
        _by_many(table, server, data, victims, known)


def _by_one(table: Table, server: Server) -> None:
    browser = Browser(server, HOST, "198.51.100.7")
    browser.get("/konto/anmelden").post("/konto/anmelden", email="eine@example.org")
    browser.get("/konto/code")

    def guess(_turn: int) -> bool:
        return browser.copy().post("/konto/code", code=_guessed()).status == 200

    with ThreadPoolExecutor(16) as hands:
        looked_at = sum(hands.map(guess, range(TRIES)))
    table.add("a code tried by one in 16 windows: codes looked at", TRIES, looked_at, "tries", aim="5", holds=looked_at == 5)


def _by_many(table: Table, server: Server, data: Path, victims: list[str], known: list[Browser]) -> None:
    ended, asked, guessed = threading.Event(), [], []

    def attack(first: int) -> None:
        turn = 0
        while not ended.is_set():
            network, turn = (first + turn * HANDS) % NETWORKS, turn + 1
            browser = Browser(server, HOST, f"10.{network // 250}.{network % 250}.{random.randrange(1, 250)}")  # noqa: S311  (no secret)
            browser.get("/konto/anmelden").post("/konto/anmelden", email=random.choice(victims))  # noqa: S311
            asked.append(browser.status)
            if browser.status != 302:
                continue
            browser.get("/konto/code")
            for _each in range(6):
                browser.post("/konto/code", code=_guessed())
                guessed.append(browser.status)
                if browser.status != 200 or ended.is_set():
                    break

    hands = [threading.Thread(target=attack, args=(first,), daemon=True) for first in range(HANDS)]
    for each in hands:
        each.start()
    time.sleep(5)
    groups = {
        "whose code is guessed, in a known browser": list(zip(known, victims, strict=True)),
        "whose code is guessed, in a new browser": [(Browser(server, HOST, f"203.0.{n}.7"), mail) for n, mail in enumerate(victims)],
        "others, new here": [(Browser(server, HOST, f"203.1.{n}.7"), f"neu{n}@example.org") for n in range(VICTIMS)],
    }
    for name, people in groups.items():
        times = [_signed_in(server, data, browser, mail) for browser, mail in people]
        came_in = [each for each in times if each]
        table.add(f"sign-in under attack, {name}: in", len(people), len(came_in), "people", aim="all", holds=len(came_in) == len(people))
        if came_in:
            table.add(f"sign-in under attack, {name}: median", len(people), statistics.median(came_in) * 1_000, "ms")
    ended.set()
    for each in hands:
        each.join(60)
    table.add("attack by many: codes asked for", NETWORKS, len(asked), "requests")
    table.add("attack by many: refused", NETWORKS, sum(status == 429 for status in asked), "requests")
    table.add("attack by many: codes guessed", NETWORKS, len(guessed), "tries")
    table.add("attack by many: not looked at", NETWORKS, sum(status != 200 for status in guessed), "tries")
    mails = max(_mails(data, mail) for mail in victims)
    table.add("attack by many: mails to one address at most", VICTIMS, mails, "mails", aim="under 20", holds=mails < 20)


def _signed_in(server: Server, data: Path, browser: Browser, mail: str) -> float:
    """Seconds from the page to being in; 0 for who stayed outside."""
    begun = time.monotonic()
    browser.get("/konto/anmelden").post("/konto/anmelden", email=mail)
    if browser.status != 302:
        return 0.0
    browser.get("/konto/code").post("/konto/code", code=_newest(data, mail))
    return time.monotonic() - begun if browser.get("/konto/").status == 200 else 0.0


def _guessed() -> str:
    return "".join(random.choices("BCDFGHJKLMNPQRSTVWXZ", k=8))  # noqa: S311  (no secret)


def _newest(data: Path, mail: str) -> str:
    with closing(sqlite3.connect(data / "civitas.sqlite3", timeout=20)) as database:
        row = database.execute("SELECT text FROM notices_mailboxmail WHERE recipients = ? AND text LIKE '%-%' ORDER BY id DESC", (mail,))
        return next((found[1] for (text,) in row if (found := _CODE.search(text))), "")


def _mails(data: Path, mail: str) -> int:
    with closing(sqlite3.connect(data / "civitas.sqlite3", timeout=20)) as database:
        return int(database.execute("SELECT count(*) FROM notices_mailboxmail WHERE recipients = ?", (mail,)).fetchone()[0])


MEASURES: dict[str, Callable[[Table, argparse.Namespace], None]] = {"codes": codes, "spam": spam, "digests": digests}


def main() -> None:
    """Run the parts that were asked for, all by default; exit code 1 when an aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", nargs="*", choices=list(MEASURES), default=list(MEASURES))
    parser.add_argument("--people", type=int, default=PEOPLE, help="how many get a digest")
    asked, table = parser.parse_args(), Table("doors")
    for part in asked.parts:
        MEASURES[part](table, asked)
    table.write(keep_others=True)
    sys.exit(int(any(row.holds is False for row in table.rows)))


if __name__ == "__main__":
    main()
