"""Reading dialogue: one comment, and what someone gave, supports and follows. Threads are read in `dialogue.threads`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, Q

from civitas.contributions.models import Contribution
from civitas.contributions.queries import CARD, PAGE_SIZE, together
from civitas.dialogue.models import Follow, Support
from civitas.kit.keyset import KeysetPage, keyset_page

if TYPE_CHECKING:
    from civitas.people.actors import Actor
    from civitas.people.models import Participant


@dataclass(frozen=True)
class Standing:
    """How someone stands to a contribution."""

    supports: bool
    follows: bool


def standing(actor: Actor, contribution: Contribution) -> Standing:
    """Whether the actor supports and follows it, or a wording that lies in it; one query, none for a stranger."""
    if actor.participant is None:
        return Standing(False, False)
    mine: dict[str, Any] = {"city": actor.city, "contribution__in": together(contribution), "participant": actor.participant}
    row = (
        Contribution.objects.of(actor.city)
        .filter(pk=contribution.pk)
        .values_list(Exists(Support.objects.filter(**mine)), Exists(Follow.objects.filter(**mine)))
        .first()
    )
    return Standing(*row) if row else Standing(False, False)


def comment_by_key(contribution: Contribution, key: int) -> Contribution | None:
    """A published comment of the contribution, or of one merged into it, to reply to."""
    rows = Contribution.objects.of(contribution.city_id).filter(root__in=together(contribution))
    rows = rows.filter(visibility=Contribution.Visibility.PUBLISHED)
    return rows.select_related("author", "organisation", "root").filter(pk=key).first()


def given_by(participant: Participant, *, cursor: str = "", size: int = PAGE_SIZE) -> KeysetPage[Contribution]:
    """What a participant gave, comments included, in any visibility but erased, newest first."""
    rows = Contribution.objects.of(participant.city_id).filter(author=participant).exclude(visibility=Contribution.Visibility.ERASED)
    return keyset_page(rows.select_related(*CARD, "root", "merged_into"), by=("newest_key",), cursor=cursor, size=size)


def supported_by(participant: Participant, *, cursor: str = "", size: int = PAGE_SIZE) -> KeysetPage[Support]:
    """What a participant supports, the latest first."""
    return _liked(Support.objects.of(participant.city_id), participant, cursor, size)


def followed_by(participant: Participant, *, cursor: str = "", size: int = PAGE_SIZE) -> KeysetPage[Follow]:
    """What a participant follows, the latest first."""
    return _liked(Follow.objects.of(participant.city_id), participant, cursor, size)


def _liked(rows: Any, participant: Participant, cursor: str, size: int) -> KeysetPage[Any]:
    cards = [f"{path}__{name}" for path in ("contribution", "contribution__merged_into") for name in CARD]
    shown = Q(contribution__listed=1) | Q(contribution__merged_into__listed=1)
    mine = rows.filter(shown, participant=participant).select_related("contribution", "contribution__merged_into", *cards)
    page: KeysetPage[Any] = keyset_page(mine, by=("pk",), cursor=cursor, size=size)
    # What was merged into another stands for that one, once.
    once: dict[int, Any] = {}
    for row in page.rows:
        row.contribution = row.contribution.merged_into or row.contribution
        once.setdefault(row.contribution.pk, row)
    return replace(page, rows=list(once.values()))
