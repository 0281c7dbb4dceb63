"""Every canvas that a city has: those of the house, read from files, and its own, made in the browser or brought by its pack."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction

from civitas.boards.canvas_models import CanvasRegionRow, CanvasRow
from civitas.boards.canvases import Canvas, Region, check_canvas, read_canvas
from civitas.kit.packs import Pack, PackError

if TYPE_CHECKING:
    from civitas.cities.models import City

FOLDER = Path(__file__).parent / "house_canvases"
MOST = 200
_REGION = ("key", "title", "question", "x", "y", "w", "h", "colour", "holds")


@cache
def house_canvases() -> dict[str, Canvas]:
    """The canvases of the house by key; raises PackError with the first fault of a file."""
    pack = Pack(FOLDER)
    found = {}
    for name in pack.files:
        if name.endswith(".toml"):
            fault = next(check_canvas(pack, name), None)
            if fault is not None:
                raise PackError(fault)
            canvas = read_canvas(pack, name)
            found[canvas.key] = canvas
    return found


def own_canvases(city: City) -> list[CanvasRow]:
    """The city's own, newest first."""
    return list(CanvasRow.objects.of(city).order_by("-changed_at", "-pk")[:MOST])


def canvas_of_row(row: CanvasRow) -> Canvas:
    """A canvas of the city with its regions; one query."""
    regions = CanvasRegionRow.objects.of(row.city_id).filter(canvas=row).order_by("position")
    return Canvas(row.key, row.title, row.intro, row.width, row.height, tuple(_region(each) for each in regions))


def _region(row: CanvasRegionRow) -> Region:
    return Region(row.key, row.title, row.question, row.x, row.y, row.w, row.h, row.colour, row.holds)


def canvas_by_key(city: City, key: str) -> Canvas | None:
    """A canvas of the city's own or of the house; None where there is none (any more)."""
    row = CanvasRow.objects.of(city).filter(key=key).first()
    return canvas_of_row(row) if row else house_canvases().get(key)


def canvas_choices(city: City) -> list[tuple[str, str]]:
    """What a step can choose from: key and title, the city's own first; one query."""
    own = [(row.key, str(row.title)) for row in own_canvases(city)]
    taken = {key for key, _title in own}
    return [*own, *((key, str(canvas.title)) for key, canvas in house_canvases().items() if key not in taken)]


@transaction.atomic
def write_canvas(city: City, canvas: Canvas) -> CanvasRow:
    """Keep a sound canvas under its key with its regions, in the place of what was there; the caller has asked its rule."""
    values = {"title": canvas.title, "intro": canvas.intro, "width": canvas.width, "height": canvas.height}
    row, is_new = CanvasRow.objects.of(city).get_or_create(key=canvas.key, defaults={"city": city, **values})
    if not is_new:
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1
        row.save()
        CanvasRegionRow.objects.of(city).filter(canvas=row).delete()
    CanvasRegionRow.objects.bulk_create(
        [
            CanvasRegionRow(city=city, canvas=row, position=position, **{name: getattr(region, name) for name in _REGION})
            for position, region in enumerate(canvas.regions, 1)
        ]
    )
    return row
