"""Where it is: a point on the map, a district, a place in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from civitas.cities.gazetteer import read_spot
from civitas.cities.queries import areas_of
from civitas.contributions.checks import placed
from civitas.contributions.drawings import checked_drawing, read_drawing
from civitas.kit.translated import Translated
from civitas.kit.verdicts import Refused

if TYPE_CHECKING:
    from civitas.cities.gazetteer import Spot
    from civitas.cities.models import Area
    from civitas.contributions.forms.base import StepForm

SOMEWHERE, NOWHERE = "somewhere", "nowhere"


def add_place(form: StepForm) -> None:
    """Put in the fields of the place, unless the step wants none."""
    form.areas = {}
    if form.settings.place == "none":
        return
    form.areas = {row.key: row for row in areas_of(form.city)}
    if form.settings.place != "required":
        form.fields["where"] = forms.ChoiceField(
            label=_("Where is it?"),
            required=False,
            initial=SOMEWHERE,
            widget=forms.RadioSelect,
            choices=[(SOMEWHERE, _("At a place in the city")), (NOWHERE, _("At no place in particular"))],
        )
    form.fields |= {
        # What a search without JavaScript found, as `Spot.value`; sent back by a radio button.
        "spot": forms.CharField(widget=forms.HiddenInput, required=False),
        "drawing": forms.CharField(label=_("Drawing on the map"), widget=forms.HiddenInput, required=False),
        "lat": forms.FloatField(widget=forms.HiddenInput, required=False),
        "lon": forms.FloatField(widget=forms.HiddenInput, required=False),
        "place_name": forms.CharField(
            label=_("Place"), help_text=_("A street, a square, a stop. Never your own address."), max_length=160, required=False
        ),
    }
    if form.areas:
        form.fields["area"] = forms.ChoiceField(
            label=str(Translated(form.city.config.area_name)),
            required=False,
            choices=[("", _("Please choose")), *_area_choices(list(form.areas.values()))],
        )


def _area_choices(areas: list[Area]) -> list[Any]:
    quarters = [area for area in areas if area.level == "quarter"]
    districts = [area for area in areas if area.level == "district"]
    if not districts or not quarters:
        return [(area.key, area.name) for area in areas]
    grouped: list[Any] = [
        (district.name, [(area.key, area.name) for area in quarters if area.parent_id == district.pk]) for district in districts
    ]
    alone = [(area.key, area.name) for area in quarters if area.parent_id is None]
    return [*(group for group in grouped if group[1]), *alone]


def check_place(form: StepForm, data: dict[str, Any]) -> None:
    """A point lies in the city, and a step that wants a place gets one."""
    if "place_name" not in form.fields:
        return
    if data.get("where") == NOWHERE:
        data |= {"lat": None, "lon": None, "area": "", "place_name": "", "drawing": None}
        return
    _take_spot(form, data)
    lat, lon = data.get("lat"), data.get("lon")
    if (lat is None) != (lon is None) or not all(math.isfinite(value) for value in (lat, lon) if value is not None):
        data["lat"] = data["lon"] = lat = lon = None
    data["drawing"] = _drawing(form, data.get("drawing", ""))
    if data["drawing"] is None:
        form.ask(placed, form.city, lat, lon, form.areas.get(data.get("area", "")))
    if form.settings.place == "required" and lat is None and not data["drawing"] and not data.get("area") and not data.get("place_name"):
        form.add_error("place_name", _("Please say where it is: on the map, by its district, or in words."))


def _take_spot(form: StepForm, data: dict[str, Any]) -> None:
    spot = read_spot(form.city, data.get("spot", ""))
    if spot is not None:
        data |= typed_place(spot, data.get("place_name", ""))


def typed_place(spot: Spot, words: str = "") -> dict[str, Any]:
    """A spot as the form's fields have it; words that somebody typed stay."""
    if spot.sort == "area":
        return {"lat": None, "lon": None, "area": spot.key, "place_name": words}
    return {"lat": spot.lat, "lon": spot.lon, "area": "", "place_name": words or spot.name}


def _drawing(form: StepForm, text: str) -> dict[str, Any] | None:
    """The drawing as kept; one that is refused leaves its sentence, and nothing else of the form is touched."""
    try:
        drawing = read_drawing(text)
        return checked_drawing(form.city, drawing)[0] if drawing else None
    except Refused as refusal:
        form.refuse(refusal)
        return None


def chosen_place(form: StepForm, data: dict[str, Any]) -> dict[str, Any]:
    """The place as `submit_contribution` takes it."""
    return {
        "lat": data.get("lat"),
        "lon": data.get("lon"),
        "area": form.areas.get(data.get("area", "")),
        "place_name": data.get("place_name", ""),
        "drawing": data.get("drawing") or None,
    }
