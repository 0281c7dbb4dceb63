"""What who leads a board does in a hall besides going to a phase: stop the clock, give a minute more, pause the writing, set up tables."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.boards.actions import open_board
from civitas.boards.models import Board
from civitas.boards.queries import boards_of
from civitas.boards.rules import may_lead, may_lead_step
from civitas.boards.wakeup import wake_on_commit
from civitas.journal.actions import record
from civitas.kit.verdicts import Refused

if TYPE_CHECKING:
    from civitas.people.actors import Actor
    from civitas.processes.models import Step

MOST_TABLES = 30
LONGEST_TIMER = 36_000  # seconds


def seconds_left(board: Board, *, now: dt.datetime | None = None) -> int | None:
    """What the timer of a board says, running or stopped; None where there is none."""
    if board.time_left is not None:
        return board.time_left
    if board.phase_ends_at is None:
        return None
    return max(0, round((board.phase_ends_at - (now or timezone.now())).total_seconds()))


def clock_of(left: int | None) -> str:
    """Seconds as a clock says them: 7:42."""
    return "" if left is None else f"{left // 60}:{left % 60:02}"


def stop_timer(actor: Actor, board: Board) -> None:
    """Stop the clock where it is."""
    _set_clock(actor, board, lambda left: {"time_left": left, "phase_ends_at": None})


def run_timer(actor: Actor, board: Board) -> None:
    """Let the clock go on from where it was stopped."""
    _set_clock(actor, board, lambda left: {"time_left": None, "phase_ends_at": timezone.now() + dt.timedelta(seconds=left)})


def add_minute(actor: Actor, board: Board) -> None:
    """Give a minute more, also when the time is up."""

    def longer(left: int) -> dict[str, Any]:
        left = min(left + 60, LONGEST_TIMER)
        if board.time_left is not None:
            return {"time_left": left}
        return {"phase_ends_at": timezone.now() + dt.timedelta(seconds=left)}

    _set_clock(actor, board, longer, begin=True)


@transaction.atomic
def _set_clock(actor: Actor, board: Board, change: Any, *, begin: bool = False) -> None:
    may_lead(actor, board).require()
    now = Board.objects.of(board.city_id).select_for_update().only("phase_ends_at", "time_left").get(pk=board.pk)
    board.phase_ends_at, board.time_left = now.phase_ends_at, now.time_left
    left = seconds_left(board)
    if left is None and not begin:
        raise Refused(_("No timer is set. Give it a minute first."), status=409)
    _change(board, **change(left or 0))


@transaction.atomic
def pause_writing(actor: Actor, board: Board, *, paused: bool) -> None:
    """Let everybody only read for a while, or work on; who leads can change things meanwhile."""
    may_lead(actor, board).require()
    rows = Board.objects.of(board.city_id).filter(pk=board.pk, paused_at__isnull=paused)
    if rows.update(paused_at=timezone.now() if paused else None, version=F("version") + 1):
        wake_on_commit(board.uid)
        record(board.city, by=actor.uid, verb="board.paused" if paused else "board.went_on", subject=f"board:{board.pk}")
    board.refresh_from_db(fields=["paused_at", "version"])


@transaction.atomic
def set_tables(actor: Actor, step: Step, count: int) -> None:
    """Set up so many tables, each with a board and a code of its own; a table that is there is never taken away."""
    may_lead_step(actor, step).require()
    if not 0 <= count <= MOST_TABLES:
        raise Refused(_("Please choose at most %(limit)d tables.") % {"limit": MOST_TABLES}, status=422)
    there = {board.table for board in boards_of(step)}
    for table in range(1, count + 1):
        if table not in there:
            open_board(step, table=table)


def _change(board: Board, **values: Any) -> None:
    Board.objects.of(board.city_id).filter(pk=board.pk).update(**values, version=F("version") + 1)
    for name, value in values.items():
        setattr(board, name, value)
    wake_on_commit(board.uid)
