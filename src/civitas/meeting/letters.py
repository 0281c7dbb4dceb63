"""Write a letter, answer, mark as read, block, switch letters off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.contributions.rules import may_moderate
from civitas.journal.actions import record
from civitas.kit.texts import cleaned
from civitas.kit.verdicts import Refused
from civitas.meeting.actions import check_speaker
from civitas.meeting.models import Block, Conversation, Letter, LettersOff, Seat
from civitas.meeting.queries import conversation_between, pair_of
from civitas.meeting.rules import may_reply, may_write
from civitas.notices.actions import notify
from civitas.people.rates import spend

if TYPE_CHECKING:
    from uuid import UUID

    from civitas.contributions.models import Contribution
    from civitas.people.actors import Actor
    from civitas.people.models import Organisation, Participant

LONGEST_LETTER = 4_000


def write_letter(
    actor: Actor,
    contribution: Contribution,
    to: Participant,
    *,
    uid: UUID,
    text: str,
    organisation: Organisation | None = None,
    language: str = "de",
) -> Letter:
    """Write to somebody about a contribution; where the two have written before, it goes on there. The same uid gives the same letter."""
    known = letter_of_form(actor, uid)
    if known is not None:
        return known
    may_write(actor, contribution, to).require()
    assert actor.participant is not None  # the rule asks for somebody whom an answer reaches
    text = checked_letter(text)
    check_speaker(actor, organisation)
    try:
        with transaction.atomic():
            conversation = _conversation(actor, contribution, actor.participant, to)
            return _send(actor, conversation, to, uid=uid, text=text, organisation=organisation, language=language)
    except IntegrityError:  # the same form sent twice in the same instant
        return _twin(actor, uid)


def reply(
    actor: Actor,
    conversation: Conversation,
    to: Participant | None,
    *,
    uid: UUID,
    text: str,
    organisation: Organisation | None = None,
    language: str = "de",
) -> Letter:
    """Go on writing in a conversation in which the actor is. The same uid gives the same letter."""
    known = letter_of_form(actor, uid)
    if known is not None:
        return known
    may_reply(actor, conversation, to).require()
    assert to is not None  # the rule refuses where nobody is left
    text = checked_letter(text)
    check_speaker(actor, organisation)
    try:
        with transaction.atomic():
            return _send(actor, conversation, to, uid=uid, text=text, organisation=organisation, language=language)
    except IntegrityError:  # the same form sent twice in the same instant
        return _twin(actor, uid)


def checked_letter(text: str) -> str:
    """A letter as kept; raises Refused when it is empty or longer than 4,000 characters."""
    text = cleaned(text)
    if text and len(text) <= LONGEST_LETTER:
        return text
    sentence = (
        _("Please shorten the text to %(limit)d characters; it has %(count)d.") % {"limit": LONGEST_LETTER, "count": len(text)}
        if text
        else _("Please write something.")
    )
    raise Refused(sentence, status=400, fields={"text": sentence})


def letter_of_form(actor: Actor, uid: UUID) -> Letter | None:
    """The letter that this form has already sent; raises Refused (409) when it is somebody else's."""
    known: Letter | None = Letter.objects.of(actor.city).select_related("conversation").filter(uid=uid).first()
    if known is not None and (actor.participant is None or known.author_id != actor.participant.pk):
        raise Refused(_("This form was already used. Please open a new one; your text is kept."), status=409)
    return known


def _twin(actor: Actor, uid: UUID) -> Letter:
    twin = letter_of_form(actor, uid)
    if twin is None:
        raise Refused(_("Something else happened at the same moment. Please send it again; your text is kept."), status=409)
    return twin


def _conversation(actor: Actor, contribution: Contribution, writer: Participant, to: Participant) -> Conversation:
    known = conversation_between(contribution, writer, to.pk)
    if known is not None:
        return known
    spend(actor, "conversation")
    made = Conversation.objects.create(city=actor.city, contribution=contribution, pair=pair_of(writer.pk, to.pk))
    Seat.objects.bulk_create([Seat(city=actor.city, conversation=made, participant=person) for person in (writer, to)])
    return made


def _send(
    actor: Actor, conversation: Conversation, to: Participant, *, uid: UUID, text: str, organisation: Organisation | None, language: str
) -> Letter:
    spend(actor, "letter")
    letter = Letter.objects.create(
        city=actor.city,
        uid=uid,
        conversation=conversation,
        author=actor.participant,
        organisation=organisation,
        text=text,
        language=language,
    )
    Conversation.objects.of(actor.city).filter(pk=conversation.pk).update(last_at=letter.at)
    seats = Seat.objects.of(actor.city).filter(conversation=conversation)
    seats.filter(participant=actor.participant).update(last_letter=letter.pk, unread=0)  # who answers has read
    seats.filter(participant=to).update(last_letter=letter.pk, unread=F("unread") + 1)
    notify(actor.city, [to.uid], "meeting.letter", f"conversation:{conversation.pk}", f"letter-{letter.pk}")
    return letter


def mark_read(seat: Seat, *, up_to: int) -> None:
    """Nothing is new any more for this person, unless a letter came after the one that was seen last (its key)."""
    Seat.objects.of(seat.city_id).filter(pk=seat.pk, last_letter__lte=up_to).update(unread=0)


def block(actor: Actor, other: Participant) -> None:
    """Hear nothing more from this person; a second time changes nothing. The other is not told."""
    if actor.participant is None or actor.participant.pk == other.pk or other.city_id != actor.city.pk:
        raise Refused(_("We cannot find this person."), status=404)
    Block.objects.of(actor.city).get_or_create(blocker=actor.participant, blocked=other, defaults={"city": actor.city})


def unblock(actor: Actor, row: Block) -> None:
    """Lift a block of one's own."""
    if actor.participant is None or row.blocker_id != actor.participant.pk:
        raise Refused(_("We cannot find this person."), status=404)
    Block.objects.of(actor.city).filter(pk=row.pk).delete()


def switch_letters_off(actor: Actor) -> None:
    """Get no letters from now on."""
    if actor.participant is not None:
        LettersOff.objects.of(actor.city).get_or_create(participant=actor.participant, defaults={"city": actor.city})


def switch_letters_on(actor: Actor) -> None:
    """Get letters again."""
    if actor.participant is not None:
        LettersOff.objects.of(actor.city).filter(participant=actor.participant).delete()


def take_out_letter(actor: Actor, letter: Letter) -> None:
    """Take the words out of a letter that was flagged; the editorial team decides this. A second time changes nothing."""
    may_moderate(actor).require()
    with transaction.atomic():
        if Letter.objects.of(actor.city).filter(pk=letter.pk, taken_out_at=None).update(text="", taken_out_at=timezone.now()):
            record(actor.city, by=actor.uid, verb="letter.taken_out", subject=f"letter:{letter.pk}")
