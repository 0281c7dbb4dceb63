"""Reading dialogue: a contribution's comments, and what someone supports and follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from civitas.contributions.models import Contribution
from civitas.dialogue.models import Follow, Support
from civitas.kit.keyset import KeysetPage, keyset_page

if TYPE_CHECKING:
    from civitas.people.actors import Actor

COMMENTS_A_PAGE = 50
MOST_REPLIES = 200


@dataclass
class Comment:
    """A comment with the replies below it, oldest first."""

    row: Contribution
    replies: list[Comment] = field(default_factory=list)


def comments_page(contribution: Contribution, *, cursor: str = "", size: int = COMMENTS_A_PAGE) -> tuple[list[Comment], str]:
    """A page of a contribution's published comments, newest first, each with its replies in order; cursor of the next page.

    Replies of any depth hang below their top comment. Two queries.
    """
    city = contribution.city_id
    thread = Contribution.objects.of(city).filter(root=contribution, visibility="published").select_related("author", "organisation", "author")
    page: KeysetPage[Contribution] = keyset_page(thread.filter(parent=contribution), by=("newest_key",), cursor=cursor, size=size)
    tops = {row.pk: Comment(row) for row in page.rows}
    nearest = dict(tops)
    oldest = min((row.newest_key or 0 for row in page.rows), default=0)
    for row in thread.exclude(parent=contribution).filter(newest_key__gte=oldest).order_by("newest_key")[:MOST_REPLIES] if tops else []:
        top = nearest.get(row.parent_id)
        if top:
            top.replies.append(Comment(row))
            nearest[row.pk] = top
    return list(tops.values()), page.next_cursor


@dataclass(frozen=True)
class Standing:
    """How someone stands to a contribution."""

    supports: bool
    follows: bool


def standing(actor: Actor, contribution: Contribution) -> Standing:
    """Whether the actor supports and follows it; two queries, none for a stranger."""
    if actor.participant is None:
        return Standing(False, False)
    mine = {"contribution": contribution, "participant": actor.participant}
    return Standing(Support.objects.of(actor.city).filter(**mine).exists(), Follow.objects.of(actor.city).filter(**mine).exists())
