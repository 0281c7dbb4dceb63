"""What concluding a dots step makes: one result, with what was dotted in its order."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civitas.boards.actions import empty_drawers
from civitas.boards.concluding import Origin, Wanted, settle, wanted_of
from civitas.boards.queries import boards_of
from civitas.boards.reading import read_boards
from civitas.contributions.models import Link
from civitas.processes.registry import method_of

if TYPE_CHECKING:
    from civitas.boards.reading import Read
    from civitas.people.actors import Actor
    from civitas.processes.models import Step
    from civitas.processes.registry import Concluded


def conclude(actor: Actor, step: Step) -> Concluded:
    """Make it so; a second time mends it."""
    for board in boards_of(step):
        empty_drawers(board)
    return settle(actor, step, wanted_of(step))


def outcome(step: Step) -> list[Wanted]:
    """What would be made now; without a single dot there is nothing to tell."""
    counted: Counter[str] = Counter()
    words: dict[str, str] = {}
    numbers: list[int] = []
    given: Counter[int] = Counter()
    boards, each_has = read_boards(step), method_of(step).settings_of(step).dots
    for read in boards:
        dots = read.dots() if len(boards) == 1 else _dots_at(read, given, each_has)
        for card in read.cards:
            key = str(card.number or card.id)
            words.setdefault(key, " ".join(card.text.split()))
            counted[key] += dots[card.id]
            if card.number:
                numbers.append(card.number)
        for group in read.groups:
            words[group.id] = group.title
            counted[group.id] += dots[group.id]
    order = [(key, count) for key, count in counted.most_common() if count and words[key]]
    if not order:
        return []
    lines = [f"{place}. {words[key]} ({_dots_in_words(count)})" for place, (key, count) in enumerate(order, 1)]
    origins = tuple(Origin(number, Link.Kind.LED_TO) for number in dict.fromkeys(numbers))
    return [Wanted("ranking", "result", _("Dots: %(step)s") % {"step": step.title}, "\n".join(lines), origins=origins)]


def _dots_at(read: Read, given: Counter[int], most: int) -> Counter[str]:
    """How many dots lie on which card or group of a table: who sat at several has their dots once. `given` counts on."""
    found: Counter[str] = Counter()
    for _key, dot in sorted(read.things.dots.items()):
        if not read.things.holds(dot.on):
            continue
        person = read.authors.get(dot.by)
        if person is not None:
            given[person.pk] += 1
            if given[person.pk] > most:
                continue
        found[dot.on] += 1
    return found


def _dots_in_words(count: int) -> str:
    return ngettext("%(count)s dot", "%(count)s dots", count) % {"count": count}
