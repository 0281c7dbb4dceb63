"""The map of a city as pages show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

if TYPE_CHECKING:
    from civitas.cities.models import City


def map_panel(city: City, cells_url: str = "") -> dict[str, Any]:
    """The whole city for `kit/_map.html`, with the marks that `cells_url` answers; pages add to it what they want else."""
    config = city.config.map
    return {
        "cells_url": cells_url,
        "areas_url": reverse("areas"),
        "style_url": config.style_url,
        "center": ",".join(map(str, config.center)),
        "zoom": "",
        "bounds": ",".join(map(str, config.bounds)),
        "boundaries": config.boundaries,
        "attribution": config.attribution if config.style_url else "",
    }
