"""Who may see a board, sit at it and lead it, and what the charter of its method opens to them now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.boards.charters import READING, Charter
from civitas.kit.verdicts import YES, Verdict, no
from civitas.people.models import Role
from civitas.people.pupils import may_come
from civitas.people.suspensions import may_come_in, may_take_part
from civitas.processes.registry import UnknownMethod, method_of
from civitas.processes.rules import account_refusal, is_open, may_see_process
from civitas.processes.windows import StepState, state_of

if TYPE_CHECKING:
    import datetime as dt

    from civitas.boards.models import Board, Seat
    from civitas.people.actors import Actor
    from civitas.processes.models import Step
    from civitas.processes.registry import BoardMethod


def board_method(step: Step) -> BoardMethod | None:
    """What the step's method says of its board; None where it has none or is not installed."""
    try:
        return method_of(step).board
    except UnknownMethod:
        return None


def may_open(actor: Actor, board: Board, seat: Seat | None = None, *, now: dt.datetime | None = None) -> Verdict:
    """Whoever sees the process sees its boards once their step has opened, also afterwards; not who was shut out or sent away."""
    visible = may_see_process(actor, board.step.process)
    if not visible:
        return no(_("We cannot find this board."), status=404)
    if state_of(board.step, now=now) is StepState.PLANNED and not actor.is_staff:
        return is_open(board.step, now=now)
    if not (let_in := may_come_in(actor)):
        return let_in
    if seat is not None and seat.sent_away_at:
        return no(_("Who leads this board has sent you away from it."))
    return YES


def may_sit(actor: Actor, board: Board, seat: Seat | None = None, *, now: dt.datetime | None = None) -> Verdict:
    """Whoever takes part in the step may sit down at its board while it is open; the team also before and after."""
    opened = may_open(actor, board, seat, now=now)
    if not opened or may_lead(actor, board):
        return opened
    opened = is_open(board.step, now=now)
    if not opened:
        return opened
    if not (coming := may_take_part(actor) and may_come(actor.participant, board.step.process.slug)):
        return coming
    who = (board.step.settings or {}).get("who", "anyone")
    if who == "signed_in" and (actor.participant is None or actor.participant.is_guest):
        return no(account_refusal(actor) or _("Please sign in to take part in this step."))
    return YES


def may_lead(actor: Actor, board: Board) -> Verdict:
    """Facilitators and process owners lead a board: its phases, its timer, who sits there."""
    return may_lead_step(actor, board.step)


def may_lead_step(actor: Actor, step: Step) -> Verdict:
    """Who leads the boards of a step, also before there is one."""
    if step.city_id != actor.city.pk:
        return no(_("We cannot find this board."), status=404)
    if actor.has(Role.FACILITATOR, Role.OWNER):
        return YES
    return no(_("Only facilitators lead a board."))


def charter_of(actor: Actor, board: Board, seat: Seat | None, *, now: dt.datetime | None = None) -> Charter:
    """What somebody may do on the board now: nothing but reading without a seat, in a pause, and once the step is closed.

    The drawer is the phase's own: what lies in it stays there until the phase ends, whoever may write into it meanwhile.
    """
    method = board_method(board.step)
    if method is None or seat is None:
        return READING
    charter = method.charter(actor, board.step, board.phase)
    halts = board.paused_at and not may_lead(actor, board)
    if halts or not is_open(board.step, now=now) or not may_sit(actor, board, seat, now=now):
        return replace(READING, drawer=charter.drawer)
    return charter
