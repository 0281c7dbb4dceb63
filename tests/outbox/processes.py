"""Starting real processes on the test's own database, and waiting for what they do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]


def start_process(script: Path, *arguments: object, **environment: str) -> subprocess.Popen[bytes]:
    """A Python process with the test's environment; its first argument is the name of the test's database."""
    command = [sys.executable, str(script), str(connection.settings_dict["NAME"]), *map(str, arguments)]
    paths = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": paths, **environment}, cwd=ROOT)


def wait_until(condition: Callable[[], bool], *, seconds: float = 30) -> None:
    """Come back when the condition holds; AssertionError if it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "this took too long"
        time.sleep(0.02)
