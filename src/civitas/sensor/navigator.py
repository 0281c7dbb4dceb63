"""The navigator on the bare host: all cities on one map and in one list, with words, filters, feeds and a calendar."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import conditional_page, require_safe

from civitas.cities.hosts import address_at
from civitas.kit.feeds import FeedItem, atom
from civitas.kit.geometry import read_box
from civitas.kit.templatetags.kit import localized, number
from civitas.processes.calendars import calendar
from civitas.processes.feeds import event_item
from civitas.sensor.directory import directory
from civitas.sensor.filters import VIEW_WORDS, Choice, Group, choices_of
from civitas.sensor.finding import SHOWS, Entry, Found, Seek, find, read_seek, say_choices
from civitas.sensor.sights import card_of_town, row_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from civitas.sensor.directory import Directory, Town

PAGE, TOWNS_A_PAGE, DIRECT_WAYS = 24, 12, 8
LONGEST_FEED = 50
# From this zoom on dates stand where they take place, further away with their city.
NEAR_ZOOM = 9
_COUNTRY = (5.9, 47.3, 15.0, 55.0)  # Germany: west, south, east, north


def _only_on_the_bare_host(request: HttpRequest) -> Directory:
    if request.city is not None:
        raise Http404
    return directory()


def show_navigator(request: HttpRequest) -> HttpResponse:
    """The page; a press on a filter fetches it again and takes list and filters from it."""
    known = _only_on_the_bare_host(request)
    seek = read_seek(request.GET, known)
    found = find(known, seek)
    path = reverse("front")
    page, cities_page = _page(request, "seite"), _page(request, "orte")
    shown = found.entries[(page - 1) * PAGE : page * PAGE]
    towns = found.towns[(cities_page - 1) * TOWNS_A_PAGE : cities_page * TOWNS_A_PAGE]
    feed_values = {"view": "", "bbox": ""}
    context = {
        "asked": seek,
        "path": path,
        "chips": seek.chips(path),
        "clear_url": f"{path}?view=map" if seek.values.get("view") else path,
        "groups": _groups(known, seek, found),
        "views": [(word, seek.url(path, view=value), seek.values.get("view", "") == value) for value, word in VIEW_WORDS.items()],
        "keep": seek.only("view"),
        "rows": _with_headings([row_of(entry, address_at(request, entry.town.host)) for entry in shown], first=page == 1),
        "said": said_of(found),
        "next_url": seek.url(path, seite=str(page + 1)) if len(found.entries) > page * PAGE else "",
        "size": PAGE,
        "is_later": page > 1,
        "first_url": seek.url(path),
        "feed_url": seek.url(reverse("navigator_feed"), **feed_values),
        "calendar_url": seek.url(reverse("navigator_calendar"), **feed_values),
        "cells_url": seek.url(reverse("navigator_cells"), **feed_values),
        "map": _map(known, seek),
        "town_count": len(known.towns),
        "direct": [(town.city.name, address_at(request, town.host) + localized("/")) for town in known.towns[:DIRECT_WAYS]],
        "towns": [card_of_town(town, found.of_town(town), address_at(request, town.host)) for town in towns],
        "more_towns_url": seek.url(path, orte=str(cities_page + 1)) if len(found.towns) > cities_page * TOWNS_A_PAGE else "",
        "is_bare": seek.is_bare,
    }
    return render(request, "sensor/navigator.html", context)


def _page(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 5 else 1


def _with_headings(rows: list[dict[str, Any]], *, first: bool) -> list[dict[str, Any]]:
    """Each row that begins another part of the list gets the part's name; a later page goes on without."""
    last = "" if first or not rows else rows[0]["part"]
    for row in rows:
        row["heading"] = row["part"] if row["part"] != last else ""
        last = row["part"]
    return rows


def said_of(found: Found) -> str:
    """How much was found, in words."""
    return ", ".join(_amounts(found.counts)) or _("Nothing found")


def _amounts(counts: Counter[str]) -> list[str]:
    """Each sort of which there is something, in words; what begins soon is a process too."""
    processes, dates = counts["open"] + counts["soon"], counts["dates"]
    said = []
    if processes:
        said.append(ngettext("%(shown)s process", "%(shown)s processes", processes) % {"shown": number(processes)})
    if dates:
        said.append(ngettext("%(shown)s date", "%(shown)s dates", dates) % {"shown": number(dates)})
    return said


def _groups(known: Directory, seek: Seek, found: Found) -> list[Group]:
    """The filters: what to show, which city, how much say; beside each value how much it leaves under the others."""

    def offered(name: str, choices: Iterable[tuple[str, str]]) -> list[Choice]:
        left = found.offered[name]
        return choices_of(seek, name, [(value, word, None if name in seek.values else left[value], "") for value, word in choices])

    towns = [(town.city.slug, str(town.city.name)) for town in known.towns]
    return [
        Group("show", _("What"), offered("show", [(key, str(word)) for key, word in SHOWS.items()]), "radio", seek.labels.get("show", "")),
        *([Group("city", _("City"), offered("city", towns), "select", seek.labels.get("city", ""))] if len(towns) > 1 else []),
        Group("say", _("How much say"), offered("say", say_choices()), "radio", seek.labels.get("say", "")),
    ]


def _map(known: Directory, seek: Seek) -> dict[str, Any]:
    """One plain map of countries: on the bare host no city has chosen a background, so nothing is fetched from elsewhere."""
    bounds = _bounds(known, seek)
    return {
        "cells_url": seek.url(reverse("navigator_cells"), view="", bbox=""),
        "areas_url": static("sensor/europe.geojson"),
        "style_url": "",
        "center": f"{(bounds[0] + bounds[2]) / 2},{(bounds[1] + bounds[3]) / 2}",
        "zoom": "",
        "bounds": ",".join(map(str, bounds)),
        "boundaries": "",
        "attribution": "",
        "far": True,
    }


def _bounds(known: Directory, seek: Seek) -> tuple[float, float, float, float]:
    """What the map shows at first: all cities with room round them, and so much of the country that people know where they are."""
    if seek.box:
        return seek.box.west, seek.box.south, seek.box.east, seek.box.north
    boxes = [(lon - 2.5, lat - 1.4, lon + 2.5, lat + 1.4) for lat, lon in (town.point for town in known.towns)]
    boxes.append(_COUNTRY)
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return min(wests), min(souths), max(easts), max(norths)


@login_not_required
@require_safe
def show_cells(request: HttpRequest) -> JsonResponse:
    """The marks of the map's view as JSON: one a city with how much was found there; from near, each date where it takes place."""
    known = _only_on_the_bare_host(request)
    box, zoom = read_box(request.GET.get("bbox", "")), request.GET.get("zoom", "")
    if box is None or not zoom.isascii() or not zoom.isdigit() or len(zoom) > 2:
        return JsonResponse({"error": _("The map sent a view that we cannot read.")}, status=400)
    # Its own view is no filter: marks outside are left out below.
    seek = read_seek({name: str(value) for name, value in request.GET.items() if name != "bbox"}, known)
    found, near = find(known, seek), int(zoom) >= NEAR_ZOOM
    marks = []
    for town in found.towns:
        entries = found.of_town(town)
        apart = [entry for entry in entries if near and entry.point != town.point]
        marks += [_mark_of_date(request, entry) for entry in apart if box.holds(*entry.point)]
        if box.holds(*town.point):
            marks.append(_mark_of_town(request, seek, town, [entry for entry in entries if entry not in apart]))
    response = JsonResponse({"cells": marks, "points": False, "capped": False})
    response.headers["Cache-Control"] = "public, max-age=15"
    return response


def _mark_of_town(request: HttpRequest, seek: Seek, town: Town, entries: list[Entry]) -> dict[str, Any]:
    lat, lon = town.point
    counts = Counter(entry.part for entry in entries)
    said = ", ".join(_amounts(counts)) or _("Nothing open at the moment")
    way = seek.url(reverse("front"), city=town.city.slug, view="", bbox="") if entries else address_at(request, town.host) + localized("/")
    name = str(town.city.name)
    mark = {"lon": lon, "lat": lat, "n": max(len(entries), 1), "key": town.city.slug, "name": name, "said": said, "url": way}
    return mark | {"title": f"{name}: {said}"}


def _mark_of_date(request: HttpRequest, entry: Entry) -> dict[str, Any]:
    lat, lon = entry.point
    url = address_at(request, entry.town.host) + reverse("process", args=[entry.process.slug])
    return {"lon": lon, "lat": lat, "n": 1, "key": entry.key, "title": entry.title, "url": url}


@login_not_required
@require_safe
@conditional_page
def show_feed(request: HttpRequest) -> HttpResponse:
    """What was found as a feed, the last published or announced first."""
    known = _only_on_the_bare_host(request)
    seek = read_seek(request.GET, known)
    entries = sorted(find(known, seek).entries, key=lambda entry: entry.published_at, reverse=True)[:LONGEST_FEED]
    title = ": ".join(filter(None, [_("What is open in all cities"), ", ".join(seek.labels.values())]))
    return atom(request, [_feed_item(request, entry) for entry in entries], title=title, page=seek.url(reverse("front"), view=""))


def _feed_item(request: HttpRequest, entry: Entry) -> FeedItem:
    page = address_at(request, entry.town.host) + reverse("process", args=[entry.process.slug])
    name = str(entry.town.city.name)
    if entry.event:
        with timezone.override(entry.town.city.zone):
            return event_item(entry.event, page, town=name)
    process = entry.process
    return FeedItem(f"urn:uuid:{process.uid}", page, str(process.title), escape(str(process.question)), entry.published_at, name, [name])


@login_not_required
@require_safe
def show_calendar(request: HttpRequest) -> HttpResponse:
    """The dates among what was found, for people's own calendars; what was taken away lately is there as cancelled."""
    known = _only_on_the_bare_host(request).for_calendars
    seek = read_seek(request.GET, known)
    rows = [
        (entry.town.city, entry.event, address_at(request, entry.town.host) + reverse("process", args=[entry.process.slug]))
        for entry in find(known, seek).entries
        if entry.event
    ]
    name = ": ".join(filter(None, [_("Dates in all cities"), ", ".join(seek.labels.values())]))
    response = HttpResponse(calendar(name, rows), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="civitas-digitalis.ics"'
    return response
