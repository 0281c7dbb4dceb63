"""What happens again and again: evidence goes on its date, the year is counted."""

from __future__ import annotations

from datetime import timedelta

from civitas.cities.models import City
from civitas.outbox.tasks import periodic
from civitas.unlawful.actions.evidence import delete_due_evidence
from civitas.unlawful.figures import count_years


@periodic("unlawful.delete_evidence", every=timedelta(hours=1))
def delete_evidence() -> None:
    """On its date the archive of evidence goes, in the city's own time zone."""
    for city in City.objects.order_by("pk"):
        while delete_due_evidence(city, city.today):
            pass


@periodic("unlawful.count_years", every=timedelta(hours=1))
def count() -> None:
    """The running year is counted every hour, a year that is over once."""
    for city in City.objects.order_by("pk"):
        count_years(city)
