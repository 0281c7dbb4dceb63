"""Nicknames at a board: short, in one line, no insult, and no two alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.boards.models import Seat
from civitas.kit.texts import cleaned_line, told_apart
from civitas.kit.verdicts import Refused
from civitas.kit.words import hurts
from civitas.processes.policies import rules_of

if TYPE_CHECKING:
    from civitas.boards.models import Board

LONGEST_NICKNAME = 40


def checked_nickname(board: Board, nickname: str) -> str:
    """A nickname as it is shown; raises Refused when it is too long or has a word of the city's list in it."""
    nickname = cleaned_line(nickname)
    if len(nickname) > LONGEST_NICKNAME:
        raise _refused(_("Please choose a name of at most %(limit)d characters.") % {"limit": LONGEST_NICKNAME})
    if nickname and insults(board, nickname):
        raise _refused(_("This name could hurt somebody. Please choose another one."))
    return nickname


def fit_name(board: Board, name: str) -> str:
    """The name that somebody has in this city; raises Refused when it is none for a board, so that they choose one for here."""
    if name and insults(board, name):
        raise _refused(_("This name could hurt somebody. Please choose another one."))
    return name


def _refused(sentence: str) -> Refused:
    return Refused(sentence, status=422, fields={"nickname": sentence})


def insults(board: Board, name: str) -> bool:
    """Whether a word of the city's list stands in a name, also in disguise."""
    return hurts(name, rules_of(board.city, board.step.process).words)


def free_name(board: Board, name: str, *, but: int | None = None) -> str:
    """A name that nobody else has at this board; `but` is the key of the seat that asks."""
    others = Seat.objects.of(board.city_id).filter(board=board).exclude(pk=but).select_related("participant")
    return told_apart(name, [seat.shown_name for seat in others], longest=LONGEST_NICKNAME)
