"""What the front door shows, read through the other rooms' queries; every function is bounded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch, Q

from civitas.cities.models import Area, City
from civitas.contributions.models import Contribution, StatusEvent
from civitas.contributions.queries import Filters, listed, pictures, tallies
from civitas.processes.models import STANDING_SLUG, Process
from civitas.sensor.models import SavedSearch
from civitas.services.models import Service

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from civitas.people.models import Participant

RECENT = 60


def recent_contributions(city: City) -> list[Contribution]:
    """The newest 60 with author, organisation and area; one query."""
    rows = listed(city, Filters()).select_related("author", "area", "organisation")
    return list(rows.order_by("-newest_key")[:RECENT])


def supported_contributions(city: City) -> list[Contribution]:
    """The 12 most supported with author, organisation and area; one query."""
    rows = listed(city, Filters()).select_related("author", "area", "organisation")
    return list(rows.order_by("-support_total", "-newest_key")[:12])


def outcomes(city: City, *, limit: int) -> list[Contribution]:
    """The newest that were carried out, with pictures and events; at most five queries."""
    way = Prefetch("events", StatusEvent.objects.of(city).select_related("organisation").order_by("at", "pk"))
    rows = listed(city, Filters(status=Contribution.Status.DONE)).select_related("author", "area", "organisation")
    return list(rows.prefetch_related(pictures(city), way).order_by("-newest_key")[:limit])


def way_of(item: Contribution) -> list[StatusEvent]:
    """The events of a contribution from `outcomes`, oldest first; no query."""
    return list(item.events.all())


def processes_to_choose(city: City) -> list[Process]:
    """The city's public processes with slug and title only, by newest; one query, at most 100."""
    rows = Process.objects.of(city).exclude(state=Process.State.DRAFT).exclude(slug=STANDING_SLUG)
    return list(rows.only("city_id", "slug", "title").order_by("-made_at")[:100])


def services_to_choose(city: City) -> list[Service]:
    """The city's services with key and name, by name; one query, at most 200."""
    rows = Service.objects.of(city).only("city_id", "key", "name").order_by("key")[:200]
    return sorted(rows, key=lambda row: str(row).casefold())


def count_mine(city: City, person: Participant | None) -> int:
    """How many of a person's contributions are listed, counted up to 1,000; one query."""
    return listed(city, Filters(author=person)).order_by()[:1_000].values("pk").count() if person else 0


@dataclass(frozen=True)
class AreaCount:
    """An area and how many contributions it has."""

    area: Area
    count: int


def busiest_areas(city: City, *, limit: int) -> tuple[list[AreaCount], int]:
    """The areas with most contributions, and how many the city has in all; two queries."""
    counts = tallies(city)
    ids = sorted(counts.get("area", {}).items(), key=lambda entry: -entry[1])[:limit]
    rows = {str(area.pk): area for area in Area.objects.of(city).filter(pk__in=[pk for pk, _count in ids])}
    return [AreaCount(rows[pk], count) for pk, count in ids if pk in rows], counts.get("all", {}).get("", 0)


def titles_by_number(city: City, numbers: list[int]) -> dict[int, Contribution]:
    """Title and path of contributions by number, for marks on the map; one query."""
    rows = Contribution.objects.of(city).filter(number__in=numbers).only("city_id", "number", "title", "root_id")
    return {row.number: row for row in rows if row.number is not None}


def searches_fitting(city: City, row: Contribution) -> QuerySet[SavedSearch]:
    """The saved searches that want to tell and whose columns a contribution fits, but for its author's; words are not looked at."""
    areas = [key for key in (row.area_id, row.area.parent_id if row.area else None) if key]
    rows = SavedSearch.objects.of(city).filter(tells=True).filter(Q(area=None) | Q(area__in=areas))
    for name in ("category", "process", "service"):
        value = getattr(row, f"{name}_id")
        rows = rows.filter(Q(**{name: None}) | Q(**{name: value}) if value else Q(**{name: None}))
    rows = rows.filter(kind__in=["", row.kind], with_picture__lte=row.with_picture)
    if row.lat is None:
        rows = rows.filter(west=None)
    else:
        here = Q(west__lte=row.lon, east__gte=row.lon, south__lte=row.lat, north__gte=row.lat)
        rows = rows.filter(Q(west=None) | here)
    return rows.exclude(participant=row.author_id).order_by("pk") if row.author_id else rows.order_by("pk")


def searches_of(city: City, person: Participant) -> list[SavedSearch]:
    """What a person keeps, newest first; one query, few rows since the number is limited."""
    return list(SavedSearch.objects.of(city).filter(participant=person).order_by("-pk")[:100])
