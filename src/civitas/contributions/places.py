"""Choosing a place while giving: a search that works without JavaScript, the city's places on the map, and what may begin there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.views.decorators.http import require_safe

from civitas.cities.gazetteer import place_in_words, read_spot
from civitas.cities.geocoder import find_places
from civitas.cities.models import Place
from civitas.cities.views import has_city
from civitas.contributions.drawings import drawing_in_words, read_drawing
from civitas.contributions.forms.place import typed_place
from civitas.contributions.models import Contribution
from civitas.kit.verdicts import Refused
from civitas.services.models import ServicePlace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, QueryDict

    from civitas.cities.gazetteer import Spot
    from civitas.cities.models import City
    from civitas.contributions.forms.base import StepForm

# Buttons of the form that only look for a place: the search, a place of the list, and taking the chosen one away.
_SEARCH, _HERE, _NO_MORE = "find", "here", "no_more"
_OWN = {_SEARCH, _HERE, _NO_MORE, "csrfmiddlewaretoken"}
# The places that a page lists; a city has some dozens.
MOST_PLACES = 200


@dataclass(frozen=True)
class Looked:
    """A search for a place within the form: everything as typed, what was looked for, and what was found."""

    typed: dict[str, Any]
    query: str = ""
    spots: tuple[Spot, ...] = ()


@dataclass(frozen=True)
class PlacePart:
    """The form's part about the place: the chosen one and the drawing in words ('' = none), and the city's own places."""

    words: str
    drawn: str
    drawing: str
    places: tuple[Place, ...]


def look_for_place(city: City, data: QueryDict) -> Looked | None:
    """What a button of the place's part asked for; None when the form was simply sent."""
    typed: dict[str, Any] = {name: data[name] for name in data if name not in _OWN}
    query = data.get("find_text", "").strip()
    if _HERE in data:
        return Looked(typed | begun_at(city, data.get(_HERE) or "", {"kind", "service"} & set(typed)))
    if _NO_MORE in data:
        return Looked(typed | dict.fromkeys(("lat", "lon", "area", "place_name", "drawing", "spot"), ""))
    if _SEARCH not in data or not query:  # the Enter key in another field presses the form's first button
        return None
    return Looked(typed, query, tuple(find_places(city, query)))


def begun_at(city: City, key: str, kept: Iterable[str] = ()) -> dict[str, Any]:
    """The form's fields for an improvement at a place of the city, with its service where it has one; {} if there is no such place."""
    spot = read_spot(city, f"place:{key}") if key else None
    if spot is None:
        return {}
    fields = {"kind": Contribution.Kind.IMPROVEMENT.value, **typed_place(spot)}
    services = _services_at(city).get(spot.key, [])
    if len(services) == 1:
        fields["service"] = services[0]["key"]
    return {name: value for name, value in fields.items() if name not in kept}


def place_part(city: City, form: StepForm) -> PlacePart:
    """What the form's part about the place shows besides its fields."""
    lat, lon = _number(form["lat"].value()), _number(form["lon"].value())
    text = "" if form.is_bound and "drawing" in form.errors else str(form["drawing"].value() or "")
    try:
        drawing = read_drawing(text)
    except Refused:
        drawing, text = None, ""
    words = place_in_words(city, lat, lon) if lat is not None and lon is not None else ""
    places = Place.objects.of(city).select_related("area").order_by("name")[:MOST_PLACES]
    return PlacePart(words, drawing_in_words(drawing), text, tuple(places))


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _services_at(city: City) -> dict[str, list[dict[str, str]]]:
    """The services of each place (by key), as key and name."""
    rows = ServicePlace.objects.of(city).select_related("service", "place").order_by("place__key", "service__key")
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        found.setdefault(row.place.key, []).append({"key": row.service.key, "name": str(row.service.name)})
    return found


@login_not_required
@require_safe
def show_places(request: HttpRequest) -> JsonResponse:
    """The city's places for the map, with the services that people meet there."""
    city = has_city(request)
    services = _services_at(city)
    rows = Place.objects.of(city).exclude(lat=None).order_by("name")[:MOST_PLACES]
    places = [
        {"key": row.key, "name": row.name, "kind": row.kind, "lat": row.lat, "lon": row.lon, "address": row.address,
         "hours": str(row.hours), "services": services.get(row.key, [])}
        for row in rows
    ]  # fmt: skip
    response = JsonResponse({"places": places})
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
