"""What this room keeps of a person of the team: which processes about services and which stories they began."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from civitas.provision.models import ServiceProcess, ServiceStory

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.people.models import Participant


def export_provision(city: City, participant: Participant) -> dict[str, Any]:
    """The processes about services and the stories of services that a participant began."""
    processes = ServiceProcess.objects.of(city).filter(by=participant).order_by("pk")
    stories = ServiceStory.objects.of(city).filter(by=participant).order_by("pk")
    return {
        "service_processes": list(processes.values("service__key", "process__slug", "begun_at")),
        "service_stories": list(stories.values("service__key", "contribution__number", "made_at")),
    }


def erase_provision(city: City, participant: Participant) -> None:
    """Nobody is named any more."""
    adopt_provision(city, participant, None)


def adopt_provision(city: City, old: Participant, new: Participant | None) -> None:
    """Hand what a participant began over to another."""
    ServiceProcess.objects.of(city).filter(by=old).update(by=new)
    ServiceStory.objects.of(city).filter(by=old).update(by=new)
