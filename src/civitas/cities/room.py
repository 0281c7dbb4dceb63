"""What the cities room declares: areas, places and names of a pack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civitas.cities.colours import check_contrasts
from civitas.cities.names import check_names
from civitas.cities.packs import check_areas, check_city, check_places, load_areas
from civitas.kit.rooms import PackSection, Room

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.cities.models import City
    from civitas.kit.packs import Fault, Pack


def check(pack: Pack) -> Iterator[Fault]:
    """Faults of the pack's own rooms: settings, texts, areas, places, names, and whether its colours can be read."""
    yield from check_city(pack)
    yield from check_areas(pack)
    yield from check_places(pack)
    yield from check_names(pack)
    yield from check_contrasts(pack)


def load(city: City, pack: Pack) -> None:
    """Areas, places and names; the city's row itself is made by `packs.ensure_city`."""
    load_areas(city, pack)


ROOM = Room(key="cities", pack_sections=(PackSection("cities", check, load, order=10),))
