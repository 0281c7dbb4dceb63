"""Reading dialogue: a contribution's comments, and what someone supports and follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Exists

from civitas.contributions.models import Contribution
from civitas.contributions.queries import CARD, PAGE_SIZE, with_revisions
from civitas.dialogue.models import Follow, Support
from civitas.kit.keyset import KeysetPage, keyset_page

if TYPE_CHECKING:
    from civitas.people.actors import Actor
    from civitas.people.models import Participant

COMMENTS_A_PAGE = 50
MOST_REPLIES = 200
_SHOWN = (
    *(
        "city_id",
        "number",
        "kind",
        "text",
        "language",
        "visibility",
        "given_at",
        "newest_key",
        "author_id",
        "organisation_id",
        "parent_id",
        "root_id",
    ),
    *(f"author__{name}" for name in ("city_id", "user_id", "pseudonym")),
    *(f"organisation__{name}" for name in ("city_id", "key", "name", "kind")),
)
# All but those that nobody but the team has seen yet.
_PLACES = ["published", "hidden", "withdrawn", "erased"]


@dataclass
class Comment:
    """A comment with the replies below it, oldest first. One that is no longer shown keeps its place while replies hang on it."""

    row: Contribution
    replies: list[Comment] = field(default_factory=list)

    @property
    def is_shown(self) -> bool:
        """Whether its words are there, or only its place."""
        return self.row.visibility == Contribution.Visibility.PUBLISHED


def comments_page(contribution: Contribution, *, cursor: str = "", size: int = COMMENTS_A_PAGE) -> tuple[list[Comment], str]:
    """A page of a contribution's comments, newest first, each with its replies in order; cursor of the next page.

    Replies of any depth hang below their top comment. Two queries, none where nobody has written.
    """
    if not contribution.comment_count:
        return [], ""
    city = contribution.city_id
    rows = with_revisions(city, Contribution.objects.of(city))
    thread = rows.filter(root=contribution, visibility__in=_PLACES).select_related("author", "organisation").only(*_SHOWN)
    page: KeysetPage[Contribution] = keyset_page(thread.filter(parent=contribution), by=("newest_key",), cursor=cursor, size=size)
    tops = {row.pk: Comment(row) for row in page.rows}
    nearest = dict(tops)
    oldest = min((row.newest_key or 0 for row in page.rows), default=0)
    for row in thread.exclude(parent=contribution).filter(newest_key__gte=oldest).order_by("newest_key")[:MOST_REPLIES] if tops else []:
        top = nearest.get(row.parent_id or 0)
        if top is None:
            continue
        nearest[row.pk] = top
        if row.visibility == Contribution.Visibility.PUBLISHED:
            top.replies.append(Comment(row))
    return [comment for comment in tops.values() if comment.is_shown or comment.replies], page.next_cursor


@dataclass(frozen=True)
class Standing:
    """How someone stands to a contribution."""

    supports: bool
    follows: bool


def standing(actor: Actor, contribution: Contribution) -> Standing:
    """Whether the actor supports and follows it; one query, none for a stranger."""
    if actor.participant is None:
        return Standing(False, False)
    mine = {"city": actor.city, "contribution": contribution, "participant": actor.participant}
    row = (
        Contribution.objects.of(actor.city)
        .filter(pk=contribution.pk)
        .values_list(Exists(Support.objects.filter(**mine)), Exists(Follow.objects.filter(**mine)))
        .first()
    )
    return Standing(*row) if row else Standing(False, False)


def comment_by_key(contribution: Contribution, key: int) -> Contribution | None:
    """A published comment of the contribution, to reply to."""
    rows = Contribution.objects.of(contribution.city_id).filter(root=contribution, visibility=Contribution.Visibility.PUBLISHED)
    return rows.select_related("author", "organisation").filter(pk=key).first()


def given_by(participant: Participant, *, cursor: str = "", size: int = PAGE_SIZE) -> KeysetPage[Contribution]:
    """What a participant gave, comments included, in any visibility but erased, newest first."""
    rows = Contribution.objects.of(participant.city_id).filter(author=participant).exclude(visibility=Contribution.Visibility.ERASED)
    return keyset_page(rows.select_related(*CARD, "root"), by=("newest_key",), cursor=cursor, size=size)


def supported_by(participant: Participant, *, cursor: str = "", size: int = PAGE_SIZE) -> KeysetPage[Support]:
    """What a participant supports, the latest first."""
    return _liked(Support.objects.of(participant.city_id), participant, cursor, size)


def followed_by(participant: Participant, *, cursor: str = "", size: int = PAGE_SIZE) -> KeysetPage[Follow]:
    """What a participant follows, the latest first."""
    return _liked(Follow.objects.of(participant.city_id), participant, cursor, size)


def _liked(rows: Any, participant: Participant, cursor: str, size: int) -> KeysetPage[Any]:
    cards = [f"contribution__{name}" for name in CARD]
    mine = rows.filter(participant=participant, contribution__listed=1).select_related("contribution", *cards)
    return keyset_page(mine, by=("pk",), cursor=cursor, size=size)
