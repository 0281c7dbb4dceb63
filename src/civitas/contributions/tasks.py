"""What the worker does for contributions: keep the word index, let other rooms look at what is new, tell of files that were refused."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from civitas.cities.models import City
from civitas.contributions.attachments import FILE_CHECKED, tell_of_check
from civitas.contributions.drafts import prune_drafts
from civitas.contributions.models import Contribution
from civitas.contributions.recognised import DROP_PICTURES, drop_recognised
from civitas.contributions.words import index_words, words_in
from civitas.kit.rooms import rooms
from civitas.outbox.lanes import Lane
from civitas.outbox.tasks import periodic, task

INDEX = "contributions.index"


@task(INDEX, batch=200)
def index_contributions(city: City, payloads: list[dict[str, int]]) -> None:
    """Index the words of these contributions as they are now; safe to run twice."""
    asked = {payload["contribution"] for payload in payloads}
    heads = Contribution.objects.of(city).filter(pk__in=asked, merged_into__isnull=False).values_list("merged_into", flat=True)
    rows = Contribution.objects.of(city).filter(pk__in=asked | set(heads)).order_by("pk")
    # Words are looked up before the write lock is taken; inside, the rows are read again as they are by then.
    for row in rows.iterator():
        words_in(row)
    with transaction.atomic():
        index_words(city, list(rows.all()))


@task("contributions.given", batch=200)
def tell_rooms(city: City, payloads: list[dict[str, int]]) -> None:
    """Let the rooms above look at what is new; safe to run twice."""
    rows = Contribution.objects.of(city).filter(pk__in={payload["contribution"] for payload in payloads})
    new = list(rows.select_related("author", "process", "step", "root").order_by("pk"))
    for room in rooms():
        for look in room.on_given:
            with transaction.atomic():
                look(city, new)


@task(FILE_CHECKED, lane=Lane.NEWS)
def tell_of_file(city: City, file: int) -> None:
    """Tell the author if a file of theirs cannot be shown."""
    with transaction.atomic():
        tell_of_check(city, file)


@task(DROP_PICTURES, batch=50)
def drop_pictures(city: City, payloads: list[dict[str, int]]) -> None:
    """Take files away for good whose consent was withdrawn; safe to run twice."""
    drop_recognised(city, {payload["file"] for payload in payloads})


@periodic("contributions.prune_drafts", every=timedelta(days=1))
def forget_drafts() -> None:
    """Remove drafts that nobody has touched for half a year."""
    for city in City.objects.only("pk").order_by("pk"):
        prune_drafts(city)
