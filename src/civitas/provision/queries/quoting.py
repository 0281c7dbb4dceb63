"""What services say that may repeat words of the contributions they came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civitas.contributions.walking import among, walk
from civitas.provision.models import ServiceStory
from civitas.services.models import IndicatorLook, ServiceState

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from civitas.cities.models import City


def _services(city: City, ids: list[int]) -> QuerySet[ServiceStory, int]:
    """The services that came of these contributions, over any number of hops, by key."""
    later = set(walk(city, ids, "later").generations) | set(ids)
    return ServiceStory.objects.of(city).filter(contribution__in=among(later)).values_list("service", flat=True)


def states_about(city: City, ids: list[int]) -> QuerySet[ServiceState]:
    """The states of services that came of these contributions, with their reasons."""
    return ServiceState.objects.of(city).filter(service__in=_services(city, ids))


def looks_about(city: City, ids: list[int]) -> QuerySet[IndicatorLook]:
    """What was found when somebody looked at what these services are measured by."""
    return IndicatorLook.objects.of(city).filter(indicator__service__in=_services(city, ids))
