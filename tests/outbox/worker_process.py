"""A worker in a process of its own, for tests that kill it: python worker_process.py DATABASE LOG LEASE_SECONDS."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.conf import settings

if TYPE_CHECKING:
    from civitas.cities.models import City


def main(database: str, log: Path, lease: float) -> None:
    settings.DATABASES["default"]["NAME"] = database
    django.setup()

    from civitas.outbox.tasks import periodic, task
    from civitas.outbox.worker import run_worker

    def note(*words: object) -> None:
        with log.open("a") as file:
            file.write(" ".join(map(str, (*words, os.getpid()))) + "\n")

    @task("test.slow")
    def slow(city: City, *, number: int) -> None:
        note("begin", number)
        time.sleep(0.15)
        note("end", number)

    @periodic("test.tick", every=timedelta(seconds=1))
    def tick() -> None:
        note("tick", time.monotonic())

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    run_worker(stop, lease=timedelta(seconds=lease))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]))
