"""What concluding a plan step makes: each card becomes a measure: who does what by when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.boards.concluding import Origin, Wanted, settle, wanted_of
from civitas.boards.reading import read_boards, title_of
from civitas.contributions.models import Link

if TYPE_CHECKING:
    from civitas.people.actors import Actor
    from civitas.processes.models import Step
    from civitas.processes.registry import Concluded


def conclude(actor: Actor, step: Step) -> Concluded:
    """Make it so; a second time mends it."""
    return settle(actor, step, wanted_of(step))


def outcome(step: Step) -> list[Wanted]:
    """What would be made now; a measure comes from what its group is about."""
    wanted = []
    for read in read_boards(step):
        about: dict[str, list[int]] = {}
        for card in read.cards:
            if card.number:
                about.setdefault(card.group, []).append(card.number)
        for card in read.cards:
            if card.number:
                continue
            title, text = title_of(card.text)
            who, until = card.fields.get("who", "").strip(), card.fields.get("until", "").strip()
            lines = [
                text,
                _("Who: %(name)s") % {"name": who} if who else _("Nobody has promised this yet."),
                _("By when: %(day)s") % {"day": until} if until else "",
            ]
            origins = tuple(Origin(number, Link.Kind.LED_TO) for number in about.get(card.group, []) if card.group)
            wanted.append(Wanted(f"card:{card.id}", "measure", title, "\n".join(line for line in lines if line), origins=origins))
    return wanted
