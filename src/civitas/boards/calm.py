"""Why somebody writes no card on a board now: one calm sentence where the paper to write on would lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.boards.rules import may_lead, may_sit
from civitas.processes.rules import is_open
from civitas.processes.windows import StepState, state_of

if TYPE_CHECKING:
    import datetime as dt

    from civitas.boards.charters import Charter
    from civitas.boards.models import Board, Seat
    from civitas.people.actors import Actor

CODES = ("planned", "closed", "barred", "watch", "paused", "dots", "sort", "phase")


@dataclass(frozen=True)
class Calm:
    """What is so ('' where cards can be written) and the sentence; `code` goes to browsers, which have a sentence for each."""

    code: str = ""
    sentence: str = ""


WRITES = Calm()


def calm_code(actor: Actor, board: Board, seat: Seat | None, charter: Charter, *, now: dt.datetime | None = None) -> str:
    """Why nothing is written: the step's window, somebody's own rights, a pause, or what the phase is for; '' where it is."""
    if charter.write != "none":
        return ""
    if not is_open(board.step, now=now):
        return "planned" if state_of(board.step, now=now) is StepState.PLANNED else "closed"
    if not may_sit(actor, board, seat, now=now):
        return "barred"
    if seat is None:
        return "watch"
    if board.paused_at and not may_lead(actor, board):
        return "paused"
    if charter.dots:
        return "dots"
    return "sort" if charter.move != "none" or charter.group else "phase"


def calm_of(actor: Actor, board: Board, seat: Seat | None, charter: Charter) -> Calm:
    """The same with its sentence, which names the day where there is one."""
    code = calm_code(actor, board, seat, charter)
    if not code:
        return WRITES
    reason = ""
    if code in {"planned", "closed"}:
        reason = str(is_open(board.step).reason)
    elif code == "barred":
        reason = str(may_sit(actor, board, seat).reason)
    return Calm(code, " ".join(part for part in (reason, sentences()[code]) if part))


def sentences() -> dict[str, str]:
    """What a browser says for each code, when something changes while the page is open."""
    return {
        "planned": _("Until then you can look around here."),
        "closed": _("You can still read everything."),
        "barred": _("You can read everything."),
        "watch": _("You are looking on. Join in to write cards yourself."),
        "paused": _("A short pause: whoever leads goes on in a moment. Until then you can read everything."),
        "dots": _("Now dots are placed. No cards are written meanwhile."),
        "sort": _("No new cards are written now. You can move what lies here."),
        "phase": _("No cards are written in this phase. You can read everything."),
    }
