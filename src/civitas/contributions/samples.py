"""What this room adds to `/kit/`: files in the form and on the page, in every state. Nothing here is kept anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string

from civitas.media.faults import fault_of
from civitas.media.models import DOCUMENT, MediaFile

if TYPE_CHECKING:
    from django.http import HttpRequest

State, Fault = MediaFile.State, MediaFile.Fault
# A grey picture of four by three pixels.
_STILL = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='480' height='360'%3E"
    "%3Crect width='480' height='360' fill='%238fa8ba'/%3E%3C/svg%3E"
)


def render_files(request: HttpRequest) -> str:
    """Pictures, videos and documents: as the form shows them, and as readers, author and team see them."""
    refused = {"state": State.REFUSED}
    videos = [
        MediaFile(mime="video/mp4", seconds=24, bytes=4_200_000),
        MediaFile(mime="video/mp4", state=State.WAITING, bytes=4_200_000),
        MediaFile(mime="video/mp4", seconds=75, fault=Fault.LONG, bytes=4_200_000, **refused),
    ]
    documents = [
        MediaFile(mime=DOCUMENT, title="Spielplatz Süd", pages=2, bytes=310_000),
        MediaFile(mime=DOCUMENT, title="Gießplan", state=State.WAITING, bytes=310_000),
        MediaFile(mime=DOCUMENT, title="Haushaltsplan", fault=Fault.LOCKED, bytes=310_000, **refused),
    ]
    picture = MediaFile(mime="image/webp", bytes=820_000)
    given = [
        _given(picture, "picture", thumb=_STILL, alt="Die Haltestelle ohne Dach"),
        _given(
            MediaFile(mime="image/webp", bytes=820_000),
            "faulty",
            thumb=_STILL,
            error="Bitte sagen Sie, was das Bild zeigt.",
        ),
        *(_given(file, f"video-{at}") for at, file in enumerate(videos)),
        *(_given(file, f"document-{at}") for at, file in enumerate(documents)),
    ]
    context = {
        "given": given,
        "pictures": [{"src": _STILL, "srcset": "", "alt": "Die Haltestelle ohne Dach", "width": 480, "height": 360}],
        "videos": [_shown_video(videos[0]), _shown_video(videos[0], is_told=False), _shown_video(videos[1]), _shown_video(videos[2])],
        "documents": [_shown_document(file) for file in documents],
        "describe_url": "#",
    }
    return render_to_string("contributions/_gallery_files.html", context, request=request)


def _given(file: MediaFile, name: str, **words: Any) -> dict[str, Any]:
    file.name = f"kit-{name}"
    fault = fault_of(file)
    blank = {"thumb": "", "alt": "", "transcript": "", "captions": "", "error": ""}
    return {"file": file, "handle": f"kit-{name}", "is_waiting": file.state == State.WAITING, "fault": fault, **blank, **words}


def _shown_video(file: MediaFile, *, is_told: bool = True) -> dict[str, Any]:
    ready = file.state == State.READY
    return {
        "state": file.state,
        "fault": fault_of(file),
        "is_told": is_told,
        "src": "#" if ready else "",
        "mime": file.mime,
        "poster": _STILL if ready else "",
        "width": 480 if ready else None,
        "height": 360 if ready else None,
        "seconds": file.seconds,
        "transcript": "Man hört Wind. Jemand sagt: Hier fehlt ein Baum." if ready and is_told else "",
        "captions": "",
    }


def _shown_document(file: MediaFile) -> dict[str, Any]:
    src = "#" if file.state == State.READY else ""
    return {"src": src, "title": file.title, "bytes": file.bytes, "pages": file.pages, "fault": fault_of(file)}
