"""What a program of ours that reads strangers' files does first: take little of the machine, and say so when a file asks for more."""

from __future__ import annotations

import os
import resource
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# The exit code of a program to which a file wanted to do more than it may.
HEAVY = 6


@contextmanager
def bounded(*, cpu_seconds: int, memory_bytes: int, result_bytes: int) -> Iterator[None]:
    """Work within these bounds from now on; the process ends with `HEAVY` where they are too narrow, or is ended by the kernel."""
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (result_bytes, result_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        yield
        sys.stdout.flush()
    except (MemoryError, OSError):
        os._exit(HEAVY)  # at once: what could not be written would be tried again at an ordinary end
