"""The journal is sealed every minute."""

from datetime import timedelta

from django.db import IntegrityError

from civitas.cities.models import City
from civitas.journal.actions import seal
from civitas.outbox.tasks import periodic


@periodic("journal.seal", every=timedelta(minutes=1))
def seal_all() -> None:
    """Seal what each city has recorded since; a city that another worker seals at this moment waits for the next minute."""
    for city in City.objects.order_by("pk"):
        try:
            seal(city)
        except IntegrityError:
            continue
