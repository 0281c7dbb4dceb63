"""What the worker does for imports: read a file, check its rows, bring them in, take them back, some at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from civitas.interop.archives import give_up_archive, work_archive
from civitas.interop.running import bring_some, check_some, give_up_bringing, give_up_reading, read_upload
from civitas.interop.undoing import give_up_undoing, work_undo
from civitas.outbox.actions import enqueue
from civitas.outbox.lanes import Lane
from civitas.outbox.tasks import task

if TYPE_CHECKING:
    from civitas.cities.models import City

UNREAD, UNPACKED = "interop.unread", "interop.unpacked"
UNBROUGHT, NOT_UNDONE = "interop.unbrought", "interop.not_undone"


def _next(city: City, kind: str, unit: int, **more: int) -> None:
    """Have the next part done after others had their turn."""
    with transaction.atomic():
        enqueue(city, kind, {"unit": unit, **more}, key=f"import:{unit}")


@task("interop.read", lane=Lane.FILES, given_up=UNREAD)
def read(city: City, unit: int) -> None:
    """Read a file that somebody uploaded."""
    read_upload(city, unit)


@task("interop.check", lane=Lane.FILES, given_up=UNREAD)
def check(city: City, unit: int) -> None:
    """Check a part of its rows, while somebody waits for the preview."""
    if check_some(city, unit):
        _next(city, "interop.check", unit)


@task(UNREAD, lane=Lane.AWAITED)
def say_that_it_failed(city: City, unit: int) -> None:
    """A file that the worker could not read or check, however often it tried, waits no longer."""
    give_up_reading(city, unit)


@task("interop.bring", given_up=UNBROUGHT)
def bring(city: City, unit: int) -> None:
    """Bring a part of its rows in."""
    if bring_some(city, unit):
        _next(city, "interop.bring", unit)


@task(UNBROUGHT, lane=Lane.AWAITED)
def say_that_it_stopped(city: City, unit: int) -> None:
    """Rows that the worker could not bring in, however often it tried, are under way no longer."""
    give_up_bringing(city, unit)


@task("interop.archive", given_up=UNPACKED)
def put_together(city: City, archive: int) -> None:
    """Write a part of an archive."""
    if work_archive(city, archive):
        with transaction.atomic():
            enqueue(city, "interop.archive", {"archive": archive}, key=f"archive:{archive}")


@task(UNPACKED, lane=Lane.AWAITED)
def say_that_no_archive_came(city: City, archive: int) -> None:
    """An archive at which the worker failed, however often it tried, waits no longer."""
    give_up_archive(city, archive)


@task("interop.undo", given_up=NOT_UNDONE)
def undo(city: City, unit: int, by: int) -> None:
    """Take back a part of an import."""
    if work_undo(city, unit, by):
        _next(city, "interop.undo", unit, by=by)


@task(NOT_UNDONE, lane=Lane.AWAITED)
def say_that_not_all_is_taken_back(city: City, unit: int, **_payload: int) -> None:
    """What the worker could not take back, however often it tried, is tried again by hand."""
    give_up_undoing(city, unit)
