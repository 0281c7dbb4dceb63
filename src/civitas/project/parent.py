"""A server's worker ends with the process that started it."""

from __future__ import annotations

import os
import threading
import time


def end_with_parent() -> None:
    """Leave when granian's own process is gone: killed, it would leave its workers behind, holding the port."""
    threading.Thread(target=_watch, name="end with parent", daemon=True).start()


def _watch() -> None:
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
