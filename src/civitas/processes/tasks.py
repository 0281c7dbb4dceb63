"""What the worker does for processes and the rules of their city: take away what has been kept long enough."""

from __future__ import annotations

from datetime import timedelta

from civitas.cities.models import City
from civitas.outbox.tasks import periodic
from civitas.processes.retention import remove_due


@periodic("processes.retention", every=timedelta(days=1))
def remove_what_is_due() -> None:
    """Once a day what is older than each city's rules say goes; what is left over goes the next day."""
    for city in City.objects.order_by("pk"):
        remove_due(city)
