"""The board of a dots step: its phases, what it begins with, and what each phase opens to whom."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from civitas.boards.bringing import bring_contributions
from civitas.boards.charters import Charter
from civitas.boards.places import in_rows
from civitas.boards.reading import earlier_contributions
from civitas.people.models import Role
from civitas.processes.registry import BoardPhase, method_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from civitas.boards.models import Board
    from civitas.boards.things import Card, Thing, Things
    from civitas.contributions.models import Contribution
    from civitas.people.actors import Actor
    from civitas.processes.models import Step


DOT, SHOW = "dot", "show"
# What is dotted: the furthest that earlier steps have come.
LADDER = (frozenset({"concept"}), frozenset({"theme"}), frozenset({"idea", "improvement"}))
MOST = 40


def phases(step: Step) -> tuple[BoardPhase, ...]:
    """Place dots, then look at the picture."""
    settings = method_of(step).settings_of(step)
    return (BoardPhase(DOT, _("Give dots"), settings.dot_minutes), BoardPhase(SHOW, _("Look")))


def charter(actor: Actor, step: Step, phase: str) -> Charter:
    """Dots are placed in the first phase alone; who leads may lay what is to be dotted."""
    settings = method_of(step).settings_of(step)
    leads = actor.has(Role.FACILITATOR, Role.OWNER)
    lays = Charter(write="own", move="all", remove="all", group=True, name_groups=True, colour=True) if leads else Charter()
    if phase != DOT:
        return lays
    return replace(lays, dots=settings.dots, drawer="dots" if settings.hidden else "none")


def seed(actor: Actor, board: Board) -> None:
    """What earlier steps came to: concepts, else themes, else what people gave. Between one and nothing there is nothing to choose."""
    bring_contributions(board, furthest(board.step))


def furthest(step: Step) -> list[Contribution]:
    """The furthest of which there are at least two; else whatever there is."""
    otherwise: list[Contribution] = []
    for kinds in LADDER:
        rows = earlier_contributions(step, kinds, most=MOST)
        if len(rows) > 1:
            return rows
        otherwise = otherwise or rows
    return otherwise


def lay(board: Board, there: Things, cards: Sequence[Card], rows: Mapping[int, Contribution]) -> list[Thing]:
    """Four beside each other, so that all are seen at once."""
    return in_rows(there, cards, columns=4)
