"""Cities to hang rows on."""

from __future__ import annotations

from typing import Any

from civitas.cities.models import City, CityHost
from civitas.cities.queries import forget_cities

SETTINGS: dict[str, Any] = {
    "languages": ["de", "en", "de-simple"],
    "modules": [],
    "map": {"center": [10, 53], "bounds": [9, 53, 11, 54]},
}


def make_city(slug: str = "teststadt") -> City:
    """A city with the host '<slug>.localhost'."""
    city = City.objects.create(slug=slug, name={"de": slug.capitalize()}, settings=SETTINGS)
    CityHost.objects.create(city=city, host=f"{slug}.localhost")
    forget_cities()
    return city
