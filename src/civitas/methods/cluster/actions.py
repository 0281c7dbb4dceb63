"""What changes on a cluster board beside what people do by hand: a proposal is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from civitas.boards.actions import open_board
from civitas.boards.rules import may_lead
from civitas.outbox.actions import enqueue

if TYPE_CHECKING:
    from civitas.people.actors import Actor
    from civitas.processes.models import Step


@transaction.atomic
def ask_for_proposal(actor: Actor, step: Step) -> None:
    """Have the worker propose groups of what lies free; raises Refused for who does not lead the board."""
    board = open_board(step)
    may_lead(actor, board).require()
    enqueue(step.city, "cluster.propose", {"board": board.pk})
