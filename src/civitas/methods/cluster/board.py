"""The board of a cluster step: its phases, what it begins with, and what each phase opens to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from civitas.boards.bringing import bring_contributions
from civitas.boards.charters import Charter
from civitas.boards.reading import earlier_contributions
from civitas.outbox.actions import enqueue
from civitas.people.models import Role
from civitas.processes.registry import BoardPhase, method_of

if TYPE_CHECKING:
    from civitas.boards.charters import Reach
    from civitas.boards.models import Board
    from civitas.people.actors import Actor
    from civitas.processes.models import Step


SORT, NAME = "sort", "name"
MOST = LIMIT = 1_000
TAKES = frozenset({"idea", "improvement"})


def phases(step: Step) -> tuple[BoardPhase, ...]:
    """Sort first, name later."""
    settings = method_of(step).settings_of(step)
    return (BoardPhase(SORT, _("Sort"), settings.sort_minutes), BoardPhase(NAME, _("Give names"), settings.name_minutes))


def charter(actor: Actor, step: Step, phase: str) -> Charter:
    """Everybody moves everything and makes groups; online names may be given all the time, since nobody calls the phases there."""
    settings = method_of(step).settings_of(step)
    write: Reach = "own" if settings.new_cards else "none"
    reach: Reach = "all" if actor.has(Role.FACILITATOR, Role.OWNER) else "own"
    return Charter(write=write, move="all", remove=reach, group=True, name_groups=True, connect=phase == NAME, colour=True, limit=LIMIT)


def seed(actor: Actor, board: Board) -> None:
    """What earlier steps gave lies on the board, and a proposal of groups is asked for where the step is set so."""
    bring_contributions(board, earlier_contributions(board.step, TAKES, most=MOST))
    if method_of(board.step).settings_of(board.step).proposal == "start":
        enqueue(board.city, "cluster.propose", {"board": board.pk})
