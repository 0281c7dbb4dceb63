"""What tests of merging share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from civitas.cities.models import City


@pytest.fixture
def run_outbox() -> Any:
    """Do what waits in a city's outbox, as the worker does."""
    # Here, since a run that names folders reads this file before there are models.
    from civitas.outbox.models import OutboxRow
    from civitas.outbox.tasks import known_tasks

    def run(city: City) -> None:
        for row in list(OutboxRow.objects.of(city).filter(done_at=None).exclude(kind="redaction.scrub").order_by("pk")):
            task = known_tasks()[row.kind]
            if task.batch:
                task.run(city, [row.payload])
            else:
                task.run(city, **row.payload)
            OutboxRow.objects.of(city).filter(pk=row.pk).delete()

    return run
