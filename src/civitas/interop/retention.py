"""How long an import can be taken back: then what was kept for it goes, and what it brought in stays for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from civitas.interop.archive_models import Archive
from civitas.interop.archives import drop_archive
from civitas.interop.models import Import, ImportItem
from civitas.interop.staging import Folder
from civitas.kit.rooms import Going

if TYPE_CHECKING:
    import datetime as dt

    from civitas.cities.models import City, CityRows

UNDOABLE_DAYS = 180
_AT_ONCE = 2_000


def old_imports(city: City, before: dt.datetime) -> CityRows:
    """Imports that last moved before that moment."""
    found: CityRows = Import.objects.of(city).filter(moved_at__lt=before).order_by("pk")
    return found


def show_imports(rows: CityRows) -> list[Going]:
    """Imports by the name of their file."""
    return [Going(row.pk, row.name, row.moved_at) for row in rows]


def remove_imports(city: City, old: CityRows) -> int:
    """Take some of these away, with what they kept; returns how many rows went, 0 when nothing is left."""
    with transaction.atomic():
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


def old_archives(city: City, before: dt.datetime) -> CityRows:
    """Archives that were made before that moment."""
    found: CityRows = Archive.objects.of(city).filter(at__lt=before).order_by("pk")
    return found


def show_archives(rows: CityRows) -> list[Going]:
    """Archives by their process."""
    return [Going(row.pk, str(row.process), row.at) for row in rows.select_related("process")]


def remove_archives(_city: City, old: CityRows) -> int:
    """Take some of these away; returns how many, 0 when nothing is left."""
    some = list(old[:100])
    for archive in some:
        drop_archive(archive)
    return len(some)
