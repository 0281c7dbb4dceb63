"""Events as iCalendar (RFC 5545): stable uids, times in the city's zone with its definition."""

from __future__ import annotations

from typing import TYPE_CHECKING

import icalendar
from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from civitas.cities.models import City
    from civitas.processes.models import Event


def calendar_of(city: City, name: str, events: Iterable[Event], *, page: str) -> bytes:
    """The events as one calendar; `page` is the absolute address of what they belong to."""
    return calendar(name, ((city, event, page) for event in events))


def calendar(name: str, entries: Iterable[tuple[City, Event, str]]) -> bytes:
    """Events of one or many cities as one calendar, each with its city and the absolute address of what it belongs to."""
    made = icalendar.Calendar()
    made.add("prodid", "-//Civitas Digitalis//Events//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    for city, event, page in entries:
        made.add_component(_entry(city, event, page))
    made.add_missing_timezones()
    return made.to_ical()


def _entry(city: City, event: Event, page: str) -> icalendar.Event:
    zone = city.zone
    entry = icalendar.Event()
    # Without the host: an event stays the same one when the city moves to another name.
    entry.add("uid", f"{event.uid}@{city.slug}.civitas-digitalis")
    entry.add("dtstamp", timezone.now())
    # Calendars that have it take what says more changes than they know, and strike out what is off. Each change counts for two, so that
    # a date that comes back says more than that it was off.
    entry.add("sequence", 2 * event.version + event.is_off)
    entry.add("status", "CANCELLED" if event.is_off else "CONFIRMED")
    entry.add("dtstart", event.starts_at.astimezone(zone))
    entry.add("dtend", event.ends_at.astimezone(zone))
    entry.add("summary", str(event.title))
    if event.is_off:  # what else it said was taken away, perhaps for a reason
        return entry
    if str(event.description):
        entry.add("description", str(event.description))
    where = where_of(event)
    if where:
        entry.add("location", where)
    if event.place and event.place.lat is not None and event.place.lon is not None:
        entry.add("geo", (event.place.lat, event.place.lon))
    entry.add("url", event.url or page)
    return entry


def where_of(event: Event) -> str:
    """Where an event takes place, in one line."""
    if event.place:
        return ", ".join(part for part in (event.place.name, event.place.address) if part)
    return event.where
