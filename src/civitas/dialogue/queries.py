"""Reading dialogue: one comment, and what someone gave, supports and follows. Threads are read in `dialogue.threads`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists

from civitas.contributions.models import Contribution
from civitas.contributions.queries import CARD, PAGE_SIZE
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
