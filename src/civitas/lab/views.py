"""The catalogue's pages: the wall, one card whole, the card set for paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from civitas.boards.charters import Charter
from civitas.boards.frames import frame
from civitas.boards.posters import canvas_by_key
from civitas.kit.pdf import may_print, pdf_page
from civitas.lab.cards import Sheet, card_context, sheets_of
from civitas.lab.catalogue import found, more_chips, pattern_chips, read_asked, said_of, tile_of
from civitas.lab.queries import running_steps
from civitas.processes.registry import methods

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from civitas.cities.models import City
    from civitas.processes.registry import Method


def city_with_lab(request: HttpRequest) -> City:
    """The request's city; raises Http404 where it has no lab."""
    city: City | None = request.city
    if city is None or not city.has_module("lab"):
        raise Http404
    return city


def method_or_404(key: str) -> Method:
    """The method of this key; raises Http404."""
    method = methods().get(key)
    if method is None:
        raise Http404
    return method


@login_not_required
@require_safe
def show_catalogue(request: HttpRequest) -> HttpResponse:
    """The wall of cards; a press on a filter fetches it again and takes wall and filters from it."""
    city_with_lab(request)
    asked = read_asked(request.GET)
    path = reverse("catalogue")
    tiles = [tile_of(method) for method in found(asked)]
    context = {
        "asked": asked,
        "path": path,
        "tiles": tiles,
        "said": said_of(len(tiles)),
        "patterns": pattern_chips(asked, path),
        "more": more_chips(asked, path),
        "kept": {name: value for name, value in asked.values.items() if name != "words"},
        "print_url": reverse("card_set") + asked.query(),
    }
    return render(request, "lab/catalogue.html", context)


@login_not_required
@require_safe
def show_card(request: HttpRequest, key: str) -> HttpResponse:
    """One card whole: what it is for, the script word by word, what one needs."""
    city = city_with_lab(request)
    method = method_or_404(key)
    context = card_context(method) | {
        "crumbs": [{"label": _("Building blocks"), "url": reverse("catalogue")}],
        "running": running_steps(city, method.key),
        "has_board": method.board is not None,
        "print_url": f"{reverse('card_set')}?key={method.key}",
        "try_url": reverse("try_method", args=[method.key]) if method.sample else "",
    }
    return render(request, "lab/card.html", context)


@login_not_required
@require_safe
def try_out(request: HttpRequest, key: str) -> HttpResponse:
    """A board with made-up cards in one's own browser: nobody sees it, nothing is kept, no account is needed."""
    city = city_with_lab(request)
    method = method_or_404(key)
    if method.sample is None:
        raise Http404
    sample = method.sample()
    canvas = canvas_by_key(city, sample["canvas"]) if sample.get("canvas") else None
    board = frame(
        f"try-{method.key}",
        str(method.name),
        note=str(sample.get("task", "")) or _("To try out: nobody sees this board, and nothing is kept."),
        back_url=reverse("method_card", args=[method.key]),
        seats={"me": (_("You"), "teal")},
        canvas=canvas.as_json() if canvas else None,
        charter=Charter(**{"write": "all", "move": "all", "remove": "all", **sample.get("charter", {})}).as_json(),
        sample={name: sample.get(name, []) for name in ("groups", "cards", "lines")},
        fields={name: str(label) for name, label in method.board.fields.items()} if method.board else {},
    )
    return render(request, "boards/board.html", {"board": board})


def _asked_sheets(request: HttpRequest) -> tuple[list[Sheet], str]:
    keys = [key for key in request.GET.getlist("key") if key in methods()]
    chosen = [methods()[key] for key in dict.fromkeys(keys)] or found(read_asked(request.GET))
    return sheets_of(chosen), request.META.get("QUERY_STRING", "")


@login_not_required
@require_safe
def show_card_set(request: HttpRequest) -> HttpResponse:
    """The cards as they come out of the printer: four on a sheet, the backs behind their fronts."""
    city_with_lab(request)
    sheets, query = _asked_sheets(request)
    context: dict[str, Any] = {
        "crumbs": [{"label": _("Building blocks"), "url": reverse("catalogue")}],
        "sheets": sheets,
        "count": sum(len(sheet.fronts) for sheet in sheets),
        "pdf_url": f"{reverse('card_set_pdf')}?{query}" if query else reverse("card_set_pdf"),
        "printing": may_print(),
    }
    return render(request, "lab/card_set.html", context)


@login_not_required
@require_safe
def print_card_set(request: HttpRequest) -> HttpResponse:
    """The same sheets as PDF."""
    city = city_with_lab(request)
    sheets, _query = _asked_sheets(request)
    return pdf_page(request, "lab/card_set_pdf.html", {"city": city, "sheets": sheets}, name="baukasten")
