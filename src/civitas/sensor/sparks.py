"""What helps who has no idea yet: the city's questions, voices that still wait for a response, ideas from other cities."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from civitas.cities.models import City, CityHost
from civitas.cities.walls import across_cities
from civitas.contributions.models import SPIN_RING, Contribution
from civitas.contributions.queries import Filters, listed
from civitas.sensor.models import Prompt
from civitas.sensor.voices import STRIP_LENGTH, Voice, voices_in

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

MOST_PROMPTS = 200
MOST_CITIES = 500
# How many contributions without much response are looked through for a voice, and how many ideas of each other city.
LOOKED_THROUGH, IDEAS_LOOKED_THROUGH = 24, 12


def prompts_of(city: City) -> list[Prompt]:
    """The city's questions in its order, with their categories; one query, at most 200."""
    return list(Prompt.objects.of(city).select_related("category").order_by("position", "key")[:MOST_PROMPTS])


def prompt_by_key(city: City, key: str) -> Prompt | None:
    """A question of the city by its key; one query, none without a key."""
    return Prompt.objects.of(city).select_related("category").filter(key=key).first() if key else None


def turn_of(day: dt.date, name: str) -> int:
    """A number (0 to 2**31 - 1) that is another each day, the same for everybody: where the day's rotation begins."""
    return int.from_bytes(hashlib.blake2b(f"{name} {day.isoformat()}".encode(), digest_size=4).digest()) % SPIN_RING


def chosen_prompt(prompts: Sequence[Prompt], key: str, day: dt.date) -> tuple[Prompt, Prompt] | None:
    """The question asked for, else the day's; and the one after it. None where the city has none."""
    if not prompts:
        return None
    at = next((position for position, row in enumerate(prompts) if row.key == key), turn_of(day, "prompt") % len(prompts))
    return prompts[at], prompts[(at + 1) % len(prompts)]


def quiet_voices(city: City, day: dt.date, *, count: int) -> list[Voice]:
    """Sentences of contributions with no or little response yet, others each day; at most six queries of 24 rows."""
    start = turn_of(day, "voices")
    rows = listed(city, Filters()).select_related("author", "area", "organisation")
    found: list[Contribution] = []
    for level in (0, 1, 2):
        ring = rows.filter(response_level=level).order_by("spin")
        found += ring.filter(spin__gte=start)[:LOOKED_THROUGH]
        if len(found) < LOOKED_THROUGH:
            found += ring.filter(spin__lt=start)[:LOOKED_THROUGH]
        voices = voices_in(found, STRIP_LENGTH, count)
        if len(voices) == count:
            break
    return voices


@dataclass(frozen=True)
class Elsewhere:
    """An idea of another city: where it is, and its host."""

    item: Contribution
    city: City
    host: str


def ideas_elsewhere(city: City, day: dt.date, *, count: int) -> list[Elsewhere]:
    """Published ideas of other cities, taken in turns, other ones each day: the one read of contributions across cities.

    A city with `shown_elsewhere = false` shows none. `count` + 1 queries.
    """
    with across_cities("ideas from other cities: published contributions only"):
        hosts = {host.city_id: host for host in CityHost.objects.select_related("city").order_by("-pk")[:MOST_CITIES]}
        others = sorted(
            (host for pk, host in hosts.items() if pk != city.pk and _is_shown(host.city)),
            key=lambda host: turn_of(day, f"city {host.city.slug}"),
        )
        drawn: list[list[Elsewhere]] = []
        for host in others[:count]:
            rows = Contribution.objects.filter(city=host.city, listed=1).select_related("area")
            ideas = [row for row in rows.order_by("-support_total", "-newest_key")[:IDEAS_LOOKED_THROUGH] if row.title]
            start = turn_of(day, f"idea {host.city.slug}") % max(1, len(ideas))
            drawn.append([Elsewhere(row, host.city, host.host) for row in ideas[start:] + ideas[:start]])
    # One of each city first, then their second ones: few cities still fill the row.
    return [idea for turn in zip_longest(*drawn) for idea in turn if idea][:count]


def _is_shown(city: City) -> bool:
    # Asked of up to 500 cities: the plain setting is read without checking all the others.
    return bool(city.settings.get("shown_elsewhere", True)) and "sensor" in city.settings.get("modules", [])
