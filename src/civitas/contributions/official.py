"""What the city officially says to a contribution: its status, and the department's answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.contributions.checks import LONGEST_TEXT, check_walls
from civitas.contributions.counts import keeping_counts
from civitas.contributions.linking import check_larger, keep_larger
from civitas.contributions.models import Contribution, StatusEvent
from civitas.contributions.rules import may_answer, may_date
from civitas.journal.actions import record
from civitas.kit.rooms import rooms
from civitas.kit.texts import cleaned, cleaned_line
from civitas.kit.verdicts import Refused
from civitas.notices.actions import notify
from civitas.outbox.actions import enqueue

if TYPE_CHECKING:
    import datetime as dt

    from civitas.people.actors import Actor
    from civitas.people.models import Organisation, Participant
    from civitas.processes.models import Process


@dataclass(frozen=True)
class Answer:
    """The words of an official answer: the status, what the department says, what comes next and by when.

    `part_of` and `part_of_process` say what the contribution belongs to from now on; `handed_to` and `contact` name another body
    that takes it on, and how people reach it.
    """

    status: str
    text: str = ""
    organisation: Organisation | None = None
    next_step: str = ""
    due_on: dt.date | None = None
    part_of: Contribution | None = None
    part_of_process: Process | None = None
    handed_to: str = ""
    contact: str = ""

    def event(self, contribution: Contribution, *, person: Participant | None = None, at: dt.datetime | None = None) -> StatusEvent:
        """The event, cleaned and not saved, by which these words would stand on the contribution."""
        return StatusEvent(
            city=contribution.city, contribution=contribution, person=person, at=at or timezone.now(),
            status=self.status, text=cleaned(self.text), organisation=self.organisation,
            next_step=cleaned_line(self.next_step)[:240], due_on=self.due_on,
            part_of=self.part_of, part_of_process=self.part_of_process,
            handed_to=cleaned_line(self.handed_to)[:160], contact=cleaned_line(self.contact)[:300],
        )  # fmt: skip


def answer_contribution(
    actor: Actor, contribution: Contribution, answer: Answer, *, at: dt.datetime | None = None, version: int | None = None
) -> StatusEvent:
    """Set the official status with, where there is one, the department's answer. Author and followers are told once.

    'Not possible' needs the reason as text. `at` is when it was said, for imports alone.
    As long as the status is 'part of', a link shows on both pages what it became part of.
    With `version`, raises Refused (409) when someone changed the contribution since.
    """
    may_answer(actor, contribution, organisation=answer.organisation).require()
    may_date(actor, at).require()
    check_walls(actor.city, contribution, answer.organisation, answer.part_of, answer.part_of_process)
    said = answer.event(contribution, person=actor.participant, at=at)
    _check_words(said)
    with transaction.atomic():
        # Both in one order, so that two which become part of each other in the same instant do so one after the other.
        keys = [each.pk for each in (contribution, answer.part_of) if each is not None]
        held = Contribution.objects.of(actor.city).select_for_update(of=("self",)).select_related("author").filter(pk__in=keys)
        rows = {each.pk: each for each in held.order_by("pk")}
        row = rows[contribution.pk]
        if version and row.version != version:
            twin = _same_answer(actor, row, said)
            if twin is not None:
                return twin
        _check_version(row, version)
        check_larger(actor.city, row, said.status, rows[answer.part_of.pk] if answer.part_of is not None else None)
        said.contribution = row
        said.save()
        _keep(actor, row, said)
    return said


def _check_words(said: StatusEvent) -> None:
    """Refuse, with a sentence for its field, a status that is none, a missing reason, and a text too long."""
    if said.status not in Contribution.Status.values:
        raise Refused(_("Please choose a status."), status=400, fields={"status": _("Please choose a status.")})
    if said.status == Contribution.Status.NOT_POSSIBLE and not said.text:
        sentence = _("Please say why it is not possible. People deserve the reason.")
        raise Refused(sentence, status=400, fields={"text": sentence})
    if len(said.text) > LONGEST_TEXT:
        figures = {"limit": LONGEST_TEXT, "count": len(said.text)}
        sentence = _("Please shorten the text to %(limit)d characters; it has %(count)d.") % figures
        raise Refused(sentence, status=400, fields={"text": sentence})


def _keep(actor: Actor, row: Contribution, event: StatusEvent) -> None:
    """Bring the contribution in line with what was just said, note who is to hear of it, and record it."""
    keep_larger(actor, row, event)
    with keeping_counts(actor.city, row):
        row.status, row.answered, row.version = event.status, int(bool(event.text) or row.answered), row.version + 1
        row.save(update_fields=["status", "answered", "version", "changed_at"])
    enqueue(actor.city, "dialogue.tell_followers", {"contribution": row.pk, "event": event.pk})
    for room in rooms():
        for kind in room.on_answered:
            enqueue(actor.city, kind, {"contribution": row.pk})
    subject = f"contribution:{row.pk}"
    if row.author:
        notify(actor.city, [row.author.uid], "contribution.answered", subject, f"event-{event.pk}")
    record(actor.city, by=actor.uid, verb="contribution.answered", subject=subject, details={"status": event.status, "event": event.pk})


def _same_answer(actor: Actor, row: Contribution, said: StatusEvent) -> StatusEvent | None:
    """The latest event, if it is what this actor has just said: the same form sent twice."""
    last = StatusEvent.objects.of(actor.city).filter(contribution=row).order_by("-at", "-pk").first()
    words = said.status, said.text, said.organisation_id, said.person_id
    return last if last and (last.status, last.text, last.organisation_id, last.person_id) == words else None


def _check_version(row: Contribution, version: int | None) -> None:
    if version is not None and row.version != version:
        raise Refused(_("Someone else decided on this meanwhile. Please look at it again; what you typed is kept."), status=409)
