"""What the worker does for files: pack videos anew, take away what nobody came back for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from civitas.cities.models import City
from civitas.media.actions import REPACK, drop_loose_files, repack_video
from civitas.media.models import MediaFile
from civitas.media.parts import drop_old_parts
from civitas.outbox.tasks import periodic, task

if TYPE_CHECKING:
    from collections.abc import Callable

# How long the parts of an upload wait for the rest.
PARTS_TIME = timedelta(days=1)


@task(REPACK)
def repack(city: City, file: int) -> None:
    """Pack a video anew, if it is still there and waits."""
    row = MediaFile.objects.of(city).select_related("city").filter(pk=file).first()
    if row is not None:
        repack_video(row)


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
