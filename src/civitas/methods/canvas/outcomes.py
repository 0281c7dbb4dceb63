"""What concluding a canvas step makes: one concept for each poster, with what stands in its fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.boards.concluding import Origin, Wanted, settle, wanted_of
from civitas.boards.posters import canvas_by_key
from civitas.boards.reading import read_boards
from civitas.contributions.models import Link
from civitas.kit.translated import Translated
from civitas.processes.registry import method_of

if TYPE_CHECKING:
    from civitas.people.actors import Actor
    from civitas.processes.models import Step
    from civitas.processes.registry import Concluded


def conclude(actor: Actor, step: Step) -> Concluded:
    """Make it so; a second time mends it."""
    return settle(actor, step, wanted_of(step))


def outcome(step: Step) -> list[Wanted]:
    """What would be made now; a poster on which nobody wrote makes nothing."""
    settings = method_of(step).settings_of(step)
    canvas = canvas_by_key(step.city, settings.canvas)
    title = str(Translated(settings.about)) or str(step.title)
    wanted = []
    for read in read_boards(step):
        written = [card for card in read.cards if not card.number]
        if not written:
            continue
        parts = (
            [_part(str(region.title), [card.text for card in written if card.region == region.key]) for region in canvas.regions]
            if canvas
            else []
        )
        known = {region.key for region in canvas.regions} if canvas else set()
        parts.append(_part(_("Besides"), [card.text for card in written if card.region not in known]))
        origins = tuple(Origin(card.number, Link.Kind.DEVELOPED_INTO) for card in read.cards if card.number)
        name = f"{title} ({_('table %(number)s') % {'number': read.board.table}})" if read.board.table else title
        text = "\n\n".join(part for part in parts if part)
        pictures = tuple(card.picture for card in written if card.picture)
        wanted.append(Wanted(f"board:{read.board.table}", "concept", name, text, origins=origins, pictures=pictures))
    return wanted


def _part(title: str, texts: list[str]) -> str:
    return "\n".join([title, *(f"– {' '.join(text.split())}" for text in texts)]) if texts else ""
