"""What was decided goes when the city has kept it long enough; the journal goes on saying that somebody decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from civitas.cities.walls import across_cities
from civitas.kit.rooms import Going, Postponing, Retention
from civitas.moderation.counts import forget_old_counts
from civitas.moderation.models import Appeal, Case, Decision, Flag, RunItem, Signal

if TYPE_CHECKING:
    import datetime as dt

    from civitas.cities.models import City

REMOVED_AT_ONCE = 500


def due(city: City, before: dt.datetime) -> Any:
    """Cases that were decided before that moment."""
    return Case.objects.of(city).filter(state=Case.State.CLOSED, closed_at__lt=before).order_by("closed_at", "pk")


def _show(rows: Any) -> list[Going]:
    """A letter is not named: only who wrote it and who got it know what it is about."""
    return [
        Going(row.pk, str(row.contribution) if row.contribution else str(_("A letter")), row.closed_at)
        for row in rows.select_related("contribution")
    ]


@transaction.atomic
def remove(city: City, rows: Any) -> int:
    """Remove some of these cases with all that hangs on them; returns how many."""
    keys = list(rows.values_list("pk", flat=True)[:REMOVED_AT_ONCE])
    decisions = list(Decision.objects.of(city).filter(case__in=keys).values_list("pk", flat=True))
    Appeal.objects.of(city).filter(outcome_decision__in=decisions).update(outcome_decision=None)
    Appeal.objects.of(city).filter(decision__in=decisions).delete()
    with across_cities("what hangs on these is gone already, or goes with them; it is looked for by their own ids"):
        for model in (Appeal, Decision, Flag, Signal, RunItem):
            model.objects.of(city).filter(case__in=keys).delete()
        Case.objects.of(city).filter(pk__in=keys).delete()
    forget_old_counts(city)
    return len(keys)


DECIDED = Retention(
    _("Decided items of the queue"),
    due,
    remove,
    setting="keep_decisions_months",
    said=_("What was flagged, and what the team decided about it"),
    postponing=Postponing("moderation.decided", _show, "contribution__process"),
)
