"""What the worker does for answers: bring the desk in line with what was said, work off one answer to many, remind of what is overdue."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from civitas.answering.actions.assigning import settle
from civitas.answering.actions.handing_over import HAND_OVER, hand_over
from civitas.answering.actions.many import RUN, run_chunk
from civitas.answering.actions.reminding import remind_of_overdue
from civitas.cities.models import City
from civitas.outbox.actions import enqueue
from civitas.outbox.tasks import periodic, task

SETTLE = "answering.settle"


@task(SETTLE)
def settle_answered(city: City, contribution: int) -> None:
    """Take from the desk what has its answer, keep what was promised until its day; safe to run twice."""
    settle(city, contribution)


@task(HAND_OVER)
def hand_over_from(city: City, participant: int) -> None:
    """Hand over what lay with somebody who does not answer any more; safe to run twice."""
    hand_over(city, participant)


@task(RUN)
def run_batch(city: City, batch: int) -> None:
    """Work off the next part of a batch and note the rest for later; safe to run twice."""
    if run_chunk(city, batch):
        with transaction.atomic():
            enqueue(city, RUN, {"batch": batch}, key=f"batch-{batch}")


@periodic("answering.remind", every=dt.timedelta(hours=1))
def remind() -> None:
    """Tell whose promised day is over."""
    for city in City.objects.order_by("pk"):
        remind_of_overdue(city)
