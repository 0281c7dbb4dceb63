"""Blacking out areas of a picture: they are black before anything is written, and what was there before leaves the disk."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw

from civitas.kit.verdicts import Refused
from civitas.media.actions import path_of
from civitas.media.documents import blackened_pdf, can_show_pages, page_picture, page_sizes
from civitas.media.faults import Faulty
from civitas.media.models import DOCUMENT, DRAWING, Derivative, MediaFile, random_name
from civitas.media.pictures import in_widths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.files.base import File


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
    """Whether areas of it can be blacked out: a photo, or a PDF where its pages can be shown. A city's own drawing and a video cannot."""
    if file.state != MediaFile.State.READY or file.mime == DRAWING:
        return False
    return file.is_picture or (file.is_document and can_show_pages())


class Version(NamedTuple):
    """One version of a file as it will be stored."""

    raw: bytes
    mime: str
    width: int | None = None
    height: int | None = None


def with_black_areas(file: MediaFile, areas: Sequence[Area]) -> list[Version]:
    """All versions of a photo or PDF with these areas black. Raises Refused: 409 when it is gone, 422 when it cannot be read."""
    try:
        return _document(file, areas) if file.is_document else _photo(file, areas)
    except FileNotFoundError:
        raise Refused(_("This file is gone meanwhile."), status=409) from None
    except Faulty:
        raise Refused(_("The pages of this document cannot be shown, so nothing can be blacked out in it."), status=422) from None


def _photo(file: MediaFile, areas: Sequence[Area]) -> list[Version]:
    with _largest(file) as stored, Image.open(stored, formats=["WEBP"]) as picture:
        widths = in_widths(blacked_out(picture.convert("RGB"), areas))
    return [Version(each.raw, "image/webp", each.width, each.height) for each in widths]


def _document(file: MediaFile, areas: Sequence[Area]) -> list[Version]:
    pages: dict[int, list[tuple[float, ...]]] = {}
    for area in areas:
        pages.setdefault(area.page, []).append(area[:4])
    if any(page > (file.pages or 0) for page in pages):
        raise Refused(_("The document has no such page."), status=400)
    with _largest(file) as stored:
        return [Version(blackened_pdf(stored, pages), DOCUMENT)]


def _largest(file: MediaFile) -> File[Any]:
    found = Derivative.objects.of(file.city_id).filter(file=file).order_by("-width").first()
    if found is None:
        raise FileNotFoundError
    return default_storage.open(path_of(file.city, found.name))


def sizes_of(file: MediaFile) -> list[tuple[float, float]]:
    """Width and height of a document's pages in points; none where they cannot be read."""
    try:
        with _largest(file) as stored:
            return page_sizes(stored)
    except (Faulty, FileNotFoundError):
        return []


def picture_of_page(file: MediaFile, number: int, *, longest: int) -> bytes | None:
    """A page of a document as WebP; None where there is no such page."""
    try:
        with _largest(file) as stored:
            return page_picture(stored, number, longest=longest)
    except (Faulty, FileNotFoundError):
        return None


def blacked_out(picture: Image.Image, areas: Sequence[Area]) -> Image.Image:
    """A picture with these areas black, each a little larger than drawn, so that no edge of what is below shines through."""
    pen = ImageDraw.Draw(picture)
    for area in (found for each in areas if (found := each.within())):
        left, top = int(area.left * picture.width / 100) - 1, int(area.top * picture.height / 100) - 1
        right, bottom = (area.left + area.width) * picture.width / 100 + 1, (area.top + area.height) * picture.height / 100 + 1
        pen.rectangle((left, top, right, bottom), fill="black")
    return picture


def replace_versions(file: MediaFile, versions: Sequence[Version]) -> None:
    """Put these in the place of all versions of a file, under new names; in a transaction. What was there leaves the disk with it."""
    new = [(random_name(), each) for each in versions]
    for name, each in new:
        default_storage.save(path_of(file.city, name), ContentFile(each.raw))
    rows = Derivative.objects.of(file.city_id).filter(file=file)
    for old in list(rows.values_list("name", flat=True)):
        transaction.on_commit(partial(default_storage.delete, path_of(file.city, old)))
    rows.delete()
    for name, each in new:
        Derivative.objects.create(
            city=file.city, file=file, name=name, mime=each.mime, width=each.width, height=each.height, bytes=len(each.raw)
        )
    size = sum(len(each.raw) for each in versions)
    MediaFile.objects.of(file.city_id).filter(pk=file.pk).update(name=random_name(), bytes=size)
