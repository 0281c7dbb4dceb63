"""Reading imports: the list, one, and what of it stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civitas.interop.archive_models import Archive
from civitas.interop.models import Import, ImportItem
from civitas.processes.models import Process

if TYPE_CHECKING:
    from civitas.cities.models import City

LATELY = 50
MOST_STAYING = 100


def last_imports(city: City) -> list[Import]:
    """The newest imports with their process and who did them."""
    return list(Import.objects.of(city).select_related("process", "by").order_by("-pk")[:LATELY])


def import_by_key(city: City, key: int) -> Import | None:
    """One import with all that its page shows."""
    found: Import | None = Import.objects.of(city).select_related("process", "process__city", "by").filter(pk=key).first()
    return found


def open_processes(city: City) -> dict[str, Process]:
    """The processes into which something can be brought, by slug: those that people can find, the newest first."""
    rows = Process.objects.of(city).exclude(state=Process.State.DRAFT).order_by("-pk")
    return {process.slug: process for process in rows}


def staying(unit: Import) -> list[ImportItem]:
    """What stayed when the import was taken back, the first of it."""
    rows = ImportItem.objects.of(unit.city_id).filter(run=unit, state=ImportItem.State.STAYS)
    return list(rows.select_related("contribution", "contribution__root").order_by("pk")[:MOST_STAYING])


def last_archives(city: City) -> list[Archive]:
    """The newest archives with their process and who asked for them."""
    return list(Archive.objects.of(city).select_related("process", "by").order_by("-pk")[:LATELY])


def archive_by_key(city: City, key: int) -> Archive | None:
    """One archive with its process, in whatever state."""
    found: Archive | None = Archive.objects.of(city).select_related("process").filter(pk=key).first()
    return found
