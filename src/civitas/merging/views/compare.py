"""Compare contributions side by side, choose which stays on top, see what comes of it, and ask the authors."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from civitas.cities.maps import map_panel
from civitas.contributions.gallery import media_of
from civitas.contributions.words import named_words, said_in
from civitas.kit.refusals import show_refusal
from civitas.kit.verdicts import Refused
from civitas.merging.actions import propose_merge, reachable_authors
from civitas.merging.alike import shared_words, telling
from civitas.merging.forms import MergeForm
from civitas.merging.queries import NAMED, distance, outlook, sides_by_number
from civitas.merging.rules import MOST_AT_ONCE
from civitas.merging.views.desk import entered
from civitas.processes.policies import rules_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from django.http import HttpRequest

    from civitas.contributions.models import Contribution

ZOOM = 14


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: HttpRequest) -> HttpResponse:
    """Side by side, with the words that all hold marked; sending asks the authors."""
    city = entered(request)
    rows = sides_by_number(city, _numbers(request))
    if len(rows) < 2:
        if request.method == "POST" or request.GET.getlist("nr"):
            messages.error(request, _("Please choose at least two contributions to compare."))
        return redirect(_back(rows))
    form = MergeForm(rows, request.POST if request.method == "POST" else None, initial=_beginning(rows))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            head = next(row for row in rows if row.number == form.cleaned_data["head"])
            others = [row for row in rows if row is not head]
            try:
                proposal = propose_merge(request.actor, head, others, uid=form.cleaned_data["uid"], reason=form.cleaned_data["reason"])
            except Refused as refused:
                if "others" in refused.fields:
                    refused = Refused(refused.reason, status=refused.status)
                show_refusal(form, refused)
                status = 422 if refused.fields else refused.status
            else:
                asked = proposal.is_open
                done = _("The authors are asked. You find the question here.") if asked else _("Put together. The page shows both.")
                messages.success(request, done)
                return redirect(f"{reverse('merging')}?ansicht={'gefragt' if asked else 'zusammen'}")
    return render(request, "merging/compare.html", _context(request, rows, form), status=status)


def _numbers(request: HttpRequest) -> list[int]:
    typed = (request.POST if request.method == "POST" else request.GET).getlist("nr")
    numbers = [int(each) for each in typed if each.isascii() and each.isdigit() and len(each) < 18]
    return list(dict.fromkeys(numbers))[: MOST_AT_ONCE + 1]


def _back(rows: Sequence[Contribution]) -> str:
    return reverse("merge_start", args=[rows[0].number]) if rows else reverse("merging")


def _beginning(rows: Sequence[Contribution]) -> dict[str, Any]:
    """The one with the most support stays on top, the older of equals; the reason names what they have in common."""
    likeliest = max(rows, key=lambda row: (row.support_total, -(row.number or 0)))
    common = shared_words(rows[0], rows[1])[:NAMED]
    reason = _("Both are about: %(words)s.") % {"words": ", ".join(common)} if len(rows) == 2 and len(common) > 1 else ""
    return {"head": likeliest.number, "reason": reason}


def _context(request: HttpRequest, rows: list[Contribution], form: MergeForm) -> dict[str, Any]:
    common = frozenset.intersection(*(telling(said_in(row), row.language) for row in rows))
    reachable = reachable_authors(request.city, rows)
    own = request.actor.participant.pk if request.actor.participant else 0
    places = [row for row in rows if row.has_place]
    query = urlencode([("nr", row.number or 0) for row in rows])
    asked = {row.pk for row in rows if row.author_id in reachable and row.author_id != own}
    return {
        "sides": [
            {
                "row": row,
                "title": marked(row.title, row.language, common),
                "texts": [marked(text, row.language, common) for text in (row.text, row.proposal, row.benefit) if text],
                **media_of(row, may_describe=True),
                "asked": row.pk in asked,
            }
            for row in rows
        ],
        "form": form,
        "asks": bool(asked),
        "outlook": outlook(request.city, rows),
        "common": shared_words(rows[0], rows[1])[:NAMED],
        "metres": [metres for one, other in pairwise(rows) if (metres := distance(one, other)) is not None],
        "map": map_panel(request.city, f"{reverse('merge_places')}?{query}") | _middle(places) if places else None,
        "days": rules_of(request.city, rows[0].process).merge_days,
        "numbers": [row.number for row in rows],
    }


def _middle(places: Sequence[Contribution]) -> dict[str, Any]:
    lons, lats = ([getattr(row, name) for row in places] for name in ("lon", "lat"))
    return {"center": f"{sum(lons) / len(lons)},{sum(lats) / len(lats)}", "zoom": ZOOM, "calm": True}


def marked(text: str, language: str, common: Collection[str]) -> list[dict[str, Any]]:
    """A text in pieces, those words marked whose lemma is among `common`."""
    pieces: list[dict[str, Any]] = []
    for form, lemma in named_words(text, language):
        is_common = lemma in common
        if pieces and pieces[-1]["common"] == is_common:
            pieces[-1]["text"] += form
        else:
            pieces.append({"text": form, "common": is_common})
    return pieces


@never_cache
@require_safe
def show_places(request: HttpRequest) -> JsonResponse:
    """The marks of the compared contributions for their map."""
    city = entered(request)
    if city is None:
        raise Http404
    cells = [
        {"lon": row.lon, "lat": row.lat, "n": 1, "number": row.number, "title": row.title}
        for row in sides_by_number(city, _numbers(request))
        if row.has_place
    ]
    return JsonResponse({"cells": cells, "points": True, "capped": False})
