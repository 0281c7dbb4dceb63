"""The bench `pages`: flat pages, throughput, bytes, posts, import, and kill -9 in the middle. `make bench`."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from bench.table import Table

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var" / "bench"
SIZES = (1_000, 10_000, 100_000)
FLAT = {"list, newest", "list, a deep page by its cursor", "detail", "map cells, whole city", "map cells, a quarter"}
# Filters and pairs of filters that have an index of their own; other pairs may stop at 10,000 and are reported.
INDEXED = {f"list by {name}" for name in ("process", "subject", "area", "status", "kind")} | {
    f"list by {pair}" for pair in ("process and subject", "process and area", "process and status", "subject and area")
}
SEARCH = {"list, word search, newest first"}
BOUNDED = {"list, newest", "detail", "map cells, whole city", "process page"}
MOST_QUERIES = 12


def main() -> None:
    """Run the parts that were asked for, all by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--parts", nargs="*", default=["pages", "load", "import", "kills"])
    parser.add_argument("--kills", type=int, default=10)
    asked = parser.parse_args()
    table = Table("pages")
    if "pages" in asked.parts:
        pages(table, asked.sizes)
    if "load" in asked.parts:
        from bench.under_load import load_figures

        load_figures(table, FOLDER, max(asked.sizes))
    if "import" in asked.parts:
        from bench.imports import import_figures

        import_figures(table, FOLDER)
    if "kills" in asked.parts:
        from bench.kills import kill_figures

        kill_figures(table, FOLDER, asked.kills)
    table.write()


def pages(table: Table, sizes: list[int]) -> None:
    """Medians and queries of every page at every size, and how they grow."""
    found: dict[str, dict[int, dict[str, float]]] = {}
    for size in sizes:
        command = [sys.executable, "-m", "bench.at_size", str(size), str(FOLDER / str(size))]
        environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
        output = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, env=environment)  # noqa: S603  (our own bench)
        for line in output.stdout.splitlines():
            figure = json.loads(line)
            found.setdefault(figure["name"], {})[size] = figure
    for name, by_size in found.items():
        for size, figure in by_size.items():
            table.add(f"{name}: median", size, figure["ms"], "ms")
            bounded = name in BOUNDED
            table.add(
                f"{name}: queries",
                size,
                figure["queries"],
                "queries",
                aim=f"at most {MOST_QUERIES}" if bounded else "",
                holds=figure["queries"] <= MOST_QUERIES if bounded else None,
            )
        _growth(table, name, by_size, sizes)


def _growth(table: Table, name: str, by_size: dict[int, dict[str, float]], sizes: list[int]) -> None:
    # A page of three rows is no measure for a page of twenty: growth counts from the first size at which the page is full.
    first_full = next((size for size in sorted(sizes) if by_size[size]["is_full"]), max(sizes))
    first, last = by_size[first_full], by_size[max(sizes)]
    if name in FLAT | BOUNDED:
        more = max(0, last["queries"] - first["queries"])
        table.add(f"{name}: more queries at the last size", max(sizes), more, "queries", aim="0", holds=more == 0)
    limit = 1.5 if name in FLAT | INDEXED else 3.0 if name in SEARCH else None
    growth = last["ms"] / first["ms"]
    since = "" if first_full == min(sizes) else f" from {first_full:,} on"
    table.add(
        f"{name}: growth{since}",
        max(sizes),
        growth,
        "times",
        aim=f"at most {limit}" if limit else "",
        holds=growth <= limit if limit else None,
    )


if __name__ == "__main__":
    main()
