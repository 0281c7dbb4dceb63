"""Who brings a file in by the command line: one process at a time, which holds a lock for as long as it lives.

A kill lets go of the lock at once, so that the same command goes on with the same unit, and the whole is still undone as one.
"""

from __future__ import annotations

import fcntl
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from civitas.kit.verdicts import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

# Who looks whether a unit is held has its lock for an instant.
_TRIES, _SECONDS_BETWEEN = 5, 0.05


def _lock(city: int, uid: UUID) -> Path:
    return Path(default_storage.path(f"imports/{city}/{uid}/held"))


def _try(file: Any, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def holding(city: int, uid: UUID) -> Iterator[None]:
    """Hold a unit while its file goes in; raises Refused (409) where another process has it in hand."""
    path = _lock(city, uid)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        for _each in range(_TRIES):
            if _try(file, fcntl.LOCK_EX):
                break
            time.sleep(_SECONDS_BETWEEN)
        else:
            raise Refused(_("Another command is bringing this file in just now. Please wait until it is done."), status=409)
        yield


def is_held(city: int, uid: UUID) -> bool:
    """Whether a process has the unit in hand. Any number look at once: the lock they try for is a shared one."""
    try:
        with _lock(city, uid).open("rb") as file:
            return not _try(file, fcntl.LOCK_SH)
    except FileNotFoundError:
        return False
