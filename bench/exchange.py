"""The part `exchange` of the bench `doors`: 100,000 rows in and out in each kind of file: pace, most memory, none lost."""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.imports import CITY, PROCESS, import_city
from bench.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var" / "bench-doors" / "exchange"
ROWS = 100_000
ENDINGS = ("csv", "xlsx", "geojson")
MOST_MB = 400
COLUMNS = ("id", "title", "text", "created", "lat", "lon", "category", "votes")
WORDS = "Radweg Ampel Kreuzung Schule Park Bank Licht Bus Markt Spielplatz Brücke Ufer Baum Straße Platz Hof".split()
LAT, LON = 50.73, 7.1


def exchange(table: Table, asked: argparse.Namespace) -> None:
    """Each kind of file into a fresh city and out again."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for ending in ENDINGS:
        source, back = FOLDER / f"in.{ending}", FOLDER / f"out.{ending}"
        write_rows(source, ending, asked.rows)
        data = FOLDER / ending
        import_city(data)
        _step(table, f"import of {ending}", asked.rows, data, ["import", str(source)])
        with sqlite3.connect(data / "civitas.sqlite3") as database:
            arrived = database.execute("SELECT count(*) FROM contributions_contribution").fetchone()[0]
        table.add(f"import of {ending}: rows that arrived", asked.rows, arrived, "rows", aim="all", holds=arrived == asked.rows)
        _step(table, f"export of {ending}", asked.rows, data, ["export", str(back)])
        went = _counted(back, ending)
        table.add(f"export of {ending}: rows that went out", asked.rows, went, "rows", aim="all", holds=went == asked.rows)


def _rows(many: int) -> Iterator[dict[str, str]]:
    for number in range(many):
        word, other = WORDS[number % len(WORDS)], WORDS[number // len(WORDS) % len(WORDS)]
        yield {
            "id": f"R{number}",
            "title": f"{word} an der {other} {number}",
            "text": f"Zwischen {word} und {other} fehlt etwas, das vielen hilft. " * 8,
            "created": f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}T{number % 24:02}:{number % 60:02}:00",
            "lat": f"{LAT + number % 500 / 20_000:.5f}",
            "lon": f"{LON + number % 700 / 20_000:.5f}",
            "category": word,
            "votes": str(number % 90),
        }


def write_rows(path: Path, ending: str, many: int) -> None:
    """The file as other programs write it, not as our export does."""
    if ending == "csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(_rows(many))
    elif ending == "xlsx":
        from openpyxl import Workbook

        book = Workbook(write_only=True)
        sheet = book.create_sheet("Beiträge")
        sheet.append(list(COLUMNS))
        for row in _rows(many):
            sheet.append(list(row.values()))
        book.save(path)
    else:
        features = (
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [float(row.pop("lon")), float(row.pop("lat"))]},
                "properties": row,
            }
            for row in _rows(many)
        )
        with path.open("w", encoding="utf-8") as file:
            file.write('{"type": "FeatureCollection", "features": [')
            for number, feature in enumerate(features):
                file.write(("," if number else "") + json.dumps(feature))
            file.write("]}")


def _counted(path: Path, ending: str) -> int:
    if ending == "geojson":
        return len(json.loads(path.read_text(encoding="utf-8"))["features"])
    if ending == "csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return sum(1 for _row in csv.DictReader(file))
    from openpyxl import load_workbook

    return sum(1 for _row in load_workbook(path, read_only=True).active.iter_rows()) - 1


def _step(table: Table, name: str, rows: int, data: Path, command: list[str]) -> None:
    whole = [sys.executable, "-m", "bench.exchange", "--one", command[0], "--city", CITY, "--process", PROCESS, command[1]]
    began = time.monotonic()
    done = subprocess.run(whole, env={**os.environ, "CIVITAS_DATA": str(data)}, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603  (our own bench)
    table.add(f"{name}: rows", rows, rows / (time.monotonic() - began), "a second")
    memory = float(done.stdout.split()[-1])
    table.add(f"{name}: most memory", rows, memory, "MB", aim=f"under {MOST_MB}", holds=memory < MOST_MB)


def _one(arguments: list[str]) -> None:
    """The command itself in this process, and the most memory that it held."""
    from civitas.project.cli import main as civitas

    try:
        civitas(arguments)
    finally:
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000)


def main() -> None:
    """Measure; exit code 1 when an aim is missed."""
    if sys.argv[1:2] == ["--one"]:
        _one(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    table = Table("doors")
    exchange(table, parser.parse_args())
    table.write(keep_others=True)
    if any(row.holds is False for row in table.rows):
        sys.exit(1)


if __name__ == "__main__":
    main()
