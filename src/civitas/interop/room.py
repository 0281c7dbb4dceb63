"""What interop declares: the check of a pack's demo content, which `civitas demo` alone loads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civitas.interop.demo_packs import check_demo
from civitas.kit.rooms import PackSection, Room

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.kit.packs import Pack


def load_nothing(city: City, pack: Pack) -> None:
    """A real city's pack brings no people and no contributions."""


ROOM = Room(key="interop", pack_sections=(PackSection("demo", check_demo, load_nothing, order=90),))
