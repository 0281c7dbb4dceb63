"""Getting rid of what a database's files still hold of rows that were changed: free pages, old index segments, the log of writes.

Out of reach: backups, replicas, copies that somebody made, mails that were delivered, and what a disk keeps of a deleted file.
"""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import connection
from django.utils import timezone

from civitas.outbox.actions import enqueue

if TYPE_CHECKING:
    from civitas.cities.models import City

SCRUB = "redaction.scrub"
ERASED = "redaction.scrub_after_leaving"
# Larger ones are scrubbed by the command, at an hour that somebody chooses: nobody can write meanwhile (measured in docs/redaction.md).
MOST_BYTES = 128 * 1024 * 1024
# Several redactions in a row are followed by one scrub.
PAUSE = timedelta(minutes=10)
_READERS_SECONDS = 30


def scrub_later(city: City) -> None:
    """Have the worker scrub the files soon, where they are small enough; in the transaction of what was blacked out."""
    if database_bytes() <= MOST_BYTES:
        enqueue(city, SCRUB, {}, run_at=timezone.now() + PAUSE, key="scrub")


def database_bytes() -> int:
    """How large the database is."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        else:
            cursor.execute("SELECT pg_database_size(current_database())")
        size: int = cursor.fetchone()[0]
    return size


def scrub_database() -> bool:
    """Write the files anew, so that nothing that was taken out of rows is left in them; whether it is done. Not in a transaction.

    False: somebody reads for so long that the log of writes cannot be cut; try again later.
    """
    if connection.vendor == "sqlite":
        return _scrub_sqlite()
    with connection.cursor() as cursor:
        for table in sorted(_tables()):
            cursor.execute(f'VACUUM (FULL, ANALYZE) "{table}"')
    return True


def _tables() -> set[str]:
    """The tables of the rooms; the journal's hold no words and are the longest."""
    rooms = [config for config in apps.get_app_configs() if config.name.startswith("civitas.") and config.label != "journal"]
    return {model._meta.db_table for config in rooms for model in config.get_models() if model._meta.managed} | {"contributions_words"}


def _scrub_sqlite() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete=ON")
        # The index's segments hold words of rows that are gone until they are merged; its content is in the index itself.
        cursor.execute("INSERT INTO contributions_words(contributions_words) VALUES('rebuild')")
        cursor.execute("VACUUM")
        end = time.monotonic() + _READERS_SECONDS
        while True:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if not cursor.fetchone()[0] and _is_empty(Path(f"{connection.settings_dict['NAME']}-wal")):
                return True
            if time.monotonic() > end:
                return False
            time.sleep(0.2)


def _is_empty(log: Path) -> bool:
    return not log.exists() or log.stat().st_size == 0
