"""Reading meeting: who joins in, how two people stand to each other, and letters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from civitas.contributions.models import Contribution
from civitas.contributions.queries import together
from civitas.kit.keyset import KeysetPage, keyset_page
from civitas.meeting.models import Block, Conversation, Joining, Letter, LettersOff, Seat, Turnout
from civitas.people.models import Participant, User

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from civitas.cities.models import City
    from civitas.people.actors import Actor

JOININGS_A_PAGE = 30
CONVERSATIONS_A_PAGE = 20
LETTERS_A_PAGE = 30
MOST_BLOCKS = 200
_COUNTED = 100
_CONTEXT = 2  # letters before a flagged one


@dataclass(frozen=True)
class Standing:
    """How the actor stands to a contribution and, towards letters, to `other` (its author, unless somebody else is asked for)."""

    joins: bool = False
    helps: bool = False
    is_reachable: bool = False  # a letter would reach the other
    wants_none: bool = False  # the other wants no letters, from nobody or from the actor
    is_blocked: bool = False  # the other has blocked the actor
    has_blocked: bool = False
    switched_off: bool = False  # the actor wants no letters


def standing(actor: Actor, contribution: Contribution, *, other: int | None = None) -> Standing:
    """How the actor stands to it; `other` is a participant's key, the author's without. One query, none where it asks for nothing."""
    other = other or contribution.author_id or 0
    me = actor.participant
    off = LettersOff.objects.of(actor.city)
    if me is None:  # a stranger has done none of this, and most who read are strangers
        author = contribution.author if other == contribution.author_id else Participant.objects.of(actor.city).filter(pk=other).first()
        if author is None or not is_reachable(author):
            return Standing()
        return Standing(is_reachable=True, wants_none=off.filter(participant=author).exists())
    # Who joined what was put together with it is in here as well.
    mine = Joining.objects.of(actor.city).filter(contribution__in=together(contribution), participant=me, hidden_at=None)
    blocks = Block.objects.of(actor.city)
    asked = {
        "joins": Exists(mine.filter(role=Joining.Role.JOIN)),
        "helps": Exists(mine.filter(role=Joining.Role.HELP)),
        "is_there": Exists(_reachable(actor.city).filter(pk=other)),
        "off_there": Exists(off.filter(participant=other)),
        "is_blocked": Exists(blocks.filter(blocker=other).filter(_is_me(me))),
        "has_blocked": Exists(blocks.filter(blocker=me, blocked=other)),
        "off_here": Exists(off.filter(participant=me)),
    }
    row = Contribution.objects.of(actor.city).filter(pk=contribution.pk).values(**asked).first()
    if row is None:
        return Standing()
    return Standing(
        joins=row["joins"],
        helps=row["helps"],
        is_reachable=row["is_there"],
        wants_none=row["off_there"] or row["is_blocked"],
        is_blocked=row["is_blocked"],
        has_blocked=row["has_blocked"],
        switched_off=row["off_here"],
    )


def _is_me(person: Participant) -> Q:
    """A block of this person, or of a login or guest with the same address: a new browser makes nobody else of them."""
    same = Q(blocked=person.pk)
    if person.user_id is not None:
        return same | Q(blocked__user=None, blocked__guest_mail=Subquery(User.objects.filter(pk=person.user_id).values("email")))
    if person.guest_mail:
        return same | Q(blocked__guest_mail__iexact=person.guest_mail) | Q(blocked__user__email__iexact=person.guest_mail)
    return same


def _reachable(city: City) -> Any:
    """Participants whom a letter reaches: with an account, or as a guest with a confirmed address."""
    return Participant.objects.of(city).filter(Q(user__isnull=False) | Q(guest_mail_confirmed_at__isnull=False), erased_at=None)


def is_reachable(person: Participant) -> bool:
    """Whether a letter reaches this participant, of whom everything is loaded."""
    return person.erased_at is None and (person.user_id is not None or person.guest_mail_confirmed_at is not None)


def turnout(contribution: Contribution) -> dict[str, int]:
    """How many join in and how many offer help, by role, each person once with all that was put together with it; one query or two."""
    if contribution.wording_count:
        people = _shown_in(contribution).order_by("role").values_list("role").annotate(people=Count("participant", distinct=True))
        return dict.fromkeys(Joining.Role.values, 0) | dict(people)
    rows = Turnout.objects.of(contribution.city_id).filter(contribution=contribution).values_list("joins", "helps")
    joins, helps = next(iter(rows), (0, 0))
    return {Joining.Role.JOIN.value: joins, Joining.Role.HELP.value: helps}


def joinings_page(contribution: Contribution, *, role: str = "", cursor: str = "", size: int = JOININGS_A_PAGE) -> KeysetPage[Joining]:
    """Who joins in or offers help, in one role or both, newest first; each with `contribution`, since some came with one merged into it.

    Who joined several that lie together stands there once: with what they said to this one, else with their latest words.
    """
    rows = _shown_in(contribution)
    if role:
        rows = rows.filter(role=role)
    if contribution.wording_count:
        same = _shown_in(contribution).filter(participant=OuterRef("participant"), role=OuterRef("role"))
        here = same.filter(contribution=contribution)
        rows = rows.filter(Q(contribution=contribution) | ~Exists(here) & ~Exists(same.filter(pk__gt=OuterRef("pk"))))
        rows = rows.select_related("contribution")
    page: KeysetPage[Joining] = keyset_page(rows.select_related("participant", "organisation"), by=("pk",), cursor=cursor, size=size)
    for row in page.rows if not contribution.wording_count else ():
        row.contribution = contribution
    return page


def _shown_in(contribution: Contribution) -> Any:
    """The joinings of a contribution and of all that was put together with it, but for those of its own author: nobody joins their own."""
    rows = Joining.objects.of(contribution.city_id).filter(contribution__in=together(contribution), hidden_at=None)
    if contribution.wording_count:
        rows = rows.filter(Q(contribution=contribution) | Q(contribution__visibility=Contribution.Visibility.PUBLISHED))
        rows = rows.exclude(participant=contribution.author_id) if contribution.author_id else rows
    return rows


def joining_by_key(city: City, key: int) -> Joining | None:
    """A joining with its contribution and who it is."""
    rows = Joining.objects.of(city).select_related("contribution", "contribution__author", "participant", "organisation")
    return rows.filter(pk=key).first()


@dataclass(frozen=True)
class Correspondence:
    """A line of the inbox: the conversation, who is on the other side (None: has left), its newest letter."""

    seat: Seat
    other: Participant | None
    last: Letter | None


def correspondence_of(participant: Participant, *, cursor: str = "", size: int = CONVERSATIONS_A_PAGE) -> tuple[list[Correspondence], str]:
    """A participant's conversations, the one with the newest letter first, and the cursor of the next page; three queries."""
    city = participant.city_id
    rows = Seat.objects.of(city).filter(participant=participant).select_related("conversation", "conversation__contribution")
    page: KeysetPage[Seat] = keyset_page(rows, by=("last_letter",), cursor=cursor, size=size)
    keys = [seat.conversation_id for seat in page.rows]
    others = Seat.objects.of(city).filter(conversation__in=keys).exclude(participant=participant).select_related("participant")
    by_conversation = {seat.conversation_id: seat.participant for seat in others}
    letters = Letter.objects.of(city).select_related("author", "organisation").in_bulk([seat.last_letter for seat in page.rows])
    lines = [Correspondence(seat, by_conversation.get(seat.conversation_id), letters.get(seat.last_letter)) for seat in page.rows]
    return lines, page.next_cursor


def seat_of(participant: Participant, uid: UUID) -> Seat | None:
    """The participant's seat in a conversation; None for who is not in it."""
    rows = Seat.objects.of(participant.city_id).filter(participant=participant, conversation__uid=uid)
    return rows.select_related("conversation", "conversation__contribution", "participant").first()


def other_in(conversation: Conversation, participant: Participant) -> Participant | None:
    """Who is on the other side; None when that person has left."""
    rows = Seat.objects.of(conversation.city_id).filter(conversation=conversation).exclude(participant=participant)
    seat = rows.select_related("participant").first()
    return seat.participant if seat else None


def conversation_between(contribution: Contribution, one: Participant, other: int) -> Conversation | None:
    """The conversation of two people about a contribution, if there is one."""
    rows = Conversation.objects.of(contribution.city_id).filter(contribution=contribution, pair=pair_of(one.pk, other))
    return rows.first()


def pair_of(one: int, other: int) -> str:
    """Two participants' keys as one word, whoever wrote first."""
    return f"{min(one, other)}-{max(one, other)}"


def letters_page(conversation: Conversation, *, cursor: str = "", size: int = LETTERS_A_PAGE) -> KeysetPage[Letter]:
    """The newest letters of a conversation in the order they were written; the cursor leads to earlier ones."""
    rows = Letter.objects.of(conversation.city_id).filter(conversation=conversation).select_related("author", "organisation")
    page: KeysetPage[Letter] = keyset_page(rows, by=("pk",), cursor=cursor, size=size)
    return KeysetPage(page.rows[::-1], page.next_cursor)


def letter_by_uid(city: City, uid: UUID) -> Letter | None:
    """A letter with its conversation and writer."""
    rows = Letter.objects.of(city).select_related("conversation", "conversation__contribution", "author", "organisation")
    return rows.filter(uid=uid).first()


def letters_before(letter: Letter) -> list[Letter]:
    """The two letters before this one, so that it can be understood."""
    rows = Letter.objects.of(letter.city_id).filter(conversation=letter.conversation_id, pk__lt=letter.pk)
    return list(rows.select_related("author", "organisation").order_by("-pk")[:_CONTEXT])[::-1]


def unread_count(actor: Actor) -> int:
    """In how many conversations something new waits, counted up to 100."""
    if actor.participant is None:
        return 0
    return int(Seat.objects.of(actor.city).filter(participant=actor.participant, unread__gt=0).values("pk")[:_COUNTED].count())


def blocks_of(participant: Participant) -> list[Block]:
    """Whom a participant has blocked, the latest first, at most 200."""
    rows = Block.objects.of(participant.city_id).filter(blocker=participant).select_related("blocked")
    return list(rows.order_by("-pk")[:MOST_BLOCKS])


def blocked_among(blocker: Participant | None, people: Iterable[int]) -> set[int]:
    """Whom of these (keys of participants) somebody has blocked; one query, none for a stranger."""
    if blocker is None:
        return set()
    rows = Block.objects.of(blocker.city_id).filter(blocker=blocker, blocked__in=set(people))
    return set(rows.values_list("blocked", flat=True))


def letters_are_off(participant: Participant) -> bool:
    """Whether a participant wants no letters."""
    return bool(LettersOff.objects.of(participant.city_id).filter(participant=participant).exists())
