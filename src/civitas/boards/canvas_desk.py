"""The team's page of canvases: those of the house to begin with, the city's own to make and change, with a preview."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civitas.boards.canvas_forms import CanvasForm, add_line, form_of, typed_form
from civitas.boards.canvases import COLOUR_WORDS
from civitas.boards.posters import (
    canvas_of_row,
    canvases_of_rows,
    house_canvases,
    keep_canvas,
    may_make_canvases,
    own_canvas,
    own_canvases,
    remove_canvas,
)
from civitas.kit.languages import LABELS
from civitas.kit.redirects import SeeOther
from civitas.kit.translated import KEYS
from civitas.kit.verdicts import Refused

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from civitas.boards.canvases import Canvas
    from civitas.cities.models import City

NEW = "neu"
_LETTER, _LINE = 29, 62  # board units that a letter and a line of the picture take


def _city(request: HttpRequest) -> City:
    city: City | None = request.city
    if city is None:
        raise Http404
    may_make_canvases(request.actor).require()
    return city


def _languages(city: City) -> list[tuple[str, str]]:
    return [(KEYS[code], str(LABELS[code])) for code in city.config.languages]


def picture_of(canvas: Canvas) -> dict[str, Any]:
    """A canvas for `boards/_canvas_picture.html`: its fields by their titles; questions would be too small to be read there."""
    fields = [
        {
            "x": each.x,
            "y": each.y,
            "w": each.w,
            "h": each.h,
            "colour": each.colour,
            "lines": [
                {"y": 68 + _LINE * number, "text": line}
                for number, line in enumerate(
                    textwrap.wrap(str(each.title), max(6, int((each.w - 40) / _LETTER)), max_lines=2, placeholder=" …")
                )
            ],
        }
        for each in canvas.regions
    ]
    return {"width": max(canvas.width, 200), "height": max(canvas.height, 120), "fields": fields, "title": str(canvas.title)}


@require_safe
def list_canvases(request: HttpRequest) -> HttpResponse:
    """The city's own, and those of the house to begin with."""
    city = _city(request)
    rows = own_canvases(city)
    own = [{"row": row, "picture": picture_of(canvas)} for row, canvas in zip(rows, canvases_of_rows(city, rows), strict=True)]
    house = [{"canvas": canvas, "picture": picture_of(canvas)} for canvas in house_canvases().values()]
    return render(request, "boards/canvases.html", {"own": own, "house": house})


@require_http_methods(["GET", "HEAD", "POST"])
def edit_canvas(request: HttpRequest, key: str) -> HttpResponse:
    """Make a canvas, from nothing or from one that is there (`?like=`), or change one of the city's own."""
    city = _city(request)
    row = None if key == NEW else own_canvas(city, key)
    if row is None and key != NEW:
        raise Http404
    languages = _languages(city)
    status = 200
    if request.method == "POST":
        form = typed_form(request.POST.dict(), languages)
        does = request.POST.get("do", "save")
        if does == "add":
            add_line(form)
        elif does.startswith("remove-") and does[7:].isdigit() and int(does[7:]) < len(form.lines):
            del form.lines[int(does[7:])]
        elif does == "save":
            try:
                canvas = form.canvas(row.key if row else "")
                if form.check(canvas):
                    kept = keep_canvas(request.actor, canvas, row=row, version=form.version)
                    messages.success(request, _("The canvas is kept. Steps can choose it in their settings."))
                    return SeeOther(reverse("edit_canvas", args=[kept.key]))
                status = 422
            except Refused as refused:
                form.faults.append(str(refused.reason))
                status = refused.status
                if row is not None:
                    form.version = row.version  # they have seen it now: sending again is meant
    elif row is not None:
        form = form_of(canvas_of_row(city, row), languages, version=row.version)
    else:
        like = house_canvases().get(request.GET.get("like", ""))
        form = form_of(like, languages) if like else CanvasForm(languages)
        if not like:
            add_line(form)
    return render(request, "boards/canvas_edit.html", _context(form, row, key), status=status)


def _context(form: CanvasForm, row: Any, key: str) -> dict[str, Any]:
    canvas = form.canvas(row.key if row else "")
    return {
        "form": form,
        "row": row,
        "key": key,
        "picture": picture_of(canvas),
        "colours": [(value, str(word)) for value, word in COLOUR_WORDS.items()],
        "crumbs": [{"label": _("Canvases"), "url": reverse("canvases")}],
    }


@require_POST
def preview_canvas(request: HttpRequest) -> HttpResponse:
    """What was typed so far as a picture, with what is in the way; keeps nothing."""
    form = typed_form(request.POST.dict(), _languages(_city(request)))
    canvas = form.canvas()
    form.check(canvas)
    faults = [*form.faults, *(fault for line in form.lines for fault in line.faults)]
    return render(request, "boards/_canvas_preview.html", {"picture": picture_of(canvas), "faults": faults})


@require_POST
def drop_canvas(request: HttpRequest, key: str) -> HttpResponse:
    """Take one of the city's own away, where no step uses it."""
    city = _city(request)
    row = own_canvas(city, key)
    if row is None:
        raise Http404
    remove_canvas(request.actor, row)
    messages.success(request, _("The canvas is gone."))
    return SeeOther(reverse("canvases"))
