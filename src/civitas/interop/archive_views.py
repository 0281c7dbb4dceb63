"""The team's archives: a process's data put together by the worker, and taken along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civitas.interop.archive_models import Archive
from civitas.interop.archives import KEPT_DAYS, archive_path, begin_archive, try_again
from civitas.interop.forms import ArchiveForm
from civitas.interop.queries import archive_by_key, last_archives, open_processes
from civitas.interop.rules import may_archive
from civitas.kit.ids import uuid7
from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import carry_out

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.cities.models import City


def _enter(request: HttpRequest) -> City:
    if request.city is None:
        raise Http404
    may_archive(request.actor, None, Archive.Kind.PUBLIC).require()
    return request.city


def data_tabs(current: str) -> list[dict[str, Any]]:
    """The two sides of the data: in and out."""
    return [
        {"key": key, "label": label, "url": reverse(key), "current": key == current, "count": None}
        for key, label in (("imports", _("Bring in")), ("archives", _("Take out")))
    ]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_archives(request: HttpRequest) -> HttpResponse:
    """What was put together lately; a POST has something put together."""
    city = _enter(request)
    processes = open_processes(city)
    kinds = [(key, label) for key, label in Archive.Kind.choices if may_archive(request.actor, None, key)]
    status = 200
    if request.method == "POST":
        form = ArchiveForm(processes, kinds, request.POST)
        status, made = carry_out(form, lambda: _begin(request, form, processes))
        if made is not None:
            return SeeOther(reverse("archives"))
    else:
        form = ArchiveForm(processes, kinds, initial={"uid": uuid7()})
    archives = last_archives(city)
    moving = any(each.state == Archive.State.MAKING for each in archives)
    context = {
        "form": form,
        "processes": processes,
        "archives": [(each, bool(may_archive(request.actor, None, each.kind))) for each in archives],
        "moving": moving,
        "days": KEPT_DAYS,
        "tabs": data_tabs("archives"),
    }
    swapped = "HX-Request" in request.headers and request.method != "POST"
    return render(request, "interop/_archives.html" if swapped else "interop/archives.html", context, status=status)


def _begin(request: HttpRequest, form: ArchiveForm, processes: Any) -> Archive:
    typed = form.cleaned_data
    return begin_archive(request.actor, processes[typed["process"]], typed["kind"], uid=typed["uid"])


@require_POST
def make_again(request: HttpRequest, key: int) -> HttpResponse:
    """Try once more to put together what did not work."""
    archive = archive_by_key(_enter(request), key)
    if archive is None:
        raise Http404
    try_again(request.actor, archive)
    return SeeOther(reverse("archives"))


@never_cache
@require_safe
def take_archive(request: HttpRequest, key: int) -> FileResponse:
    """One archive as a file."""
    archive = archive_by_key(_enter(request), key)
    if archive is None or archive.state != Archive.State.READY or not archive_path(archive).exists():
        raise Http404
    may_archive(request.actor, archive.process, archive.kind).require()
    name = f"{request.city.slug}-{archive.process.slug}-{archive.kind}-{archive.at:%Y-%m-%d}.zip"
    return FileResponse(archive_path(archive).open("rb"), as_attachment=True, filename=name, content_type="application/zip")
