"""Decided flags go when the city has kept them long enough; the journal goes on saying that somebody decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from civitas.cities.walls import across_cities
from civitas.kit.rooms import Retention
from civitas.moderation.models import Case, Flag

if TYPE_CHECKING:
    import datetime as dt

    from civitas.cities.models import City

REMOVED_AT_ONCE = 500


def _due(city: City, before: dt.datetime) -> Any:
    return Case.objects.of(city).filter(state=Case.State.CLOSED, closed_at__lt=before)


def count_due(city: City, before: dt.datetime) -> int:
    """How many cases were decided before that moment."""
    return int(_due(city, before).count())


@transaction.atomic
def remove_due(city: City, before: dt.datetime) -> int:
    """Remove some cases that were decided before that moment, with their flags; returns how many."""
    keys = list(_due(city, before).order_by("pk").values_list("pk", flat=True)[:REMOVED_AT_ONCE])
    Flag.objects.of(city).filter(case__in=keys).delete()
    with across_cities("what hangs on a case is found by the case's own id"):
        Case.objects.of(city).filter(pk__in=keys).delete()
    return len(keys)


DECIDED_FLAGS = Retention(_("Decided flags"), count_due, remove_due, setting="keep_decisions_months")
