"""Flags of cards go when the city has kept them long enough, as those of contributions do; a hidden card stays hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from civitas.boards.flag_models import CardFlag, FlaggedCard
from civitas.kit.rooms import NOTHING_HELD, Going, Held, Postponing, Retention

if TYPE_CHECKING:
    import datetime as dt

    from civitas.cities.models import City

REMOVED_AT_ONCE = 500


def _due(city: City, before: dt.datetime, held: Held = NOTHING_HELD) -> Any:
    rows = FlaggedCard.objects.of(city).exclude(state=FlaggedCard.State.OPEN).filter(decided_at__lt=before)
    return held.leave(rows, "board__step__process").order_by("pk")


def _show(rows: Any) -> list[Going]:
    """The board's step; what a hidden card said is shown to nobody."""
    return [Going(row.pk, str(row.board.step), row.decided_at) for row in rows.select_related("board__step")]


def count_due(city: City, before: dt.datetime, held: Held = NOTHING_HELD) -> int:
    """How many flagged cards were decided before that moment."""
    return int(_due(city, before, held).count())


@transaction.atomic
def remove_due(city: City, before: dt.datetime, held: Held = NOTHING_HELD) -> int:
    """Remove some that were decided before that moment, with their flags; returns how many."""
    keys = list(_due(city, before, held).values_list("pk", flat=True)[:REMOVED_AT_ONCE])
    CardFlag.objects.of(city).filter(flagged__in=keys).delete()
    FlaggedCard.objects.of(city).filter(pk__in=keys).delete()
    return len(keys)


DECIDED = Retention(
    _("Decided flags of cards on boards"),
    count_due,
    remove_due,
    setting="keep_decisions_months",
    postponing=Postponing("boards.flags", _due, _show, process=True),
)
