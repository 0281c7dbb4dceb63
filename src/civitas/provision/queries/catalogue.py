"""The catalogue: services by words, part of the city, state and provider, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from civitas.kit.folding import folded
from civitas.people.models import Organisation
from civitas.services.models import Service, ServiceArea, ServicePlace, ServiceTally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from civitas.cities.models import Area, City

PAGE_SIZE = 24
MOST_WORDS = 8


@dataclass(frozen=True)
class Asked:
    """What somebody looks for; empty values do not filter."""

    words: str = ""
    area: Area | None = None
    status: str = ""
    provider: Organisation | None = None

    @property
    def is_plain(self) -> bool:
        """Whether nothing filters."""
        return self == Asked()


@dataclass(frozen=True)
class Card:
    """A service in a list, with the names of the parts of the city and of the places where people meet it."""

    service: Service
    areas: tuple[str, ...]
    places: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """One page of the catalogue: `total` services in all, `number` from 1, of `last` pages."""

    cards: list[Card]
    total: int
    number: int
    last: int


def catalogue_page(city: City, asked: Asked, *, number: int = 1, size: int = PAGE_SIZE) -> Page:
    """A page of services by name; five queries at most, however many there are."""
    rows = _found(city, asked)
    total = tallies(city).get(("all", ""), 0) if asked.is_plain else rows.count()
    last = max(1, -(-total // size))
    number = min(max(number, 1), last)
    shown = rows.select_related("organisation").order_by("sort_key", "pk")[(number - 1) * size : number * size]
    return Page(cards_of(city, list(shown)), total, number, last)


def _found(city: City, asked: Asked) -> QuerySet[Service]:
    rows: QuerySet[Service] = Service.objects.of(city)
    for word in folded(asked.words).split()[:MOST_WORDS]:
        rows = rows.filter(words__contains=f" {word}")
    if asked.area is not None:
        named = ServiceArea.objects.of(city).filter(area=asked.area).values("service")
        met = ServicePlace.objects.of(city).filter(place__area=asked.area, place__city=city).values("service")
        rows = rows.filter(Q(pk__in=named) | Q(pk__in=met))
    if asked.status:
        rows = rows.filter(status=asked.status)
    if asked.provider is not None:
        rows = rows.filter(organisation=asked.provider)
    return rows


def cards_of(city: City, services: Sequence[Service]) -> list[Card]:
    """Services with their areas and places; two queries, none without services."""
    if not services:
        return []
    keys = [row.pk for row in services]
    areas: dict[int, list[str]] = {key: [] for key in keys}
    places: dict[int, list[str]] = {key: [] for key in keys}
    named = (
        ServiceArea.objects.of(city).filter(service__in=keys, area__city=city).order_by("area__name", "area__level").select_related("area")
    )
    for row in named.only("service", "area__name", "area__level"):
        areas[row.service_id].append(row.area.apart)
    met = ServicePlace.objects.of(city).filter(service__in=keys, place__city=city).order_by("place__name")
    for key, name in met.values_list("service", "place__name"):
        places[key].append(name)
    return [Card(row, tuple(areas[row.pk]), tuple(places[row.pk])) for row in services]


def tallies(city: City) -> dict[tuple[str, str], int]:
    """The kept counts of the catalogue by dimension and value; one query."""
    rows = ServiceTally.objects.of(city).filter(count__gt=0)
    return {(dimension, value): count for dimension, value, count in rows.values_list("dimension", "value", "count")}


def providers(city: City, counts: dict[tuple[str, str], int]) -> list[Organisation]:
    """Who provides services, by name; one query."""
    keys = [int(value) for dimension, value in counts if dimension == "provider"]
    return list(Organisation.objects.of(city).filter(pk__in=keys).order_by("name", "pk"))


def service_by_key(city: City, key: str) -> Service | None:
    """A service with its provider, who answers and whose care it is; None if the city has none of that key."""
    rows = Service.objects.of(city).filter(key=key).select_related("organisation", "responsible", "owner")
    found: Service | None = rows.first()
    if found is not None:
        found.city = city
    return found
