"""What concluding a brainstorm step makes: each card becomes an idea of who wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civitas.boards.actions import empty_drawers
from civitas.boards.concluding import Wanted, settle, wanted_of
from civitas.boards.queries import boards_of
from civitas.boards.reading import read_boards, title_of

if TYPE_CHECKING:
    from civitas.people.actors import Actor
    from civitas.processes.models import Step
    from civitas.processes.registry import Concluded


def conclude(actor: Actor, step: Step) -> Concluded:
    """Make it so; a second time mends it."""
    for board in boards_of(step):
        empty_drawers(board)
    return settle(actor, step, wanted_of(step))


def outcome(step: Step) -> list[Wanted]:
    """What would be made now."""
    return [
        Wanted(f"card:{card.id}", "idea", *title_of(card.text), author=read.author(card))
        for read in read_boards(step)
        for card in read.cards
        if not card.number
    ]
