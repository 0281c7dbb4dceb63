"""Reading a contribution's comments: page by page, in an order, of one side, or where a certain comment stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Count, Q
from django.db.models.expressions import RawSQL

from civitas.contributions.models import Contribution
from civitas.contributions.queries import note_revisions, together
from civitas.contributions.words import MOST_MATCHES
from civitas.dialogue.quotes import Passage, passages
from civitas.kit.keyset import KeysetPage, keyset_page, keyset_page_up

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

COMMENTS_A_PAGE = 50
MOST_REPLIES = 200
NEWEST, OLDEST, DISCUSSED = "", "aelteste", "antworten"
_SHOWN = (
    *("city_id", "number", "kind", "text", "language", "stance", "visibility", "given_at", "newest_key", "comment_count", "version"),
    *("author_id", "organisation_id", "parent_id", "root_id"),
    *(f"author__{name}" for name in ("city_id", "user_id", "pseudonym")),
    *(f"organisation__{name}" for name in ("city_id", "key", "name", "kind")),
)
# All but those that nobody but the team has seen yet.
_PLACES = ["published", "hidden", "withdrawn", "erased"]
# What hangs below some comments at any depth: those right below first.
_BELOW = """WITH RECURSIVE below (id) AS (
    SELECT id FROM contributions_contribution WHERE city_id = %s AND root_id IN ({roots}) AND parent_id IN ({tops})
    UNION ALL
    SELECT reply.id FROM below JOIN contributions_contribution reply
    ON reply.city_id = %s AND reply.root_id IN ({roots}) AND reply.parent_id = below.id
) SELECT id FROM below LIMIT %s"""
# From a comment up to the one that stands right below the contribution.
_TOP = """WITH RECURSIVE above (parent_id, newest_key) AS (
    SELECT parent_id, newest_key FROM contributions_contribution WHERE city_id = %s AND root_id IN ({roots}) AND id = %s
    UNION ALL
    SELECT c.parent_id, c.newest_key FROM above JOIN contributions_contribution c
    ON c.city_id = %s AND c.root_id IN ({roots}) AND c.id = above.parent_id
) SELECT newest_key FROM above WHERE parent_id IN ({roots}) LIMIT 1"""


@dataclass
class Comment:
    """A comment with the replies below it, oldest first. One that is no longer shown keeps its place while replies hang on it.

    `answered` is the comment it replies to, where that is on the page.
    """

    row: Contribution
    replies: list[Comment] = field(default_factory=list)
    answered: Contribution | None = None
    written_on: str = ""  # the title of the wording that it was written to, where that is not the contribution itself

    @property
    def is_shown(self) -> bool:
        """Whether its words are there, or only its place."""
        return self.row.visibility == Contribution.Visibility.PUBLISHED

    @property
    def more(self) -> int:
        """How many replies below it are not on this page."""
        return max(0, self.row.comment_count - len(self.replies))

    @cached_property
    def passages(self) -> list[Passage]:
        """What it says, with what it quotes set apart."""
        return passages(self.row.text)

    @property
    def quoted_name(self) -> str:
        """Whose words its first quotation holds; '' when that person is not named any more."""
        above = self.answered
        if above is None or above.visibility != Contribution.Visibility.PUBLISHED:
            return ""
        return above.speaker


@dataclass(frozen=True)
class Thread:
    """A page of comments; `next_cursor` leads to the next, '' at the end. `is_further` when it does not begin at the first.

    `branch` is the id of the one comment whose replies alone are here.
    """

    comments: list[Comment]
    next_cursor: str = ""
    is_further: bool = False
    branch: int | None = None


def thread_page(
    contribution: Contribution, *, order: str = NEWEST, stance: str = "", cursor: str = "", size: int = COMMENTS_A_PAGE
) -> Thread:
    """A page of a contribution's comments, each with its replies in order; at most three queries, none where nobody has written.

    `order` is of those right below the contribution: the newest first, the oldest (`OLDEST`) or the most answered (`DISCUSSED`).
    With a `stance` only comments of that side, by the day alone. Replies of any depth hang below their top comment. What was
    written to contributions that were merged into this one stands among them (one query more).
    """
    if not contribution.comment_count:
        return Thread([])
    rows = _thread(contribution)
    kept: dict[str, Any] = (
        {"stance": stance, "visibility": "published"} if stance else {"parent__in": together(contribution), "visibility__in": _PLACES}
    )
    rows = rows.filter(**kept)
    page: KeysetPage[Contribution]
    if order == OLDEST:
        page = keyset_page_up(rows, by="newest_key", cursor=cursor, size=size)
    else:
        by = ("comment_count", "newest_key") if order == DISCUSSED and not stance else ("newest_key",)
        page = keyset_page(rows, by=by, cursor=cursor, size=size)
    whole = not stance and not cursor and not page.next_cursor
    alone = whole and contribution.comment_count == sum(row.visibility == "published" for row in page.rows)
    replies = [] if alone else _replies(contribution, page.rows)
    note_revisions(contribution.city_id, [*page.rows, *replies])
    comments = _with_replies(contribution, page.rows, replies)
    return Thread(comments, page.next_cursor, bool(cursor))


def newest_comments(contribution: Contribution, *, size: int = COMMENTS_A_PAGE) -> list[Contribution]:
    """The newest published comments at whatever depth; one query, none where nobody has written."""
    if not contribution.comment_count:
        return []
    return list(_thread(contribution).filter(visibility="published").order_by("-newest_key")[:size])


def thread_with(contribution: Contribution, key: int, *, size: int = COMMENTS_A_PAGE) -> Thread:
    """The page, newest first, on which the comment with this id stands, however old it is; the first page if there is none."""
    first = thread_page(contribution, size=size)
    if _stands_in(first.comments, key) or not contribution.comment_count:
        return first
    found = _top_key(contribution, key)
    if found is None:
        return first
    if any(comment.row.newest_key == found for comment in first.comments):
        page = first
    else:
        page = thread_page(contribution, cursor=str(found + 1), size=size)
    if not _stands_in(page.comments, key):  # so many replies that this one was not among those fetched
        late = _thread(contribution).filter(pk=key, visibility="published").first()
        note_revisions(contribution.city_id, [late] if late else [])
        for comment in page.comments:
            if late is not None and comment.row.newest_key == found:
                comment.replies.append(Comment(late))
    return page


def branch_page(contribution: Contribution, key: int, *, cursor: str = "", size: int = MOST_REPLIES) -> Thread | None:
    """One comment right below the contribution with a page of all its replies, the oldest first; None if there is none of this id.

    At most three queries. Of more than 10,000 replies those nearest to the comment are read.
    """
    top = _thread(contribution).filter(pk=key, parent__in=together(contribution), visibility__in=_PLACES).first()
    if top is None:
        return None
    rows = _thread(contribution).filter(pk__in=_below(contribution, [key], most=MOST_MATCHES), visibility="published")
    page = keyset_page_up(rows, by="newest_key", cursor=cursor, size=size)
    note_revisions(contribution.city_id, [top, *page.rows])
    here = {row.pk: row for row in (top, *page.rows)}
    replies = [Comment(row, answered=here.get(row.parent_id or 0)) for row in page.rows]
    return Thread([Comment(top, replies)], page.next_cursor, is_further=True, branch=key)


def sides(contribution: Contribution) -> dict[str, int]:
    """How many published comments are for, against, neutral, read from an index and counted up to 10,000; one query."""
    taken = Contribution.objects.of(contribution.city_id).filter(
        root__in=together(contribution), stance__in=Contribution.Stance.values, visibility="published"
    )
    some = taken.order_by()[:MOST_MATCHES].values("stance")
    return some.aggregate(**{side: Count("stance", filter=Q(stance=side)) for side in Contribution.Stance.values})


def _thread(contribution: Contribution) -> QuerySet[Contribution]:
    city = contribution.city_id
    rows = Contribution.objects.of(city).filter(root__in=together(contribution))
    return rows.select_related("author", "organisation").only(*_SHOWN)


def _replies(contribution: Contribution, tops: list[Contribution]) -> list[Contribution]:
    if not tops:
        return []
    below = _below(contribution, [row.pk for row in tops], most=MOST_REPLIES)
    return list(_thread(contribution).filter(pk__in=below, visibility__in=_PLACES).order_by("newest_key"))


def _below(contribution: Contribution, keys: list[int], *, most: int) -> RawSQL:
    both = [contribution.city_id, *together(contribution)]
    marks = {"roots": _marks(together(contribution)), "tops": _marks(keys)}
    return RawSQL(_BELOW.format(**marks), [*both, *keys, *both, most])  # noqa: S611  (placeholders alone)


def _marks(values: Sequence[int]) -> str:
    return ", ".join(["%s"] * len(values))


def _with_replies(contribution: Contribution, tops: list[Contribution], replies: list[Contribution]) -> list[Comment]:
    comments = {row.pk: Comment(row) for row in tops}
    rows = {row.pk: row for row in (*tops, *replies)}
    for comment in comments.values():
        comment.answered = rows.get(comment.row.parent_id or 0)
    for row in replies:
        above, steps = row, 0
        while above.pk not in comments and above.parent_id in rows and steps < MOST_REPLIES:
            above, steps = rows[above.parent_id], steps + 1
        if row.pk not in comments and above.pk in comments and row.visibility == "published":
            comments[above.pk].replies.append(Comment(row, answered=rows.get(row.parent_id or 0)))
    return [comment for comment in comments.values() if comment.is_shown or comment.replies]


def _stands_in(comments: list[Comment], key: int) -> bool:
    return any(each.row.pk == key for comment in comments for each in (comment, *comment.replies))


def _top_key(contribution: Contribution, key: int) -> int | None:
    roots = together(contribution)
    both = [contribution.city_id, *roots]
    with connection.cursor() as cursor:
        cursor.execute(_TOP.format(roots=_marks(roots)), [*both, key, *both, *roots])
        found = cursor.fetchone()
    return found[0] if found else None
