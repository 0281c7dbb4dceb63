"""Sending files before the form: in parts, each of which may come again when the connection was lost."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from civitas.contributions.uploads import GivenFile, waiting_files
from civitas.kit.sealed_forms import sealed
from civitas.kit.verdicts import Refused
from civitas.media.actions import drop_file
from civitas.media.limits import PART_BYTES
from civitas.media.models import Derivative, MediaFile
from civitas.media.parts import missing_part, take_part
from civitas.media.views import serve


@login_not_required
@never_cache
@require_POST
def upload_part(request: HttpRequest) -> JsonResponse:
    """Take one part: answers the number that is wanted next, or the file's row for the form once it is whole.

    Fields: uid and seal of the form, upload (the browser's id for the file), number, size (of the whole, in bytes), name, part.
    """
    if request.city is None:
        raise Http404
    data = request.POST
    try:
        if not constant_time_compare(data.get("seal", ""), sealed(UUID(data.get("uid", "")))):
            raise ValueError
        upload, number, size = UUID(data["upload"]), int(data["number"]), int(data["size"])
        sent = request.FILES.getlist("part")[0]
        part = sent.read(PART_BYTES + 1)
    except (ValueError, LookupError):
        return JsonResponse({"error": _("This part of the file did not arrive whole. Please try again.")}, status=400)
    try:
        file = take_part(request.actor, upload, number=number, size=size, data=part, title=data.get("name", ""))
    except Refused as refusal:
        return JsonResponse({"error": str(refusal.reason)}, status=refusal.status)
    if file is None:
        return JsonResponse({"next": missing_part(request.city, upload)})
    (row,) = waiting_files(request.city, [GivenFile(file).handle])
    return JsonResponse({"html": _row_html(request, row), "handle": row.handle})


def _row_html(request: HttpRequest, row: GivenFile) -> str:
    return render_to_string("contributions/_given_file.html", {"row": row}, request=request)


@login_not_required
@never_cache
@require_safe
def show_waiting(request: HttpRequest) -> HttpResponse:
    """The rows of uploads that still wait, for a form that was opened again; by their handles alone."""
    if request.city is None:
        raise Http404
    rows = waiting_files(request.city, request.GET.getlist("file"))
    return JsonResponse({"rows": [{"html": _row_html(request, row), "handle": row.handle} for row in rows]})


@login_not_required
@never_cache
@require_safe
def show_thumb(request: HttpRequest, handle: str) -> HttpResponse:
    """The small picture of an upload that waits: only who has its handle can see it."""
    found = waiting_files(request.city, [handle]) if request.city else []
    small = next((each for row in found for each in row.file.derivatives.all() if each.width), None)
    if small is None:
        raise Http404
    row = Derivative.objects.of(request.city).select_related("file").get(pk=small.pk)
    row.file.city = request.city
    response = serve(request, row)
    response.headers["Cache-Control"] = "private, no-store"
    return response  # type: ignore[return-value]  # Django's answers, in one piece or in several


@login_not_required
@require_POST
def drop_upload(request: HttpRequest) -> HttpResponse:
    """Take an upload away that waits; asked twice, it is simply gone."""
    if request.city is None:
        raise Http404
    for row in waiting_files(request.city, [request.POST.get("file", "")]):
        drop_file(MediaFile.objects.of(request.city).select_related("city").get(pk=row.file.pk))
    return HttpResponse(status=204)
