"""The files of a contribution as `dialogue/_media.html`, cards and paper show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from civitas.contributions.attachments import is_told

if TYPE_CHECKING:
    from civitas.contributions.models import Attachment, Contribution


def media_of(row: Contribution, *, may_describe: bool = False) -> dict[str, list[dict[str, Any]]]:
    """Pictures, videos and documents, from attachments that `queries.pictures` brought along; no query of its own.

    With `may_describe` (author and team), videos that are not public yet are among them with what is missing.
    """
    found: dict[str, list[dict[str, Any]]] = {"pictures": [], "videos": [], "documents": []}
    for attachment in row.attachments.all():
        if attachment.file.is_picture:
            found["pictures"] += _picture(attachment)
        elif attachment.file.is_video:
            if may_describe or (is_told(attachment) and attachment.file.state == "ready"):
                found["videos"].append(_video(row, attachment))
        else:
            found["documents"] += _document(attachment)
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


def _document(attachment: Attachment) -> list[dict[str, Any]]:
    file = attachment.file
    return [
        {"src": f"/medien/{each.name}", "title": file.title, "bytes": each.bytes, "pages": file.pages} for each in file.derivatives.all()
    ]
