"""Every canvas that a city has: those of the house, read from files, and its own, made in the browser or brought by its pack."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from civitas.boards.canvas_models import CanvasRegionRow, CanvasRow
from civitas.boards.canvases import Canvas, Region, check_canvas, faults_of, read_canvas
from civitas.journal.actions import record
from civitas.kit.packs import Pack, PackError
from civitas.kit.verdicts import YES, Refused, Verdict, no
from civitas.people.models import Role
from civitas.processes.models import Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from civitas.cities.models import City
    from civitas.people.actors import Actor

FOLDER = Path(__file__).parent / "house_canvases"
MOST = 200
_REGION = ("key", "title", "question", "x", "y", "w", "h", "colour", "holds", "section")


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


def canvases_of_rows(city: City, rows: Sequence[CanvasRow]) -> list[Canvas]:
    """Canvases of the city with their regions; one query for all."""
    regions: dict[int, list[Region]] = {row.pk: [] for row in rows}
    for each in CanvasRegionRow.objects.of(city).filter(canvas__in=list(regions)).order_by("canvas", "position"):
        regions[each.canvas_id].append(_region(each))
    return [Canvas(row.key, row.title, row.intro, row.width, row.height, tuple(regions[row.pk])) for row in rows]


def canvas_of_row(city: City, row: CanvasRow) -> Canvas:
    """A canvas of the city with its regions; one query."""
    return canvases_of_rows(city, [row])[0]


def _region(row: CanvasRegionRow) -> Region:
    return Region(row.key, row.title, row.question, row.x, row.y, row.w, row.h, row.colour, row.holds, row.section)


def canvas_by_key(city: City, key: str) -> Canvas | None:
    """A canvas of the city's own or of the house; None where there is none (any more)."""
    row = CanvasRow.objects.of(city).filter(key=key).first()
    return canvas_of_row(city, row) if row else house_canvases().get(key)


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


def may_make_canvases(actor: Actor) -> Verdict:
    """Who leads workshops, owns processes or administers the city makes canvases."""
    if actor.has(Role.FACILITATOR, Role.OWNER, Role.ADMINISTRATOR):
        return YES
    return no(_("Only facilitators, process owners and administrators make canvases."))


def own_canvas(city: City, key: str) -> CanvasRow | None:
    """One of the city's own by its key."""
    return CanvasRow.objects.of(city).filter(key=key).first()


@transaction.atomic
def keep_canvas(actor: Actor, canvas: Canvas, *, row: CanvasRow | None = None, version: int = 0) -> CanvasRow:
    """Make a canvas, or change one (`row`).

    Raises Refused when it is unsound, its title is taken, or somebody changed it since `version`.
    """
    may_make_canvases(actor).require()
    fault = next(faults_of(canvas), None)
    if fault is not None:
        raise Refused(fault.sentence, status=400)
    there = CanvasRow.objects.of(actor.city).select_for_update().filter(key=canvas.key).first()
    if row is None and there is not None:
        raise Refused(_("There is a canvas of this title already. Please choose another."), status=409)
    if row is not None and (there is None or there.version != version):
        raise Refused(_("Someone else changed this meanwhile. Please compare and save yours again; it is kept."), status=409)
    kept = write_canvas(actor.city, canvas)
    record(actor.city, by=actor.uid, verb="canvas.kept", subject=f"canvas:{kept.pk}")
    return kept


@transaction.atomic
def remove_canvas(actor: Actor, row: CanvasRow) -> None:
    """Take a canvas away; raises Refused (409) while a step uses it."""
    may_make_canvases(actor).require()
    if row.city_id != actor.city.pk:
        raise Refused(_("We cannot find this in this city."), status=404)
    if Step.objects.of(actor.city).filter(settings__canvas=row.key).exists():
        raise Refused(_("A step uses this canvas. Choose another one there first."), status=409)
    CanvasRegionRow.objects.of(actor.city).filter(canvas=row).delete()
    CanvasRow.objects.of(actor.city).filter(pk=row.pk).delete()
    record(actor.city, by=actor.uid, verb="canvas.removed", subject=f"canvas:{row.pk}")
