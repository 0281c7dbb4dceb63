"""What results repeat of voices: what the city shows no longer, or has blacked out, goes from them too, in every version, and from
what rooms above wrote out of them. A card that is shown again has its lines again."""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from civitas.boards.concluding import wanted_of
from civitas.boards.conclusion_models import Conclusion, mark_of
from civitas.boards.queries import boards_of, document_of
from civitas.contributions.actions import index_later
from civitas.contributions.models import Contribution, Revision
from civitas.kit.rooms import rooms
from civitas.kit.texts import cleaned
from civitas.processes.registry import UnknownMethod

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from civitas.boards.models import Board
    from civitas.cities.models import City

# How a line begins that repeats what lies on a card: "3. ", "– ", or with the words themselves.
_HEAD = re.compile(r"(\d+\. |– )?")


def one_line(text: str) -> str:
    """A card's words as a line of a result repeats them."""
    return " ".join(text.split())


@transaction.atomic
def requote(board: Board, went: Mapping[str, str]) -> None:
    """Have the results of a board's step, and what was written out of them, say new words for old ones (`went`), '' for those that are
    shown no more. Where other cards still say the same, as many lines stay."""
    city, unsaid = board.city, _unsaid(board.city)
    changed = {old: new or unsaid for old, new in went.items() if old}
    results = _results(board) if changed else {}
    if not results:
        return
    stays = _still_said(board, changed)

    def said(text: str) -> str:
        left = Counter(stays)
        return "\n".join(_line(line, changed, left) for line in text.split("\n"))

    for row in results.values():
        _rewrite(city, row, said)
    for quotes in (each for room in rooms() for each in room.quotes if each.lines):
        for found in quotes.rows(city, sorted(row.pk for row in results.values())).order_by("pk"):
            values = {name: said(getattr(found, name)) for name in quotes.fields}
            if any(value != getattr(found, name) for name, value in values.items()):
                type(found)._default_manager.of(city).filter(pk=found.pk).update(**values)


@transaction.atomic
def say_again(board: Board, words: str) -> None:
    """Have results say again what a card says that was hidden: where the step's method would say it, if its line stands there still.

    What people wrote out of them stays as they have it: they are offered what is on the board now.
    """
    words, unsaid = one_line(words), _unsaid(board.city)
    results = _results(board) if words else {}
    try:
        wanted = {each.key: cleaned(each.text) for each in wanted_of(board.step)} if results else {}
    except UnknownMethod:
        return
    for key, row in results.items():
        if key in wanted:
            _rewrite(board.city, row, partial(_with_line, wanted=wanted[key], words=words, unsaid=unsaid))


def _unsaid(city: City) -> str:
    with translation.override(city.config.languages[0]):
        return _("(a contribution that is no longer shown)")


def _results(board: Board) -> dict[str, Contribution]:
    """What concluding a board's step made, by key."""
    made = Conclusion.objects.of(board.city).filter(step=board.step_id, contribution__city=board.city_id)
    return {each.key: each.contribution for each in made.select_related("contribution").order_by("contribution")}


def _still_said(board: Board, words: Mapping[str, str]) -> Counter[str]:
    """How many cards on the boards of the step say these words now."""
    cards = (card for each in boards_of(board.step) for card in document_of(each).cards.values() if not card.gone)
    return Counter(line for card in cards if (line := one_line(card.text)) in words)


def _rewrite(city: City, row: Contribution, said: Callable[[str], str]) -> None:
    for version in Revision.objects.of(city).filter(contribution=row).order_by("pk"):
        if (text := said(version.text)) != version.text:
            version.text = text
            version.save(update_fields=["text"])
    if (text := said(row.text)) != row.text:
        mark = mark_of(row.title, row.text)
        row.text, row.version = text, row.version + 1
        row.save(update_fields=["text", "version", "changed_at"])
        Conclusion.objects.of(city).filter(contribution=row, mark=mark).update(mark=mark_of(row.title, text))
        index_later(city, [row])


def _line(line: str, changed: Mapping[str, str], left: Counter[str]) -> str:
    """A line in new words; of those that others still say (`left`) the first stay."""
    head = _HEAD.match(line)
    start = head.end() if head else 0
    rest = line[start:]
    for old, new in changed.items():
        if rest == old or rest.startswith(f"{old} ("):
            if left[old] > 0:
                left[old] -= 1
                return line
            return f"{line[:start]}{new}{rest[len(old) :]}"
    return line


def _with_line(text: str, wanted: str, words: str, unsaid: str) -> str:
    lines, now = text.split("\n"), wanted.split("\n")
    for verb, start, end, first, last in SequenceMatcher(None, lines, now, autojunk=False).get_opcodes():
        for line in now[first:last] if verb == "replace" else ():
            taken = _line(line, {words: unsaid}, Counter())
            if taken != line and taken in lines[start:end]:
                lines[lines.index(taken, start, end)] = line
    return "\n".join(lines)
