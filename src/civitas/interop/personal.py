"""Who brought which file in, and words that an import replaced in what somebody gave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from civitas.contributions.models import Contribution
from civitas.interop.archive_models import Archive
from civitas.interop.models import Import, ImportItem

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.people.models import Participant


def export_imports(city: City, participant: Participant) -> dict[str, Any]:
    """The files that somebody brought in."""
    rows = Import.objects.of(city).filter(by=participant).order_by("pk").values("name", "at", "new", "updated", "state")
    return {"imports": [{**row, "at": row["at"].isoformat()} for row in rows]}


def erase_imports(city: City, participant: Participant) -> None:
    """Forget who it was, and what imports replaced in their words."""
    Import.objects.of(city).filter(by=participant).update(by=None)
    Archive.objects.of(city).filter(by=participant).update(by=None)
    ImportItem.objects.of(city).filter(contribution__author=participant).update(place_name="", source_url="")


def adopt_imports(city: City, old: Participant, new: Participant) -> None:
    """Hand over what somebody brought in."""
    Import.objects.of(city).filter(by=old).update(by=new)
    Archive.objects.of(city).filter(by=old).update(by=new)


def forget_replaced(city: City, rows: list[Contribution]) -> None:
    """For `Room.on_given`: what an import replaced in something that is erased by now goes as well."""
    gone = [row.pk for row in rows if row.visibility == Contribution.Visibility.ERASED]
    if gone:
        ImportItem.objects.of(city).filter(contribution__in=gone).update(place_name="", source_url="")
