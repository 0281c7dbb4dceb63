"""What the worker does for processes: tell who follows one, and take away what has been kept long enough by the rules of the city."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from civitas.cities.models import City
from civitas.notices.actions import notify
from civitas.outbox.tasks import periodic, task
from civitas.processes.followers import TOLD, followers_of, tell_later
from civitas.processes.models import News, Process
from civitas.processes.newsletter import tell_what_is_new
from civitas.processes.notices import row_of, what_of
from civitas.processes.queries import with_rails
from civitas.processes.retention import remove_due

if TYPE_CHECKING:
    import datetime as dt


@task("processes.tell")
def tell_followers(city: City, process: int, event: str) -> None:
    """Tell everyone who follows a process of what is new in it, once it shows; safe to run twice."""
    row = Process.objects.of(city).filter(pk=process).exclude(state=Process.State.DRAFT).first()
    shows_at = _shows_at(city, row, event) if row else None
    if row is None or shows_at is None:
        return
    if shows_at > timezone.now():
        with transaction.atomic():
            tell_later(city, row, event, at=shows_at)
        return
    # News that is only dated anew is not told to who has come since.
    until = shows_at if what_of(event)[0] == "news" else None
    for _last, page in followers_of(city, row, until=until):
        with transaction.atomic():
            notify(city, page, TOLD, f"process:{row.pk}", event)


def _shows_at(city: City, process: Process, event: str) -> dt.datetime | None:
    """When people can read of an event on the process's page; None where there is nothing to read any more."""
    if event == "result":
        view = with_rails(city, [process])[0]
        if not process.result:
            return None
        return timezone.now() if view.is_over else view.ends_at if view.ends_at and view.ends_at > timezone.now() else None
    found = row_of(city, process, event)
    if found is None:
        return None
    return found.published_at if isinstance(found, News) else timezone.now()


@periodic("processes.retention", every=timedelta(days=1))
def remove_what_is_due() -> None:
    """Once a day what is older than each city's rules say goes; what is left over goes the next day."""
    for city in City.objects.order_by("pk"):
        remove_due(city)


@periodic("processes.newsletter", every=timedelta(hours=6))
def note_what_is_new() -> None:
    """Several times a day what came before the public is noted for who gets the newsletter; it goes out with their weekly mail."""
    tell_what_is_new()
