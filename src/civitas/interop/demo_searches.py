"""What people of the demo search for again and again: kept searches of those who can sign in. Checked with file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from civitas.kit.packs import Fault
from civitas.people.actors import on_behalf
from civitas.sensor.actions import KEPT, save_search
from civitas.sensor.filters import Offer, read_filters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.interop.demo_city import Demo
    from civitas.kit.packs import Pack

SEARCHES = "demo/searches.toml"
_PEOPLE = "demo/people.toml"
_KEYS = ("person", "name", "asked")
# What an address names that the pack's other files hold: name -> file.
_HELD = {"category": ("categories.toml", "category"), "service": ("services.toml", "service")}


def check_searches(pack: Pack) -> Iterator[Fault]:
    """Faults of the pack's file of searches; a pack without one has none."""
    people = {str(entry.get("key")): entry for _line, entry in pack.entries(_PEOPLE, "person")}
    for line, entry in pack.entries(SEARCHES, "search"):
        for key in sorted(entry.keys() - set(_KEYS)):
            yield Fault(SEARCHES, line, f"'{key}' is not known here")
        for key in _KEYS:
            if not entry.get(key):
                yield Fault(SEARCHES, line, f"'{key}' is missing")
        if not people.get(str(entry.get("person")), {}).get("login"):
            yield Fault(SEARCHES, line, f"'{entry.get('person')}' has no login in {_PEOPLE}, so nobody finds the search again")
        for key, value in parse_qsl(str(entry.get("asked", ""))):
            if key not in KEPT:
                yield Fault(SEARCHES, line, f"nobody can search by '{key}' ({', '.join(KEPT)})")
            elif key in _HELD and value not in {held.get("key") for _line, held in pack.entries(*_HELD[key])}:
                yield Fault(SEARCHES, line, f"the {key} '{value}' is not in {_HELD[key][0]}")


def load_searches(demo: Demo) -> None:
    """Keep the searches of the file, which tell of what is new; one that is kept already stays one."""
    areas, services = list(demo.areas.values()), list(demo.services.values())
    categories = [row for (process, _key), row in demo.categories.items() if not process]
    for _line, entry in demo.pack.entries(SEARCHES, "search"):
        asked = read_filters(dict(parse_qsl(entry["asked"])), Offer(areas, categories, (), services))
        save_search(on_behalf(demo.people[entry["person"]]), asked, name=entry["name"], tells=True)
