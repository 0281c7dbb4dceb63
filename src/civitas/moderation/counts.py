"""How many decisions stand, by hour and kind: kept by the decisions, so that the overview counts nothing."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Sum
from django.db.models.functions import TruncHour
from django.utils import timezone

from civitas.moderation.models import Decision, HourCount

if TYPE_CHECKING:
    from collections.abc import Iterable

    from civitas.cities.models import City


def hour_of(at: dt.datetime) -> dt.datetime:
    """The full hour in which a moment lies, in UTC."""
    return at.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)


def count_decisions(city: City, decisions: Iterable[Decision], *, by: int = 1) -> None:
    """Count these decisions, or with `by` -1 take them out again; in their transaction."""
    counts = Counter((hour_of(decision.at), decision.verb) for decision in decisions)
    rows = [(city.pk, connection.ops.adapt_datetimefield_value(hour), verb, by * count) for (hour, verb), count in sorted(counts.items())]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO moderation_hourcount (city_id, hour, verb, count) VALUES (%s, %s, %s, %s) "
                "ON CONFLICT (city_id, hour, verb) DO UPDATE SET count = moderation_hourcount.count + excluded.count",
                rows,
            )


def decided_lately(city: City, *, hours: int) -> dict[str, int]:
    """How many decisions of each kind stand of the last hours; one query over as many rows as there are hours and kinds."""
    since = hour_of(timezone.now()) - dt.timedelta(hours=hours - 1)
    rows = HourCount.objects.of(city).filter(hour__gte=since).order_by("verb")
    return {verb: total for verb, total in rows.values_list("verb").annotate(total=Sum("count")) if total}


# Older counts are asked for by nobody.
KEPT = dt.timedelta(days=30)


def forget_old_counts(city: City) -> None:
    """Remove counts of more than 30 days ago."""
    HourCount.objects.of(city).filter(hour__lt=hour_of(timezone.now() - KEPT)).delete()


def _counted(city: City) -> dict[tuple[dt.datetime, str], int]:
    rows = (
        Decision.objects.of(city)
        .filter(undone_at=None, at__gte=hour_of(timezone.now() - KEPT))
        .annotate(hour=TruncHour("at", tzinfo=dt.UTC))
        .order_by("hour", "verb")
    )
    return Counter(rows.values_list("hour", "verb"))


def miscounts(city: City) -> list[str]:
    """Where the kept counts differ from a count from scratch."""
    counted = _counted(city)
    recent = HourCount.objects.of(city).filter(hour__gte=hour_of(timezone.now() - KEPT))
    kept = {(row.hour, row.verb): row.count for row in recent if row.count}
    return [
        f"decisions {hour:%Y-%m-%d %H} {verb}: kept {kept.get((hour, verb), 0)}, counted {counted.get((hour, verb), 0)}"
        for hour, verb in sorted(kept.keys() | counted.keys())
        if kept.get((hour, verb), 0) != counted.get((hour, verb), 0)
    ]


@transaction.atomic
def recount(city: City) -> None:
    """Count a city's decisions from scratch and put the result in the place of what was kept."""
    HourCount.objects.of(city).delete()
    HourCount.objects.bulk_create(
        [HourCount(city=city, hour=hour, verb=verb, count=count) for (hour, verb), count in sorted(_counted(city).items())], batch_size=500
    )
