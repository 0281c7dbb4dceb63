"""The answer desk: what is mine, my department's, nobody's, overdue, waiting for release, asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from civitas.answering.queries.desk import (
    PAGE_SIZE,
    Wanted,
    brought_in_lately,
    count_of,
    desk_page,
    overdue_by_department,
    questions_page,
    release_page,
    waiting_batches,
)
from civitas.answering.queries.keeping import departments_of
from civitas.answering.rules import may_answer_many, may_keep
from civitas.cities.queries import areas_of
from civitas.contributions.models import Contribution
from civitas.contributions.rules import may_work
from civitas.processes.models import Category, Process

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.cities.models import City

VIEWS = ("mine", "department", "unassigned", "overdue", "all", "release", "questions")
LONGEST_WORDS = 100
_NUMBERS = ("organisation", "category", "area", "process")


def entered(request: HttpRequest) -> City:
    """The city, for whoever works at its answers; others are refused."""
    if request.city is None:
        raise Http404
    may_work(request.actor).require()
    return request.city


@never_cache
@require_safe
def show_desk(request: HttpRequest) -> HttpResponse:
    """One view of the desk under its filters, the most urgent first."""
    city, actor = entered(request), request.actor
    counts = {view: count_of(actor, view) for view in VIEWS}
    asked = request.GET.get("ansicht", "")
    wanted = _wanted(request)
    if asked not in VIEWS:
        asked = "all" if not wanted.is_plain else next((view for view in ("mine", "department") if counts[view]), "all")
    cursor = request.GET.get("nach", "")
    context: dict[str, Any] = {
        "view": asked,
        "tabs": _tabs(actor, asked, counts),
        "wanted": wanted,
        "filters": _filters(city, wanted),
        "filtered": not replace(wanted, words="").is_plain,
        "assignments": [], "drafts": [], "questions": [], "batches": [],
        "overdue": overdue_by_department(city) if asked == "overdue" and wanted.is_plain else [],
        "many": bool(may_answer_many(actor)) and asked not in {"release", "questions"},
        "keeps": bool(may_keep(actor)),
        "size": PAGE_SIZE,
        "desk_url": reverse("answer_desk"),
    }  # fmt: skip
    page: Any
    if asked == "release":
        page = release_page(actor, cursor=cursor)
        context |= {"drafts": page.rows, "batches": waiting_batches(actor)}
    elif asked == "questions":
        page = questions_page(actor, cursor=cursor)
        context["questions"] = page.rows
    else:
        page = desk_page(actor, asked, wanted, cursor=cursor)
        context["assignments"] = page.rows
    query = {"ansicht": asked, **{name: value for name, value in _asked(wanted).items() if value}}
    context["next_url"] = f"?{urlencode({**query, 'nach': page.next_cursor})}" if page.next_cursor else ""
    context["empty"] = not page.rows and not context["batches"]
    context["brought_in"] = context["empty"] and asked in {"all", "unassigned"} and wanted.is_plain and brought_in_lately(city)
    return render(request, "answering/desk.html", context)


def _tabs(actor: Any, asked: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    names = {
        "mine": _("Mine"),
        "department": _("My department"),
        "unassigned": _("With nobody"),
        "overdue": _("Overdue"),
        "all": _("All"),
        "release": _("To be released"),
        "questions": _("Questions"),
    }
    address = reverse("answer_desk")
    return [
        {
            "label": label,
            "url": f"{address}?ansicht={view}",
            "current": view == asked,
            "count": counts[view],
        }
        for view, label in names.items()
        if view != "department" or actor.organisation_ids
    ]


def _wanted(request: HttpRequest) -> Wanted:
    numbers = {
        name: int(value) for name in _NUMBERS if (value := request.GET.get(name, "")).isascii() and value.isdigit() and len(value) < 16
    }
    status = request.GET.get("status", "")
    words = " ".join(request.GET.get("q", "").split())[:LONGEST_WORDS]
    return Wanted(**numbers, status=status if status in Contribution.Status.values else "", words=words)


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16


def _asked(wanted: Wanted) -> dict[str, Any]:
    return {**{name: getattr(wanted, name) for name in _NUMBERS}, "status": wanted.status, "q": wanted.words}


def _filters(city: City, wanted: Wanted) -> list[dict[str, Any]]:
    """The filters as selects: name, label and options (value, words, chosen)."""
    categories = Category.objects.of(city).order_by("position", "pk")
    processes = Process.objects.of(city).exclude(state=Process.State.DRAFT).order_by("pk").only("city_id", "title")
    options: list[tuple[str, str, list[tuple[Any, str]]]] = [
        ("organisation", _("Department"), [(row.pk, row.name) for row in departments_of(city)]),
        ("category", _("Subject"), [(row.pk, str(row)) for row in categories]),
        ("area", _("Area"), [(row.pk, row.name) for row in areas_of(city)]),
        ("process", _("Process"), [(row.pk, str(row)) for row in processes]),
        ("status", _("Status"), [(value, str(label)) for value, label in Contribution.Status.choices]),
    ]
    return [
        {"name": name, "label": label, "options": [(value, words, value == getattr(wanted, name)) for value, words in values]}
        for name, label, values in options
    ]
