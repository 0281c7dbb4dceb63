"""What changes in files: take an upload in, show it, hide it."""

from __future__ import annotations

import io
from functools import partial
from typing import TYPE_CHECKING

import filetype
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from civitas.cities.walls import across_cities
from civitas.kit.svg import cleaned_svg_file
from civitas.kit.verdicts import Refused
from civitas.media.models import DRAWING, Derivative, MediaFile, random_name
from civitas.people.rates import spend

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import BinaryIO

    from civitas.cities.models import City
    from civitas.people.actors import Actor

MOST_BYTES = 12 * 1024 * 1024
MOST_PIXELS = 60_000_000
WIDTHS = (480, 960, 1920)
PICTURES = {"image/jpeg", "image/png", "image/webp"}


def keep_picture(actor: Actor, upload: BinaryIO, *, size: int) -> MediaFile:
    """Take in a photo: JPEG, PNG or WebP by its content, up to 12 MB and 60 megapixels.

    It is turned upright, scaled to several widths and written as WebP without any metadata; the original is not kept.
    Raises Refused with a sentence for the field 'picture'.
    """
    spend(actor, "upload")
    if size > MOST_BYTES:
        raise _refused(_("This picture is larger than 12 MB. Please choose a smaller one."))
    raw = upload.read(MOST_BYTES + 1)
    kind = filetype.guess_mime(raw)
    if kind not in PICTURES:
        raise _refused(_("This is no picture that we can read. Please choose a JPEG, PNG or WebP file."))
    try:
        with Image.open(io.BytesIO(raw)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise _refused(_("This picture has too many pixels. Please choose one of at most 60 megapixels."))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise _refused(_("This picture seems to be damaged. Please choose another one.")) from None
    file = MediaFile.objects.create(city=actor.city, mime="image/webp", owner=actor.participant, bytes=len(raw))
    for width in WIDTHS:
        scaled = upright.copy()
        scaled.thumbnail((width, width * 2))
        buffer = io.BytesIO()
        scaled.save(buffer, "WEBP", quality=80, method=4)
        name = random_name()
        default_storage.save(path_of(actor.city, name), ContentFile(buffer.getvalue()))
        Derivative.objects.create(
            city=actor.city, file=file, name=name, mime="image/webp", width=scaled.width, height=scaled.height, bytes=buffer.tell()
        )
        if upright.width <= width:
            break
    return file


def keep_drawing(actor: Actor, svg: str, *, width: int, height: int) -> MediaFile:
    """Take in a drawing of a city pack (SVG); the city itself alone may, since people's uploads are photos. Raises SvgFault."""
    if actor.channel not in {"import", "command"} or not actor.is_staff:
        raise _refused(_("This is no picture that we can read. Please choose a JPEG, PNG or WebP file."))
    raw = cleaned_svg_file(svg).encode()
    file = MediaFile.objects.create(city=actor.city, mime=DRAWING, owner=actor.participant, bytes=len(raw))
    name = random_name()
    default_storage.save(path_of(actor.city, name), ContentFile(raw))
    Derivative.objects.create(city=actor.city, file=file, name=name, mime=DRAWING, width=width, height=height, bytes=len(raw))
    return file


@transaction.atomic
def drop_file(file: MediaFile) -> None:
    """Remove a file for good: its rows leave the database, its derivatives the storage once that is on disk."""
    for row in Derivative.objects.of(file.city_id).filter(file=file):
        transaction.on_commit(partial(default_storage.delete, path_of(file.city, row.name)))
    Derivative.objects.of(file.city_id).filter(file=file).delete()
    with across_cities("what hangs on the file is found by the file's own id"):
        MediaFile.objects.of(file.city_id).filter(pk=file.pk).delete()


def path_of(city: City, name: str) -> str:
    """Where a derivative lies in the storage."""
    return f"{city.slug}/{name[:2]}/{name}"


def set_public(city: City, files: Iterable[int], *, public: bool) -> None:
    """Show or hide files (by id); the room that shows them calls this when their row is published or hidden."""
    ids = list(files)
    if ids:
        MediaFile.objects.of(city).filter(pk__in=ids).update(is_public=public)


def _refused(sentence: str) -> Refused:
    return Refused(sentence, status=400, fields={"picture": sentence})
