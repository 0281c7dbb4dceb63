"""What the worker does for the sensor: tell those whose saved searches a new contribution fits."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from django.db import transaction

from civitas.contributions.models import WORDS, Contribution, Revision
from civitas.contributions.words import words_found_in
from civitas.notices.actions import notify
from civitas.outbox.tasks import task
from civitas.sensor.queries import searches_fitting

if TYPE_CHECKING:
    from collections.abc import Callable

    from civitas.cities.models import City

TELL = "sensor.tell_searchers"
TELL_MENDED = "sensor.tell_of_new_words"
FOUND = "sensor.found"
AT_ONCE = 1_000


@task(TELL)
def tell_searchers(city: City, contribution: int) -> None:
    """Tell each person once, however many of their searches fit, but not the author; safe to run twice."""
    row = _shown(city, contribution)
    if row is None:
        return
    fits = words_found_in(row)
    _tell(city, row, lambda words: not words or fits(words))


@task(TELL_MENDED)
def tell_of_new_words(city: City, contribution: int, revision: int) -> None:
    """Tell those whose searches ask for words that a contribution has since its author changed it; safe to run twice."""
    row, earlier = _shown(city, contribution), Revision.objects.of(city).filter(pk=revision, contribution=contribution).first()
    if row is None or earlier is None:
        return
    fits, before = words_found_in(row), copy(row)
    for name in WORDS:
        setattr(before, name, getattr(earlier, name))
    fitted = words_found_in(before)
    _tell(city, row, lambda words: bool(words) and fits(words) and not fitted(words))


def _shown(city: City, contribution: int) -> Contribution | None:
    return Contribution.objects.of(city).select_related("area").filter(pk=contribution, listed=1).first()


def _tell(city: City, row: Contribution, wanted: Callable[[str], bool]) -> None:
    rows, last = searches_fitting(city, row), 0
    while batch := list(rows.filter(pk__gt=last).values_list("pk", "participant__uid", "words")[:AT_ONCE]):
        last = batch[-1][0]
        people = [uid for _pk, uid, words in batch if wanted(words)]
        with transaction.atomic():
            # One event, so that what is hidden and shown again, or mended twice, is told once.
            notify(city, people, FOUND, f"contribution:{row.pk}", "found")
