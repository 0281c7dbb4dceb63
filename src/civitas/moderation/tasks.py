"""What the worker does for the queue: carry out runs, take them back, heal what a kill left out, and sound alerts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from civitas.cities.models import City
from civitas.moderation.alerts import look_for_alerts
from civitas.moderation.cases import heal
from civitas.moderation.runs import work_run, work_undo
from civitas.outbox.actions import enqueue
from civitas.outbox.tasks import periodic, task

if TYPE_CHECKING:
    from collections.abc import Iterator


@task("moderation.run")
def carry_out(city: City, run: int) -> None:
    """Carry out a part of a run, and have the next one done after others had their turn."""
    if work_run(city, run):
        with transaction.atomic():
            enqueue(city, "moderation.run", {"run": run}, key=f"run:{run}")


@task("moderation.undo_run")
def take_back(city: City, run: int, by: int) -> None:
    """Take back a part of a run, and have the next one done after others had their turn."""
    if work_undo(city, run, by):
        with transaction.atomic():
            enqueue(city, "moderation.undo_run", {"run": run, "by": by}, key=f"run:{run}")


def _cities() -> Iterator[City]:
    yield from City.objects.order_by("pk")


@periodic("moderation.heal", every=timedelta(minutes=10))
def bring_in_line() -> None:
    """Bring the queue in line with what is there."""
    for city in _cities():
        heal(city)


@periodic("moderation.alerts", every=timedelta(minutes=5))
def watch() -> None:
    """Look whether much more than usual comes in, or something waits longer than promised."""
    for city in _cities():
        look_for_alerts(city)
