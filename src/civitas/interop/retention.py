"""How long an import can be taken back: then what was kept for it goes, and what it brought in stays for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from civitas.interop.archive_models import Archive
from civitas.interop.archives import drop_archive
from civitas.interop.models import Import, ImportItem
from civitas.interop.staging import Folder
from civitas.kit.rooms import NOTHING_HELD, Going, Held

if TYPE_CHECKING:
    import datetime as dt

    from civitas.cities.models import City, CityRows

UNDOABLE_DAYS = 180
_AT_ONCE = 2_000


def old_imports(city: City, before: dt.datetime, held: Held = NOTHING_HELD) -> CityRows:
    """Imports that last moved before that moment."""
    found: CityRows = held.leave(Import.objects.of(city).filter(moved_at__lt=before), "process").order_by("pk")
    return found


def show_imports(rows: CityRows) -> list[Going]:
    """Imports by the name of their file."""
    return [Going(row.pk, row.name, row.moved_at) for row in rows]


def count_old(city: City, before: dt.datetime, held: Held = NOTHING_HELD) -> int:
    """How many imports last moved before that moment."""
    return old_imports(city, before, held).count()


def remove_old(city: City, before: dt.datetime, held: Held = NOTHING_HELD) -> int:
    """Take some away, with what they kept; returns how many rows went, 0 when nothing is left."""
    with transaction.atomic():
        old = old_imports(city, before, held)
        keys = list(ImportItem.objects.of(city).filter(run__in=old.values("pk")).order_by("pk").values_list("pk", flat=True)[:_AT_ONCE])
        if keys:
            return ImportItem.objects.of(city).filter(pk__in=keys).delete()[0]
        units = list(old[:100])
        if not units:
            return 0  # Django gives no count where it asks the database nothing
        gone = Import.objects.of(city).filter(pk__in=[unit.pk for unit in units])
        gone._raw_delete(gone.db)  # its items are gone, and Django would ask for them without naming the city
    for unit in units:
        Folder(unit).drop(whole=True)
    return len(units)


def old_archives(city: City, before: dt.datetime, held: Held = NOTHING_HELD) -> CityRows:
    """Archives that were made before that moment."""
    found: CityRows = held.leave(Archive.objects.of(city).filter(at__lt=before), "process").order_by("pk")
    return found


def show_archives(rows: CityRows) -> list[Going]:
    """Archives by their process."""
    return [Going(row.pk, str(row.process), row.at) for row in rows.select_related("process")]


def count_archives(city: City, before: dt.datetime, held: Held = NOTHING_HELD) -> int:
    """How many archives were made before that moment."""
    return old_archives(city, before, held).count()


def remove_archives(city: City, before: dt.datetime, held: Held = NOTHING_HELD) -> int:
    """Take some away; returns how many, 0 when nothing is left."""
    old = list(old_archives(city, before, held)[:100])
    for archive in old:
        drop_archive(archive)
    return len(old)
