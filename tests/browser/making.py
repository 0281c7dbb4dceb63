"""The demo cities of the browser tests: made once in a run, while the tests that come before them are under way."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.tables import beside, with_tables, with_tables_on

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class MadeDemo:
    """The demo as it was first loaded: a folder of data, and the PostgreSQL database, if it is there that it lives."""

    data: Path
    database: str


def make_demo(folder: Path, own: Mapping[str, str]) -> MadeDemo:
    """The demo in a folder, with an environment of the tests; the first worker makes it, the others wait for it."""
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ready = folder / "ready"
        if not ready.exists():
            folder.mkdir()
            server = own.get("DATABASE_URL")
            name = make_database(server, like=with_tables_on(server)) if server else ""
            if not name:
                shutil.copyfile(with_tables(), folder / "civitas.sqlite3")
            run_civitas(demo_environment(folder, name, own) | {"DEMO": "1"}, "demo", "--no-serve")
            ready.write_text(name)
    return MadeDemo(folder, ready.read_text())


def demo_environment(data: Path, database: str, own: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What a process of the house is told about its folder of data, and about its PostgreSQL database, if it has one."""
    environment = {key: value for key, value in own.items() if not key.startswith("PYTEST_")} | {"CIVITAS_DATA": str(data)}
    if database:
        environment["DATABASE_URL"] = beside(own["DATABASE_URL"], database)
    return environment


def run_civitas(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "civitas.project.cli", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, f"civitas {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def make_database(url: str, *, like: str) -> str:
    """A new PostgreSQL database beside the given one, as a copy of another; returns its name."""
    import psycopg

    name = f"browser_{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
    return name
