"""What the worker does for dialogue: tell those who follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from civitas.contributions.models import MADE, Contribution
from civitas.contributions.queries import together
from civitas.contributions.walking import among, walk
from civitas.dialogue.models import Follow
from civitas.notices.actions import notify, notify_each
from civitas.outbox.tasks import task
from civitas.people.models import Participant

if TYPE_CHECKING:
    from civitas.cities.models import City

BATCH = 1_000
MADE_LINKED, MADE_SHOWN = "dialogue.tell_of_made", "dialogue.tell_of_shown"


@task("dialogue.tell_followers")
def tell_followers(city: City, contribution: int, event: int) -> None:
    """Tell everyone who follows the contribution, but not its author, of an official event; safe to run twice."""
    row = Contribution.objects.of(city).filter(pk=contribution).select_related("author").first()
    if row is None:
        return
    _tell(city, row, "contribution.answered", f"event-{event}", but=row.author_id)
    written = Contribution.objects.of(city).filter(_shown_in(row.pk))
    authors = Participant.objects.of(city).filter(pk__in=written.values("author")).exclude(pk=row.author_id)
    with transaction.atomic():
        told = list(authors.order_by("pk").values_list("uid", flat=True))
        notify(city, told, "contribution.answered", f"contribution:{contribution}", f"event-{event}")


@task("dialogue.tell_of_comment")
def tell_of_comment(city: City, comment: int) -> None:
    """Tell those whose contributions were merged into another of a comment there, under the title of their own; safe to run twice."""
    row = Contribution.objects.of(city).filter(pk=comment).select_related("root").first()
    if row is None or row.root is None or row.visibility != Contribution.Visibility.PUBLISHED:
        return
    told = {row.author_id, row.root.author_id, None}
    head = row.root.merged_into_id or row.root.pk
    for wording in Contribution.objects.of(city).filter(_shown_in(head)).select_related("author").order_by("newest_key"):
        if wording.author is not None and wording.author_id not in told:
            told.add(wording.author_id)
            with transaction.atomic():
                notify(city, [wording.author.uid], "dialogue.commented", f"contribution:{wording.pk}", f"comment-{comment}")


def _shown_in(head: int) -> Q:
    """This contribution and what was merged into it, where it is published."""
    return Q(visibility=Contribution.Visibility.PUBLISHED) & (Q(pk=head) | Q(merged_into=head))


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
    _tell(city, rows[contribution], "contribution.developed", event, but=giver)


@task(MADE_LINKED, batch=200)
def tell_of_made(city: City, payloads: list[dict[str, int | str]]) -> None:
    """Tell who follows a contribution of what steps made of it, over any number of hops; safe to run twice."""
    _tell_of_made(city, {int(payload["target"]) for payload in payloads if payload["made"]})


@task(MADE_SHOWN)
def tell_of_shown(city: City, contribution: int) -> None:
    """Tell who follows what something was made of, once it is shown; safe to run twice."""
    _tell_of_made(city, {contribution})


def _tell_of_made(city: City, keys: set[int]) -> None:
    shown = Contribution.objects.of(city).filter(pk__in=keys, kind__in=MADE, visibility=Contribution.Visibility.PUBLISHED)
    for row in shown.order_by("pk"):
        found = walk(city, [row.pk], "earlier")
        origins = among((found.generations.keys() | found.heads.keys()) - {row.pk})
        follows = Follow.objects.of(city).filter(contribution__in=origins).exclude(participant=row.author_id)
        # The authors of what it was made of hear of it by a letter of the room lineage.
        authors = Contribution.objects.of(city).filter(pk__in=origins, author__isnull=False).values("author")
        told = dict(follows.exclude(participant__in=authors).order_by("-contribution").values_list("participant__uid", "contribution"))
        news = [(uid, "contribution.developed", f"contribution:{key}", f"developed-{row.pk}") for uid, key in sorted(told.items())]
        for start in range(0, len(news), BATCH):
            with transaction.atomic():
                notify_each(city, news[start : start + BATCH])


def _tell(city: City, row: Contribution, kind: str, event: str, *, but: int | None) -> None:
    # Who followed one that was merged into it hears of it too; who followed both is told once, since a notice is there once.
    contribution, last, own = row.pk, 0, together(row)
    while True:
        rows = Follow.objects.of(city).filter(contribution__in=own, pk__gt=last).order_by("pk")
        batch = list(rows.values_list("pk", "participant", "participant__uid")[:BATCH])
        if not batch:
            return
        last = batch[-1][0]
        with transaction.atomic():
            notify(city, [uid for _pk, person, uid in batch if person != but], kind, f"contribution:{contribution}", event)
