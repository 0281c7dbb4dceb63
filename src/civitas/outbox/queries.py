"""What the worker looks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from civitas.cities.walls import across_cities
from civitas.outbox.models import OutboxRow

if TYPE_CHECKING:
    from civitas.cities.models import City


def cities_with_work() -> list[int]:
    """The keys of all cities that have a row to run now."""
    with across_cities("the worker serves all cities"):
        return list(OutboxRow.objects.due(timezone.now()).order_by("city").values_list("city", flat=True).distinct())


def failed_count(city: City) -> int:
    """How many rows of the city were given up."""
    return OutboxRow.objects.of(city).failed().count()
