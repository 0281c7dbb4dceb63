"""The part `spam` of the bench `doors`: a wave from 500 addresses, as fast as it goes in, and people who read and write meanwhile."""

from __future__ import annotations

import base64
import json
import random
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from altcha.v1 import Challenge, solve_challenge

from bench.browsers import Browser
from bench.server import HOST, serving
from civitas.kit.ids import uuid7

if TYPE_CHECKING:
    import argparse

    from bench.server import Server
    from bench.table import Table

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var" / "bench-doors"
STANDING = 200  # contributions that are there already
POSTS, ADDRESSES, HANDS, SECONDS = 5_000, 500, 8, 600
WORDS = "Gewinn Kasino Kredit Uhren Pillen Sofort Bonus Gratis Aktie Kurs Chance Geheim Rabatt Luxus Reise Klick".split()
GIVE, PAGES = "/geben", ("/", "/entdecken", "/entdecken?words=Fahrrad")
_UID, _ENOUGH = re.compile(r'name="uid" value="([^"]+)"'), 1_000


def spam(table: Table, _asked: argparse.Namespace) -> None:
    """Where the posts of a wave end, what pages and people's own posts take meanwhile, and how long the team is busy with it."""
    data = FOLDER / "spam"
    shutil.rmtree(data, ignore_errors=True)
    _run("build", data, str(STANDING))
    with serving(data, HOST, RATE_FACTOR="1", TRUSTED_PROXIES="1", WEB_PROCESSES="2") as server:
        calm = _read(server, 30)
        table.add("pages, calm: median", POSTS, statistics.median(calm) * 1_000, "ms")
        begun = time.monotonic()
        answers, pages, given = _wave(server)
        posts = sum(answers.values())
        pace = posts / min(SECONDS, time.monotonic() - begun)
        table.add("wave: posts in all", ADDRESSES, posts, "posts")
        # 5,000 in ten minutes are 8.3 a second; the hands send as fast as they are answered, for as long as a bench may take.
        table.add("wave: posts a second", ADDRESSES, pace, "a second", aim="over 8.3", holds=pace > POSTS / 600)
        table.add("wave: refused with their text kept", ADDRESSES, answers[429], "posts")
        table.add("wave: taken, to wait for the team", ADDRESSES, answers[303], "posts", aim="at most 600", holds=answers[303] <= 600)
        others = posts - answers[429] - answers[303]
        table.add("wave: other answers", ADDRESSES, others, "posts", aim="0", holds=others == 0)
        middle = statistics.median(pages) * 1_000
        table.add("pages in the wave: median", len(pages), middle, "ms", aim="under 1,000", holds=middle < _ENOUGH)
        table.add("pages in the wave: slowest of twenty", len(pages), statistics.quantiles(pages, n=20)[-1] * 1_000, "ms")
        table.add("people who give in the wave: published at once", len(given), sum(given), "people", aim="all", holds=all(given))
        shown = _count(data, "visibility = 'published' AND title LIKE 'Welle %'")
        table.add("wave: posts that appear", posts, shown, "posts", aim="0", holds=shown == 0)
        _clear(table, data)


def _wave(server: Server) -> tuple[Counter[int], list[float], list[bool]]:
    answers: Counter[int] = Counter()
    queue, lock, until = iter(range(POSTS)), threading.Lock(), time.monotonic() + SECONDS

    def attack() -> None:
        # A machine reads the form once, and sends it from all its addresses.
        browser = Browser(server, HOST, "10.9.9.9").get(GIVE)
        while time.monotonic() < until:
            with lock:
                number = next(queue, None)
            if number is None:
                return
            address = number % ADDRESSES
            browser.address = f"10.{address // 250}.{address % 250}.9"
            browser.cookies.pop("guest", None)
            text = " ".join(random.choices(WORDS, k=9)) if number % 2 else "Jetzt sofort reich werden mit dem geheimen Bonus"  # noqa: S311
            status = browser.post(GIVE, uid=str(uuid7()), kind="idea", title=f"Welle {number}", text=text, draft_version="0").status
            with lock:
                answers[status] += 1

    hands = [threading.Thread(target=attack, daemon=True) for _each in range(HANDS)]
    for each in hands:
        each.start()
    time.sleep(2)
    pages: list[float] = []
    given: list[bool] = []
    while any(each.is_alive() for each in hands):
        pages += _read(server, 3)
        if len(given) < 12:
            given.append(_give(server, len(given)))
    return answers, pages, given


def _read(server: Server, many: int) -> list[float]:
    times = []
    for number in range(many):
        begun = time.monotonic()
        status = server.get(PAGES[number % len(PAGES)])[0]
        assert status == 200, status
        times.append(time.monotonic() - begun)
    return times


def _give(server: Server, number: int) -> bool:
    """Somebody with a browser that works for its text; whether the text is there for all."""
    browser = Browser(server, HOST, f"203.0.{number}.7").get(GIVE)
    form, title = browser.page, f"Eine Bank am Ufer, die {number}."
    question = json.loads(browser.get(f"/nachweis?form={quote(GIVE)}").page)
    names = ("algorithm", "challenge", "maxNumber", "salt", "signature")
    found = solve_challenge(Challenge(*(question[name] for name in names)))
    assert found is not None
    proof = base64.b64encode(json.dumps(question | {"number": found.number}).encode()).decode()
    browser.page, uid = form, _UID.search(form)
    assert uid is not None
    text = f"Am Ufer fehlt an {number} Stellen eine Bank für alle, die nicht lange gehen. Wer {'sehr ' * number}müde ist, freut sich."
    browser.post(GIVE, uid=uid[1], kind="idea", title=title, text=text, draft_version="0", proof=proof)
    return title in server.get("/entdecken?sort=newest")[1].decode()


def _clear(table: Table, data: Path) -> None:
    """What waits for the team, and how long one order about all of it takes."""
    wanted = _count(data, "visibility = 'waiting'")
    begun = time.monotonic()
    while _cases(data) < wanted + STANDING and time.monotonic() - begun < 60:
        time.sleep(0.5)
    table.add("wave: the team's queue is longer by", POSTS, wanted, "texts")
    begun = time.monotonic()
    _run("order", data, str(wanted + STANDING), "spam")
    while _count(data, "visibility = 'waiting'") and time.monotonic() - begun < 120:
        time.sleep(0.2)
    left = _count(data, "visibility = 'waiting'")
    table.add("wave: still waiting after one order of the team", wanted, left, "texts", aim="0", holds=left == 0)
    table.add("wave: until one order has cleared the queue", wanted + STANDING, time.monotonic() - begun, "s")


def _count(data: Path, where: str) -> int:
    return _one(data, f"SELECT count(*) FROM contributions_contribution WHERE {where}")  # noqa: S608  (our own words)


def _cases(data: Path) -> int:
    return _one(data, "SELECT count(*) FROM moderation_case WHERE state = 'open'")


def _one(data: Path, sql: str) -> int:
    with closing(sqlite3.connect(data / "civitas.sqlite3", timeout=20)) as database:
        return int(database.execute(sql).fetchone()[0])


def _run(part: str, data: Path, *rest: str) -> None:
    subprocess.run([sys.executable, "-m", "bench.desk_at_size", part, str(data), *rest], check=True, cwd=ROOT)  # noqa: S603  (our own bench)
