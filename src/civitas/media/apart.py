"""Programs of ours that read strangers' bytes: each in a process of its own, with little time, little memory and nothing to know."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import IO

from civitas.media.bounds import HEAVY
from civitas.outbox.tasks import TaskFault

# By the clock on the wall, for what the worker waits for: no file keeps anybody's mail waiting for longer. How much work it may be
# stands in the programs; a machine with much else to do gives that over a longer time.
PATIENCE_SECONDS = 30
_ENDED_WITH_US = frozenset({-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP})


def run_apart(program: str, *arguments: str, given: IO[bytes], made: IO[bytes], seconds: float = 0) -> int:
    """Run a module of ours with one file as its input and another for its output, for `PATIENCE_SECONDS` unless `seconds` are named.

    Returns its exit code, `HEAVY` where a limit ended it. Raises TaskFault where that says nothing about the file: the machine had no
    time for it, or the house is shutting down.
    """
    command = [sys.executable, "-m", program, *arguments]
    # Nothing of ours but where the code lies: neither keys nor the database's address.
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    try:
        done = subprocess.run(  # noqa: S603  (our own program, by its name)
            command, stdin=given, stdout=made, stderr=subprocess.DEVNULL, env=environment, timeout=seconds or PATIENCE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise TaskFault("there was no time to look into a file") from None
    if done.returncode in _ENDED_WITH_US:
        raise TaskFault("looking into a file was broken off")
    return HEAVY if done.returncode < 0 else done.returncode
