"""Where it is: a point on the map, a district, a place in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from civitas.cities.queries import areas_of
from civitas.contributions.actions import placed
from civitas.kit.translated import Translated

if TYPE_CHECKING:
    from civitas.cities.models import Area
    from civitas.contributions.forms.give import GiveForm


def add_place(form: GiveForm) -> None:
    """Put in the fields of the place, unless the step wants none."""
    form.areas = {}
    if form.settings.place == "none":
        return
    form.areas = {row.key: row for row in areas_of(form.city)}
    form.fields |= {
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


def check_place(form: GiveForm, data: dict[str, Any]) -> None:
    """A point lies in the city, and a step that wants a place gets one."""
    if "place_name" not in form.fields:
        return
    lat, lon = data.get("lat"), data.get("lon")
    if (lat is None) != (lon is None) or not all(math.isfinite(value) for value in (lat, lon) if value is not None):
        data["lat"] = data["lon"] = lat = lon = None
    form.ask(placed, form.city, lat, lon, form.areas.get(data.get("area", "")))
    if form.settings.place == "required" and lat is None and not data.get("area") and not data.get("place_name"):
        form.add_error("place_name", _("Please say where it is: on the map, by its district, or in words."))


def chosen_place(form: GiveForm, data: dict[str, Any]) -> dict[str, Any]:
    """The place as `submit_contribution` takes it."""
    return {
        "lat": data.get("lat"),
        "lon": data.get("lon"),
        "area": form.areas.get(data.get("area", "")),
        "place_name": data.get("place_name", ""),
    }
