"""The bench `explore`: the page and the map's cells at every zoom, at 1,000, 100,000 and 1,000,000 contributions. `make bench`."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from bench.table import Table

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var" / "bench" / "explore"
SIZES = (1_000, 100_000, 1_000_000)
MOST_CELLS = 500
MOST_GROWTH = 2.0


def is_plain(name: str) -> bool:
    """Whether a measure has no filter: those may not grow, the others are reported."""
    return " by " not in name and name != "building"


def main() -> None:
    """Measure every size in a process of its own, and say how the time at work grows; exit code 1 when too much without a filter."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    sizes = parser.parse_args().sizes
    table = Table("explore")
    found: dict[str, dict[int, dict[str, float]]] = {}
    for size in sizes:
        command = [sys.executable, "-m", "bench.explore_at_size", str(size), str(FOLDER / str(size))]
        environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)  # noqa: S603  (our own bench)
        for line in output.stdout.splitlines():
            figure = json.loads(line)
            found.setdefault(figure["name"], {})[size] = figure
    missed = [name for name, by_size in found.items() if not _add(table, name, by_size, min(sizes), max(sizes))]
    table.write()
    sys.exit(1 if missed else 0)


def _add(table: Table, name: str, by_size: dict[int, dict[str, float]], first: int, last: int) -> bool:
    holds = True
    for size, figure in by_size.items():
        if name == "building":
            table.add("building the database", size, figure["ms"] / 1000, "s")
            continue
        table.add(f"{name}: median", size, figure["ms"], "ms")
        table.add(f"{name}: time at work", size, figure["cpu_ms"], "ms")
        table.add(f"{name}: bytes", size, figure["bytes"], "bytes")
        table.add(f"{name}: queries", size, figure["queries"], "queries")
        if "cells" in figure:
            few = figure["cells"] <= MOST_CELLS
            table.add(f"{name}: cells", size, figure["cells"], "cells", aim=f"at most {MOST_CELLS}", holds=few)
            holds = holds and few
    if name == "building" or first == last:
        return holds
    growth = by_size[last]["cpu_ms"] / by_size[first]["cpu_ms"]
    fine = growth <= MOST_GROWTH if is_plain(name) else None
    table.add(f"{name}: growth", last, growth, "times", aim=f"at most {MOST_GROWTH}" if is_plain(name) else "", holds=fine)
    return holds and fine is not False


if __name__ == "__main__":
    main()
