"""An empty SQLite database with every table, made once for all runs: making the tables takes far longer than most tests."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "build"
# What decides how the tables look.
_SOURCES = ("src/civitas/*/migrations/*.py", "src/civitas/journal/triggers.py", "requirements/*.txt")


def with_tables() -> Path:
    """The file of the database, made by the first who asks; it is another one as soon as a migration or a package is."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in _SOURCES for path in ROOT.glob(pattern)):
        digest.update(path.name.encode() + path.read_bytes())
    kept = KEPT / f"tables-{digest.hexdigest()[:16]}.sqlite3"
    KEPT.mkdir(exist_ok=True)
    with (KEPT / "tables.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            for old in KEPT.glob("tables-*.sqlite3"):
                old.unlink()
            with tempfile.TemporaryDirectory() as folder:
                environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
                environment |= {"CIVITAS_DATA": folder, "DJANGO_SETTINGS_MODULE": "civitas.project.settings"}
                subprocess.run([sys.executable, "-m", "django", "migrate", "--verbosity", "0"], env=environment, cwd=ROOT, check=True)
                made = KEPT / "tables.new"
                made.write_bytes((Path(folder) / "civitas.sqlite3").read_bytes())
                made.replace(kept)
    return kept
