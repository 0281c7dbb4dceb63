"""What the catalogue keeps of a person of the team: which services are in their care, which states and looks they noted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from civitas.services.models import IndicatorLook, Service, ServiceState

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.people.models import Participant


def export_services(city: City, participant: Participant) -> dict[str, Any]:
    """The services in a participant's care, and what they noted of services."""
    states = ServiceState.objects.of(city).filter(by=participant).order_by("pk")
    looks = IndicatorLook.objects.of(city).filter(by=participant).order_by("pk")
    return {
        "services": list(Service.objects.of(city).filter(owner=participant).order_by("key").values_list("key", flat=True)),
        "service_states": list(states.values("service__key", "status", "at", "reason", "body")),
        "indicator_looks": list(looks.values("indicator__key", "value", "looked_on", "note")),
    }


def erase_services(city: City, participant: Participant) -> None:
    """Nobody is named any more; what was noted stays, since it is the city's."""
    adopt_services(city, participant, None)


def adopt_services(city: City, old: Participant, new: Participant | None) -> None:
    """Hand what a participant cares for and noted over to another."""
    Service.objects.of(city).filter(owner=old).update(owner=new)
    ServiceState.objects.of(city).filter(by=old).update(by=new)
    IndicatorLook.objects.of(city).filter(by=old).update(by=new)
