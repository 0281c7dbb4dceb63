"""Explore: list and map of what people gave, under filters that stand in the address."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import conditional_page, require_safe

from civitas.cities.maps import map_panel
from civitas.cities.queries import areas_of
from civitas.contributions.boxes import count_placed
from civitas.contributions.cells import cells
from civitas.contributions.counts import CITY_SCOPE
from civitas.contributions.feeds import feed_of
from civitas.contributions.models import Contribution
from civitas.contributions.queries import (
    MOST_FACETED,
    PAGE_SIZE,
    Filters,
    count_listed,
    facets,
    listed_page,
    tallies,
)
from civitas.contributions.sections import cards_of
from civitas.contributions.words import MOST_MATCHES
from civitas.kit.files import FILES
from civitas.kit.geometry import Box, read_box
from civitas.kit.templatetags.kit import localized, number
from civitas.kit.translated import Translated
from civitas.processes.effects import election_note
from civitas.processes.queries import categories_of, standing_step
from civitas.processes.rules import is_open
from civitas.sensor.areas import numbered_areas
from civitas.sensor.filters import (
    KINDS,
    PERIODS,
    SORT_NOTES,
    SORT_WORDS,
    TOGGLES,
    YES,
    Asked,
    Choice,
    Group,
    Offer,
    choices_of,
    read_filters,
)
from civitas.sensor.queries import count_mine, processes_to_choose, services_to_choose, titles_by_number
from civitas.sensor.views import city_with_sensor

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from django.http import HttpRequest, HttpResponse

    from civitas.cities.models import City

    Counts = dict[str, dict[str, int]]


def asked_of(request: HttpRequest, city: City) -> tuple[Asked, Offer]:
    """What the address asks for, and what the city offers to ask for."""
    return _asked_among(request, city, {"process", "category", "service", "mine"})


def _asked_among(request: HttpRequest, city: City, names: Container[str]) -> tuple[Asked, Offer]:
    processes = processes_to_choose(city) if "process" in names and city.has_module("processes") else []
    wanted = next((process for process in processes if process.slug == request.GET.get("process")), None)
    offer = Offer(
        areas_of(city),
        categories_of(city, wanted) if "category" in names else [],
        processes,
        services_to_choose(city) if "service" in names else [],
        request.actor.participant if "mine" in names else None,
    )
    return read_filters(request.GET, offer), offer


@login_not_required
@require_safe
def explore(request: HttpRequest) -> HttpResponse:
    """The page; a press on a filter fetches it again and takes list and filters from it."""
    city = city_with_sensor(request)
    asked, offer = asked_of(request, city)
    page = listed_page(city, asked.filters, sort=asked.sort, cursor=request.GET.get("cursor", ""))
    path = reverse("explore")
    counts = tallies(city, asked.filters.process)
    total = counts.get("all", {}).get("", 0) if asked.filters.is_plain else count_listed(city, asked.filters)
    narrowed = not asked.filters.is_plain and total <= MOST_FACETED
    if narrowed:
        counts = facets(city, asked.filters)
    step = standing_step(city)
    scope = asked.filters.process.pk if asked.filters.process else CITY_SCOPE
    placed = count_placed(city, scope) if asked.filters.is_plain else counts["placed"].get(YES, 0) if narrowed else None
    chips = asked.chips(path)
    context = {
        "asked": asked,
        "path": path,
        "items": cards_of(page.rows),
        "next_url": asked.url(path, cursor=page.next_cursor) if page.next_cursor else "",
        "size": PAGE_SIZE,
        "total": total,
        "is_cut": total > MOST_MATCHES,
        "said": said_of(total),
        "placed_note": placed_note(placed, total),
        "chips": chips,
        "clear_url": f"{path}?view=map" if asked.values.get("view") else path,
        "is_later": bool(request.GET.get("cursor")),
        "first_url": asked.url(path),
        "groups": groups_of(asked, offer, counts, str(Translated(city.config.area_name))),
        "toggles": _toggles(city, asked, offer, counts),
        "counts_are_whole": not asked.filters.is_plain and not narrowed,
        "keep": asked.only("sort", "view", "shade"),
        "sorts": [
            (value, word, asked.url(path, sort="" if value == "newest" else value), value == asked.sort)
            for value, word in SORT_WORDS.items()
        ],
        "sort_word": SORT_WORDS[asked.sort],
        "election": election_note(city),
        "sort_note": SORT_NOTES.get(asked.sort, ""),
        "views": [
            (word, asked.url(path, view=value), asked.values.get("view", "") == value)
            for value, word in (("", _("List")), ("map", _("Map")))
        ],
        "feed_url": asked.url(reverse("feed"), view="", shade="", sort="", mine=""),
        "files": [(word, asked.url(reverse("explore_file", args=[ending]), view="", shade="", sort="")) for word, ending in FILES],
        "save_url": asked.url(reverse("save_search")),
        "service_path": asked.filters.service.path if asked.filters.service and city.has_module("services") else "",
        "may_give": bool(step and is_open(step)),
        "map": _map(city, asked),
        "cells_url": asked.url(reverse("cells"), bbox="", view="", shade="", sort=""),
        "area_word": Translated(city.config.area_name),
        "numbered": numbered_areas(city, asked, offer, counts, narrowed=narrowed),
        "shade_url": asked.url(path, shade="" if asked.values.get("shade") else "areas"),
    }
    response = render(request, "sensor/explore.html", context)
    if offer.person:
        response.headers["Cache-Control"] = "private, no-cache"
    return response


@login_not_required
@require_safe
@conditional_page
def show_feed(request: HttpRequest) -> HttpResponse:
    """The newest of the list under the address's filters as a feed. What only one person may ask for ("given by me") is not in it."""
    city = city_with_sensor(request)
    asked, _offer = _asked_among(request, city, {"process", "category", "service"})
    title = ": ".join(filter(None, [_("What moves %(city)s") % {"city": city.name}, ", ".join(asked.labels.values())]))
    return feed_of(request, listed_page(city, asked.filters).rows, title=title, page=asked.url(reverse("explore"), view="", shade=""))


def said_of(total: int) -> str:
    """How many were found, in words."""
    if total > MOST_MATCHES:
        return _("More than %(shown)s contributions") % {"shown": number(MOST_MATCHES)}
    return ngettext("%(shown)s contribution", "%(shown)s contributions", total) % {"shown": number(total)}


def placed_note(placed: int | None, total: int) -> str:
    """How many of those in the list the map can show; '' where it shows all, or where nobody has counted (None)."""
    if placed is None or placed == total:
        return ""
    if not placed:
        return _("None of them has a place on the map.")
    figures = {"placed": number(placed), "total": number(total)}
    return ngettext("%(placed)s of %(total)s has a place on the map.", "%(placed)s of %(total)s have a place on the map.", placed) % figures


def _map(city: City, asked: Asked) -> dict[str, Any]:
    panel = map_panel(city, asked.url(reverse("cells"), bbox="", view="", shade="", sort="")) | {"locate": True}
    box = asked.filters.box
    if box:
        panel |= {
            "center": f"{(box.west + box.east) / 2},{(box.south + box.north) / 2}",
            "bounds": f"{box.west},{box.south},{box.east},{box.north}",
        }
    return panel


def groups_of(asked: Asked, offer: Offer, counts: Counts, area_word: str) -> list[Group]:
    """The filters with one value each, and beside each value how many contributions it leaves."""

    def count(dimension: str, *values: str) -> int | None:
        # Beside the values of a filter that is in use stands nothing: what is counted is what it leaves.
        return None if dimension in asked.values else sum(counts.get(dimension, {}).get(value, 0) for value in values)

    below: dict[int, list[str]] = {}
    for area in offer.areas:
        below.setdefault(area.parent_id or 0, []).append(str(area.pk))
    subjects = [(row.key, str(row), count("category", str(row.pk)), row.icon) for row in offer.categories]
    areas = [(row.key, row.name, count("area", str(row.pk), *below.get(row.pk, [])), "") for row in offer.areas]
    kinds = [(kind.value, str(kind.label), count("kind", kind.value), "") for kind in KINDS]
    states = [(value, str(word), count("status", value), "") for value, word in Contribution.Status.choices]
    periods = [(value, str(label), None, "") for value, (label, _span) in PERIODS.items()]
    processes = [(row.slug, str(row), None, "") for row in offer.processes]
    services = [(row.key, str(row), count("service", str(row.pk)), "") for row in offer.services]
    found: list[tuple[str, str, Sequence[tuple[str, str, int | None, str]], str]] = [
        ("category", _("Subject"), subjects, "radio"),
        ("area", area_word or _("Area"), areas, "select"),
        ("status", _("Where it stands"), states, "radio"),
        ("kind", _("Kind"), kinds, "radio"),
        ("period", _("When"), periods, "radio"),
        ("service", _("Service"), services, "select"),
        ("process", _("Process"), processes, "select"),
    ]
    return [
        Group(name, word, choices_of(asked, name, offered), form, asked.labels.get(name, ""))
        for name, word, offered, form in found
        if offered
    ]


def _toggles(city: City, asked: Asked, offer: Offer, counts: Counts) -> list[tuple[str, Choice]]:
    found = []
    for name, word in TOGGLES.items():
        if name == "mine" and offer.person is None:
            continue
        current = name in asked.values
        left = None if current else count_mine(city, offer.person) if name == "mine" else counts.get(name, {}).get(YES, 0)
        found.append((name, Choice(YES, str(word), current, left)))
    return found


@login_not_required
@require_safe
def show_cells(request: HttpRequest) -> JsonResponse:
    """The marks of a map's view as JSON: `bbox=w,s,e,n` in WGS84 degrees, `zoom`, and the filters of the list.

    With `voices=1` nothing that was made of voices is among them.
    """
    city = city_with_sensor(request)
    box = read_box(request.GET.get("bbox", ""))
    zoom = request.GET.get("zoom", "")
    if box is None or not zoom.isascii() or not zoom.isdigit() or len(zoom) > 2:
        return JsonResponse({"error": _("The map sent a view that we cannot read.")}, status=400)
    # Of what the city offers only what the address names has to be read.
    asked, _offer = _asked_among(request, city, request.GET)
    if request.GET.get("voices") == YES:
        asked = replace(asked, filters=replace(asked.filters, voices=True))
    response = JsonResponse(_marks(city, asked.filters, box, min(int(zoom), 20)))
    response.headers["Cache-Control"] = "private, no-store" if asked.filters.author else "private, max-age=20"
    return response


def _marks(city: City, filters: Filters, box: Box, zoom: int) -> dict[str, Any]:
    found, capped = cells(city, filters, box, zoom)
    unnamed = titles_by_number(city, [cell.number for cell in found if cell.number and not cell.title])
    marks = []
    for cell in found:
        mark: dict[str, Any] = {"lon": round(cell.lon, 6), "lat": round(cell.lat, 6), "n": cell.count}
        if cell.number:
            row = unnamed.get(cell.number)
            mark |= {"number": cell.number, "url": localized(row.path if row else cell.path), "title": row.title if row else cell.title}
        marks.append(mark)
    return {"cells": marks, "points": all(cell.number for cell in found), "capped": capped}
