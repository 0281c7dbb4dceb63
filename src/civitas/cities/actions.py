"""What changes in a city's own rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from civitas.cities.models import City


def next_number(city: City, name: str, *, count: int = 1) -> int:
    """The first of `count` fresh numbers of this name in the city, counted from 1 without reuse. Call it in the transaction
    that uses them: the row stays locked until its end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cities_counter (city_id, name, value) VALUES (%s, %s, %s) "
            "ON CONFLICT (city_id, name) DO UPDATE SET value = cities_counter.value + excluded.value RETURNING value",
            [city.pk, name, count],
        )
        return int(cursor.fetchone()[0]) - count + 1
