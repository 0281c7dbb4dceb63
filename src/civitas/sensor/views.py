"""The pages of the front door: the city's front page, explore with its map, what became of it, give; the bare host's navigator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from civitas.cities.maps import map_panel
from civitas.contributions.gallery import media_of
from civitas.contributions.giving import give
from civitas.contributions.models import Contribution
from civitas.kit.translated import Translated
from civitas.processes.cards import card_of
from civitas.processes.effects import election_note
from civitas.processes.queries import public_processes, standing_step
from civitas.processes.rules import is_open
from civitas.sensor.navigator import show_navigator
from civitas.sensor.queries import (
    busiest_areas,
    outcomes,
    recent_contributions,
    supported_contributions,
    way_of,
)
from civitas.sensor.sparks import prompt_by_key
from civitas.sensor.voices import BUBBLE, LARGE, STRIP_LENGTH, beginning_of, sentence_of, voices_in

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from civitas.cities.models import City

OPEN_CARDS, STRIP, PEEK_AREAS = 3, 3, 4
STORIES_A_PAGE, STORY_CHOICE = 24, 8


def city_with_sensor(request: HttpRequest) -> City:
    """The request's city; raises Http404 where it has no sensor."""
    city: City | None = request.city
    if city is None or not city.has_module("sensor"):
        raise Http404
    return city


@login_not_required
@require_safe
def show_front(request: HttpRequest) -> HttpResponse:
    """The city's front page; on the bare host the navigator over all cities."""
    city = request.city
    if city is None:
        return show_navigator(request)
    context: dict[str, Any] = {
        "title": Translated(city.config.hero_title) or _("Take part"),
        "lead": Translated(city.config.hero_lead),
        "election": election_note(city),
    }
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
    picture = next(iter(media_of(item)["pictures"]), None)
    return {"url": picture["small"], "alt": picture["alt"]} if picture else None


@login_not_required
@require_safe
def show_outcomes(request: HttpRequest) -> HttpResponse:
    """What became of it: the contributions that were carried out, newest first."""
    city = city_with_sensor(request)
    stories = [_story(item) for item in outcomes(city, limit=STORIES_A_PAGE)]
    query = f"?status={Contribution.Status.DONE}"
    context = {"stories": stories, "more_url": f"{reverse('explore')}{query}", "feed_url": f"{reverse('feed')}{query}"}
    return render(request, "sensor/outcomes.html", context)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def give_here(request: HttpRequest) -> HttpResponse:
    """Give an idea or an improvement to the city's Bürgersensor."""
    city = city_with_sensor(request)
    step = standing_step(city)
    if step is None:
        raise Http404
    return give(request, step, template="sensor/give.html", context={"prompt": prompt_by_key(city, request.GET.get("frage", "")[:80])})
