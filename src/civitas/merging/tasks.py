"""What the worker does for merging: take silence for yes when the day has come, give wordings back."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from civitas.cities.models import City
from civitas.merging.actions import complete_due, release_wordings
from civitas.outbox.tasks import periodic, task


@periodic("merging.complete", every=timedelta(minutes=10))
def complete_questions() -> None:
    """Put together what nobody has said no to by its day."""
    for city in City.objects.order_by("pk"):
        complete_due(city, timezone.now())


@task("merging.release")
def release(city: City, contribution: int) -> None:
    """Show again on their own what was put into a contribution that is not shown any more; safe to run twice."""
    release_wordings(city, contribution)
