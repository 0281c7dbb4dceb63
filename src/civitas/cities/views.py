"""Pages of a city's own: its colours, its words, its boundaries."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from civitas.cities.gazetteer import place_in_words
from civitas.cities.geocoder import find_places
from civitas.cities.models import Area, TextPage
from civitas.cities.pages import TEXT_PAGES
from civitas.cities.queries import area_at, areas_of
from civitas.cities.theme import theme_css, theme_path
from civitas.kit.rooms import rooms
from civitas.kit.texts import rendered
from civitas.kit.translated import Translated

if TYPE_CHECKING:
    from django.http import HttpRequest


# Where a city's text has this line, stands what the rooms say there; else at its end.
_PARTS_HERE = "<p>{kept}</p>"


def has_city(request: HttpRequest) -> Any:
    """The request's city; on the bare host there is none, and the page does not exist."""
    if request.city is None:
        raise Http404
    return request.city


@login_not_required
@require_safe
def show_theme(request: HttpRequest, digest: str) -> HttpResponse:
    """The city's colours; an old name shows today's for a minute."""
    city = has_city(request)
    current = theme_path(city) == f"/theme-{digest}.css"
    response = HttpResponse(theme_css(city), content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if current else "public, max-age=60"
    return response


@login_not_required
@require_safe
def show_text_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Imprint, privacy, rules of dialogue, accessibility, what the browser keeps: in the city's words."""
    key, title = TEXT_PAGES[slug]
    page = TextPage.objects.of(has_city(request)).filter(key=key).first()
    if page is None:
        raise Http404
    before, _mark, after = rendered(str(page.body)).partition(_PARTS_HERE)
    parts = [room.text_parts[key](request) for room in rooms() if key in room.text_parts]
    context = {"title": title, "pieces": [mark_safe(piece) for piece in (before, *parts, after)]}  # noqa: S308  (each is safe by itself)
    return render(request, "cities/text_page.html", {**context, "address_service": _address_service(request, key)})


def _address_service(request: HttpRequest, key: str) -> str:
    """The host of the city's address service, for the privacy page; '' elsewhere or where there is none."""
    config = request.city.config.map if request.city else None
    return (urlsplit(config.geocoder_url).hostname or "") if key == "privacy" and config and config.geocoder else ""


@login_not_required
@require_safe
def show_areas(request: HttpRequest) -> HttpResponse:
    """The city's quarters (or districts with `?level=district`, or where it has no quarters) as GeoJSON; its ETag changes with them."""
    city = has_city(request)
    quarters = any(area.level == "quarter" for area in areas_of(city))
    level = "quarter" if quarters and request.GET.get("level") != "district" else "district"
    etag = f'"{city.slug}-{city.areas_version}-{level}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304)
    rows = Area.objects.of(city).filter(level=level).exclude(boundary=None).order_by("key")
    features = [{"type": "Feature", "properties": {"key": row.key, "name": row.name}, "geometry": row.boundary} for row in rows]
    response = JsonResponse({"type": "FeatureCollection", "features": features})
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@login_not_required
@require_safe
def find_spots(request: HttpRequest) -> HttpResponse:
    """Where is that? With `?q=` options that begin like it, as a listbox; with `?lat=&lon=` a point in words, and its area.

    Pieces of a page, for the island that helps to choose a place; without JavaScript the form itself searches.
    """
    city = has_city(request)
    point = _point(request)
    if point is not None:
        context = {"words": place_in_words(city, *point), "area": area_at(city, *point), "city": city}
        response = render(request, "cities/_point.html", context)
    else:
        query = request.GET.get("q", "")
        context = {
            "spots": find_places(city, query) if query.strip() else [],
            "city": city,
            "area_name": str(Translated(city.config.area_name)),
        }
        response = render(request, "cities/_spots.html", {**context, "place_name": str(Translated(city.config.place_name))})
    # What somebody looks for, or where they are, is kept by nobody on the way.
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _point(request: HttpRequest) -> tuple[float, float] | None:
    try:
        lat, lon = float(request.GET["lat"]), float(request.GET["lon"])
    except (KeyError, ValueError):
        return None
    return (lat, lon) if math.isfinite(lat) and math.isfinite(lon) else None
