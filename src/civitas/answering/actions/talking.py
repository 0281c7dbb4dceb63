"""What the team says among itself: notes with documents, questions to another department, and their replies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.answering.models import Mention, Note, Question
from civitas.answering.queries.keeping import experts_of
from civitas.answering.rules import may_look, may_reply
from civitas.answering.wording import check_day
from civitas.contributions.models import Contribution
from civitas.journal.actions import record
from civitas.kit.ids import uuid7
from civitas.kit.texts import cleaned
from civitas.kit.verdicts import Refused
from civitas.media.actions import drop_file, settle_files
from civitas.notices.actions import notify
from civitas.people.actors import actor_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from uuid import UUID

    from civitas.media.models import MediaFile
    from civitas.people.actors import Actor
    from civitas.people.models import Organisation, Participant

LONGEST_NOTE = 5_000
LONGEST_QUESTION = 3_000
MOST_MENTIONS = 10


def _words(text: str, *, most: int, missing: str, name: str = "text") -> str:
    text = cleaned(text)
    sentence = missing if not text else ""
    if len(text) > most:
        sentence = _("Please shorten the text to %(limit)d characters; it has %(count)d.") % {"limit": most, "count": len(text)}
    if sentence:
        raise Refused(sentence, status=400, fields={name: sentence})
    return text


def _hold(contribution: Contribution) -> None:
    """Let what is said about a contribution come one after the other, until the transaction ends."""
    Contribution.objects.of(contribution.city_id).select_for_update(of=("self",)).get(pk=contribution.pk)


def note_of_form(actor: Actor, contribution: Contribution, uid: UUID) -> Note | None:
    """The note that this form has made already, by the same person."""
    made = Note.objects.of(actor.city).filter(uid=uid, contribution=contribution, author=actor.participant)
    known: Note | None = made.first()
    return known


def add_note(
    actor: Actor,
    contribution: Contribution,
    *,
    text: str,
    uid: UUID | None = None,
    file: MediaFile | None = None,
    meant_for: Sequence[Participant] = (),
) -> Note:
    """Write a note that the team alone reads, with a document or picture; colleagues whom it is meant for are told.

    `uid` is the form's: the same one sent twice gives the note that is there.
    """
    may_look(actor, contribution).require()
    text = "" if file and not text.strip() else _words(text, most=LONGEST_NOTE, missing=_("Please write the note."))
    people = list(dict.fromkeys(meant_for))[:MOST_MENTIONS]
    for person in people:
        if person.city_id != actor.city.pk or not actor_of(person).is_staff:
            sentence = _("This person does not work for the city here.")
            raise Refused(sentence, status=400, fields={"meant_for": sentence})
    with transaction.atomic():
        _hold(contribution)
        uid = uid or uuid7()
        known = note_of_form(actor, contribution, uid)
        if known is not None:
            return known
        if file:
            settle_files(actor.city, [file], None)  # the team's, not its writer's own: it stays when they leave
        note: Note = Note.objects.create(
            city=actor.city, uid=uid, contribution=contribution, author=actor.participant, text=text, file=file
        )
        Mention.objects.bulk_create([Mention(city=actor.city, note=note, person=person) for person in people])
        told = [person.uid for person in people if person.uid != actor.uid]
        notify(actor.city, told, "answering.mentioned", f"contribution:{contribution.pk}", f"note-{note.pk}")
    return note


def drop_note(actor: Actor, note: Note) -> None:
    """Take back a note of one's own, file and all."""
    if note.city_id != actor.city.pk or actor.participant is None or note.author_id != actor.participant.pk:
        raise Refused(_("Only who wrote a note takes it back."))
    with transaction.atomic():
        file = note.file
        Mention.objects.of(actor.city).filter(note=note).delete()
        Note.objects.of(actor.city).filter(pk=note.pk).delete()
        if file:
            drop_file(file)


def ask_department(actor: Actor, contribution: Contribution, *, organisation: Organisation, text: str, due_on: dt.date) -> Question:
    """Ask another department, by when its reply is needed; its experts are told."""
    may_look(actor, contribution).require()
    if organisation.city_id != actor.city.pk or not organisation.is_department:
        sentence = _("Only a department of the city answers.")
        raise Refused(sentence, status=400, fields={"organisation": sentence})
    text = _words(text, most=LONGEST_QUESTION, missing=_("Please write what you want to know."))
    check_day(due_on)
    with transaction.atomic():
        _hold(contribution)
        waiting = Question.objects.of(actor.city).filter(contribution=contribution, organisation=organisation, text=text, replied_at=None)
        known: Question | None = waiting.order_by("pk").first()
        if known is not None:  # the same form, sent twice
            return known
        made: Question = Question.objects.create(
            city=actor.city, contribution=contribution, organisation=organisation, asked_by=actor.participant, text=text, due_on=due_on
        )
        people = [uid for uid in experts_of(actor.city, organisation.pk) if uid != actor.uid]
        notify(actor.city, people, "answering.asked", f"question:{made.pk}", "asked")
        details = {"organisation": organisation.pk, "question": made.pk}
        record(actor.city, by=actor.uid, verb="answer.asked", subject=f"contribution:{contribution.pk}", details=details)
    return made


def reply(actor: Actor, question: Question, *, text: str) -> Question:
    """Reply to a question for the department that was asked; who asked is told. Raises Refused (409) when somebody was quicker."""
    may_reply(actor, question).require()
    text = _words(text, most=LONGEST_QUESTION, missing=_("Please write your reply."))
    with transaction.atomic():
        waiting = Question.objects.of(actor.city).filter(pk=question.pk, replied_at=None)
        if not waiting.update(reply=text, replied_by=actor.participant, replied_at=timezone.now()):
            now: Question = Question.objects.of(actor.city).get(pk=question.pk)
            if (now.reply, now.replied_by_id) == (text, actor.participant.pk if actor.participant else None):
                return now
            raise Refused(_("A colleague has replied meanwhile. What you typed is kept."), status=409)
        if question.asked_by and question.asked_by.uid != actor.uid:
            notify(actor.city, [question.asked_by.uid], "answering.replied", f"question:{question.pk}", "replied")
        details = {"organisation": question.organisation_id, "question": question.pk}
        record(actor.city, by=actor.uid, verb="answer.replied", subject=f"contribution:{question.contribution_id}", details=details)
    question.refresh_from_db()
    return question
