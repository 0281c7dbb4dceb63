"""What the worker looks for."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.utils import timezone

from civitas.cities.models import City
from civitas.cities.walls import across_cities
from civitas.outbox.models import OutboxRow


def cities_with_work() -> list[int]:
    """The keys of all cities that have a row to run now."""
    with across_cities("the worker serves all cities"):
        due = OutboxRow.objects.due(timezone.now()).filter(city=OuterRef("pk"))
        # Asked of each city, so that it costs the same however much waits there.
        return list(City.objects.filter(Exists(due)).order_by("pk").values_list("pk", flat=True))


def failed_count(city: City) -> int:
    """How many rows of the city were given up."""
    return OutboxRow.objects.of(city).failed().count()
