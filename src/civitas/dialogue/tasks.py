"""What the worker does for dialogue: tell those who follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from civitas.contributions.models import Contribution
from civitas.dialogue.models import Follow
from civitas.notices.actions import notify
from civitas.outbox.tasks import task

if TYPE_CHECKING:
    from civitas.cities.models import City

BATCH = 1_000


@task("dialogue.tell_followers")
def tell_followers(city: City, contribution: int, event: int) -> None:
    """Tell everyone who follows the contribution, but not its author, of an official event; safe to run twice."""
    author = Contribution.objects.of(city).filter(pk=contribution).values_list("author", flat=True).first()
    _tell(city, contribution, "contribution.answered", f"event-{event}", but=author)


@task("dialogue.tell_of_development")
def tell_of_development(city: City, contribution: int, developed: int) -> None:
    """Tell the author of a contribution and everyone who follows it that somebody developed it further; safe to run twice."""
    rows = Contribution.objects.of(city).filter(pk__in=(contribution, developed)).select_related("author").in_bulk()
    if contribution not in rows or developed not in rows or rows[developed].visibility != Contribution.Visibility.PUBLISHED:
        return
    event, author, giver = f"developed-{developed}", rows[contribution].author, rows[developed].author_id
    if author is not None and author.pk != giver:
        with transaction.atomic():
            notify(city, [author.uid], "contribution.developed", f"contribution:{contribution}", event)
    _tell(city, contribution, "contribution.developed", event, but=giver)


def _tell(city: City, contribution: int, kind: str, event: str, *, but: int | None) -> None:
    last = 0
    while True:
        rows = Follow.objects.of(city).filter(contribution=contribution, pk__gt=last).order_by("pk")
        batch = list(rows.values_list("pk", "participant", "participant__uid")[:BATCH])
        if not batch:
            return
        last = batch[-1][0]
        with transaction.atomic():
            notify(city, [uid for _pk, person, uid in batch if person != but], kind, f"contribution:{contribution}", event)
