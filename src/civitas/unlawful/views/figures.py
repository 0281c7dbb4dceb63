"""The year's figures for everybody, as a page and as CSV. Articles 15 and 24 of the Digital Services Act."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from civitas.kit.ids import read_key
from civitas.unlawful.figures import year_of, years_of

if TYPE_CHECKING:
    from django.http import HttpRequest


@login_not_required
@require_safe
def show_figures(request: HttpRequest) -> HttpResponse:
    """How much was reported and what was decided, a year at a time, the newest first."""
    if request.city is None:
        raise Http404
    years = years_of(request.city)
    asked = read_key(request.GET.get("jahr", "")) or (years[0] if years else 0)
    shown = year_of(request.city, asked) if asked in years else None
    if years and shown is None:
        raise Http404
    tabs = [
        {"label": str(year), "url": f"{reverse('unlawful_figures')}?jahr={year}", "current": year == asked, "count": None} for year in years
    ]
    return render(request, "unlawful/figures.html", {"shown": shown, "tabs": tabs})


@login_not_required
@require_safe
def figures_csv(request: HttpRequest, year: int) -> HttpResponse:
    """The same figures as a table; small ones are not told here either."""
    shown = year_of(request.city, year) if request.city and year <= 9999 else None
    if shown is None:
        raise Http404
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{request.city.slug}-{year}.csv"'
    response.write("\ufeff")
    rows = csv.writer(response, delimiter=";")
    rows.writerow(["year", "table", "group", "label", "count"])
    for table in shown.tables:
        for line in table.lines:
            rows.writerow([year, table.key, line.key, line.label, line.shown])
    rows.writerow([year, "median_hours", "", "", "" if shown.median_hours is None else shown.median_hours])
    return response
