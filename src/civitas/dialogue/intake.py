"""Taking in comments that people wrote elsewhere."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from civitas.contributions.actions import change_comment_counts, keep_new
from civitas.contributions.intake import COMMENT_KEY, Change, Given, Taken, known_rows, taken_of, update_given
from civitas.contributions.models import Contribution
from civitas.dialogue.rules import may_take_in_comments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from civitas.cities.models import City
    from civitas.people.actors import Actor
    from civitas.processes.models import Process


@dataclass(frozen=True)
class GivenComment:
    """A comment from elsewhere, with the contribution at the top of its thread and what it replies to.

    `beside` is the id of a comment that is taken in at the same time, if it replies to that.
    """

    given: Given
    root: Contribution
    parent: Contribution
    beside: str = ""


def take_in_comments(actor: Actor, process: Process, rows: Sequence[GivenComment]) -> Taken:
    """Take in comments, some hundreds at once, in one transaction. Each id may stand once in `rows`."""
    may_take_in_comments(actor, process).require()
    with transaction.atomic():
        known = known_rows(process, [row.given.key for row in rows], comments=True)
        fresh = [row for row in rows if row.given.key not in known]
        made = [
            Contribution(
                city=actor.city,
                process=process,
                step_id=row.root.step_id,
                kind=Contribution.Kind.COMMENT,
                root=row.root,
                parent=row.parent,
                author=row.given.author,
                organisation=row.given.organisation,
                text=row.given.text,
                stance=row.given.stance,
                language=row.given.language,
                given_at=row.given.given_at or row.given.read_at or timezone.now(),
                source_key=COMMENT_KEY + row.given.key,
                source_url=row.given.source_url,
            )
            for row in fresh
        ]
        if made:
            keep_new(actor.city, made)
        _hang_below(actor.city, fresh, made)
        change_comment_counts(actor.city, Counter(pk for comment in made for pk in comment.above))
        updates = [update_given(actor, known[row.given.key], replace(row.given, official=None)) for row in rows if row.given.key in known]
    return taken_of([Change(row, is_new=True) for row in made], updates)


def _hang_below(city: City, rows: Sequence[GivenComment], made: Sequence[Contribution]) -> None:
    """Give replies their parents, now that both have ids: so all keep the order of the file."""
    by_key = {row.given.key: comment for row, comment in zip(rows, made, strict=True)}
    replies = []
    for row, comment in zip(rows, made, strict=True):
        if row.beside in by_key:
            comment.parent = by_key[row.beside]
            replies.append(comment)
    if replies:
        Contribution.objects.of(city).bulk_update(replies, ["parent"], batch_size=200)
