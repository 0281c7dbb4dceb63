"""Whether a step is open: one function over window and manual override. Windows are half-open: [opens_at, closes_at)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils import timezone

if TYPE_CHECKING:
    import datetime as dt

    from civitas.processes.models import Step


class StepState(StrEnum):
    """Before its window, in it, or after it."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


def state_of(step: Step, *, now: dt.datetime | None = None) -> StepState:
    """The step's state at `now` (UTC; default the present). A step without an opening time waits for a hand to open it."""
    if step.override == "open":
        return StepState.OPEN
    if step.override == "closed":
        return StepState.CLOSED
    now = now or timezone.now()
    if step.opens_at is None or now < step.opens_at:
        return StepState.PLANNED
    if step.closes_at is not None and now >= step.closes_at:
        return StepState.CLOSED
    return StepState.OPEN
