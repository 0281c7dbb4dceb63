"""Which tests a gate may leave out: those that say nothing which the others between them do not say.

What a test says is written down while it runs, as a set of words: the statements that it sends (`tests/statements.py`), the pages it
asks for and the functions that it runs in the browser (`tests/browser/traces.py`). A file beside each keeps the names that are left
out, so that a new test, or one with a new name, is played until the choice is made anew.
"""

from __future__ import annotations

import heapq
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Told:
    """What a test says, how long it takes in seconds, and whether it is played in any case."""

    words: frozenset[str]
    seconds: float
    always: bool = False

    def gain(self, missing: set[str]) -> float:
        """How many new words it brings for its time, with the time that each test takes to begin."""
        return len(self.words & missing) / (self.seconds + 0.02)


def function_of(name: str) -> str:
    """A test's name without the row of its table."""
    return name.partition("[")[0]


def left_out(file: Path, names: Iterable[str]) -> set[str]:
    """Those of these tests that a choice leaves out."""
    known = frozenset(file.read_text(encoding="utf-8").splitlines()) if file.exists() else frozenset()
    return {name for name in names if name in known or function_of(name) in known}


def written(left: set[str], chosen: set[str]) -> list[str]:
    """The names to write down: of a test whose rows are all left out its own."""
    split = {function_of(name) for name in chosen}
    return sorted({name if function_of(name) in split else function_of(name) for name in left})


def choose(tests: Mapping[str, Told], least: float = 0.0) -> set[str]:
    """The tests that say every word between them, by the greedy cover: again and again the one that brings most new ones for its time.

    What brings no more than `least` times as many a second as all tests do on average is left out: the last few would cost as much as all
    before. The ratio is the same on a slow machine and on a fast one.
    """
    chosen = {name for name, test in tests.items() if test.always}
    words = {word for test in tests.values() for word in test.words}
    missing = words - {word for name in chosen for word in tests[name].words}
    too_few = least * len(words) / max(0.001, sum(test.seconds for test in tests.values()))
    heap = [(-test.gain(missing), name) for name, test in tests.items() if name not in chosen]
    heapq.heapify(heap)
    while missing and heap:
        _stale, name = heapq.heappop(heap)
        gain = tests[name].gain(missing)
        if heap and gain < -heap[0][0]:
            heapq.heappush(heap, (-gain, name))  # another brings more by now
        elif gain <= too_few:
            break
        else:
            chosen.add(name)
            missing -= tests[name].words
    return chosen


def write_down(folder: Path, worker: str, tests: Mapping[str, Told]) -> None:
    """Keep what a worker's tests said; each word stands in the file once."""
    numbers: dict[str, int] = {}
    rows = {
        name: {
            "words": sorted(numbers.setdefault(word, len(numbers)) for word in test.words),
            "seconds": round(test.seconds, 3),
            "always": test.always,
        }
        for name, test in tests.items()
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{worker}.json").write_text(json.dumps({"words": list(numbers), "tests": rows}), encoding="utf-8")


def read(files: Iterable[Path]) -> dict[str, Told]:
    tests = {}
    for file in files:
        found = json.loads(file.read_text(encoding="utf-8"))
        for name, row in found["tests"].items():
            tests[name] = Told(frozenset(found["words"][number] for number in row["words"]), row["seconds"], row["always"])
    return tests
