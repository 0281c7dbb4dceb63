"""What meeting keeps of a person: handed out, erased, handed over on claiming."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from civitas.meeting.counts import count_turnout
from civitas.meeting.models import Block, Conversation, Joining, Letter, LettersOff, Seat
from civitas.meeting.queries import other_in, pair_of

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.people.models import Participant


def export_meeting(city: City, participant: Participant) -> dict[str, Any]:
    """Where a participant joins in, the letters they wrote, whom they blocked. What others wrote to them is theirs."""
    joinings = Joining.objects.of(city).filter(participant=participant).order_by("pk")
    letters = Letter.objects.of(city).filter(author=participant).order_by("pk")
    blocks = Block.objects.of(city).filter(blocker=participant).order_by("pk")
    return {
        "joinings": list(joinings.values("contribution__number", "role", "words", "at")),
        "letters": list(letters.values("conversation__uid", "conversation__contribution__number", "text", "at")),
        "blocked": list(blocks.values_list("blocked__pseudonym", flat=True)),
        "letters_off": LettersOff.objects.of(city).filter(participant=participant).exists(),
    }


@transaction.atomic
def erase_meeting(city: City, participant: Participant) -> None:
    """Take back what a participant joined and the words of their letters; the other side keeps its own."""
    for row in list(Joining.objects.of(city).filter(participant=participant)):
        Joining.objects.of(city).filter(pk=row.pk).delete()
        count_turnout(city, row.contribution_id, row.role, 0 if row.hidden_at else -1)
    Letter.objects.of(city).filter(author=participant).update(text="", author=None, organisation=None)
    Seat.objects.of(city).filter(participant=participant).delete()
    LettersOff.objects.of(city).filter(participant=participant).delete()
    Block.objects.of(city).filter(blocker=participant).delete()
    Block.objects.of(city).filter(blocked=participant).delete()


@transaction.atomic
def adopt_meeting(city: City, old: Participant, new: Participant) -> None:
    """Give `new` what `old` joined and wrote; what both have is one from now on."""
    _adopt_joinings(city, old, new)
    for seat in list(Seat.objects.of(city).filter(participant=old).select_related("conversation", "participant")):
        _adopt_seat(city, seat, new)
    Letter.objects.of(city).filter(author=old).update(author=new)
    if LettersOff.objects.of(city).filter(participant=old).exists():
        LettersOff.objects.of(city).get_or_create(participant=new, defaults={"city": city})
        LettersOff.objects.of(city).filter(participant=old).delete()
    for mine, other in (("blocker", "blocked"), ("blocked", "blocker")):
        for row in list(Block.objects.of(city).filter(**{mine: old}).exclude(**{other: new})):
            Block.objects.of(city).get_or_create(**{mine: new, f"{other}_id": getattr(row, f"{other}_id")}, defaults={"city": city})
        Block.objects.of(city).filter(**{mine: old}).delete()


def _adopt_joinings(city: City, old: Participant, new: Participant) -> None:
    for row in list(Joining.objects.of(city).filter(participant=old).select_related("contribution")):
        taken = Joining.objects.of(city).filter(participant=new, contribution=row.contribution_id, role=row.role).exists()
        if taken or row.contribution.author_id == new.pk:  # nobody joins their own
            Joining.objects.of(city).filter(pk=row.pk).delete()
            count_turnout(city, row.contribution_id, row.role, 0 if row.hidden_at else -1)
        else:
            Joining.objects.of(city).filter(pk=row.pk).update(participant=new)


def _adopt_seat(city: City, seat: Seat, new: Participant) -> None:
    """Put `new` on the guest's seat; a conversation that both had with the same person becomes one."""
    conversation = seat.conversation
    other = other_in(conversation, seat.participant)
    pair = pair_of(new.pk, other.pk if other else 0)
    twin = Conversation.objects.of(city).filter(contribution=conversation.contribution_id, pair=pair).exclude(pk=conversation.pk).first()
    if other is not None and other.pk == new.pk:  # they wrote to themselves, as guest and as account
        Seat.objects.of(city).filter(pk=seat.pk).delete()
    elif twin is None:
        Seat.objects.of(city).filter(pk=seat.pk).update(participant=new)
        Conversation.objects.of(city).filter(pk=conversation.pk).update(pair=pair)
    else:
        Letter.objects.of(city).filter(conversation=conversation).update(conversation=twin)
        newest = Letter.objects.of(city).filter(conversation=twin).order_by("-pk").first()
        Seat.objects.of(city).filter(conversation=twin).update(last_letter=newest.pk if newest else 0)
        Conversation.objects.of(city).filter(pk=twin.pk).update(last_at=newest.at if newest else None)
        Seat.objects.of(city).filter(conversation=twin, participant=new).update(unread=F("unread") + seat.unread)
        Seat.objects.of(city).filter(conversation=conversation).delete()
        Conversation.objects.of(city).filter(pk=conversation.pk).delete()
