"""The team's desk of classes: all of them with their counts, a new one, one whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from civitas.classes.actions import make_class
from civitas.classes.forms import ClassForm
from civitas.classes.queries import class_by_key, classes_of
from civitas.classes.rules import may_make
from civitas.classes.views.running import Desk, run_class, run_seat
from civitas.kit.codes import said_code
from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import carry_out

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from civitas.classes.models import SchoolClass


@require_safe
def list_classes(request: HttpRequest) -> HttpResponse:
    """All classes of the city with their counts: those that take part now, those that come, those that are over."""
    if request.city is None:
        raise Http404
    may_make(request.actor).require()
    groups: dict[str, list[SchoolClass]] = {_("Taking part now"): [], _("Beginning later"): [], _("Over"): []}
    now, coming, over = groups.values()
    for row in classes_of(request.city):
        row.said_code = said_code(row.code)  # type: ignore[attr-defined]  # for the page
        (over if row.is_over else coming if row.is_coming else now).append(row)
    shown = [{"title": title, "rows": rows} for title, rows in groups.items() if rows]
    return render(request, "classes/staff_list.html", {"groups": shown, "over": over})


@require_http_methods(["GET", "HEAD", "POST"])
def new_class(request: HttpRequest) -> HttpResponse:
    """Make a class; its page comes next, with the sheet to print."""
    if request.city is None:
        raise Http404
    may_make(request.actor).require()
    chosen = {"process": request.GET["beteiligung"]} if request.GET.get("beteiligung") else {}
    form = ClassForm(request.city, request.POST if request.method == "POST" else None, initial=chosen)
    status = 200
    if request.method == "POST":
        status, made = carry_out(form, lambda: make_class(request.actor, **form.chosen))
        if made is not None:
            messages.success(request, _("The class is made. Print its sheet now and hand it to the teacher."))
            return SeeOther(reverse("class", args=[made.pk]))
    return render(request, "classes/staff_new.html", {"form": form}, status=status)


def _found(request: HttpRequest, key: int) -> SchoolClass:
    if request.city is None:
        raise Http404
    found = class_by_key(request.city, key)
    if found is None:
        raise Http404
    may_make(request.actor).require()
    found.city = request.city
    return found


def _desk(key: int) -> Desk:
    return Desk("classes/staff_class.html", reverse("class", args=[key]), "class_seat")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_class(request: HttpRequest, key: int) -> HttpResponse:
    """One class: its code, who sits where, print, extend, close."""
    return run_class(request, _found(request, key), _desk(key))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_seat(request: HttpRequest, key: int, number: int) -> HttpResponse:
    """One seat: a new slip, or free again."""
    return run_seat(request, _found(request, key), number, _desk(key))
