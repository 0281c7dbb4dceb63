"""What the catalogue reads: where a building block is at work in the city."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civitas.processes.models import STANDING_SLUG, Process, Step

if TYPE_CHECKING:
    from civitas.cities.models import City

MOST = 3


def running_steps(city: City, key: str) -> list[Step]:
    """The newest steps of public processes that use this method, a few; none where the city shows no processes."""
    if not city.has_module("processes"):
        return []
    steps = Step.objects.of(city).filter(method=key, process__state=Process.State.PUBLISHED).select_related("process")
    steps = steps.exclude(process__slug=STANDING_SLUG)
    return list(steps.order_by("-opens_at", "-pk")[:MOST])
