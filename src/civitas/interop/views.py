"""The team's imports: a file is read, its columns are named, its rows are checked, brought in, and taken back."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civitas.interop.archive_views import data_tabs
from civitas.interop.forms import MOST_MEGABYTES, MappingForm, UploadForm
from civitas.interop.models import Import
from civitas.interop.queries import import_by_key, last_imports, open_processes, staying
from civitas.interop.rules import may_import
from civitas.interop.running import (
    discard,
    examples,
    map_anew,
    map_columns,
    preview,
    proposed,
    start_import,
    stop_import,
    take_upload,
)
from civitas.interop.staging import Folder
from civitas.interop.undoing import start_undo
from civitas.kit.ids import uuid7
from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import carry_out
from civitas.kit.verdicts import Refused
from civitas.media.handlers import TOO_LARGE

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from civitas.cities.models import City
    from civitas.people.actors import Actor

State = Import.State
_PREVIEWED, _FAULTS = 8, 20
# Which of the three steps a state belongs to.
_STEP = {State.READING: 1, State.FAILED: 1, State.MAPPING: 2}


def _enter(request: HttpRequest) -> City:
    if request.city is None:
        raise Http404
    may_import(request.actor).require()
    return request.city


def _found(request: HttpRequest, key: int) -> Import:
    unit = import_by_key(_enter(request), key)
    if unit is None:
        raise Http404
    return unit


@never_cache
@require_safe
def show_imports(request: HttpRequest) -> HttpResponse:
    """What was brought in lately, and the way to bring something in."""
    city = _enter(request)
    return render(request, "interop/imports.html", {"units": last_imports(city), "tabs": data_tabs("imports")})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file and the process it goes into."""
    city = _enter(request)
    processes = open_processes(city)
    status = 200
    if request.method == "POST":
        form = UploadForm(processes, request.POST, request.FILES)
        sent = request.FILES.get("file")
        if request.META.get(TOO_LARGE):
            del form.fields["file"]
            form.full_clean()
            form.fields["file"] = UploadForm(processes).fields["file"]
            form.add_error("file", _("This file is larger than %(limit)s MB. Please split it.") % {"limit": MOST_MEGABYTES})
        status, unit = carry_out(form, lambda: _take(request, form, sent, processes))
        if unit is not None:
            return SeeOther(reverse("import", args=[unit.pk]))
    else:
        form = UploadForm(processes, initial=_begun(request))
    return render(request, "interop/upload.html", {"form": form, "processes": processes}, status=status)


def _begun(request: HttpRequest) -> dict[str, Any]:
    """What a new form says: what its address names, as the page of an import does that brought the contributions."""
    what = request.GET.get("was", "")
    what = what if what in Import.What.values else Import.What.CONTRIBUTIONS
    return {"uid": uuid7(), "process": request.GET.get("process", ""), "what": what}


def _take(request: HttpRequest, form: UploadForm, sent: Any, processes: Any) -> Import:
    typed = form.cleaned_data
    return take_upload(request.actor, processes[typed["process"]], sent, uid=typed["uid"], encoding=typed["encoding"], what=typed["what"])


@never_cache
@require_safe
def show_import(request: HttpRequest, key: int) -> HttpResponse:
    """One import at the step it is at: how far it is, its columns, its preview, or what it did."""
    unit = _found(request, key)
    return _page(request, unit, _mapping(unit) if unit.state == State.MAPPING else None)


def _mapping(unit: Import, data: Any = None) -> MappingForm:
    chosen, _last = proposed(unit)
    return MappingForm(unit, chosen, data)


def _page(request: HttpRequest, unit: Import, form: MappingForm | None, *, status: int = 200) -> HttpResponse:
    swapped = "HX-Request" in request.headers and request.method != "POST"
    context: dict[str, Any] = {
        "unit": unit,
        "step": _STEP.get(State(unit.state), 3),
        "swapped": swapped,
        "to_do": unit.rows - unit.rejected,
        "form": form,
    }
    if form is not None:
        shown = examples(unit)
        context |= {
            "columns": [(form[f"column-{place}"], shown[column]) for place, column in enumerate(unit.header)],
            "last": proposed(unit)[1],
        }
    elif unit.state == State.READY:
        context |= {"rows": preview(unit, _PREVIEWED)}
    if unit.rejected:
        context |= {"faults": Folder(unit).first_faults(_FAULTS)}
    if unit.state in {State.UNDONE, State.PARTLY} and unit.stays:
        context |= {"items": staying(unit)}
    # What moved on to another kind of page is fetched whole: a mapping is no progress bar.
    if swapped and not unit.is_moving:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "interop/_progress.html" if swapped else "interop/import.html", context, status=status)


@never_cache
@require_POST
def map_here(request: HttpRequest, key: int) -> HttpResponse:
    """Say what the columns mean."""
    unit = _found(request, key)
    form = _mapping(unit, request.POST)
    status, mapped = carry_out(form, lambda: map_columns(request.actor, unit, form.chosen))
    if mapped is not None:
        return SeeOther(reverse("import", args=[unit.pk]))
    return _page(request, unit, form, status=status)


def _do(request: HttpRequest, key: int, act: Callable[[Actor, Import], None]) -> HttpResponse:
    unit = _found(request, key)
    try:
        act(request.actor, unit)
    except Refused as refused:
        messages.error(request, str(refused.reason))
    return SeeOther(reverse("import", args=[unit.pk]))


@require_POST
def map_again(request: HttpRequest, key: int) -> HttpResponse:
    """Back to the columns."""
    return _do(request, key, map_anew)


@require_POST
def start(request: HttpRequest, key: int) -> HttpResponse:
    """Bring the rows in, or go on."""
    return _do(request, key, start_import)


@require_POST
def stop(request: HttpRequest, key: int) -> HttpResponse:
    """Stop; what is in stays."""
    return _do(request, key, stop_import)


@require_POST
def take_back(request: HttpRequest, key: int) -> HttpResponse:
    """Take the whole import back."""
    return _do(request, key, start_undo)


@require_POST
def throw_away(request: HttpRequest, key: int) -> HttpResponse:
    """Throw a file away of which nothing is in yet."""
    unit = _found(request, key)
    try:
        discard(request.actor, unit)
    except Refused as refused:
        messages.error(request, str(refused.reason))
        return SeeOther(reverse("import", args=[unit.pk]))
    messages.success(request, _("The file is gone. Nothing of it was brought in."))
    return SeeOther(reverse("imports"))


@never_cache
@require_safe
def show_faults(request: HttpRequest, key: int) -> FileResponse:
    """All rows that do not go in, each with its reason: mended, the file can be brought in itself."""
    unit = _found(request, key)
    folder = Folder(unit)
    if not folder.faults.exists():
        raise Http404
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "faults.csv"
        folder.write_faults(path)
        file = path.open("rb")  # it stays readable when its folder is gone
    return FileResponse(file, as_attachment=True, filename=f"import-{unit.pk}.csv", content_type="text/csv; charset=utf-8")
