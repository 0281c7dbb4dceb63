"""The board of a brainstorm step: its phases, and what each phase opens to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from civitas.boards.charters import Charter
from civitas.people.models import Role
from civitas.processes.registry import BoardPhase, method_of

if TYPE_CHECKING:
    from civitas.people.actors import Actor
    from civitas.processes.models import Step


OWN, ALL = "own", "all"


def phases(step: Step) -> tuple[BoardPhase, ...]:
    """Quiet writing, where it is set, and then all cards."""
    settings = method_of(step).settings_of(step)
    everybody = BoardPhase(ALL, _("All cards"), settings.all_minutes)
    return (BoardPhase(OWN, _("For yourself"), settings.own_minutes), everybody) if settings.own_first else (everybody,)


def prompts(step: Step) -> tuple[str, ...]:
    """What helps whoever falters."""
    return tuple(each for each in method_of(step).settings_of(step).prompts if each.strip())


def charter(actor: Actor, step: Step, phase: str) -> Charter:
    """In the quiet phase cards go into one's own drawer; then everybody lays their own, and who leads tidies up."""
    if phase == OWN:
        return Charter(write="own", move="own", remove="own", colour=True, drawer="cards", limit=1_000)
    if actor.has(Role.FACILITATOR, Role.OWNER):
        return Charter(write="own", move="all", remove="all", colour=True, limit=1_000)
    return Charter(write="own", move="own", remove="own", colour=True, limit=1_000)
