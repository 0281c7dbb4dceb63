"""What the city officially says to a contribution: its status, and the department's answer."""

from __future__ import annotations

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
    from civitas.people.models import Organisation
    from civitas.processes.models import Process


def answer_contribution(
    actor: Actor,
    contribution: Contribution,
    *,
    status: str,
    text: str = "",
    organisation: Organisation | None = None,
    next_step: str = "",
    due_on: dt.date | None = None,
    part_of: Contribution | None = None,
    part_of_process: Process | None = None,
    handed_to: str = "",
    contact: str = "",
    at: dt.datetime | None = None,
    version: int | None = None,
) -> StatusEvent:
    """Set the official status with, where there is one, the department's answer. Author and followers are told once.

    'Not possible' needs the reason as text. `part_of` and `part_of_process` say what it belongs to from now on; `handed_to` and
    `contact` name another body that takes it on, and how people reach it. `at` is when it was said, for imports alone.
    As long as the status is 'part of', a link shows on both pages what it became part of.
    With `version`, raises Refused (409) when someone changed the contribution since.
    """
    may_answer(actor, contribution, organisation=organisation).require()
    may_date(actor, at).require()
    check_walls(actor.city, contribution, organisation, part_of, part_of_process)
    text = cleaned(text)
    if status not in Contribution.Status.values:
        raise Refused(_("Please choose a status."), status=400, fields={"status": _("Please choose a status.")})
    if status == Contribution.Status.NOT_POSSIBLE and not text:
        sentence = _("Please say why it is not possible. People deserve the reason.")
        raise Refused(sentence, status=400, fields={"text": sentence})
    if len(text) > LONGEST_TEXT:
        sentence = _("Please shorten the text to %(limit)d characters; it has %(count)d.") % {"limit": LONGEST_TEXT, "count": len(text)}
        raise Refused(sentence, status=400, fields={"text": sentence})
    with transaction.atomic():
        # Both in one order, so that two which become part of each other in the same instant do so one after the other.
        keys = [each.pk for each in (contribution, part_of) if each is not None]
        held = Contribution.objects.of(actor.city).select_for_update(of=("self",)).select_related("author").filter(pk__in=keys)
        rows = {each.pk: each for each in held.order_by("pk")}
        row = rows[contribution.pk]
        if version and row.version != version:
            twin = _same_answer(actor, row, status=status, text=text, organisation=organisation)
            if twin is not None:
                return twin
        _check_version(row, version)
        check_larger(actor.city, row, status, rows[part_of.pk] if part_of is not None else None)
        event = StatusEvent.objects.create(
            city=actor.city, contribution=row, status=status, text=text, organisation=organisation, person=actor.participant,
            next_step=cleaned_line(next_step)[:240], due_on=due_on, part_of=part_of, part_of_process=part_of_process,
            handed_to=cleaned_line(handed_to)[:160], contact=cleaned_line(contact)[:300], at=at or timezone.now(),
        )  # fmt: skip
        keep_larger(actor, row, event)
        with keeping_counts(actor.city, row):
            row.status, row.answered, row.version = status, int(bool(text) or row.answered), row.version + 1
            row.save(update_fields=["status", "answered", "version", "changed_at"])
        enqueue(actor.city, "dialogue.tell_followers", {"contribution": row.pk, "event": event.pk})
        for room in rooms():
            for kind in room.on_answered:
                enqueue(actor.city, kind, {"contribution": row.pk})
        if row.author:
            notify(actor.city, [row.author.uid], "contribution.answered", f"contribution:{row.pk}", f"event-{event.pk}")
        subject = f"contribution:{row.pk}"
        record(actor.city, by=actor.uid, verb="contribution.answered", subject=subject, details={"status": status, "event": event.pk})
    return event


def _same_answer(actor: Actor, row: Contribution, *, status: str, text: str, organisation: Organisation | None) -> StatusEvent | None:
    """The latest event, if it is what this actor has just said: the same form sent twice."""
    last = StatusEvent.objects.of(actor.city).filter(contribution=row).order_by("-at", "-pk").first()
    said = (status, text, organisation.pk if organisation else None, actor.participant.pk if actor.participant else None)
    return last if last and (last.status, last.text, last.organisation_id, last.person_id) == said else None


def _check_version(row: Contribution, version: int | None) -> None:
    if version is not None and row.version != version:
        raise Refused(_("Someone else decided on this meanwhile. Please look at it again; what you typed is kept."), status=409)
