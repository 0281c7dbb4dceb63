"""One service whole: places, states, indicators, stories, processes, what people said. As many queries for much as for little."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils import timezone

from civitas.cities.models import Area, Place
from civitas.contributions.models import Contribution
from civitas.contributions.queries import CARD
from civitas.processes.models import Process
from civitas.provision.models import Rating, ServiceProcess, ServiceStory
from civitas.services.models import Indicator, IndicatorLook, ServiceArea, ServicePlace, ServiceState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from civitas.cities.models import City
    from civitas.services.models import Service

# Fewer ratings are not shown, so that nobody guesses who gave which.
FEWEST_RATINGS = 10
RATED_MONTHS = 12
MOST_SHOWN = 4
MOST_ROWS = 100
LONGEST_FEED = 50
CLOSED = (Contribution.Status.DONE, Contribution.Status.NOT_POSSIBLE, Contribution.Status.PART_OF)


@dataclass(frozen=True)
class Measured:
    """An indicator with what was found so far, the newest first."""

    indicator: Indicator
    looks: list[IndicatorLook] = field(default_factory=list)

    @property
    def last(self) -> IndicatorLook | None:
        """What was found last."""
        return self.looks[0] if self.looks else None

    @property
    def is_due(self) -> bool:
        """Whether its day has come."""
        return self.indicator.next_on is not None and self.indicator.next_on <= timezone.localdate()


@dataclass(frozen=True)
class Rated:
    """How people found a service during the last year: how many, and the share of each answer in percent."""

    total: int
    shares: dict[str, int]


def places_of(city: City, service: Service) -> list[Place]:
    """Where people meet it, by name, with the part of the city; one query."""
    rows = ServicePlace.objects.of(city).filter(service=service, place__city=city).select_related("place__area")
    return [row.place for row in rows.defer("place__area__boundary").order_by("place__name", "pk")[:MOST_ROWS]]


def areas_of_service(city: City, service: Service) -> list[Area]:
    """The parts of the city that it is for, by name; one query, none for the whole city."""
    keys = ServiceArea.objects.of(city).filter(service=service).values("area")
    return list(Area.objects.of(city).filter(pk__in=keys).defer("boundary").order_by("name", "pk"))


def states_of(city: City, service: Service) -> list[ServiceState]:
    """The states it was in, the oldest first; one query."""
    rows = ServiceState.objects.of(city).filter(service=service).select_related("by")
    return list(reversed(rows.order_by("-at", "-pk")[:MOST_ROWS]))


def last_noted(city: City, service: Service) -> ServiceState | None:
    """The state that was noted last, whenever it was; one query."""
    found: ServiceState | None = ServiceState.objects.of(city).filter(service=service).order_by("-pk").first()
    return found


def state_before(city: City, state: ServiceState) -> str:
    """The state in which the service was before this one was noted; '' where nobody knows."""
    earlier = ServiceState.objects.of(city).filter(service=state.service_id, pk__lt=state.pk).order_by("-pk")
    return state.was or str(earlier.values_list("status", flat=True).first() or "")


def newest_states(city: City) -> list[ServiceState]:
    """The states that services of the city came into, the newest first, each with its service; one query, at most 50."""
    rows = ServiceState.objects.of(city).filter(at__lte=timezone.now()).select_related("service", "service__organisation")
    return list(rows.order_by("-at", "-pk")[:LONGEST_FEED])


def measured(city: City, service: Service) -> list[Measured]:
    """Its indicators with what was found; two queries."""
    found = {row.pk: Measured(row) for row in Indicator.objects.of(city).filter(service=service).order_by("pk")[:MOST_ROWS]}
    looks = IndicatorLook.objects.of(city).filter(indicator__in=list(found)).select_related("by").order_by("-looked_on", "-pk")
    for look in looks[: MOST_ROWS * 2] if found else ():
        found[look.indicator_id].looks.append(look)
    return list(found.values())


def stories_of(city: City, services: Iterable[int]) -> list[ServiceStory]:
    """What tells how these services came to be, as far as it is shown, the oldest first; one query."""
    shown = Contribution.Visibility.PUBLISHED
    rows = ServiceStory.objects.of(city).filter(service__in=list(services), contribution__city=city, contribution__visibility=shown)
    return list(
        rows.select_related("contribution", "contribution__process", "concept", "concept__author", "concept__organisation").order_by("pk")[
            :MOST_ROWS
        ]
    )


def processes_about(city: City, service: Service, *, drafts: bool = False) -> list[ServiceProcess]:
    """The processes that ask about it, the newest first; one query."""
    rows = ServiceProcess.objects.of(city).filter(service=service, process__city=city).select_related("process")
    if not drafts:
        rows = rows.exclude(process__state=Process.State.DRAFT)
    return list(rows.order_by("-pk")[:MOST_ROWS])


def open_improvements(city: City, service: Service) -> list[Contribution]:
    """What people would have better there and is not settled, the newest first; one query."""
    rows = Contribution.objects.of(city).filter(listed=1, service=service, kind=Contribution.Kind.IMPROVEMENT)
    rows = rows.exclude(status__in=CLOSED).select_related(*CARD).defer("area__boundary")
    return list(rows.order_by("-newest_key")[:MOST_SHOWN])


def rated(city: City, service: Service) -> Rated | None:
    """How people found it during the last twelve months; None below ten answers. One query."""
    today = timezone.localdate()
    since = dt.date(today.year - 1, today.month, 1)
    counts: dict[str, int] = dict.fromkeys(Rating.Face.values, 0)
    rows = Rating.objects.of(city).filter(service=service, month__gt=since)
    for face, count in rows.values_list("face", "count"):
        counts[face] += count
    total = sum(counts.values())
    if total < FEWEST_RATINGS:
        return None
    return Rated(total, {face: round(100 * count / total) for face, count in counts.items()})
