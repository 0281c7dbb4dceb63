"""Pages of a city's own: its colours, its words, its boundaries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from civitas.cities.models import Area, TextPage
from civitas.cities.pages import TEXT_PAGES
from civitas.cities.theme import theme_css, theme_path
from civitas.kit.texts import rendered

if TYPE_CHECKING:
    from django.http import HttpRequest


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
    return render(request, "cities/text_page.html", {"title": title, "body": rendered(str(page.body))})


@login_not_required
@require_safe
def show_areas(request: HttpRequest) -> HttpResponse:
    """The city's quarters (or districts with `?level=district`) as GeoJSON for the map; changes its ETag with the boundaries."""
    city = has_city(request)
    level = "district" if request.GET.get("level") == "district" else "quarter"
    etag = f'"{city.slug}-{city.areas_version}-{level}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304)
    rows = Area.objects.of(city).filter(level=level).exclude(boundary=None).order_by("key")
    features = [{"type": "Feature", "properties": {"key": row.key, "name": row.name}, "geometry": row.boundary} for row in rows]
    response = JsonResponse({"type": "FeatureCollection", "features": features})
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
