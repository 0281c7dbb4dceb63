"""An empty database with every table, made once for all runs: making the tables takes far longer than most tests."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "build"
# What decides how the tables look.
_SOURCES = (
    "src/civitas/*/migrations/*.py",
    "src/civitas/*/models.py",
    "src/civitas/*/models/*.py",
    "src/civitas/journal/triggers.py",
    "src/civitas/project/setup.py",
    "requirements/*.txt",
)


def with_tables() -> Path:
    """The SQLite file, made by the first who asks; it is another one as soon as a migration or a package is."""
    kept = KEPT / f"tables-{_digest()}.sqlite3"
    with _one_at_a_time():
        if not kept.exists():
            for old in KEPT.glob("tables-*.sqlite3"):
                old.unlink()
            with tempfile.TemporaryDirectory() as folder:
                _migrate(folder)
                made = KEPT / "tables.new"
                made.write_bytes((Path(folder) / "civitas.sqlite3").read_bytes())
                made.replace(kept)
    return kept


def with_tables_on(server: str) -> str:
    """The name of the PostgreSQL database on a server that others are copies of (CREATE DATABASE … TEMPLATE), made in the same way."""
    import psycopg

    kept = f"civitas_tables_{_digest()}"
    with _one_at_a_time(), psycopg.connect(server, autocommit=True) as connection:
        names = {name for (name,) in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'civitas\\_tables\\_%'")}
        if kept not in names:
            made = f"{kept}_new"
            for old in {*names, made}:
                connection.execute(f"DROP DATABASE IF EXISTS {old}")
            connection.execute(f"CREATE DATABASE {made}")
            with tempfile.TemporaryDirectory() as folder:
                _migrate(folder, DATABASE_URL=beside(server, made))
            connection.execute(f"ALTER DATABASE {made} RENAME TO {kept}")
    return kept


def beside(server: str, name: str) -> str:
    """The address of another database on the same PostgreSQL server."""
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def _digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(path for pattern in _SOURCES for path in ROOT.glob(pattern)):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    KEPT.mkdir(exist_ok=True)
    with (KEPT / "tables.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _migrate(folder: str, **more: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"CIVITAS_DATA": folder, **more}
    subprocess.run([sys.executable, "-m", "civitas.project.cli", "migrate"], env=environment, cwd=ROOT, check=True)
