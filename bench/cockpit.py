"""The measure `cockpit` of the bench `circle`: the page with reach and depth, its CSV, and a recount, at each size. `make bench`.

By itself (`python -m bench.cockpit`) it leaves the other figures of `bench/results/circle.json` standing.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.table import Table

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var" / "bench-cockpit"
SIZES = (1_000, 10_000, 100_000)
# What is shown is the same at every size; so is the time, but for a busy machine.
MOST_GROWTH = 1.5


def cockpit(table: Table, asked: argparse.Namespace) -> None:
    """Queries constant, time flat; and how long a count of everything from scratch takes."""
    sizes = sorted(asked.sizes)
    found = {size: {each["name"]: each for each in _at_size(size)} for size in sizes}
    for name, first in found[sizes[0]].items():
        for size in sizes:
            figure = found[size][name]
            table.add(f"{name}: median", size, figure["ms"], "ms")
            if "queries" in first:
                same = figure["queries"] == first["queries"]
                table.add(f"{name}: queries", size, figure["queries"], "queries", aim="the same at every size", holds=same)
        if "queries" in first and len(sizes) > 1:
            growth = found[sizes[-1]][name]["ms"] / first["ms"]
            table.add(f"{name}: growth", sizes[-1], growth, "times", aim=f"at most {MOST_GROWTH}", holds=growth <= MOST_GROWTH)


def _at_size(size: int) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "bench.cockpit_at_size", str(size), str(FOLDER / str(size))]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)  # noqa: S603  (our own bench)
    return [json.loads(line) for line in output.stdout.splitlines()]


def main() -> None:
    """Measure every size in turn; exit code 1 when an aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    table = Table("circle")
    cockpit(table, parser.parse_args())
    table.write(keep_others=True)
    if any(row.holds is False for row in table.rows):
        sys.exit(1)


if __name__ == "__main__":
    main()
