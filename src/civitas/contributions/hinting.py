"""The hint beside what somebody is writing: a fragment that reads and never keeps anything."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_POST

from civitas.cities.gazetteer import nearby_spot
from civitas.contributions.hints import hint_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from civitas.cities.gazetteer import Spot
    from civitas.cities.models import City


@login_not_required
@require_POST
def show_hint(request: HttpRequest) -> HttpResponse:
    """Whether the words typed so far report a defect or an emergency; an empty answer for everything else.

    It comes by POST so that nobody's words stand in an address or a log.
    """
    if request.city is None:
        raise Http404
    typed = request.POST
    text = ". ".join(filter(None, (typed.get(name, "") for name in ("title", "text", "proposal"))))
    near = _spot(request.city, typed.get("lat", ""), typed.get("lon", ""))
    place = typed.get("place_name", "")[:160] or (near.name if near else "")
    hint = hint_for(request.city, text, place=place, place_kind=near.kind if near else "", language=request.language)
    return render(request, "contributions/_hint.html", {"hint": hint, "may_hide": True})


def _spot(city: City, lat: str, lon: str) -> Spot | None:
    try:
        point = float(lat), float(lon)
    except ValueError:
        return None
    return nearby_spot(city, *point) if all(math.isfinite(value) for value in point) else None
