"""The bench `explore`: the page and the map's cells at every zoom, at 1,000, 100,000 and 1,000,000 contributions. `make bench`.

Each size is a city in a database and a process of its own. The sizes take turns, one request each, so that whatever else the
machine does slows all of them alike. Growth is that of the median of the time that passed; the median of the time at work
(processor time) stands beside it, since it tells growth from a busy machine. `--build` only makes the databases.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import IO, Any

from bench.table import Table

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var" / "bench" / "explore"
SIZES = (1_000, 100_000, 1_000_000)
ROUNDS = 11
MOST_CELLS = 500
MOST_GROWTH = 2.0


class City:
    """A city of one size in its process, which answers one line with one line."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.process = subprocess.Popen(  # noqa: S603  (our own bench)
            [sys.executable, "-m", "bench.explore_at_size", str(size), str(FOLDER / str(size))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )
        self.ready: dict[str, Any] = self._next()  # {"built_s": seconds, "names": what it measures}

    def ask(self, name: str, how: str) -> dict[str, float]:
        """`look`: bytes, queries, cells of an answer; `time`: ms and cpu_ms of one."""
        _pipe(self.process.stdin).write(json.dumps([name, how]) + "\n")
        _pipe(self.process.stdin).flush()
        found: dict[str, float] = self._next()
        return found

    def _next(self) -> Any:
        line = _pipe(self.process.stdout).readline()
        if not line:
            sys.exit(f"the city of {self.size:,} stopped, see above")
        return json.loads(line)

    def leave(self) -> None:
        """Let the process end."""
        _pipe(self.process.stdin).close()
        self.process.wait()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


def is_plain(name: str) -> bool:
    """Whether a measure has no filter: those may not grow, the others are reported."""
    return " by " not in name


def main() -> None:
    """Measure every size in turn, and say how the time grows; exit code 1 when too much without a filter."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--build", action="store_true", help="Only make the databases.")
    options = parser.parse_args()
    cities = [City(size) for size in sorted(options.sizes)]
    if not options.build:
        table = Table("explore")
        for city in cities:
            table.add("building the database", city.size, city.ready["built_s"], "s")
        missed = [name for name in cities[0].ready["names"] if not _measure(table, name, cities)]
        table.write()
    for city in cities:
        city.leave()
    sys.exit(1 if not options.build and missed else 0)


def _measure(table: Table, name: str, cities: list[City]) -> bool:
    looked = [city.ask(name, "look") for city in cities]
    rounds = [[city.ask(name, "time") for city in cities] for _ in range(ROUNDS)]
    holds, passed, worked = True, [], []
    for index, (city, seen) in enumerate(zip(cities, looked, strict=True)):
        passed.append(median(each[index]["ms"] for each in rounds))
        worked.append(median(each[index]["cpu_ms"] for each in rounds))
        table.add(f"{name}: median", city.size, passed[-1], "ms")
        table.add(f"{name}: time at work", city.size, worked[-1], "ms")
        table.add(f"{name}: bytes", city.size, seen["bytes"], "bytes")
        table.add(f"{name}: queries", city.size, seen["queries"], "queries")
        if "cells" in seen:
            few = seen["cells"] <= MOST_CELLS
            table.add(f"{name}: cells", city.size, seen["cells"], "cells", aim=f"at most {MOST_CELLS}", holds=few)
            holds = holds and few
    if len(cities) < 2:
        return holds
    growth = passed[-1] / passed[0]
    fine = growth <= MOST_GROWTH if is_plain(name) else None
    table.add(f"{name}: growth", cities[-1].size, growth, "times", aim=f"at most {MOST_GROWTH}" if is_plain(name) else "", holds=fine)
    table.add(f"{name}: growth of the time at work", cities[-1].size, worked[-1] / worked[0], "times")
    return holds and fine is not False


if __name__ == "__main__":
    main()
