"""What the worker does for imports: take one back, some rows at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from civitas.interop.undoing import work_undo
from civitas.outbox.actions import enqueue
from civitas.outbox.tasks import task

if TYPE_CHECKING:
    from civitas.cities.models import City


@task("interop.undo")
def undo_some(city: City, unit: int, by: int) -> None:
    """Take back a part of an import, and have the next one done after others had their turn."""
    if work_undo(city, unit, by):
        with transaction.atomic():
            enqueue(city, "interop.undo", {"unit": unit, "by": by}, key=f"import:{unit}")
