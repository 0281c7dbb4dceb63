"""Flags of cards go when the city has kept them long enough, as those of contributions do; a hidden card stays hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from civitas.boards.flag_models import CardFlag, FlaggedCard
from civitas.kit.rooms import Going, Postponing, Retention

if TYPE_CHECKING:
    import datetime as dt

    from civitas.cities.models import City

REMOVED_AT_ONCE = 500


def due(city: City, before: dt.datetime) -> Any:
    """Flagged cards that were decided before that moment."""
    return FlaggedCard.objects.of(city).exclude(state=FlaggedCard.State.OPEN).filter(decided_at__lt=before).order_by("pk")


def _show(rows: Any) -> list[Going]:
    """The board's step; what a hidden card said is shown to nobody."""
    return [Going(row.pk, str(row.board.step), row.decided_at) for row in rows.select_related("board__step")]


@transaction.atomic
def remove(city: City, rows: Any) -> int:
    """Remove some of these with their flags; returns how many."""
    keys = list(rows.values_list("pk", flat=True)[:REMOVED_AT_ONCE])
    CardFlag.objects.of(city).filter(flagged__in=keys).delete()
    FlaggedCard.objects.of(city).filter(pk__in=keys).delete()
    return len(keys)


DECIDED = Retention(
    _("Decided flags of cards on boards"),
    due,
    remove,
    setting="keep_decisions_months",
    postponing=Postponing("boards.flags", _show, "board__step__process"),
)
