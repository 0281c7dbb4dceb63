"""Finding what is to be blacked out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civitas.contributions.models import Contribution, Revision

if TYPE_CHECKING:
    from civitas.cities.models import City


def found_by(city: City, number: int | None, key: int | None) -> Contribution | None:
    """A contribution by its number, or a comment by its key."""
    rows = Contribution.objects.of(city).select_related("author", "organisation", "root", "process")
    found: Contribution | None = (
        rows.filter(number=number) if key is None else rows.filter(pk=key, kind=Contribution.Kind.COMMENT)
    ).first()
    return found


def words_at(row: Contribution, version: int) -> Contribution | Revision:
    """How a contribution read at an earlier version: changes of the words keep what was before."""
    later = Revision.objects.of(row.city_id).filter(contribution=row, version__gte=version).order_by("version").first()
    return later or row
