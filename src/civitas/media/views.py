"""Serving files: by random name, after asking the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.views.decorators.http import require_safe

from civitas.media.actions import path_of
from civitas.media.models import DRAWING, Derivative
from civitas.media.rules import may_see_file

if TYPE_CHECKING:
    from django.http import HttpRequest


@login_not_required
@require_safe
def show_file(request: HttpRequest, name: str) -> FileResponse:
    """A derivative of a file, if the rule lets this person see it."""
    if request.city is None:
        raise Http404
    row = Derivative.objects.of(request.city).select_related("file").filter(name=name, file__city=request.city).first()
    if row is None:
        raise Http404
    may_see_file(request.actor, row.file).require()
    path = path_of(request.city, row.name)
    if not default_storage.exists(path):
        raise Http404
    response = FileResponse(default_storage.open(path), content_type=row.mime)
    if row.mime == DRAWING:
        # Opened by itself it is a document: it may load nothing and run nothing.
        response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Disposition"] = "inline"
    # A hidden picture must vanish soon, so even public ones are asked for anew after five minutes.
    response.headers["Cache-Control"] = "public, max-age=300" if row.file.is_public else "private, no-store"
    return response
