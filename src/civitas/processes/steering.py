"""What changes in the course of a process: a step moves, goes or lasts longer; the whole pauses, goes on, closes, opens again."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Literal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.journal.actions import record
from civitas.kit.verdicts import Refused
from civitas.processes.followers import tell_later, tell_of_result
from civitas.processes.models import Process, Step
from civitas.processes.removing import take_away
from civitas.processes.rules import may_move_step, may_steer
from civitas.processes.windows import StepState, state_of

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.people.actors import Actor
    from civitas.processes.models import Removed

Following = Literal["stay", "move"]


def _held(actor: Actor, process: Process) -> Process:
    """The process as it stands now, which nobody else changes until the transaction ends."""
    may_steer(actor, process).require()
    row: Process = Process.objects.of(actor.city).select_for_update(of=("self",)).get(pk=process.pk)
    return row


def _public(process: Process) -> None:
    if process.state != Process.State.PUBLISHED:
        raise Refused(_("Only a published process can do this. Please publish it first."), status=409)


def _steps_of(city: City, process: Process) -> list[Step]:
    steps = list(Step.objects.of(city).filter(process=process).order_by("position"))
    for step in steps:
        step.process = process
    return steps


@transaction.atomic
def pause_process(actor: Actor, process: Process) -> None:
    """Take nothing in any step from now on; everything stays to be read. A second time changes nothing."""
    row = _held(actor, process)
    _public(row)
    if row.is_standing:
        raise Refused(_("The city’s place for ideas takes no break. You can pause its comments."), status=409)
    if row.paused_at is None:
        row.paused_at = timezone.now()
        row.save(update_fields=["paused_at"])
        record(actor.city, by=actor.uid, verb="process.paused", subject=f"process:{row.pk}")


@transaction.atomic
def resume_process(actor: Actor, process: Process) -> None:
    """Go on after a pause: the steps follow their windows as before. A second time changes nothing."""
    row = _held(actor, process)
    if row.paused_at is not None:
        row.paused_at = None
        row.save(update_fields=["paused_at"])
        record(actor.city, by=actor.uid, verb="process.resumed", subject=f"process:{row.pk}")


@transaction.atomic
def close_process(actor: Actor, process: Process) -> list[Step]:
    """Close every step that is open or still to come, by hand; gives those that it closed."""
    row = _held(actor, process)
    _public(row)
    if row.is_standing:
        raise Refused(_("This one never closes: the city’s place for ideas stays published."), status=409)
    closing = [step for step in _steps_of(actor.city, row) if state_of(step) is not StepState.CLOSED]
    _override(actor, row, closing, Step.Override.CLOSED, "process.closed")
    tell_of_result(actor.city, row)
    return closing


@transaction.atomic
def reopen_process(actor: Actor, process: Process) -> list[Step]:
    """Let the steps that were closed by hand follow their windows again. Raises Refused (409) where no window is open or to come."""
    row = _held(actor, process)
    _public(row)
    steps = [step for step in _steps_of(actor.city, row) if step.override == Step.Override.CLOSED]
    for step in steps:
        step.override = Step.Override.NONE
    if not any(state_of(step) is not StepState.CLOSED for step in steps):
        raise Refused(_("The time of every step is over. Please extend the last one instead."), status=409)
    _override(actor, row, steps, Step.Override.NONE, "process.reopened")
    return steps


def _override(actor: Actor, process: Process, steps: list[Step], override: Step.Override, verb: str) -> None:
    if not steps:
        return
    for step in steps:
        step.override, step.version = override, step.version + 1
        step.save(update_fields=["override", "version"])
    record(actor.city, by=actor.uid, verb=verb, subject=f"process:{process.pk}", details={"steps": [step.pk for step in steps]})


@transaction.atomic
def extend_step(actor: Actor, step: Step, *, closes_at: dt.datetime, following: Following = "stay") -> list[Step]:
    """Let a step last longer, or open it again until then, and close by itself; the steps after it keep their days or move by as many.

    Gives those that moved. Raises Refused where the new end is none, or a step that stays would no longer close after it opens.
    """
    row = _held(actor, step.process)
    _public(row)
    steps = _steps_of(actor.city, row)
    held = next(each for each in steps if each.pk == step.pk)
    if held.closes_at is None:
        raise Refused(_("This step has no end, so there is nothing to extend."), status=409)
    if closes_at == held.closes_at and not held.override:
        return []  # the same sent twice
    if closes_at <= max(held.closes_at, timezone.now()):
        said = _("Please choose a later day: the step must last longer than now.")
        raise Refused(said, status=400, fields={"closes_at": said})
    days = (actor.city.day_of(closes_at) - actor.city.day_of(held.closes_at)).days
    before, held.closes_at = held.closes_at, closes_at
    if held.override == Step.Override.OPEN and (held.opens_at is None or held.opens_at > timezone.now()):
        held.opens_at = timezone.now().replace(second=0, microsecond=0)  # it is open already, and closes by itself from now on
    held.override, held.version = Step.Override.NONE, held.version + 1
    held.save(update_fields=["opens_at", "closes_at", "override", "version"])
    moved = [each for each in steps if each.position > held.position and state_of(each) is StepState.PLANNED] if following == "move" else []
    move_windows(actor.city, moved, days)
    details: dict[str, Any] = {"before": _code(before), "until": _code(closes_at), "moved": [each.pk for each in moved]}
    tell_later(actor.city, row, f"longer-{held.pk}-{held.version}")
    record(actor.city, by=actor.uid, verb="step.extended", subject=f"step:{held.pk}", details=details)
    return moved


def move_windows(city: City, steps: list[Step], days: int) -> None:
    """Move the windows of steps by whole days on the city's clock: what begins at noon still does when the clocks have changed."""
    for step in steps:
        step.opens_at = _moved(city, step.opens_at, days)
        step.closes_at = _moved(city, step.closes_at, days)
        step.version += 1
        step.save(update_fields=["opens_at", "closes_at", "version"])


def _moved(city: City, moment: dt.datetime | None, days: int) -> dt.datetime | None:
    return moment and moment.astimezone(city.zone) + dt.timedelta(days=days)


def _code(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="minutes")


@transaction.atomic
def move_step(actor: Actor, step: Step, to: int) -> None:
    """Give a step the place of the one that stands at `to`, which takes its own; where it stands there already, nothing changes.

    Raises Refused (409) where one of the two has begun in public.
    """
    row = _held(actor, step.process)
    steps = _steps_of(actor.city, row)
    held = next((each for each in steps if each.pk == step.pk), None)
    other = next((each for each in steps if each.position == to), None)
    if held is None or other is None:
        raise Refused(_("We cannot find this step."), status=404)
    if held.pk == other.pk:
        return
    may_move_step(actor, held).require()
    may_move_step(actor, other).require()
    place = held.position
    _place(held, max(each.position for each in steps) + 1)  # no two at one place, not even for a moment
    _place(other, place)
    _place(held, to)
    record(actor.city, by=actor.uid, verb="step.moved", subject=f"step:{held.pk}", details={"to": to})


def _place(step: Step, position: int) -> None:
    step.position = position
    step.save(update_fields=["position"])


@transaction.atomic
def remove_step(actor: Actor, step: Step, *, version: int) -> Removed:
    """Take a step away to which nobody has given anything; those after it move up where the process is still a draft.

    For some weeks it can come back (`removing.bring_back`). Raises Refused (409) when somebody changed it since `version`.
    """
    row = _held(actor, step.process)
    steps = _steps_of(actor.city, row)
    held = next((each for each in steps if each.pk == step.pk), None)
    if held is None:
        raise Refused(_("We cannot find this step."), status=404)
    may_move_step(actor, held).require()
    if _has_been_used(actor.city, held):
        raise Refused(_("Something was given in this step already, so it stays. You can close it instead."), status=409)
    if row.state != Process.State.DRAFT and len(steps) == 1:
        raise Refused(_("A published process needs at least one step."), status=409)
    removed = take_away(actor, row, held, version=version)
    if row.state == Process.State.DRAFT:
        for position, each in enumerate((each for each in steps if each is not held), 1):
            if each.position != position:
                _place(each, position)
    return removed


def _has_been_used(city: City, step: Step) -> bool:
    """Whether anything of any room hangs on the step: contributions, a board, what concluding it made."""
    fields = Step._meta.get_fields(include_hidden=True)
    relations: list[Any] = [field for field in fields if field.auto_created and not field.concrete]
    return any(each.related_model.objects.of(city).filter(**{each.field.name: step.pk}).exists() for each in relations)
