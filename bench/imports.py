"""How fast a city's real contributions come in, and that none is lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.table import Table

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("CIVITAS_TEST_DATA", ROOT.parent / "shared" / "data")) / "bonn"
PACK = ROOT / "tests" / "packs" / "bonn"
CITY, PROCESS = "bonn", "raddialog"
CONTRIBUTIONS, COMMENTS, PLACES = 2_314, 2_280, 2_292


def import_city(data: Path) -> None:
    """A fresh database with the city that the tests import into."""
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    environment = {**os.environ, "CIVITAS_DATA": str(data)}
    for command in (["migrate"], ["city", "load", str(PACK)]):
        subprocess.run([sys.executable, "-m", "civitas.project.cli", *command], env=environment, check=True, capture_output=True)  # noqa: S603  (our own command)


def bonn_arguments(data: Path) -> tuple[list[str], dict[str, str]]:
    """The command that imports the Bonn files, and its environment."""
    files = [str(DATA / "contributions.csv"), "--comments", str(DATA / "comments.csv"), "--rejects", str(data / "rejects.csv")]
    command = [sys.executable, "-m", "civitas.project.cli", "import", "--city", CITY, "--process", PROCESS, *files]
    return command, {**os.environ, "CIVITAS_DATA": str(data)}


def import_figures(table: Table, folder: Path) -> None:
    """Rows a second of the import, of a second one that finds everything there, and what arrived."""
    if not DATA.exists():
        print(f"no real data at {DATA}: the import is not measured")
        return
    data = folder / "import"
    import_city(data)
    command, environment = bonn_arguments(data)
    rows = CONTRIBUTIONS + COMMENTS
    for name in ("import of the Bonn files", "the same import again"):
        start = time.monotonic()
        done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)  # noqa: S603  (our own command)
        table.add(f"{name}: rows", rows, rows / (time.monotonic() - start), "a second")
        table.add(f"{name}: exit code", rows, done.returncode, "", aim="0", holds=done.returncode == 0)
    with sqlite3.connect(data / "civitas.sqlite3") as database:
        counts = database.execute(
            "SELECT count(*) FILTER (WHERE kind <> 'comment'), count(*) FILTER (WHERE kind = 'comment'), count(lat)"
            " FROM contributions_contribution"
        ).fetchone()
    for name, count, wanted in zip(("contributions", "comments", "places"), counts, (CONTRIBUTIONS, COMMENTS, PLACES), strict=True):
        table.add(f"{name} that arrived", rows, count, "rows", aim=str(wanted), holds=count == wanted)
    shutil.rmtree(data, ignore_errors=True)
