"""What the worker does for people: forget tries that no limit asks for any more, and sessions that have ended."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from civitas.cities.models import City
from civitas.outbox.tasks import periodic
from civitas.people.models import RateWindow

KEPT = timedelta(days=1)


@periodic("people.forget_tries", every=timedelta(hours=1))
def forget_tries() -> None:
    """Remove counted tries after a day: longer than any limit looks back."""
    before = timezone.now() - KEPT
    for city in City.objects.only("pk").order_by("pk"):
        RateWindow.objects.of(city).filter(starts_at__lt=before).delete()


@periodic("people.end_sessions", every=timedelta(days=1))
def end_sessions() -> None:
    """Remove sessions that have ended."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
