"""A worker that 'sends' each mail by a line in a file, slowly: python mail_process.py DATABASE LOG LEASE_SECONDS."""

from __future__ import annotations

import signal
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend


class FileBackend(BaseEmailBackend):
    """The mail is out once its line is in the file; the pause after it is where a kill doubles a mail."""

    def send_messages(self, messages: Any) -> int:
        for message in messages:
            with Path(sys.argv[2]).open("a") as file:
                file.write(message.extra_headers["Message-ID"] + "\n")
            time.sleep(0.08)
        return len(messages)


def main(database: str, lease: float) -> None:
    settings.DATABASES["default"]["NAME"] = database
    settings.EMAIL_BACKEND = "__main__.FileBackend"
    settings.ROOT_URLCONF = "civitas.notices.urls"
    django.setup()

    from civitas.kit.rooms import Address, NoticeKind, Room, Worded, registry
    from civitas.notices import actions, addresses, queries
    from civitas.outbox import tasks
    from civitas.outbox.worker import run_worker

    kind = NoticeKind("test.news", "News", lambda _city, notice: Worded(notice.subject, ("Text",)))
    room = Room("test", notice_kinds=(kind,), addresses=lambda _city, uids: {uid: Address(f"{uid.hex}@example.org", "de") for uid in uids})
    for module in (registry, actions, addresses, queries):
        module.rooms = lambda: (room,)
    tasks.known_tasks()
    tasks._periodics.clear()

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    run_worker(stop, lease=timedelta(seconds=lease))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[3]))
