"""What the room keeps of a person: handed out, made nameless, handed over on claiming."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from civitas.answering.models import AnswerDraft, Assignment, AssignmentRule, Batch, Mention, Note, Question
from civitas.contributions.models import Contribution
from civitas.media.actions import drop_file

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.people.models import Participant

# Table -> columns that name a participant.
_NAMING: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (AssignmentRule, ("person",)),
    (Assignment, ("person", "by")),
    (Note, ("author",)),
    (Question, ("asked_by", "replied_by")),
    (AnswerDraft, ("by", "released_by")),
    (Batch, ("by", "released_by", "person")),
)


def export_answering(city: City, participant: Participant) -> dict[str, Any]:
    """What a participant wrote inside the team, and what lies with them. Of what the team notes about their own contributions nothing."""
    notes = Note.objects.of(city).filter(author=participant).order_by("pk")
    drafts = AnswerDraft.objects.of(city).filter(by=participant).order_by("pk")
    assigned = Assignment.objects.of(city).filter(person=participant, active=1).order_by("pk")
    return {
        "assigned": list(assigned.values("contribution__number", "due_on")),
        "notes": list(notes.values("contribution__number", "text", "at")),
        "questions": list(Question.objects.of(city).filter(asked_by=participant).order_by("pk").values("contribution__number", "text")),
        "replies": list(Question.objects.of(city).filter(replied_by=participant).order_by("pk").values("contribution__number", "reply")),
        "answers": list(drafts.values("contribution__number", "state", "text")),
    }


@transaction.atomic
def erase_answering(city: City, participant: Participant) -> None:
    """Make what a participant did in the team nameless; what lay with them lies with their department.

    What the team wrote inside about contributions of theirs goes with these.
    """
    leave_answering(city, participant)
    theirs = Contribution.objects.of(city).filter(author=participant, number__isnull=False).order_by("pk").values_list("pk", flat=True)
    for key in list(theirs):
        notes = Note.objects.of(city).filter(contribution=key)
        for note in notes.filter(file__isnull=False, file__city=city).select_related("file", "file__city"):
            if note.file:
                drop_file(note.file)
        Mention.objects.of(city).filter(note__in=notes.values("pk")).delete()
        notes.delete()
        Question.objects.of(city).filter(contribution=key).update(text="", reply="")
        AnswerDraft.objects.of(city).filter(contribution=key).update(text="", sent="", next_step="", sent_back="")
        Assignment.objects.of(city).filter(contribution=key, active=1).update(state=Assignment.State.ANSWERED)


@transaction.atomic
def leave_answering(city: City, participant: Participant) -> None:
    """Make what a participant did in the team nameless; what lay with them lies with their department."""
    Mention.objects.of(city).filter(person=participant).delete()
    for table, columns in _NAMING:
        for column in columns:
            table.objects.of(city).filter(**{column: participant}).update(**{column: None})


@transaction.atomic
def adopt_answering(city: City, old: Participant, new: Participant) -> None:
    """Give `new` what `old` did in the team."""
    both = Mention.objects.of(city).filter(person=new).values("note")
    Mention.objects.of(city).filter(person=old, note__in=both).delete()
    Mention.objects.of(city).filter(person=old).update(person=new)
    for table, columns in _NAMING:
        for column in columns:
            table.objects.of(city).filter(**{column: old}).update(**{column: new})
