"""The team moves a contribution to another place: the point on the map, the district and the place's name follow; how it lay is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.cities.queries import area_at
from civitas.contributions.models import WORDS, Contribution, Revision
from civitas.kit.verdicts import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from civitas.cities.models import Area, City, Place
    from civitas.people.models import Participant

# What `move_to` and `move_back` change of a row.
MOVED = ("area", "lat", "lon", "place_name", "drawing", "is_outside")


def move_to(
    city: City, rows: Sequence[Contribution], *, place: Place | None = None, area: Area | None = None, by: Participant | None
) -> dict[int, int]:
    """Bring contributions to a place of the city, with its point, or to a district, without one: a point would say too much.

    The drawing on the map goes with the old point. Returns the revision that keeps how it lay, by contribution (keys). The caller has
    asked its rule, locked the rows, raises their version afterwards, keeps the counts and saves `MOVED`.
    """
    if place is not None and (place.lat is None or place.lon is None):
        sentence = _("The city does not know where this place lies. Please choose another one.")
        raise Refused(sentence, status=400, fields={"place": sentence})
    moving = [row for row in rows if (place is not None and not _lies_at(row, place)) or (area is not None and row.area_id != area.pk)]
    kept = Revision.objects.bulk_create([_as_it_lay(city, row, by) for row in moving], batch_size=200)
    if place is not None and place.lat is not None and place.lon is not None:
        area = area_at(city, place.lat, place.lon) or place.area
    for row in moving:
        row.area, row.drawing, row.is_outside = area, None, False
        row.lat, row.lon, row.place_name = (place.lat, place.lon, place.name) if place is not None else (None, None, "")
    return {revision.contribution_id: revision.pk for revision in kept}


def _lies_at(row: Contribution, place: Place) -> bool:
    return (row.lat, row.lon, row.place_name) == (place.lat, place.lon, place.name)


def _as_it_lay(city: City, row: Contribution, by: Participant | None) -> Revision:
    words = {name: getattr(row, name) for name in WORDS}
    return Revision(
        city=city, contribution=row, version=row.version, **words, drawing=row.drawing, at=timezone.now(), by=by,
        moved=True, lat=row.lat, lon=row.lon, area_id=row.area_id, place_name=row.place_name,
    )  # fmt: skip


def move_back(city: City, rows: Iterable[Contribution], kept: dict[int, int]) -> None:
    """Put contributions back where these revisions (keys, by contribution) say that they lay, and take the revisions away.

    What its author has drawn anew since stays there. The caller keeps the counts and saves `MOVED`.
    """
    revisions = Revision.objects.of(city).in_bulk(list(kept.values()))
    for row in rows:
        was = revisions.get(kept.get(row.pk, 0))
        if was is not None and row.drawing is None:
            row.lat, row.lon, row.area_id, row.place_name, row.drawing = was.lat, was.lon, was.area_id, was.place_name, was.drawing
            row.is_outside = was.lat is not None and was.area_id is None
    Revision.objects.of(city).filter(pk__in=list(revisions)).delete()
