"""The directory of the bare host: all cities with what is open there, what begins soon and what dates there are.

It is the one read across cities for pages, and gives only what is published. It is kept in the process for some seconds, so that
search, filters, pages and map of the navigator ask the database nothing.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils import timezone

from civitas.cities.models import CityHost
from civitas.cities.queries import KEPT
from civitas.cities.walls import across_cities
from civitas.contributions.walking import among
from civitas.kit.folding import folded
from civitas.processes.models import STANDING_SLUG, Event, Process, Step
from civitas.processes.policies import in_navigator
from civitas.processes.queries import ProcessView, RailStep
from civitas.processes.removing import dates_off_anywhere
from civitas.processes.windows import state_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from civitas.cities.models import City

MOST_CITIES, MOST_PROCESSES, MOST_EVENTS = 500, 3_000, 2_000
# Of a process the navigator shows its question and lead; a drawing of a city can be large.
_UNREAD = ("picture", "result", "formal_note", "owner_title", "contact", "say_note")
KEPT_SECONDS = 15.0
_kept: dict[str, tuple[float, Directory]] = {}
KEPT.append(_kept)


@dataclass(frozen=True)
class Town:
    """A city of the navigator and the host name that leads there."""

    city: City
    host: str

    @cached_property
    def words(self) -> str:
        """Its name in every language, for the search."""
        return _words(self.city.name)

    @property
    def point(self) -> tuple[float, float]:
        """The middle of its map: latitude and longitude in WGS84 degrees."""
        lon, lat = self.city.config.map.center
        return lat, lon


@dataclass(frozen=True)
class Listed:
    """A process of a city, with its steps as they stand in the database; `view` says how they stand now."""

    town: Town
    process: Process
    steps: tuple[Step, ...]

    @cached_property
    def words(self) -> str:
        """What the search looks through, in every language."""
        return _words(self.process.title, self.process.question, self.process.lead)

    @property
    def view(self) -> ProcessView:
        """The process with its rail at this moment."""
        return ProcessView(self.process, [RailStep(step, state_of(step)) for step in self.steps])


@dataclass(frozen=True)
class ListedDate:
    """A date of a process that is in the navigator."""

    town: Town
    process: Process
    event: Event

    @cached_property
    def words(self) -> str:
        """What the search looks through, in every language, with the place."""
        place = self.event.place
        where = (place.name, place.address) if place else (self.event.where,)
        return _words(self.event.title, self.event.description, self.process.title, {"": " ".join(where)})


@dataclass(frozen=True)
class Directory:
    """All that the navigator knows: cities by name, processes and dates without order; `off` are dates that calendars strike out."""

    towns: tuple[Town, ...]
    processes: tuple[Listed, ...]
    dates: tuple[ListedDate, ...]
    off: tuple[ListedDate, ...] = ()

    @property
    def for_calendars(self) -> Directory:
        """The same with the dates that are off among its dates."""
        return replace(self, dates=(*self.dates, *self.off))


def _words(*texts: Mapping[str, str]) -> str:
    return " ".join(folded(each) for text in texts for each in text.values())


def directory() -> Directory:
    """What all cities show in the navigator, at most 15 seconds old; five queries (six where dates are off), or none."""
    now = time.monotonic()
    kept = _kept.get("")
    if kept and kept[0] > now:
        return kept[1]
    found = _read()
    _kept[""] = (now + KEPT_SECONDS, found)
    return found


def _read() -> Directory:
    """Cities, processes, steps and dates. What a city's pack or its rules keep out of the navigator is left out."""
    with across_cities("the navigator shows what is published in all cities, and nothing else"):
        hosts = {row.city_id: row for row in CityHost.objects.select_related("city").order_by("-pk")[:MOST_CITIES]}
        towns = {pk: Town(row.city, row.host) for pk, row in hosts.items() if row.city.config.in_navigator}
        open_to = [pk for pk, town in towns.items() if town.city.has_module("processes")]
        rows = Process.objects.filter(city__in=open_to, state=Process.State.PUBLISHED).exclude(slug=STANDING_SLUG).defer(*_UNREAD)
        found = {
            row.pk: row for row in rows.order_by("-published_at", "-pk")[:MOST_PROCESSES] if in_navigator(towns[row.city_id].city, row)
        }
        steps: dict[int, list[Step]] = {}
        for step in Step.objects.filter(process__in=among(found)).defer("intro", "settings").order_by("position"):
            step.process = found[step.process_id]
            steps.setdefault(step.process_id, []).append(step)
        events = Event.objects.filter(process__in=among(found), ends_at__gt=timezone.now()).select_related("place")
        dates = _listed(events.order_by("starts_at", "pk")[:MOST_EVENTS], towns, found)
        off = _listed(dates_off_anywhere(among(found)), towns, found)
    processes = tuple(Listed(towns[row.city_id], row, tuple(steps.get(pk, ()))) for pk, row in found.items())
    return Directory(tuple(sorted(towns.values(), key=lambda town: folded(str(town.city.name)))), processes, dates, off)


def _listed(events: Iterable[Event], towns: Mapping[int, Town], processes: Mapping[int, Process]) -> tuple[ListedDate, ...]:
    dates = []
    for event in events:
        event.process = process = processes[event.process_id]
        dates.append(ListedDate(towns[event.city_id], process, event))
    return tuple(dates)
