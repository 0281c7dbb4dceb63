"""Reading what concerns many at once: batches, how far they are, and the languages of those who will read the answer."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db.models import Count

from civitas.answering.languages import read_in
from civitas.answering.models import Batch, BatchItem
from civitas.contributions.models import Contribution

if TYPE_CHECKING:
    from collections.abc import Iterable

    from civitas.cities.models import City


def batch_by_key(city: City, key: int) -> Batch | None:
    """A batch with who began it."""
    return Batch.objects.of(city).select_related("by", "organisation", "person", "released_by").filter(pk=key).first()


def batch_counts(batch: Batch) -> dict[str, int]:
    """How many items stand how; one query."""
    rows = BatchItem.objects.of(batch.city_id).filter(batch=batch).order_by("state")
    return dict(rows.values_list("state").annotate(count=Count("pk")))


def failed_items(batch: Batch) -> list[BatchItem]:
    """The items that could not be done, with the reason, at most 100."""
    rows = BatchItem.objects.of(batch.city_id).filter(batch=batch, state=BatchItem.State.FAILED).select_related("contribution")
    return list(rows.order_by("pk")[:100])


def items_page(batch: Batch, *, size: int = 50) -> list[BatchItem]:
    """The first contributions of a batch."""
    rows = BatchItem.objects.of(batch.city_id).filter(batch=batch).select_related("contribution", "contribution__author")
    return list(rows.order_by("pk")[:size])


def readers(city: City, rows: Iterable[Contribution]) -> dict[str, int]:
    """How many of the contributions' authors read the city in which language, the one of most first; no query where authors are loaded."""
    return dict(Counter(read_in(city, row) for row in rows).most_common())


def readers_of(city: City, batch: Batch) -> dict[str, int]:
    """The same for all contributions of a batch; one query."""
    items = BatchItem.objects.of(city).filter(batch=batch).select_related("contribution", "contribution__author")
    shown = ("city_id", "contribution__city_id", "contribution__language", "contribution__author__language")
    return readers(city, [item.contribution for item in items.only(*shown).order_by("pk")])


def ticked(city: City, numbers: Iterable[int]) -> list[Contribution]:
    """Contributions by their numbers that the city shows, by number."""
    rows = Contribution.objects.of(city).filter(number__in=list(numbers), listed=1).select_related("process", "author", "organisation")
    return list(rows.order_by("number"))
