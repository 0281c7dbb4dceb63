"""How long an import can be taken back: then what was kept for it goes, and what it brought in stays for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from civitas.interop.models import Import, ImportItem

if TYPE_CHECKING:
    import datetime as dt

    from civitas.cities.models import City, CityRows

UNDOABLE_DAYS = 180
_AT_ONCE = 2_000


def _old(city: City, before: dt.datetime) -> CityRows:
    return Import.objects.of(city).filter(moved_at__lt=before)


def count_old(city: City, before: dt.datetime) -> int:
    """How many imports last moved before that moment."""
    return _old(city, before).count()


def remove_old(city: City, before: dt.datetime) -> int:
    """Take some away, with what they kept; returns how many rows went, 0 when nothing is left."""
    with transaction.atomic():
        old = _old(city, before)
        keys = list(ImportItem.objects.of(city).filter(run__in=old.values("pk")).order_by("pk").values_list("pk", flat=True)[:_AT_ONCE])
        if keys:
            return ImportItem.objects.of(city).filter(pk__in=keys).delete()[0]
        gone = Import.objects.of(city).filter(pk__in=list(old.order_by("pk").values_list("pk", flat=True)[:100]))
        return gone._raw_delete(gone.db)  # its items are gone, and Django would ask for them without naming the city
