"""What tests of the cockpit share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from civitas.cities.models import City


@pytest.fixture
def run_cockpit() -> Any:
    """Do what waits in a city's outbox for the cockpit, as the worker does: many of a kind at once, and each of them twice."""
    # Here, since a run that names folders reads this file before there are models.
    from civitas.outbox.models import OutboxRow
    from civitas.outbox.tasks import known_tasks

    def run(city: City) -> None:
        rows = list(OutboxRow.objects.of(city).filter(done_at=None, kind__startswith="cockpit.").order_by("pk"))
        for kind in dict.fromkeys(row.kind for row in rows):
            payloads = [row.payload for row in rows if row.kind == kind]
            for _time in range(2):
                known_tasks()[kind].run(city, payloads)
        OutboxRow.objects.of(city).delete()

    return run
