"""The files of a contribution as `contributions/_media.html`, cards and paper show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.files.storage import default_storage
from django.urls import reverse

from civitas.contributions.attachments import is_told
from civitas.media.actions import path_of
from civitas.media.faults import fault_of
from civitas.media.models import MediaFile

if TYPE_CHECKING:
    from civitas.contributions.models import Attachment, Contribution

# Pixels across that print well at the width of a page's text.
PAPER_WIDTH = 960


def media_of(row: Contribution, *, may_describe: bool = False) -> dict[str, list[dict[str, Any]]]:
    """Pictures, videos and documents, from attachments that `queries.pictures` brought along; no query of its own.

    With `may_describe` (author and team), videos and documents that are not public yet are among them with what is missing.
    """
    found: dict[str, list[dict[str, Any]]] = {"pictures": [], "videos": [], "documents": []}
    for attachment in row.attachments.all():
        if attachment.file.is_picture:
            found["pictures"] += _picture(attachment)
        elif attachment.file.is_video:
            if may_describe or (is_told(attachment) and attachment.file.state == "ready"):
                found["videos"].append(_video(row, attachment))
        else:
            found["documents"] += _document(attachment, shows_all=may_describe)
    return found


def pictures_on_paper(row: Contribution) -> dict[str, tuple[bytes, str]]:
    """The pictures in a middle width, by their place among them ('0', '1', …): bytes and kind. Reads the storage."""
    found: dict[str, tuple[bytes, str]] = {}
    for attachment in row.attachments.all():
        sizes = [each for each in attachment.file.derivatives.all() if each.width] if attachment.file.is_picture else []
        if not sizes:
            continue
        middle = next((each for each in sizes if (each.width or 0) >= PAPER_WIDTH), sizes[-1])
        try:
            with default_storage.open(path_of(row.city, middle.name)) as stored:
                found[str(len(found))] = (stored.read(), middle.mime)
        except FileNotFoundError:
            found[str(len(found))] = (b"", middle.mime)
    return found


def _picture(attachment: Attachment) -> list[dict[str, Any]]:
    sizes = [each for each in attachment.file.derivatives.all() if each.width and each.mime.startswith("image/")]
    if not sizes:
        return []
    largest = sizes[-1]
    srcset = ", ".join(f"/medien/{each.name} {each.width}w" for each in sizes)
    addresses = {"src": f"/medien/{largest.name}", "small": f"/medien/{sizes[0].name}", "srcset": srcset}
    return [{**addresses, "alt": attachment.alt, "width": largest.width, "height": largest.height}]


def _video(row: Contribution, attachment: Attachment) -> dict[str, Any]:
    versions = list(attachment.file.derivatives.all())
    played = next((each for each in versions if each.mime.startswith("video/")), None)
    posters = [each for each in versions if each.width]
    poster = posters[min(1, len(posters) - 1)] if posters else None
    return {
        "state": attachment.file.state,
        "fault": fault_of(attachment.file),
        "is_told": is_told(attachment),
        "src": f"/medien/{played.name}" if played else "",
        "mime": attachment.file.mime,
        "poster": f"/medien/{poster.name}" if poster else "",
        "width": poster.width if poster else None,
        "height": poster.height if poster else None,
        "seconds": attachment.file.seconds,
        "transcript": attachment.transcript,
        "captions": reverse("captions", args=[row.number, attachment.pk]) if attachment.captions else "",
    }


def _document(attachment: Attachment, *, shows_all: bool) -> list[dict[str, Any]]:
    file = attachment.file
    if file.state != MediaFile.State.READY:
        return [{"src": "", "title": file.title, "fault": fault_of(file)}] if shows_all else []
    return [
        {"src": f"/medien/{each.name}", "title": file.title, "bytes": each.bytes, "pages": file.pages} for each in file.derivatives.all()
    ]
