"""What everybody sees of themes: the list, a theme's voices, places, words and numbers on its page, and all its voices page by page."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import conditional_page, require_safe

from civitas.cities.maps import map_panel
from civitas.cities.queries import areas_of
from civitas.contributions.cells import cells
from civitas.contributions.feeds import feed_of
from civitas.contributions.models import Contribution
from civitas.contributions.queries import Filters, tallies_shown
from civitas.contributions.rules import may_see
from civitas.contributions.sections import cards_of
from civitas.kit.charts import Point, bar_chart
from civitas.kit.days import short_day
from civitas.kit.geometry import read_box
from civitas.kit.templatetags.kit import day, localized
from civitas.kit.templatetags.kit import number as numbered
from civitas.sensor.queries import titles_by_number
from civitas.sensor.voices import LARGE, voices_in
from civitas.themes.queries import (
    A_PAGE,
    VOICES_A_PAGE,
    figures_of,
    theme_by_number,
    theme_row,
    themes_of,
    themes_page,
    voices_of,
    with_rows,
)
from civitas.themes.rules import may_gather

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from civitas.cities.models import City
    from civitas.processes.models import Process

QUOTES, BESIDE_MAP, AREAS, ON_PROCESS = 3, 6, 8, 6
# More weeks than these are shown as months.
MOST_WEEKS = 30
CONCEPT = "/konzept/neu"


def concept_url(theme: Contribution) -> str:
    """Where a concept begins from a theme; '' where the house has no such page."""
    try:
        resolve(CONCEPT)
    except Resolver404:
        return ""
    return f"{localized(CONCEPT)}?aus={theme.number}"


def render_face(request: HttpRequest, contribution: Contribution) -> str:
    """On a theme's page: its voices, places, words and numbers over time; six queries at most, '' for everything else."""
    if contribution.kind != Contribution.Kind.THEME:
        return ""
    city = request.city
    row = theme_row(contribution)
    liked = voices_of(city, contribution, sort="supported").rows
    newest = voices_of(city, contribution, size=BESIDE_MAP).rows
    figures = figures_of(row) if row else {}
    total = max(row.voice_count if row else 0, len(liked))
    may = bool(may_gather(request.actor, contribution))
    context = {
        "theme": contribution,
        "total": total,
        "quotes": voices_in(liked, LARGE, QUOTES),
        "newest": cards_of(newest),
        "more": max(0, total - len(newest)),
        "places": row.place_count if row else 0,
        "map": map_panel(city, reverse("theme_cells", args=[contribution.number])) | _looked_at(newest + liked),
        "words": figures.get("word", []),
        "areas": _areas(city, figures.get("area", [])),
        "chart": _chart(figures.get("week", [])),
        "work_url": reverse("theme_work", args=[contribution.number]) if may else "",
        "concept_url": concept_url(contribution) if contribution.visibility == Contribution.Visibility.PUBLISHED else "",
    }
    return render_to_string("themes/_face.html", context, request=request)


def _looked_at(rows: Sequence[Contribution]) -> dict[str, str]:
    """The part of the map in which these lie, a little wider; the whole city where none has a place."""
    spots = [(row.lon, row.lat) for row in rows if row.lat is not None and row.lon is not None and not row.is_outside]
    if not spots:
        return {}
    west, east = min(lon for lon, _lat in spots) - 0.01, max(lon for lon, _lat in spots) + 0.01
    south, north = min(lat for _lon, lat in spots) - 0.006, max(lat for _lon, lat in spots) + 0.006
    return {"bounds": f"{west},{south},{east},{north}", "center": f"{(west + east) / 2},{(south + north) / 2}"}


def _areas(city: City, counted: list[tuple[str, int]]) -> list[tuple[str, int]]:
    names = {str(area.pk): area.name for area in areas_of(city)} if counted else {}
    return [(names[value], count) for value, count in counted if value in names][:AREAS]


def _chart(weeks: list[tuple[str, int]]) -> str:
    """Voices by week, or by month over a long time; nothing for a single one, which says no more than the number does."""
    if not weeks:
        return ""
    counts = {dt.date.fromisoformat(value): count for value, count in weeks}
    first, last = min(counts), max(counts)
    spans = (last - first).days // 7 + 1
    if spans < 2:
        return ""
    if spans <= MOST_WEEKS:
        mondays = [first + dt.timedelta(days=7 * index) for index in range(spans)]
        points = [Point(_("Week from %(day)s") % {"day": day(monday)}, counts.get(monday, 0), short_day(monday)) for monday in mondays]
        return bar_chart(_("Voices in each week"), points, heads=(_("Week"), _("Voices")))
    months: dict[tuple[int, int], int] = {}
    for monday, count in counts.items():
        months[monday.year, monday.month] = months.get((monday.year, monday.month), 0) + count
    keys = [(number // 12, number % 12 + 1) for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month)]
    points = [Point(f"{month:02d}/{year}", months.get((year, month), 0)) for year, month in keys]
    return bar_chart(_("Voices in each month"), points, heads=(_("Month"), _("Voices")))


def render_process_themes(request: HttpRequest, process: Process) -> str:
    """On a process's page: the themes that came of it; one query more, '' without any."""
    if not tallies_shown(process).get("kind", {}).get(Contribution.Kind.THEME):
        return ""
    themes = themes_of(process, ON_PROCESS)
    if not themes:
        return ""
    context = {"themes": themes, "process": process}
    return render_to_string("themes/_process_themes.html", context, request=request)


def _shown(request: HttpRequest, number: int) -> Contribution:
    row = theme_by_number(request.city, number) if request.city else None
    if row is None or row.merged_into_id:
        raise Http404
    may_see(request.actor, row).require()
    return row


@login_not_required
@require_safe
def show_themes(request: HttpRequest) -> HttpResponse:
    """All published themes, newest first."""
    city = request.city
    if city is None or not city.has_module("sensor"):
        raise Http404
    page = themes_page(city, cursor=request.GET.get("nach", ""))
    context = {
        "themes": with_rows(city, page.rows),
        "next_url": f"?nach={page.next_cursor}" if page.next_cursor else "",
        "size": A_PAGE,
        "is_later": bool(request.GET.get("nach")),
        "gathers": bool(may_gather(request.actor)),
    }
    return render(request, "themes/list.html", context)


@login_not_required
@require_safe
@conditional_page
def show_feed(request: HttpRequest) -> HttpResponse:
    """The newest published themes as a feed."""
    city = request.city
    if city is None or not city.has_module("sensor"):
        raise Http404
    return feed_of(request, themes_page(city).rows, title=_("Themes: %(city)s") % {"city": city}, page=reverse("themes"))


@login_not_required
@require_safe
def show_voices(request: HttpRequest, number: int) -> HttpResponse:
    """All voices of a theme page by page, with the map beside them."""
    row = _shown(request, number)
    page = voices_of(request.city, row, cursor=request.GET.get("nach", ""))
    kept = theme_row(row)
    total = max(kept.voice_count if kept else 0, len(page.rows))
    context = {
        "theme": row,
        "items": cards_of(page.rows),
        "next_url": f"?nach={page.next_cursor}" if page.next_cursor else "",
        "size": VOICES_A_PAGE,
        "total": total,
        "said": ngettext("%(shown)s voice", "%(shown)s voices", total) % {"shown": numbered(total)},
        "map": map_panel(request.city, reverse("theme_cells", args=[number])) | _looked_at(page.rows),
    }
    return render(request, "themes/voices.html", context)


@login_not_required
@require_safe
@conditional_page
def show_voices_feed(request: HttpRequest, number: int) -> HttpResponse:
    """The newest voices of a theme as a feed, which is the same for everybody: so there is none of a draft."""
    row = _shown(request, number)
    if not row.is_listed:
        raise Http404
    title = _("Voices: %(theme)s") % {"theme": row.title}
    return feed_of(request, voices_of(request.city, row).rows, title=title, page=reverse("theme_voices", args=[number]))


@login_not_required
@require_safe
def show_theme_cells(request: HttpRequest, number: int) -> JsonResponse:
    """The marks of a theme's voices for a view of the map: `bbox=w,s,e,n` in WGS84 degrees, and `zoom`."""
    row = _shown(request, number)
    box, zoom = read_box(request.GET.get("bbox", "")), request.GET.get("zoom", "")
    if box is None or not zoom.isascii() or not zoom.isdigit() or len(zoom) > 2:
        return JsonResponse({"error": _("The map sent a view that we cannot read.")}, status=400)
    found, capped = cells(request.city, Filters(gathered_in=row.pk), box, min(int(zoom), 20))
    unnamed = titles_by_number(request.city, [cell.number for cell in found if cell.number and not cell.title])
    marks: list[dict[str, Any]] = []
    for cell in found:
        mark: dict[str, Any] = {"lon": round(cell.lon, 6), "lat": round(cell.lat, 6), "n": cell.count}
        if cell.number:
            voice = unnamed.get(cell.number)
            mark |= {
                "number": cell.number,
                "url": localized(voice.path if voice else cell.path),
                "title": voice.title if voice else cell.title,
            }
        marks.append(mark)
    response = JsonResponse({"cells": marks, "points": all(cell.number for cell in found), "capped": capped})
    is_public = row.visibility == Contribution.Visibility.PUBLISHED
    response.headers["Cache-Control"] = "private, max-age=20" if is_public else "private, no-store"
    return response
