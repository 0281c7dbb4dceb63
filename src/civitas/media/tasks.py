"""What the worker does for files: write documents and videos anew, take away what nobody came back for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from civitas.cities.models import City
from civitas.media.actions import GIVEN_UP, MAKE_READY, drop_loose_files, give_up, make_ready
from civitas.media.models import MediaFile
from civitas.media.parts import drop_old_parts
from civitas.outbox.lanes import Lane
from civitas.outbox.tasks import periodic, task

if TYPE_CHECKING:
    from collections.abc import Callable

# How long the parts of an upload wait for the rest.
PARTS_TIME = timedelta(days=1)


@task(MAKE_READY, lane=Lane.FILES, given_up=GIVEN_UP)
def look_into(city: City, file: int) -> None:
    """Write a document or video anew, if it is still there and waits."""
    row = MediaFile.objects.of(city).select_related("city").filter(pk=file).first()
    if row is not None:
        make_ready(row)


@task("media.repack", lane=Lane.FILES, given_up=GIVEN_UP)
def look_into_earlier(city: City, file: int) -> None:
    """Rows of releases that knew this task by another name."""
    look_into(city, file)


@task(GIVEN_UP, lane=Lane.AWAITED)
def say_that_it_failed(city: City, file: int) -> None:
    """A file that could not be looked into, however often we tried, waits no longer."""
    row = MediaFile.objects.of(city).select_related("city").filter(pk=file).first()
    if row is not None:
        give_up(row)


@periodic("media.prune", every=timedelta(hours=1))
def prune() -> None:
    """Uploads that no form came for go after a week, parts of unfinished ones after a day."""
    now = timezone.now()
    for city in City.objects.all():
        _until_none(lambda city=city: drop_loose_files(city, now=now))  # type: ignore[misc]
        _until_none(lambda city=city: drop_old_parts(city, before=now - PARTS_TIME))  # type: ignore[misc]


def _until_none(drop: Callable[[], int]) -> None:
    while drop():
        pass
