"""Serving files: by random name, after asking the rule."""

from __future__ import annotations

import re
from typing import IO, TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from civitas.media.actions import path_of
from civitas.media.models import DOCUMENT, DRAWING, Derivative
from civitas.media.rules import may_see_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest, StreamingHttpResponse

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_CHUNK = 64 * 1024
# Opened by itself a drawing or a document may load nothing and run nothing.
_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"


@login_not_required
@require_safe
def show_file(request: HttpRequest, name: str) -> HttpResponse | StreamingHttpResponse:
    """A derivative of a file, if the rule lets this person see it; a piece of it where the browser asks for one (206)."""
    if request.city is None:
        raise Http404
    row = Derivative.objects.of(request.city).select_related("file").filter(name=name, file__city=request.city).first()
    if row is None:
        raise Http404
    may_see_file(request.actor, row.file).require()
    response = serve(request, row)
    # A hidden picture must vanish soon, so even public ones are asked for anew after five minutes.
    response.headers["Cache-Control"] = "public, max-age=300" if row.file.is_public else "private, no-store"
    return response


def serve(request: HttpRequest, row: Derivative) -> HttpResponse | StreamingHttpResponse:
    """The bytes of a derivative with the headers of what it is; whoever calls has asked the rule."""
    path = path_of(row.file.city, row.name)
    if not default_storage.exists(path):
        raise Http404
    asked = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    span = _span(asked, row.bytes) if asked else None
    response: HttpResponse | StreamingHttpResponse
    if asked and span is None:
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{row.bytes}"})
    elif span is not None:
        first, last = span
        response = FileResponse(_piece(default_storage.open(path), first, last), status=206, content_type=row.mime)
        response.headers["Content-Range"] = f"bytes {first}-{last}/{row.bytes}"
        response.headers["Content-Length"] = str(last - first + 1)
    else:
        response = FileResponse(default_storage.open(path), content_type=row.mime)
    if row.mime in {DRAWING, DOCUMENT}:
        response.headers["Content-Security-Policy"] = _SANDBOX
    if row.mime != DRAWING:
        # Packed already; and a piece of a packed file would be no piece of the file.
        response.headers["Content-Encoding"] = "identity"
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["X-Content-Type-Options"] = "nosniff"
    name = slugify(row.file.title) or "dokument"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"' if row.mime == DOCUMENT else "inline"
    return response


def _span(asked: re.Match[str], size: int) -> tuple[int, int] | None:
    """First and last byte of what was asked for, or None where there is nothing."""
    start, end = asked.groups()
    if start:
        first, last = int(start), min(int(end), size - 1) if end else size - 1
    elif end:
        first, last = max(0, size - int(end)), size - 1
    else:
        return None
    return (first, last) if first <= last and first < size else None


def _piece(stored: IO[bytes], first: int, last: int) -> Iterator[bytes]:
    with stored:
        stored.seek(first)
        left = last - first + 1
        while left > 0 and (data := stored.read(min(_CHUNK, left))):
            left -= len(data)
            yield data
