"""What happened to services, for the stories of what they came from, and for the news of who gave that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext_lazy as _

from civitas.kit.rooms import Station
from civitas.provision.models import ServiceStory
from civitas.services.models import Service, ServiceState

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from civitas.cities.models import City

STATE = "service_state"
SAID = {
    Service.Status.IDEA: _("“%(name)s” is an idea"),
    Service.Status.CONCEPT: _("“%(name)s” is a concept"),
    Service.Status.TRIAL: _("“%(name)s” is being tried"),
    Service.Status.OPERATION: _("“%(name)s” is in operation"),
    Service.Status.IMPROVING: _("“%(name)s” is being improved"),
    Service.Status.TRANSFORMED: _("“%(name)s” is being transformed"),
    Service.Status.ENDED: _("“%(name)s” has ended"),
}
_TONES: Mapping[str, Literal["good", "bad", "change"]] = {
    Service.Status.OPERATION: "good",
    Service.Status.TRIAL: "good",
    Service.Status.ENDED: "bad",
}


def station_of(state: ServiceState) -> Station:
    """A state as a story tells it, in the active language."""
    service = state.service
    title = SAID[Service.Status(state.status)] % {"name": service.name}
    tone = _TONES.get(state.status, "change")
    return Station(state.at, str(title), str(state.reason), state.body, service.path, tone, subject=f"service-{service.pk}", key=state.pk)


def stations(city: City, keys: Collection[int]) -> Mapping[int, list[Station]]:
    """The states of services, by the contribution that tells their story; two queries."""
    stories = list(ServiceStory.objects.of(city).filter(contribution__in=list(keys)).values_list("contribution", "service", "made_at"))
    found: dict[int, list[Station]] = {}
    if not stories:
        return found
    rows = ServiceState.objects.of(city).filter(service__in={service for _key, service, _made_at in stories}, service__city=city)
    states: dict[int, list[ServiceState]] = {}
    for state in rows.select_related("service").order_by("at", "pk"):
        states.setdefault(state.service_id, []).append(state)
    for key, service, _made_at in stories:
        found[key] = [station_of(state) for state in states.get(service, [])]
    return found


def told(city: City, keys: Collection[int]) -> Mapping[int, Station]:
    """States by their keys, for the news; one that was replaced in the meantime is still told, since it happened."""
    rows = ServiceState.objects.of(city).filter(pk__in=list(keys), service__city=city).select_related("service")
    return {row.pk: station_of(row) for row in rows.order_by("pk")}
