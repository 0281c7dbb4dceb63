"""A pack's canvases: `canvases/*.toml`, checked with file and line, loaded by key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civitas.boards.canvases import check_canvas, read_canvas
from civitas.boards.posters import write_canvas
from civitas.kit.packs import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.cities.models import City
    from civitas.kit.packs import Pack

FOLDER = "canvases"


def check_canvases(pack: Pack) -> Iterator[Fault]:
    """Faults of every canvas file, and of two with one key."""
    seen: dict[str, str] = {}
    for name in pack.below(FOLDER, ".toml"):
        yield from check_canvas(pack, name)
        key = str(pack.toml(name).get("key", ""))
        if key in seen:
            yield Fault(name, 1, f"the key '{key}' stands in {seen[key]} too")
        seen[key] = name


def load_canvases(city: City, pack: Pack) -> None:
    """Write the pack's canvases, updating by key; what the city made in the browser stays."""
    for name in pack.below(FOLDER, ".toml"):
        write_canvas(city, read_canvas(pack, name))
