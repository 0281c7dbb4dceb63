"""Notes for who comes next: leave one, pin it, tick it off, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.kit.texts import cleaned
from civitas.kit.verdicts import Refused
from civitas.team.models import ShiftNote
from civitas.team.rules import may_note

if TYPE_CHECKING:
    from uuid import UUID

    from civitas.people.actors import Actor

LONGEST_NOTE = 500


def leave_note(actor: Actor, *, uid: UUID, text: str) -> ShiftNote:
    """Leave a note for who comes next; the same form sent twice is one note."""
    may_note(actor).require()
    text = cleaned(text)
    sentence = ""
    if not text:
        sentence = _("Please write what the next shift should know.")
    elif len(text) > LONGEST_NOTE:
        sentence = _("Please shorten the text to %(limit)d characters; it has %(count)d.") % {"limit": LONGEST_NOTE, "count": len(text)}
    if sentence:
        raise Refused(sentence, status=400, fields={"text": sentence})
    known: ShiftNote | None = ShiftNote.objects.of(actor.city).filter(uid=uid).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            made: ShiftNote = ShiftNote.objects.create(city=actor.city, uid=uid, text=text, by=actor.participant)
            return made
    except IntegrityError:  # the button was pressed twice in the same instant
        twin: ShiftNote = ShiftNote.objects.of(actor.city).get(uid=uid)
        return twin


def pin_note(actor: Actor, note: ShiftNote) -> None:
    """Keep a note on top, and for as long as it is pinned."""
    may_note(actor, note).require()
    ShiftNote.objects.of(actor.city).filter(pk=note.pk, pinned_at=None).update(pinned_at=timezone.now())


def unpin_note(actor: Actor, note: ShiftNote) -> None:
    """Let a note go its way again."""
    may_note(actor, note).require()
    ShiftNote.objects.of(actor.city).filter(pk=note.pk).update(pinned_at=None)


def finish_note(actor: Actor, note: ShiftNote) -> None:
    """Tick a note off; who did it first stands beside it."""
    may_note(actor, note).require()
    open_notes = ShiftNote.objects.of(actor.city).filter(pk=note.pk, done_at=None)
    open_notes.update(done_at=timezone.now(), done_by=actor.participant, pinned_at=None)


def reopen_note(actor: Actor, note: ShiftNote) -> None:
    """It is not done after all."""
    may_note(actor, note).require()
    ShiftNote.objects.of(actor.city).filter(pk=note.pk).update(done_at=None, done_by=None)
