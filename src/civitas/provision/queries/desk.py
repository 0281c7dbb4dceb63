"""What the service desk lists: services, and indicators whose day has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from civitas.cities.models import Area, Place
from civitas.cities.queries import areas_of
from civitas.people.models import Membership, Organisation, Participant, Role
from civitas.processes.models import Process
from civitas.provision.models import ServiceProcess
from civitas.services.models import Indicator, Service

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from civitas.cities.models import City

MOST_DUE = 100


@dataclass(frozen=True)
class Offer:
    """What a service can be tied to: the city's organisations, its team, its places and parts."""

    organisations: Sequence[Organisation]
    people: Sequence[Participant]
    places: Sequence[Place]
    areas: Sequence[Area]


_WORKING = (Role.MODERATOR, Role.FACILITATOR, Role.EXPERT, Role.OWNER, Role.ADMINISTRATOR)


def due_indicators(city: City) -> QuerySet[Indicator]:
    """Indicators of services that are offered whose day has come, the longest waiting first."""
    rows: QuerySet[Indicator] = Indicator.objects.of(city).filter(next_on__lte=timezone.localdate(), service__city=city)
    return rows.exclude(service__status=Service.Status.ENDED).select_related("service", "service__owner").order_by("next_on", "pk")


def left_alone(city: City) -> QuerySet[Service]:
    """Services that are offered and for which nobody answers: the provider left or is not known."""
    offered = (Service.Status.TRIAL, Service.Status.OPERATION, Service.Status.IMPROVING, Service.Status.TRANSFORMED)
    rows: QuerySet[Service] = Service.objects.of(city).filter(status__in=offered, responsible=None)
    return rows.filter(Q(organisation=None) | Q(provider_left_on__isnull=False)).order_by("sort_key", "pk")


def who_works_here(city: City) -> list[Participant]:
    """Who of the team a service can be entrusted to, by name; one query."""
    held = Membership.objects.of(city).filter(role__in=_WORKING).values("participant")
    return list(Participant.objects.of(city).filter(pk__in=held, erased_at=None).order_by("pseudonym", "pk"))


def who_hears(city: City, service: Service) -> list[UUID]:
    """Who is told about a service: whose care it is, else the administrators and process owners; one query at most."""
    if service.owner is not None and service.owner.erased_at is None:
        return [service.owner.uid]
    held = Membership.objects.of(city).filter(role__in=(Role.OWNER, Role.ADMINISTRATOR)).values("participant")
    return list(Participant.objects.of(city).filter(pk__in=held, erased_at=None).order_by("pk").values_list("uid", flat=True))


def organisations_of(city: City) -> list[Organisation]:
    """The city's organisations, by name; one query."""
    return list(Organisation.objects.of(city).order_by("name", "pk"))


def services_of(city: City) -> list[Service]:
    """The city's services by name; one query."""
    return list(Service.objects.of(city).select_related("organisation", "responsible", "owner").order_by("sort_key", "pk"))


def offer_of(city: City) -> Offer:
    """What a service can be tied to; three queries, areas are kept."""
    places = list(Place.objects.of(city).order_by("name", "pk"))
    return Offer(organisations_of(city), who_works_here(city), places, areas_of(city))


def waiting_to_open(city: City) -> list[ServiceProcess]:
    """All published processes about a service whose state has not followed yet, but for those that take a break: nothing is open in them.

    Of many that open late none keeps another waiting.
    """
    rows = ServiceProcess.objects.of(city).filter(opened_at=None, process__city=city, process__state=Process.State.PUBLISHED)
    return list(rows.filter(process__paused_at=None).select_related("process", "service").order_by("pk"))
