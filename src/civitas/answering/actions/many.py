"""One answer to many, many to one department: worked off some at a time, each contribution once, those that fail named with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from civitas.answering.actions.assigning import assign, on_duty, settle
from civitas.answering.models import Batch, BatchItem
from civitas.answering.queries import assignment_of, experts_of, rules_in_order, waiting_for_rules, would_go
from civitas.answering.rules import may_answer_many, may_assign_many, may_draft, may_release_batch, needs_two
from civitas.answering.wording import check_day, check_words, filled
from civitas.contributions.actions import answer_contribution
from civitas.contributions.models import Contribution, StatusEvent
from civitas.contributions.rules import may_answer
from civitas.journal.actions import record
from civitas.kit.texts import cleaned, cleaned_line
from civitas.kit.verdicts import Refused
from civitas.notices.actions import notify
from civitas.outbox.actions import enqueue
from civitas.people.actors import actor_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from civitas.cities.models import City
    from civitas.people.actors import Actor
    from civitas.people.models import Organisation, Participant

RUN = "answering.run_batch"
_RULES = UUID("0d3e6f0e-51b0-4a53-9f57-6a1a9bb3f1c2")
MOST = 500
CHUNK = 25
State, ItemState = Batch.State, BatchItem.State


def answer_many(
    actor: Actor,
    contributions: Sequence[Contribution],
    *,
    uid: UUID,
    status: str,
    text: str,
    organisation: Organisation | None = None,
    next_step: str = "",
    due_on: dt.date | None = None,
) -> Batch:
    """Say the same to many: each gets its own answer, with its own blanks filled. Where two are needed a colleague releases it first."""
    may_answer_many(actor).require()
    if organisation is not None and contributions:
        may_answer(actor, contributions[0], organisation=organisation).require()
    text = cleaned(text)
    check_words(status, text)
    if status == Contribution.Status.PART_OF:
        sentence = _("What each is part of is said one by one. Please choose another status.")
        raise Refused(sentence, status=400, fields={"status": sentence})
    check_day(due_on)
    two = any(needs_two(actor.city, row.process) for row in contributions)
    batch = Batch(
        city=actor.city, uid=uid, kind=Batch.Kind.ANSWER, state=State.WAITING if two else State.RUNNING, status=status, text=text,
        organisation=organisation, next_step=cleaned_line(next_step)[:240], due_on=due_on, by=actor.participant,
    )  # fmt: skip
    return _begin(actor, batch, contributions)


def assign_many(
    actor: Actor, contributions: Sequence[Contribution], *, uid: UUID, organisation: Organisation | None, person: Participant | None
) -> Batch:
    """Give many to one department or person; they are told once, of all together."""
    may_assign_many(actor).require()
    if organisation is None and person is None:
        sentence = _("Please choose a department or a person.")
        raise Refused(sentence, status=400, fields={"organisation": sentence})
    batch = Batch(city=actor.city, uid=uid, kind=Batch.Kind.ASSIGN, organisation=organisation, person=person, by=actor.participant)
    return _begin(actor, batch, contributions)


def apply_rules(actor: Actor) -> int:
    """Give what lies with nobody to whom the rules say now, a batch for each rule; returns how many go."""
    may_assign_many(actor).require()
    rules = rules_in_order(actor.city)
    taken = would_go(actor.city, rules, waiting_for_rules(actor.city))
    for rule in rules:
        rows = taken.get(rule.pk, [])[:MOST]
        if rows:
            # From what goes where, so that the button pressed twice is one batch.
            uid = uuid5(_RULES, f"{actor.city.pk}/{rule.pk}/{rule.organisation_id}/{rule.person_id}/{[row.pk for row in rows]}")
            assign_many(actor, rows, uid=uid, organisation=rule.organisation, person=rule.person)
    return sum(len(rows[:MOST]) for rows in taken.values())


def _begin(actor: Actor, batch: Batch, contributions: Sequence[Contribution]) -> Batch:
    known: Batch | None = Batch.objects.of(actor.city).filter(uid=batch.uid).first()
    if known is not None:  # the same form, sent twice
        return known
    if not contributions:
        raise Refused(_("Please tick at least one contribution."), status=400)
    if len(contributions) > MOST:
        raise Refused(_("Please choose at most %(most)d at once.") % {"most": MOST}, status=400)
    with transaction.atomic():
        batch.save(force_insert=True)
        BatchItem.objects.bulk_create([BatchItem(city=actor.city, batch=batch, contribution=row) for row in contributions], batch_size=500)
        record(
            actor.city, by=actor.uid, verb=f"answer.many_{batch.kind}", subject=f"batch:{batch.pk}", details={"count": len(contributions)}
        )
        if batch.state == State.RUNNING:
            enqueue(actor.city, RUN, {"batch": batch.pk})
    return batch


def release_batch(actor: Actor, batch: Batch) -> None:
    """Let one answer to many go out, as a colleague of who wrote it."""
    may_release_batch(actor, batch).require()
    with transaction.atomic():
        waiting = Batch.objects.of(actor.city).filter(pk=batch.pk, state=State.WAITING)
        if waiting.update(state=State.RUNNING, released_by=actor.participant):
            record(actor.city, by=actor.uid, verb="answer.batch_released", subject=f"batch:{batch.pk}")
            enqueue(actor.city, RUN, {"batch": batch.pk})


def drop_batch(actor: Actor, batch: Batch) -> None:
    """Throw away one answer to many that waits for release."""
    may_answer_many(actor).require()
    Batch.objects.of(actor.city).filter(pk=batch.pk, state=State.WAITING).update(state=State.DROPPED)


def run_chunk(city: City, key: int) -> bool:
    """Work off the next few contributions of a batch; returns whether there are more. Safe to run twice."""
    batch = Batch.objects.of(city).select_related("by", "organisation", "person").filter(pk=key, state=State.RUNNING).first()
    if batch is None:
        return False
    items = BatchItem.objects.of(city).filter(batch=batch, state=ItemState.WAITING).order_by("pk")
    for item in list(items.values_list("pk", flat=True)[:CHUNK]):
        _do(city, batch, item)
    if items.exists():
        return True
    _finish(city, batch)
    return False


def _do(city: City, batch: Batch, key: int) -> None:
    """One contribution of a batch, in one transaction with the note that it is done."""
    language = batch.by.language if batch.by else "de"
    try:
        with transaction.atomic(), translation.override(language):
            item = BatchItem.objects.of(city).select_for_update(of=("self",)).filter(pk=key, state=ItemState.WAITING).first()
            if item is None:
                return
            rows = Contribution.objects.of(city).select_related("process", "author", "organisation")
            row = rows.get(pk=item.contribution_id)
            if batch.by is None:
                raise Refused(_("Who began this has left."))
            batch.by.city = city
            actor = actor_of(batch.by)
            if batch.kind == Batch.Kind.ASSIGN:
                assign(actor, row, organisation=batch.organisation, person=batch.person, quiet=f"batch:{batch.pk}")
            else:
                may_draft(actor, row, assignment_of(city, row)).require()
                if StatusEvent.objects.of(city).filter(contribution=row, at__gt=batch.made_at).exists():
                    raise Refused(_("A colleague has answered this meanwhile."), status=409)
                text = filled(city, batch.text, row, batch.organisation)
                answer_contribution(
                    actor, row, status=batch.status, text=text, organisation=batch.organisation,
                    next_step=batch.next_step, due_on=batch.due_on,
                )  # fmt: skip
                settle(city, row.pk)
            BatchItem.objects.of(city).filter(pk=item.pk).update(state=ItemState.DONE)
    except Refused as refused:
        failed = BatchItem.objects.of(city).filter(pk=key, state=ItemState.WAITING)
        failed.update(state=ItemState.FAILED, reason=str(refused.reason)[:300])


def _finish(city: City, batch: Batch) -> None:
    with transaction.atomic():
        if not Batch.objects.of(city).filter(pk=batch.pk, state=State.RUNNING).update(state=State.DONE, done_at=timezone.now()):
            return
        done = BatchItem.objects.of(city).filter(batch=batch, state=ItemState.DONE).exists()
        if batch.kind != Batch.Kind.ASSIGN or not done:
            return
        person = on_duty(batch.person)
        people = [person.uid] if person else experts_of(city, batch.organisation_id) if batch.organisation_id else []
        but = batch.by.uid if batch.by else None
        notify(city, [uid for uid in people if uid != but], "answering.assigned_many", f"batch:{batch.pk}", "assigned")
