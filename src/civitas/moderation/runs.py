"""Deciding about thousands at once: a run that the worker carries out some at a time, names what was not possible, and can take back."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civitas.journal.actions import record
from civitas.kit.refusals import kept_reason
from civitas.kit.verdicts import Refused
from civitas.moderation.decisions import decide_many
from civitas.moderation.models import Case, Decision, Run, RunItem, Verb
from civitas.moderation.orders import Order, checked
from civitas.moderation.rules import may_decide
from civitas.moderation.undoing import undo_many
from civitas.outbox.actions import enqueue
from civitas.people.actors import actor_of, city_actor
from civitas.people.models import Participant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from uuid import UUID

    from civitas.cities.models import City
    from civitas.people.actors import Actor

    Outcomes = dict[int, Decision | Refused]

MOST_ITEMS = 10_000
_AT_ONCE = 200
_log = logging.getLogger(__name__)


def start_run(actor: Actor, order: Order, stamps: Mapping[int, str], *, uid: UUID) -> Run:
    """Have an order carried out on the cases with these keys, at most 10,000; the same form twice gives the same run.

    `stamps` hold for each case what was looked at, '' where nobody looked at that one. Raises Refused.
    """
    may_decide(actor).require()
    order = checked(actor, order)
    known: Run | None = Run.objects.of(actor.city).filter(uid=uid).first()
    if known is not None:
        return known
    if order.verb == Verb.ASK:
        raise Refused(_("A question goes to one person. Please open the contribution."), status=400)
    if not stamps:
        raise Refused(_("Please tick at least one."), status=400)
    if len(stamps) > MOST_ITEMS:
        raise Refused(_("These are more than 10,000. Please narrow down what you see."), status=400)
    keys = set(Case.objects.of(actor.city).filter(pk__in=list(stamps)).order_by("pk").values_list("pk", flat=True))
    try:
        with transaction.atomic():
            run: Run = Run.objects.create(
                city=actor.city, uid=uid, verb=order.verb, reason=order.reason, text=order.text, category=order.category, area=order.area,
                place=order.place, step=order.step, suspend_days=order.suspend_days, by=actor.participant, total=len(keys),
            )  # fmt: skip
            items = [RunItem(city=actor.city, run=run, case_id=key, stamp=stamps[key]) for key in sorted(keys)]
            RunItem.objects.bulk_create(items, batch_size=500)
            enqueue(actor.city, "moderation.run", {"run": run.pk})
            record(
                actor.city,
                by=actor.uid,
                verb="moderation.run_started",
                subject=f"run:{run.pk}",
                details={"what": order.verb, "cases": len(keys)},
            )
    except IntegrityError:  # the same form sent twice in the same instant
        twin: Run | None = Run.objects.of(actor.city).filter(uid=uid).first()
        if twin is None:
            raise
        return twin
    return run


def undo_run(actor: Actor, run: Run) -> None:
    """Have a whole run taken back; what has changed since stays and is named."""
    may_decide(actor).require()
    if run.city_id != actor.city.pk:
        raise Refused(_("We cannot find this."), status=404)
    with transaction.atomic():
        if not Run.objects.of(actor.city).filter(pk=run.pk, state=Run.State.DONE).update(state=Run.State.UNDOING):
            raise Refused(_("This run is still under way, or was taken back already."), status=409)
        enqueue(actor.city, "moderation.undo_run", {"run": run.pk, "by": actor.participant.pk if actor.participant else 0})
        record(actor.city, by=actor.uid, verb="moderation.run_undone", subject=f"run:{run.pk}", details={})


def work_run(city: City, key: int) -> bool:
    """Carry out the next 200 of a run; whether some are left. Safe to run twice."""
    with transaction.atomic():
        run = _locked(city, key, Run.State.RUNNING)
        if run is None:
            return False
        items = _next(city, run, RunItem.State.TODO)
        if not items:
            Run.objects.of(city).filter(pk=run.pk).update(state=Run.State.DONE)
            return False
        actor = _actor(city, run)
        order = Order(
            run.verb, run.reason, run.text, category=run.category, area=run.area, place=run.place, step=run.step,
            suspend_days=run.suspend_days,
        )  # fmt: skip
        with translation.override(run.by.language if run.by else "de"):
            outcomes = _one_by_one_if_needed(
                {item.case_id: item.stamp for item in items}, lambda stamps: decide_many(actor, stamps, order, run=run)
            )
            _note(city, run, items, outcomes, done=RunItem.State.DONE)
        return True


def work_undo(city: City, key: int, by: int) -> bool:
    """Take back the next 200 of a run; whether some are left. Safe to run twice."""
    with transaction.atomic():
        run = _locked(city, key, Run.State.UNDOING)
        if run is None:
            return False
        items = _next(city, run, RunItem.State.DONE)
        if not items:
            Run.objects.of(city).filter(pk=run.pk).update(state=Run.State.UNDONE)
            return False
        actor = _actor(city, run, by=by)
        rows = Decision.objects.of(city).filter(run=run, case__in=[item.case_id for item in items]).order_by("pk")
        cases = dict(rows.values_list("pk", "case"))
        with translation.override(run.by.language if run.by else "de"):
            found = _one_by_one_if_needed(dict.fromkeys(cases, ""), lambda stamps: undo_many(actor, list(stamps), in_run=True))
            outcomes = {cases[decision]: outcome for decision, outcome in found.items()}
            _note(city, run, items, outcomes, done=RunItem.State.UNDONE)
        return True


def _locked(city: City, key: int, state: str) -> Run | None:
    rows = Run.objects.of(city).select_for_update(of=("self",)).select_related("by", "category", "area", "place", "step", "step__process")
    run: Run | None = rows.filter(pk=key, state=state).first()
    return run


def _next(city: City, run: Run, state: str) -> list[RunItem]:
    return list(RunItem.objects.of(city).filter(run=run, state=state).order_by("pk")[:_AT_ONCE])


def _actor(city: City, run: Run, *, by: int = 0) -> Actor:
    """Who ordered it, with the roles held now: who has left the team decides nothing any more."""
    person = run.by
    if by and (person is None or person.pk != by):
        person = Participant.objects.of(city).filter(pk=by).first()
    return actor_of(person, channel="command") if person is not None else city_actor(city)


def _one_by_one_if_needed(stamps: dict[int, str], do: Callable[[dict[int, str]], Outcomes]) -> Outcomes:
    """All at once; where one row breaks the whole, each by itself, so that the one is named and the rest goes through."""
    try:
        with transaction.atomic():
            return do(stamps)
    except (DatabaseError, Refused, ValueError):
        _log.exception("a part of a run failed as a whole, and is done one by one")
    outcomes: Outcomes = {}
    for key, stamp in stamps.items():
        try:
            with transaction.atomic():
                outcomes |= do({key: stamp})
        except Refused as refused:
            outcomes[key] = refused
        except (DatabaseError, ValueError):
            outcomes[key] = Refused(gettext_lazy("A fault of ours. It was noted; this one is as it was."), status=500)
    return outcomes


def _note(city: City, run: Run, items: Sequence[RunItem], outcomes: Outcomes, *, done: str) -> None:
    for item in items:
        outcome = outcomes.get(item.case_id)
        refused = outcome if isinstance(outcome, Refused) else None
        item.state = RunItem.State.FAILED if refused or outcome is None else done
        item.fault = kept_reason(refused.reason) if refused else ""
    RunItem.objects.of(city).bulk_update(items, ["state", "fault"], batch_size=200)
    states = Counter(item.state for item in items)
    run.failed_count += states[RunItem.State.FAILED]
    run.done_count += states[RunItem.State.DONE] if done == RunItem.State.DONE else -len(items)
    Run.objects.of(city).filter(pk=run.pk).update(done_count=run.done_count, failed_count=run.failed_count)


def faults_of(city: City, run: Run) -> list[Any]:
    """The first 100 of a run that were not possible, with why."""
    rows = RunItem.objects.of(city).filter(run=run, state=RunItem.State.FAILED)
    related = ("case", "case__contribution", "case__contribution__root", "case__letter")
    return list(rows.select_related(*related).order_by("pk")[:100])
