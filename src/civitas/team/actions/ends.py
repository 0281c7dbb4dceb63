"""Telling who holds a role, and who gave it, that it ends soon."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from civitas.notices.actions import notify
from civitas.people.models import Membership, Role
from civitas.team.words import ROLE_ENDS

if TYPE_CHECKING:
    from uuid import UUID

    from civitas.cities.models import City

TOLD_BEFORE = dt.timedelta(days=14)
_TOLD_AT_ONCE = 200
MOST_LEADERS = 20


def tell_of_ends(city: City) -> None:
    """Tell the person, and who gave the role, of each role that ends within two weeks, once for each end; safe to run twice.

    Where who gave it leads the team no more, all administrators are told.
    """
    while True:
        with transaction.atomic():
            due = Membership.objects.of(city).filter(ends_at__lte=timezone.now() + TOLD_BEFORE, told_at=None, participant__erased_at=None)
            rows = list(due.select_for_update(of=("self",)).select_related("participant").order_by("pk")[:_TOLD_AT_ONCE])
            if not rows:
                return
            leaders = _leaders(city)
            for row in rows:
                lead = [leaders[row.by_id]] if row.by_id in leaders else leaders.values()
                notify(city, [row.participant.uid, *lead], ROLE_ENDS, f"role:{row.pk}", f"ends-{row.ends_at:%Y%m%d}")
            Membership.objects.of(city).filter(pk__in=[row.pk for row in rows]).update(told_at=timezone.now())


def _leaders(city: City) -> dict[int, UUID]:
    rows = Membership.objects.of(city).filter(role=Role.ADMINISTRATOR, participant__erased_at=None)
    return dict(rows.order_by("pk").values_list("participant", "participant__uid")[:MOST_LEADERS])
