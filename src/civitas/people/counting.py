"""Counting tries in windows of time, in the database, so that it holds over processes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import connection
from django.utils import timezone

if TYPE_CHECKING:
    from civitas.cities.models import City


def start_of(window: dt.timedelta) -> dt.datetime:
    """When the window began in which we are now; windows lie one after the other, the same for everybody."""
    seconds = int(window.total_seconds())
    return dt.datetime.fromtimestamp(int(timezone.now().timestamp()) // seconds * seconds, dt.UTC)


def count_tries(city: City, key: str, starts_at: dt.datetime, amount: int = 1) -> int:
    """Count under a hash, and say how many there are now: one statement, so that two at the same moment are never counted as one."""
    moment = connection.ops.adapt_datetimefield_value(starts_at)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_ratewindow (city_id, key, starts_at, tries) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (city_id, key, starts_at) DO UPDATE SET tries = people_ratewindow.tries + excluded.tries RETURNING tries",
            [city.pk, key, moment, amount],
        )
        return int(cursor.fetchone()[0])
