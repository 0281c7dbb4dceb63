"""The fair order: those with the least response come first, and among them a ring that starts elsewhere each day.

Each contribution keeps its place on the ring (`spin`). Who is near the day's start is read; the next day somebody else is.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.db import connection

from civitas.contributions.models import RESPONSE_STEPS, SPIN_RING, Contribution

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from civitas.cities.models import City

LEVELS = range(len(RESPONSE_STEPS) + 1)
_PARTS = 5  # of a cursor: the day's start, level, half of the ring, spin, key
Place = tuple[int, int, int, int]  # level, half of the ring (0 = from the start on), spin, key


def start_of(city: City, day: dt.date | None = None) -> int:
    """Where the ring starts on a day of the city (0 to 2**31 - 1): the same for everybody, and as good as drawn by lot."""
    day = day or city.today
    return int.from_bytes(hashlib.sha256(f"{city.slug} {day:%Y-%m-%d}".encode()).digest()[:4]) % SPIN_RING


def read_cursor(city: City, cursor: str) -> tuple[int, Place | None]:
    """The start and the place that a cursor holds; today's start and None without a usable one. It goes on after midnight."""
    parts = cursor.split(".")
    if len(parts) != _PARTS or not all(part.isascii() and part.isdigit() and len(part) < 20 for part in parts):
        return start_of(city), None
    start, level, half, spin, key = map(int, parts)
    return (start, (level, half, spin, key)) if start < SPIN_RING and half < 2 else (start_of(city), None)


def cursor_at(start: int, place: Place) -> str:
    """The cursor of the page after this place."""
    return ".".join(map(str, (start, *place)))


def fair_places(rows: QuerySet[Contribution], start: int, after: Place | None, size: int) -> list[Place]:
    """The next `size` places of all rows in the fair order; one query that reads a few rows of each level by an index."""
    parts: list[str] = []
    values: list[Any] = []
    for level in LEVELS:
        for half in (0, 1):
            if after and (level, half) < after[:2]:
                continue
            some = rows.filter(response_level=level, **{"spin__gte" if half == 0 else "spin__lt": start})
            if after and (level, half) == after[:2]:
                some = some.filter(spin__gte=after[2]).exclude(spin=after[2], pk__lte=after[3])
            sql, params = some.order_by("spin", "pk").values_list("spin", "pk")[:size].query.sql_with_params()
            # A part in brackets keeps its own order and limit on SQLite too.
            parts.append(f"SELECT {level}, {half}, part.* FROM ({sql}) part")  # noqa: S608  (our own numbers, and Django's SQL)
            values += params
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"{' UNION ALL '.join(parts)} ORDER BY 1, 2, 3, 4 LIMIT {int(size)}", values)
        return [(level, half, spin, key) for level, half, spin, key in cursor.fetchall()]


def fair_among(rows: QuerySet[Contribution], start: int, after: Place | None, size: int, most: int) -> list[Place]:
    """The same for rows under filters, among the newest `most`; one query that sorts what it reads."""
    found = rows.order_by("-newest_key").values_list("response_level", "spin", "pk")[:most]
    places = sorted((level, int(spin < start), spin, key) for level, spin, key in found)
    return [place for place in places if after is None or place > after][:size]
