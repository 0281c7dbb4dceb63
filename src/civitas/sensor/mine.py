"""What this room shows on "my page": my quarter with its newest and what is open, and the searches I follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.template.loader import render_to_string

from civitas.cities.queries import areas_of
from civitas.contributions.queries import Filters, listed_page
from civitas.kit.translated import Translated
from civitas.people.pupils import Feature, may_have
from civitas.processes.cards import card_of
from civitas.processes.queries import public_processes
from civitas.sensor.queries import searches_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.people.models import Participant

NEWEST, OPEN, SEARCHES = 3, 2, 4


def render_quarter(request: HttpRequest, participant: Participant | None) -> str:
    """The area that a person calls home: its newest three contributions, what is open now, and choosing it; five queries at most."""
    city, areas = request.city, areas_of(request.city)
    if not areas or not may_have(participant, Feature.HOME):
        return ""
    home = next((area for area in areas if participant and area.pk == participant.home_area_id), None)
    searches = searches_of(city, participant) if home and participant else []
    context: dict[str, Any] = {
        "follows": any(search.tells and home and search.asked == urlencode({"area": home.key}) for search in searches),
        "home": home,
        "areas": areas,
        "area_word": Translated(city.config.area_name),
        "newest": [],
        "open_now": [],
    }
    if home:
        below = tuple(area.pk for area in areas if area.parent_id == home.pk)
        context["newest"] = listed_page(city, Filters(areas=(home.pk, *below)), size=NEWEST).rows
        if city.has_module("processes"):
            context["open_now"] = [card_of(view) for view in public_processes(city) if view.current][:OPEN]
    return render_to_string("sensor/_mine_quarter.html", context, request=request)


def render_searches(request: HttpRequest, participant: Participant | None) -> str:
    """The latest four searches that a person keeps; one query, '' without any."""
    rows = searches_of(request.city, participant) if participant else []
    if not rows:
        return ""
    return render_to_string("sensor/_mine_searches.html", {"searches": rows[:SEARCHES], "has_more": len(rows) > SEARCHES}, request=request)
