"""What this room shows on "my page": my quarter, with its newest and what is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string

from civitas.cities.queries import areas_of
from civitas.contributions.queries import Filters, listed_page
from civitas.kit.translated import Translated
from civitas.processes.cards import card_of
from civitas.processes.queries import public_processes

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.people.models import Participant

NEWEST, OPEN = 3, 2


def render_quarter(request: HttpRequest, participant: Participant | None) -> str:
    """The area that a person calls home: its newest three contributions, what is open now, and choosing it; four queries at most."""
    city, areas = request.city, areas_of(request.city)
    if not areas:
        return ""
    home = next((area for area in areas if participant and area.pk == participant.home_area_id), None)
    context: dict[str, Any] = {
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
