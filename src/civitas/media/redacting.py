"""Blacking out areas of a picture: they are black before anything is written, and what was there before leaves the disk."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw

from civitas.kit.verdicts import Refused
from civitas.media.actions import path_of
from civitas.media.models import DRAWING, Derivative, MediaFile, random_name
from civitas.media.pictures import in_widths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from civitas.media.pictures import Scaled


class Area(NamedTuple):
    """A rectangle of a picture or of a page (counted from 1), in percent of its width and height from the upper left corner."""

    left: float
    top: float
    width: float
    height: float
    page: int = 1

    def within(self) -> Area | None:
        """What of it lies on the picture; None where nothing does."""
        left, top = min(max(self.left, 0.0), 100.0), min(max(self.top, 0.0), 100.0)
        right, bottom = min(self.left + self.width, 100.0), min(self.top + self.height, 100.0)
        if right <= left or bottom <= top:
            return None
        return self._replace(left=left, top=top, width=right - left, height=bottom - top)


def can_black_out(file: MediaFile) -> bool:
    """Whether areas of it can be blacked out: a photo that is ready. A city's own drawing and a video cannot."""
    return file.is_picture and file.mime != DRAWING and file.state == MediaFile.State.READY


def with_black_areas(file: MediaFile, areas: Sequence[Area]) -> list[Scaled]:
    """The photo with these areas black, in all its widths, made from its largest version. Raises Refused (409) when it is gone."""
    largest = Derivative.objects.of(file.city_id).filter(file=file).order_by("-width").first()
    try:
        if largest is None:
            raise FileNotFoundError
        with default_storage.open(path_of(file.city, largest.name)) as stored, Image.open(stored, formats=["WEBP"]) as picture:
            return in_widths(blacked_out(picture.convert("RGB"), areas))
    except FileNotFoundError:
        raise Refused(_("This picture is gone meanwhile."), status=409) from None


def blacked_out(picture: Image.Image, areas: Sequence[Area]) -> Image.Image:
    """A picture with these areas black, each a little larger than drawn, so that no edge of what is below shines through."""
    pen = ImageDraw.Draw(picture)
    for area in (found for each in areas if (found := each.within())):
        left, top = int(area.left * picture.width / 100) - 1, int(area.top * picture.height / 100) - 1
        right, bottom = (area.left + area.width) * picture.width / 100 + 1, (area.top + area.height) * picture.height / 100 + 1
        pen.rectangle((left, top, right, bottom), fill="black")
    return picture


def replace_picture(file: MediaFile, widths: Sequence[Scaled]) -> None:
    """Put these in the place of all versions of a photo, under new names; in a transaction. What was there leaves the disk with it."""
    new = [(random_name(), each) for each in widths]
    for name, each in new:
        default_storage.save(path_of(file.city, name), ContentFile(each.raw))
    rows = Derivative.objects.of(file.city_id).filter(file=file)
    for old in list(rows.values_list("name", flat=True)):
        transaction.on_commit(partial(default_storage.delete, path_of(file.city, old)))
    rows.delete()
    for name, each in new:
        Derivative.objects.create(
            city=file.city, file=file, name=name, mime="image/webp", width=each.width, height=each.height, bytes=len(each.raw)
        )
    size = sum(len(each.raw) for each in widths)
    MediaFile.objects.of(file.city_id).filter(pk=file.pk).update(name=random_name(), bytes=size)
