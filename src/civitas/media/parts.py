"""Uploads in parts: what has arrived stays here while the connection is gone, and is put together once all of it is."""

from __future__ import annotations

import tempfile
from functools import partial
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from civitas.kit.verdicts import Refused
from civitas.media.actions import check_kind, check_sender, check_size, check_space, keep_file, kind_of, path_of
from civitas.media.limits import MOST_PARTS, PART_BYTES
from civitas.media.models import MediaFile, Part, random_name
from civitas.people.rates import spend

if TYPE_CHECKING:
    import datetime as dt
    from uuid import UUID

    from civitas.cities.models import City
    from civitas.people.actors import Actor


def take_part(actor: Actor, upload: UUID, *, number: int, size: int, data: bytes, title: str = "") -> MediaFile | None:
    """Keep one part of an upload; returns the file once the last one is here, else None.

    `upload` is the id that the browser made for it, `number` counts from 0, `size` is the whole file's in bytes. A part that comes twice
    is the same part, and a whole that comes twice the same file: whoever lost the answer asks again. All parts but the last have
    1 MiB. Memory: one part. Raises Refused.
    """
    check_sender(actor)
    known = MediaFile.objects.of(actor.city).filter(uid=upload).first()
    if known is not None:
        if known.loose_until is None:
            raise _gone()
        return known
    count = -(-size // PART_BYTES)
    expected = PART_BYTES if number < count - 1 else size - (count - 1) * PART_BYTES
    if not 0 < count <= MOST_PARTS or not 0 <= number < count or len(data) != expected:
        raise Refused(_("This part of the file did not arrive whole. Please try again."), status=400)
    spend(actor, "upload_part")
    spend(actor, "megabytes")
    if number == 0:
        kind = kind_of(data)
        check_kind(kind)
        check_size(kind, size)
    elif not Part.objects.of(actor.city).filter(upload=upload, number=0).exists():
        return None  # what it is must be known before anything of it is kept; the browser asks what is missing
    check_space(size)
    _keep_part(actor.city, upload, number, data)
    if number < count - 1:
        return None
    return _put_together(actor, upload, count=count, size=size, title=title)


def missing_part(city: City, upload: UUID) -> int:
    """The number of the first part that is not here yet."""
    here = set(Part.objects.of(city).filter(upload=upload).values_list("number", flat=True))
    return next(number for number in range(len(here) + 1) if number not in here)


def _keep_part(city: City, upload: UUID, number: int, data: bytes) -> None:
    if Part.objects.of(city).filter(upload=upload, number=number).exists():
        return
    name = random_name()
    path = path_of(city, name)
    default_storage.save(path, ContentFile(data))
    try:
        with transaction.atomic():
            Part.objects.create(city=city, upload=upload, number=number, name=name, bytes=len(data))
    except IntegrityError:  # the same part twice in the same instant
        default_storage.delete(path)


def _put_together(actor: Actor, upload: UUID, *, count: int, size: int, title: str) -> MediaFile | None:
    parts = list(Part.objects.of(actor.city).filter(upload=upload).order_by("number"))
    if [part.number for part in parts] != list(range(count)) or sum(part.bytes for part in parts) != size:
        return None  # the browser asks what is missing
    with tempfile.TemporaryFile() as whole:
        try:
            for part in parts:
                with default_storage.open(path_of(actor.city, part.name)) as stored:
                    whole.write(stored.read())
        except FileNotFoundError:  # the last part came twice, and the other one has already put it together
            return MediaFile.objects.of(actor.city).filter(uid=upload).first()
        try:
            file = keep_file(actor, whole, size=size, title=title, loose=True, uid=upload)
        except IntegrityError:  # the last part twice in the same instant
            return MediaFile.objects.of(actor.city).filter(uid=upload).first()
        except Refused as refusal:
            if refusal.status not in {429, 507}:
                drop_parts(actor.city, parts)
            raise
    drop_parts(actor.city, parts)
    return file


@transaction.atomic
def drop_parts(city: City, parts: list[Part]) -> None:
    """Remove parts, rows and bytes."""
    for part in parts:
        transaction.on_commit(partial(default_storage.delete, path_of(city, part.name)))
    Part.objects.of(city).filter(pk__in=[part.pk for part in parts]).delete()


def drop_old_parts(city: City, *, before: dt.datetime) -> int:
    """Remove what never became whole, some at a time; returns how many parts."""
    parts = list(Part.objects.of(city).filter(made_at__lt=before).order_by("made_at")[:500])
    drop_parts(city, parts)
    return len(parts)


def _gone() -> Refused:
    return Refused(_("This file was already sent. Please choose it once more."), status=409)
