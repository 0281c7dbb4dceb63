"""What each test asks the database: a test whose every statement is sent by others too tells nothing new of a second database.

    STATEMENTS=build/statements make test     # writes down what is sent, worker by worker
    .venv/bin/python -m tests.statements build/statements

The second line chooses the tests that in CI PostgreSQL plays too: all that commit or are marked `each_database`, and of the others so
many of the shortest that each statement is sent once. It writes down the rest, so that a new test, or one with a new name, is played
until the choice is made anew.
"""

from __future__ import annotations

import heapq
import json
import re
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import pytest

CHOICE = Path(__file__).with_name("same_on_postgres.txt")
# Values that stand in a statement's own text, then lists of them and lists of rows that are longer or shorter.
_VALUES = re.compile(r"'(?:[^']|'')*'|\"s\d+_x\d+\"|\b\d+\b|\bNULL\b")
_LISTS = re.compile(r"%s(?:\s*,\s*%s)+"), re.compile(r"\(%s\)(?:\s*,\s*\(%s\))+")


def tells_of_the_database(item: pytest.Item) -> bool:
    """What commits, locks or meets others in the database, or was marked by hand, is played on both, whatever it sends."""
    marker = item.get_closest_marker("django_db")
    commits = marker is not None and bool(marker.kwargs.get("transaction"))
    return commits or item.get_closest_marker("each_database") is not None or not {"transactional_db", "site"}.isdisjoint(item.fixturenames)


def shape_of(sql: str) -> str:
    """A statement without its values and the lengths of its lists."""
    values, rows = _LISTS
    return rows.sub("(%s)", values.sub("%s", _VALUES.sub("%s", sql)))


class _Test(TypedDict):
    sent: list[int]
    seconds: float
    always: bool


@dataclass(frozen=True)
class Sender:
    """What a test sends, how long it takes, and whether it is played on both databases in any case."""

    sent: frozenset[str]
    seconds: float
    always: bool = False

    def gain(self, missing: set[str]) -> float:
        """How many new statements it brings for its time, with the time that each test takes to begin."""
        return len(self.sent & missing) / (self.seconds + 0.02)


class Recorder:
    """Writes down the shapes that each test sends; a statement that is refused is another one."""

    def __init__(self) -> None:
        self.shapes: dict[str, int] = {}
        self.tests: dict[str, _Test] = {}

    @contextmanager
    def listening(self, item: pytest.Item) -> Iterator[None]:
        from django.db import connection

        sent: set[int] = set()

        def note(sql: str, refused: str = "") -> None:
            sent.add(self.shapes.setdefault(shape_of(sql) + refused, len(self.shapes)))

        def listen(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
            try:
                done = execute(sql, params, many, context)
            except Exception as error:
                note(sql, type(error).__name__)
                raise
            note(sql)
            return done

        began = time.monotonic()
        with connection.execute_wrapper(listen):
            yield
        self.tests[item.nodeid] = {"sent": sorted(sent), "seconds": time.monotonic() - began, "always": tells_of_the_database(item)}

    def write(self, folder: Path, worker: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{worker}.json").write_text(json.dumps({"shapes": list(self.shapes), "tests": self.tests}), encoding="utf-8")


def function_of(name: str) -> str:
    """A test's name without the row of its table."""
    return name.partition("[")[0]


def left_out(names: Iterable[str]) -> set[str]:
    """Those of these tests that tell nothing new of a second database."""
    known = frozenset(CHOICE.read_text(encoding="utf-8").splitlines()) if CHOICE.exists() else frozenset()
    return {name for name in names if name in known or function_of(name) in known}


def written(left: set[str], chosen: set[str]) -> list[str]:
    """The names to write down: of a test whose rows are all left out its own."""
    split = {function_of(name) for name in chosen}
    return sorted({name if function_of(name) in split else function_of(name) for name in left})


def choose(tests: Mapping[str, Sender]) -> set[str]:
    """The tests that send every shape between them, by the greedy cover: again and again the one that brings most new ones for its time."""
    chosen = {name for name, test in tests.items() if test.always}
    missing = {shape for test in tests.values() for shape in test.sent} - {shape for name in chosen for shape in tests[name].sent}
    heap = [(-test.gain(missing), name) for name, test in tests.items() if name not in chosen]
    heapq.heapify(heap)
    while missing and heap:
        _stale, name = heapq.heappop(heap)
        gain = tests[name].gain(missing)
        if heap and gain < -heap[0][0]:
            heapq.heappush(heap, (-gain, name))  # another brings more by now
        elif gain:
            chosen.add(name)
            missing -= tests[name].sent
    return chosen


def read(files: Iterable[Path]) -> dict[str, Sender]:
    tests = {}
    for file in files:
        found = json.loads(file.read_text(encoding="utf-8"))
        for name, test in found["tests"].items():
            tests[name] = Sender(frozenset(found["shapes"][number] for number in test["sent"]), test["seconds"], test["always"])
    return tests


def main(folder: str) -> None:
    tests = read(sorted(Path(folder).glob("*.json")))
    chosen = choose(tests)
    asking = {name for name, test in tests.items() if test.sent}
    CHOICE.write_text("".join(f"{name}\n" for name in written(asking - chosen, chosen)), encoding="utf-8")
    always = [test.seconds for test in tests.values() if test.always]
    print(f"{len(always)} tests in any case ({sum(always):.0f} s)")
    print(f"{len(chosen)} of {len(asking)} send all statements ({sum(tests[name].seconds for name in chosen):.0f} s)")


if __name__ == "__main__":
    main(*sys.argv[1:])
