"""The board of a plan step: its phases, what it begins with, and what each phase opens to whom."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from civitas.boards.bringing import about_id, bring_contributions
from civitas.boards.charters import Charter
from civitas.boards.places import bottom_of
from civitas.boards.reading import earlier_contributions
from civitas.boards.things import LONGEST_TITLE, Group
from civitas.people.models import Role
from civitas.processes.registry import BoardPhase, method_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from civitas.boards.models import Board
    from civitas.boards.things import Card, Thing, Things
    from civitas.contributions.models import Contribution
    from civitas.people.actors import Actor
    from civitas.processes.models import Step


PLAN, SETTLE = "plan", "settle"
FIELDS = ("who", "until")
LADDER = (frozenset({"concept"}), frozenset({"theme"}), frozenset({"idea", "improvement"}))
MOST = 8
WIDTH, HEIGHT, GAP = 592, 372, 40


def phases(step: Step) -> tuple[BoardPhase, ...]:
    """Plan, then settle it aloud."""
    settings = method_of(step).settings_of(step)
    return (BoardPhase(PLAN, _("Plan"), settings.plan_minutes), BoardPhase(SETTLE, _("Settle"), settings.settle_minutes))


def charter(actor: Actor, step: Step, phase: str) -> Charter:
    """Everybody writes cards, and a name and a day on any: who takes something on need not have thought of it."""
    if actor.has(Role.FACILITATOR, Role.OWNER):
        return Charter(write="all", move="all", remove="all", group=True, name_groups=True, colour=True, fields=FIELDS)
    return Charter(write="own", move="all", remove="own", group=True, colour=True, fields=FIELDS, fill="all")


def seed(actor: Actor, board: Board) -> None:
    """A group for each concept (else theme, else contribution), with the card that it is about in it."""
    rows = next((rows for kinds in LADDER if (rows := earlier_contributions(board.step, kinds, most=MOST))), [])
    bring_contributions(board, rows)


def lay(board: Board, there: Things, cards: Sequence[Card], rows: Mapping[int, Contribution]) -> list[Thing]:
    """Each lies in a group of its own, which is called like it, below those that are there."""
    bottom = bottom_of(there)
    things: list[Thing] = []
    for place, card in enumerate(cards):
        x, y = 40 + (place % 2) * (WIDTH + GAP), bottom + GAP + (place // 2) * (HEIGHT + GAP)
        group = Group(id=about_id(card.number), title=rows[card.number].title[:LONGEST_TITLE], x=x, y=y, w=WIDTH, h=HEIGHT)
        things += [group, replace(card, group=group.id, x=0, y=0)]
    return things
