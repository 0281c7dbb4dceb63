"""One answer to many, many to one department: worked off some at a time, each contribution once, those that fail named with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.answering.actions.assigning import assign, on_duty, settle
from civitas.answering.languages import CODES, read_in, spoken
from civitas.answering.models import Batch, BatchItem
from civitas.answering.queries.keeping import experts_of, rules_in_order, waiting_for_rules, would_go
from civitas.answering.queries.one import assignment_of, assignments_of
from civitas.answering.rules import may_answer_many, may_assign_many, may_release_batch, may_send, needs_two
from civitas.answering.wording import check_day, check_words, filled
from civitas.contributions.models import Contribution, StatusEvent
from civitas.contributions.official import Answer, answer_contribution
from civitas.contributions.rules import may_answer
from civitas.journal.actions import record
from civitas.kit.refusals import in_source_words, kept_reason
from civitas.kit.texts import cleaned, cleaned_line
from civitas.kit.translated import Translated
from civitas.kit.verdicts import Refused
from civitas.notices.actions import notify
from civitas.outbox.actions import enqueue
from civitas.people.actors import actor_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from django.utils.functional import _StrPromise

    from civitas.answering.models import Assignment
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
    text: Mapping[str, str],
    organisation: Organisation | None = None,
    next_step: Mapping[str, str] | None = None,
    due_on: dt.date | None = None,
) -> Batch:
    """Say the same to many: each gets its own answer, in its author's language (`languages.spoken`), with its own blanks filled.

    `text` and `next_step` are by language key. Where two are needed a colleague releases it first.
    """
    may_answer_many(actor).require()
    if organisation is not None and contributions:
        may_answer(actor, contributions[0], organisation=organisation).require()
    words = Translated({key: cleaned(each) for key, each in text.items() if cleaned(each)})
    coming = Translated({key: cleaned_line(each)[:240] for key, each in (next_step or {}).items() if cleaned_line(each)})
    was = statuses.pop() if len(statuses := {row.status for row in contributions}) == 1 else ""
    for key in words or dict.fromkeys(list(text)[:1], ""):
        check_words(status, words.get(key, ""), was=was, says_more=bool(coming or due_on), field=f"text_{key}")
    if status == Contribution.Status.PART_OF:
        sentence = _("What each is part of is said one by one. Please choose another status.")
        raise Refused(sentence, status=400, fields={"status": sentence})
    check_day(due_on)
    two = any(needs_two(actor.city, row.process) for row in contributions)
    batch = Batch(
        city=actor.city, uid=uid, kind=Batch.Kind.ANSWER, state=State.WAITING if two else State.RUNNING, status=status, text=words,
        organisation=organisation, next_step=coming, due_on=due_on, by=actor.participant,
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


def release_batch(actor: Actor, batch: Batch) -> int:
    """Let one answer to many go out, as a colleague of who wrote it; returns how many stay behind, since this colleague may not answer
    them. Those are named with the reason. Raises Refused where that is true of all: then it waits for somebody else."""
    may_release_batch(actor, batch).require()
    with transaction.atomic():
        refused = refused_for(actor, batch)
        items = BatchItem.objects.of(actor.city).filter(batch=batch, state=ItemState.WAITING)
        if refused and len(refused) == items.count():
            raise next(refusal for _item, refusal in refused)
        waiting = Batch.objects.of(actor.city).filter(pk=batch.pk, state=State.WAITING)
        if not waiting.update(state=State.RUNNING, released_by=actor.participant):
            return 0
        with in_source_words():
            kept = refused_for(actor, batch) if refused else []
        for item, refusal in kept:
            item.state, item.reason = ItemState.FAILED, _not_released(refusal.reason)
        BatchItem.objects.of(actor.city).bulk_update([item for item, _refusal in kept], ["state", "reason"], batch_size=200)
        record(actor.city, by=actor.uid, verb="answer.batch_released", subject=f"batch:{batch.pk}", details={"refused": len(refused)})
        enqueue(actor.city, RUN, {"batch": batch.pk})
    return len(refused)


def refused_for(actor: Actor, batch: Batch) -> list[tuple[BatchItem, Refused]]:
    """Which items of a batch that waits this colleague may not release, each with why; two queries."""
    rows = BatchItem.objects.of(actor.city).filter(batch=batch, state=ItemState.WAITING).select_related("contribution__process")
    items = list(rows.order_by("pk"))
    lies_with = assignments_of(actor.city, [item.contribution_id for item in items])
    verdicts = ((item, may_send(actor, item.contribution, batch, lies_with.get(item.contribution_id))) for item in items)
    return [(item, Refused(verdict.reason, status=verdict.status)) for item, verdict in verdicts if not verdict]


def _not_released(reason: str | _StrPromise) -> str:
    return f"{BatchItem.UNRELEASED}{kept_reason(reason)}"[:300]


def drop_batch(actor: Actor, batch: Batch) -> None:
    """Throw away one answer to many that waits for release."""
    may_answer_many(actor).require()
    Batch.objects.of(actor.city).filter(pk=batch.pk, state=State.WAITING).update(state=State.DROPPED)


def run_chunk(city: City, key: int) -> bool:
    """Work off the next few contributions of a batch; returns whether there are more. Safe to run twice."""
    batch = Batch.objects.of(city).select_related("by", "organisation", "person", "released_by").filter(pk=key, state=State.RUNNING).first()
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
    try:
        with transaction.atomic(), in_source_words():
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
                lies_with = assignment_of(city, row)
                may_send(actor, row, batch, lies_with).require()
                if batch.released_by is not None and batch.released_by.pk != batch.by.pk:
                    _check_releaser(city, batch, row, lies_with)
                if StatusEvent.objects.of(city).filter(contribution=row, at__gt=batch.made_at).exists():
                    raise Refused(_("A colleague has answered this meanwhile."), status=409)
                reads = read_in(city, row)
                language = spoken(batch.text, reads)
                text = filled(city, batch.text.get(language, ""), row, batch.organisation, CODES.get(language, ""))
                coming = batch.next_step.get(language) or batch.next_step.get(spoken(batch.next_step, reads), "")
                if row.status == batch.status and not (text or coming or batch.due_on):
                    raise Refused(_("This has the status already, and there are no words to say."), status=409)
                answer = Answer(batch.status, text=text, organisation=batch.organisation, next_step=coming, due_on=batch.due_on)
                answer_contribution(actor, row, answer)
                settle(city, row.pk)
            BatchItem.objects.of(city).filter(pk=item.pk).update(state=ItemState.DONE)
    except Refused as refused:
        failed = BatchItem.objects.of(city).filter(pk=key, state=ItemState.WAITING)
        failed.update(state=ItemState.FAILED, reason=kept_reason(refused.reason))


def _check_releaser(city: City, batch: Batch, row: Contribution, lies_with: Assignment | None) -> None:
    """Who released it is asked again, with the roles held now."""
    assert batch.released_by is not None  # the caller looks
    batch.released_by.city = city
    verdict = may_send(actor_of(batch.released_by), row, batch, lies_with)
    if not verdict:
        raise Refused(_not_released(verdict.reason), status=verdict.status)


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
