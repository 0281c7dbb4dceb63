"""What the worker does after something was blacked out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civitas.outbox.tasks import TaskFault, task
from civitas.redaction.scrubbing import MOST_BYTES, SCRUB, database_bytes, scrub_database

if TYPE_CHECKING:
    from civitas.cities.models import City


@task(SCRUB)
def scrub(_city: City) -> None:
    """Scrub the database's files, if they have not grown too large meanwhile; safe to run twice."""
    if database_bytes() <= MOST_BYTES and not scrub_database():
        raise TaskFault("somebody read for so long that the log of writes could not be cut")
