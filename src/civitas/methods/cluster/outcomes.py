"""What concluding a cluster step makes: each group becomes a theme of the contributions and cards in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.boards.concluding import Origin, Wanted, settle, wanted_of
from civitas.boards.reading import read_boards, title_of

if TYPE_CHECKING:
    from civitas.people.actors import Actor
    from civitas.processes.models import Step
    from civitas.processes.registry import Concluded


def conclude(actor: Actor, step: Step) -> Concluded:
    """Make it so; a second time mends it."""
    return settle(actor, step, wanted_of(step))


def outcome(step: Step) -> list[Wanted]:
    """What would be made now: cards that came from nowhere become ideas of who wrote them, also those that fit into no group."""
    wanted: list[Wanted] = []
    for read in read_boards(step):
        wanted += [
            Wanted(f"card:{card.id}", "idea", *title_of(card.text), author=read.author(card)) for card in read.cards if not card.number
        ]
        for group in read.groups:
            origins = tuple(Origin(card.number or f"card:{card.id}") for card in read.members(group))
            if origins:
                wanted.append(Wanted(f"group:{group.id}", "theme", group.title or _("A theme without a name"), origins=origins))
    return wanted
