"""The pages of the front door: the city's front page, explore with its map, what became of it, give; the bare host's list."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from civitas.cities.maps import map_panel
from civitas.cities.queries import areas_of
from civitas.contributions.giving import give
from civitas.contributions.models import Contribution
from civitas.contributions.queries import PAGE_SIZE, cells, count_listed, listed_page, tallies
from civitas.contributions.words import MOST_MATCHES
from civitas.kit.geometry import read_box
from civitas.kit.templatetags.kit import localized
from civitas.kit.translated import Translated
from civitas.processes.cards import card_of
from civitas.processes.queries import categories_of, public_processes, standing_step
from civitas.processes.rules import is_open
from civitas.sensor.filters import KINDS, PERIODS, SORT_WORDS, Asked, Chip, Choice, choices_of, read_filters
from civitas.sensor.queries import (
    busiest_areas,
    cities_with_open_processes,
    outcomes,
    processes_to_choose,
    recent_contributions,
    supported_contributions,
    titles_by_number,
    way_of,
)
from civitas.sensor.voices import BUBBLE, LARGE, STRIP_LENGTH, beginning_of, sentence_of, voices_in

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from civitas.cities.models import Area, City
    from civitas.processes.models import Category, Process

OPEN_CARDS, STRIP, PEEK_AREAS = 3, 3, 4
STORIES_A_PAGE, STORY_CHOICE = 24, 8


def _city_with_sensor(request: HttpRequest) -> City:
    city: City | None = request.city
    if city is None or not city.has_module("sensor"):
        raise Http404
    return city


@login_not_required
@require_safe
def show_front(request: HttpRequest) -> HttpResponse:
    """The city's front page; on the bare host the list of cities."""
    city = request.city
    if city is None:
        return _show_cities(request)
    context: dict[str, Any] = {"title": Translated(city.config.hero_title) or _("Take part"), "lead": Translated(city.config.hero_lead)}
    if city.has_module("processes"):
        views = public_processes(city)
        running = [view for view in views if view.current or view.next]
        context |= {"processes": [card_of(view) for view in running[:OPEN_CARDS]], "process_count": len(views)}
    if city.has_module("sensor"):
        context |= _front_of_sensor(city)
    return render(request, "sensor/front.html", context)


def _front_of_sensor(city: City) -> dict[str, Any]:
    recent = recent_contributions(city)
    bubbles = voices_in(recent, BUBBLE, 3)
    shown = {voice.item.pk for voice in bubbles}
    large = voices_in([item for item in supported_contributions(city) if item.pk not in shown], LARGE, 1)
    shown |= {voice.item.pk for voice in large}
    strip = voices_in([item for item in recent if item.pk not in shown], STRIP_LENGTH, STRIP)
    areas, total = busiest_areas(city, limit=PEEK_AREAS)
    step = standing_step(city)
    return {
        "may_give": bool(step and is_open(step)),
        "bubbles": bubbles,
        "large": large[0] if large else None,
        "strip": strip,
        "stories": _best_stories(city),
        "areas": areas,
        "area_word": Translated(city.config.area_name),
        "total": total,
        "map": map_panel(city, reverse("cells")) | {"calm": True},
    }


def _best_stories(city: City) -> list[dict[str, Any]]:
    """Two of the newest that say most: with a picture, in whole sentences."""
    stories = [_story(item) for item in outcomes(city, limit=STORY_CHOICE)]
    return sorted(stories, key=lambda story: (story["picture"] is None, len(story["before"]) < LARGE[0], not story["after"]))[:2]


def _story(item: Contribution) -> dict[str, Any]:
    last = next(iter(reversed(way_of(item))), None)
    return {
        "item": item,
        "event": last,
        "before": sentence_of(item, *LARGE) or item.teaser,
        "after": beginning_of(last.text, 170) if last else "",
        "picture": _picture_of(item),
    }


def _picture_of(item: Contribution) -> dict[str, str] | None:
    for attachment in item.attachments.all():
        for version in attachment.file.derivatives.all():
            return {"url": reverse("media", args=[version.name]), "alt": attachment.alt}
    return None


def _show_cities(request: HttpRequest) -> HttpResponse:
    cities = [
        {
            "city": view.city,
            "url": f"{settings.SITE_SCHEME}://{view.host}{_port(request)}",
            "scene": mark_safe(view.city.config.look.scene),  # noqa: S308  (cleaned by kit.svg when the pack was loaded)
            "title": Translated(view.city.config.hero_title),
            "processes": [card_of(process) for process in view.open_now[:OPEN_CARDS]] if view.city.has_module("processes") else [],
        }
        for view in cities_with_open_processes()
    ]
    return render(request, "sensor/cities.html", {"cities": cities})


def _port(request: HttpRequest) -> str:
    # The visitor's own port: whoever reached the bare host on it reaches the cities on it too.
    host = request.get_host()
    return f":{host.rpartition(':')[2]}" if ":" in host else ""


def _asked(request: HttpRequest, city: City) -> tuple[Asked, list[Area], list[Category], list[Process]]:
    processes = processes_to_choose(city) if city.has_module("processes") else []
    areas = areas_of(city)
    wanted = next((process for process in processes if process.slug == request.GET.get("process")), None)
    categories = categories_of(city, wanted)
    return read_filters(request.GET, areas, categories, processes), areas, categories, processes


@login_not_required
@require_safe
def explore(request: HttpRequest) -> HttpResponse:
    """List and map of what people gave, under filters that stand in the address."""
    city = _city_with_sensor(request)
    asked, areas, categories, processes = _asked(request, city)
    page = listed_page(city, asked.filters, sort=asked.sort, cursor=request.GET.get("cursor", ""))
    path = reverse("explore")
    counts = tallies(city, asked.filters.process)
    total = count_listed(city, asked.filters)
    step = standing_step(city)
    context = {
        "asked": asked,
        "path": path,
        "items": [{"item": row, "picture": (_picture_of(row) or {}).get("url", "")} for row in page.rows],
        "next_url": asked.url(path, cursor=page.next_cursor) if page.next_cursor else "",
        "size": PAGE_SIZE,
        "total": total,
        "is_cut": total > MOST_MATCHES,
        "chips": {chip.name: chip for chip in asked.chips(path)},
        "is_later": bool(request.GET.get("cursor")),
        "first_url": asked.url(path),
        "choices": _choices(asked, categories, counts),
        "area_options": _area_options(tuple((area.key, area.name) for area in areas)),
        "area_word": Translated(city.config.area_name),
        "processes": processes,
        "sorts": [
            (value, word, asked.url(path, sort="" if value == "newest" else value), value == asked.sort)
            for value, word in SORT_WORDS.items()
        ],
        "sort_word": SORT_WORDS[asked.sort],
        "may_give": bool(step and is_open(step)),
        "map": map_panel(city, asked.url(reverse("cells"))) | {"locate": True},
    }
    return render(request, "sensor/explore.html", context)


@lru_cache(maxsize=64)
def _area_options(areas: tuple[tuple[str, str], ...]) -> str:
    """A city's areas as options: a hundred lines that are the same on every page."""
    return format_html_join("", '<option value="{}">{}</option>', areas)


def _choices(
    asked: Asked, categories: list[Category], counts: dict[str, dict[str, int]]
) -> list[tuple[str, str, list[Choice], Chip | None]]:
    """The filters with few values: name, word, values with how many contributions each has in all, and the chip in use."""
    used = {chip.name: chip for chip in asked.chips(reverse("explore"))}

    def count(dimension: str, value: str) -> int:
        return counts.get(dimension, {}).get(value, 0)

    subjects = [(row.key, str(row), count("category", str(row.pk)), row.icon) for row in categories]
    states = [(value, str(word), count("status", value), "") for value, word in Contribution.Status.choices]
    kinds = [(kind.value, str(kind.label), count("kind", kind.value), "") for kind in KINDS]
    periods = [(value, str(label), None, "") for value, (label, _span) in PERIODS.items()]
    return [
        ("category", _("Subject"), choices_of(asked, "category", subjects), used.get("category")),
        ("status", _("Where it stands"), choices_of(asked, "status", states), used.get("status")),
        ("kind", _("Kind"), choices_of(asked, "kind", kinds), used.get("kind")),
        ("period", _("When"), choices_of(asked, "period", periods), used.get("period")),
    ]


@login_not_required
@require_safe
def show_cells(request: HttpRequest) -> JsonResponse:
    """The marks of a map's view as JSON: `bbox=w,s,e,n` in WGS84 degrees, `zoom`, and the filters of the list."""
    city = _city_with_sensor(request)
    box = read_box(request.GET.get("bbox", ""))
    zoom = request.GET.get("zoom", "")
    if box is None or not zoom.isascii() or not zoom.isdigit() or len(zoom) > 2:
        return JsonResponse({"error": _("The map sent a view that we cannot read.")}, status=400)
    asked, _areas, _categories, _processes = _asked(request, city)
    found, capped = cells(city, asked.filters, box, min(int(zoom), 20))
    unnamed = titles_by_number(city, [cell.number for cell in found if cell.number and not cell.title])
    marks = []
    for cell in found:
        mark: dict[str, Any] = {"lon": round(cell.lon, 6), "lat": round(cell.lat, 6), "n": cell.count}
        if cell.number:
            row = unnamed.get(cell.number)
            mark |= {"number": cell.number, "url": localized(row.path if row else cell.path), "title": row.title if row else cell.title}
        marks.append(mark)
    response = JsonResponse({"cells": marks, "points": all(cell.number for cell in found), "capped": capped})
    response.headers["Cache-Control"] = "private, max-age=20"
    return response


@login_not_required
@require_safe
def show_outcomes(request: HttpRequest) -> HttpResponse:
    """What became of it: the contributions that were carried out, newest first."""
    city = _city_with_sensor(request)
    stories = [_story(item) for item in outcomes(city, limit=STORIES_A_PAGE)]
    more_url = f"{reverse('explore')}?status={Contribution.Status.DONE}"
    return render(request, "sensor/outcomes.html", {"stories": stories, "more_url": more_url})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def give_here(request: HttpRequest) -> HttpResponse:
    """Give an idea or an improvement to the city's Bürgersensor."""
    city = _city_with_sensor(request)
    step = standing_step(city)
    if step is None:
        raise Http404
    return give(request, step, template="sensor/give.html")
