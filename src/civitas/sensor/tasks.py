"""What the worker does for the sensor: tell those whose saved searches a new contribution fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from civitas.contributions.models import Contribution
from civitas.contributions.words import words_found_in
from civitas.notices.actions import notify
from civitas.outbox.tasks import task
from civitas.sensor.queries import searches_fitting

if TYPE_CHECKING:
    from civitas.cities.models import City

TELL = "sensor.tell_searchers"
FOUND = "sensor.found"
AT_ONCE = 1_000


@task(TELL)
def tell_searchers(city: City, contribution: int) -> None:
    """Tell each person once, however many of their searches fit, but not the author; safe to run twice."""
    row = Contribution.objects.of(city).select_related("area").filter(pk=contribution, listed=1).first()
    if row is None:
        return
    fits = words_found_in(row)
    rows, last = searches_fitting(city, row), 0
    while batch := list(rows.filter(pk__gt=last).values_list("pk", "participant__uid", "words")[:AT_ONCE]):
        last = batch[-1][0]
        people = [uid for _pk, uid, words in batch if not words or fits(words)]
        with transaction.atomic():
            notify(city, people, FOUND, f"contribution:{row.pk}", "found")
