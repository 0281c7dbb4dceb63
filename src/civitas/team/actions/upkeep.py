"""What the team room forgets, and when."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from civitas.team.models import Absence, Invitation, ShiftNote

if TYPE_CHECKING:
    from civitas.cities.models import City

_INVITATIONS = dt.timedelta(days=30)
_ABSENCES = dt.timedelta(days=30)
_DONE_NOTES = dt.timedelta(days=14)
_OPEN_NOTES = dt.timedelta(days=90)


def forget_old(city: City) -> None:
    """Blank the addresses of invitations that ran out and remove these after 30 more days, absences 30 days after their end,
    notes 14 days after they were ticked off, and open ones that nobody pinned after 90."""
    now = timezone.now()
    invitations = Invitation.objects.of(city)
    invitations.filter(until__lte=now).exclude(mail="").update(mail="")
    invitations.filter(until__lte=now - _INVITATIONS).delete()
    Absence.objects.of(city).filter(ends_on__lt=city.today - _ABSENCES).delete()
    old = Q(done_at__lte=now - _DONE_NOTES) | Q(done_at=None, pinned_at=None, at__lte=now - _OPEN_NOTES)
    ShiftNote.objects.of(city).filter(old).delete()
