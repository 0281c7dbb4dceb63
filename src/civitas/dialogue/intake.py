"""Taking in comments that people wrote elsewhere."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from civitas.contributions.actions import change_comment_count, keep_new
from civitas.contributions.intake import COMMENT_KEY, Given, Taken, known_rows, update_given
from civitas.contributions.models import Contribution
from civitas.dialogue.rules import may_take_in_comments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from civitas.people.actors import Actor
    from civitas.processes.models import Process

_ONE = dt.timedelta(milliseconds=1)


@dataclass(frozen=True)
class GivenComment:
    """A comment from elsewhere, with the contribution at the top of its thread and what it replies to."""

    given: Given
    root: Contribution
    parent: Contribution


def take_in_comments(actor: Actor, process: Process, rows: Sequence[GivenComment]) -> Taken:
    """Take in comments, some hundreds at once, in one transaction. Each id may stand once in `rows`."""
    may_take_in_comments(actor, process).require()
    now = timezone.now()
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
                language=row.given.language,
                given_at=row.given.given_at or now + index * _ONE,
                source_key=COMMENT_KEY + row.given.key,
                source_url=row.given.source_url,
            )
            for index, row in enumerate(fresh)
        ]
        if made:
            keep_new(actor.city, made)
        for root, count in sorted(Counter(row.root.pk for row in fresh).items()):
            change_comment_count(actor.city, root, count)
        updated = sum(
            update_given(actor, known[row.given.key], replace(row.given, official=None)) for row in rows if row.given.key in known
        )
    return Taken(len(made), updated, len(known) - updated)
