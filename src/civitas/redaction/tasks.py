"""What the worker does after something was blacked out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from civitas.outbox.tasks import TaskFault, task
from civitas.redaction.scrubbing import ERASED, MOST_BYTES, SCRUB, database_bytes, scrub_database, scrub_later

if TYPE_CHECKING:
    from civitas.cities.models import City


@task(SCRUB)
def scrub(_city: City) -> None:
    """Scrub the database's files, if they have not grown too large meanwhile; safe to run twice."""
    if database_bytes() <= MOST_BYTES and not scrub_database():
        raise TaskFault("somebody read for so long that the log of writes could not be cut")


@task(ERASED)
def scrub_after_leaving(city: City) -> None:
    """Have the files rid of what every room has erased of somebody who left."""
    with transaction.atomic():
        scrub_later(city)
