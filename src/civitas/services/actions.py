"""Keeping rows of the catalogue whole: what follows from a change of a service, whoever makes it. Rules are asked by who calls."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections import Counter
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from civitas.kit.folding import folded, foldings
from civitas.kit.translated import Translated
from civitas.services.models import WORDS, Indicator, IndicatorLook, Service, ServiceArea, ServicePlace, ServiceState, ServiceTally

if TYPE_CHECKING:
    from collections.abc import Iterable

    from civitas.cities.models import Area, City
    from civitas.people.models import Participant

# After so many months of operation an indicator is looked at first, then once a year.
FIRST_LOOK = 6


@transaction.atomic
def write_service(service: Service) -> Service:
    """Write a service with what is made of its words."""
    texts = [text for name in WORDS for text in getattr(service, name).values()]
    named = [service.key, *(row.name for row in (service.organisation, service.responsible) if row)]
    service.words = f" {' '.join(sorted(foldings(' '.join([*texts, *named]))))} "
    service.sort_key = folded(service.name.in_language("de"))[:160]
    service.save()
    return service


@transaction.atomic
def write_state(
    service: Service,
    status: str,
    *,
    at: dt.datetime | None = None,
    reason: Translated | None = None,
    body: str = "",
    by: Participant | None = None,
) -> ServiceState:
    """Bring a service into a state and keep when, why and by whom; when operation begins, its indicators get their first day."""
    at = at or timezone.now()
    row = ServiceState.objects.create(
        city=service.city, service=service, status=status, was=service.status, at=at, reason=reason or Translated(), body=body, by=by
    )
    service.status, service.version = status, service.version + 1
    if status == Service.Status.OPERATION and service.started_on is None:
        service.started_on = timezone.localtime(at).date()
    service.save(update_fields=["status", "version", "started_on"])
    plan_looks(service)
    return row


@transaction.atomic
def drop_state(state: ServiceState, back_to: str) -> None:
    """Take a state away that was noted by mistake, with what it brought along; the service is in the one before again."""
    service = state.service
    ServiceState.objects.of(state.city_id).filter(pk=state.pk).delete()
    service.status, service.version = back_to, service.version + 1
    states = ServiceState.objects.of(state.city_id).filter(service=service)
    began = state.status == Service.Status.OPERATION and service.started_on == timezone.localtime(state.at).date()
    if began and not states.filter(status=Service.Status.OPERATION).exists():
        service.started_on = None
        looked = IndicatorLook.objects.of(state.city_id).filter(indicator__service=service).values("indicator")
        Indicator.objects.of(state.city_id).filter(service=service).exclude(pk__in=looked).update(next_on=None)
    service.save(update_fields=["status", "version", "started_on"])
    plan_looks(service)


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day so many months later; the last of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def next_look(started_on: dt.date, after: dt.date) -> dt.date:
    """The first day after `after` on which an indicator is looked at again: 6 and 12 months after operation began, then each year."""
    if after < (first := months_after(started_on, FIRST_LOOK)):
        return first
    years = max(after.year - started_on.year, 1)
    return next(day for more in (0, 1) if (day := months_after(started_on, 12 * (years + more))) > after)


def plan_looks(service: Service, *, anew: bool = False, today: dt.date | None = None) -> None:
    """Give indicators of a service in operation that have no day yet their next one; one that ended is looked at no more.

    Where nobody said since when it is offered, today counts. `anew`: that was said now, so what nobody has looked at is planned again.
    """
    today = today or timezone.localdate()
    waiting = Indicator.objects.of(service.city_id).filter(service=service)
    since = service.started_on or (today if service.status == Service.Status.OPERATION else None)
    if service.status == Service.Status.ENDED:
        waiting.exclude(next_on=None).update(next_on=None)
    elif since is not None:
        looked = IndicatorLook.objects.of(service.city_id).filter(indicator__service=service).values("indicator")
        (waiting.exclude(pk__in=looked) if anew else waiting.filter(next_on=None)).update(next_on=next_look(since, today))


def place_in(service: Service, areas: Iterable[Area]) -> None:
    """Say which parts of the city a service is for; none for the whole city."""
    wanted = {area.pk: area for area in areas}
    rows = ServiceArea.objects.of(service.city_id).filter(service=service)
    rows.exclude(area__in=list(wanted)).delete()
    known = set(rows.values_list("area", flat=True))
    ServiceArea.objects.bulk_create(
        [ServiceArea(city_id=service.city_id, service=service, area=area) for key, area in wanted.items() if key not in known],
        ignore_conflicts=True,
    )


def counted(city: City) -> dict[tuple[str, str], int]:
    """How many services have which state, provider and part of the city, counted from the rows; three queries."""
    found: Counter[tuple[str, str]] = Counter()
    for status, organisation in Service.objects.of(city).values_list("status", "organisation"):
        found["all", ""] += 1
        found["status", status] += 1
        if organisation:
            found["provider", str(organisation)] += 1
    named = set(ServiceArea.objects.of(city).values_list("service", "area"))
    named |= set(ServicePlace.objects.of(city).filter(place__area__isnull=False).values_list("service", "place__area"))
    found.update(("area", str(area)) for _service, area in named)
    return dict(found)


@transaction.atomic
def count_anew(city: City) -> None:
    """Write the counts of the catalogue; called wherever a service is new or what is counted of it changes."""
    # Held before it is counted: who waited counts what the other wrote.
    rows = {(row.dimension, row.value): row for row in ServiceTally.objects.of(city).select_for_update(of=("self",)).order_by("pk")}
    wanted = counted(city)
    gone = [row.pk for key, row in rows.items() if key not in wanted]
    changed = [row for key, row in rows.items() if key in wanted and row.count != wanted[key]]
    for row in changed:
        row.count = wanted[row.dimension, row.value]
    if gone:
        ServiceTally.objects.of(city).filter(pk__in=gone).delete()
    if changed:
        ServiceTally.objects.of(city).bulk_update(changed, ["count"])
    ServiceTally.objects.bulk_create(
        [ServiceTally(city=city, dimension=key[0], value=key[1], count=count) for key, count in wanted.items() if key not in rows],
        ignore_conflicts=True,
    )


def miscounts(city: City) -> list[str]:
    """Where the kept counts of the catalogue are wrong."""
    wanted = counted(city)
    kept = {(row.dimension, row.value): row.count for row in ServiceTally.objects.of(city)}
    return [
        f"services {dimension} {value}: {kept.get((dimension, value), 0)} kept, {wanted.get((dimension, value), 0)} counted"
        for dimension, value in sorted(wanted.keys() | kept.keys())
        if kept.get((dimension, value), 0) != wanted.get((dimension, value), 0)
    ]
