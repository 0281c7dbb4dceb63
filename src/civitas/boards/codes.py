"""Short codes: six signs that can be read aloud and typed on a phone, and how often somebody may try some.

What a QR code says carries a signature besides: who scanned it guesses nothing, so the limits on guessing never shut out a hall.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from civitas.boards.hall_models import JoinCode
from civitas.boards.models import Board
from civitas.boards.rules import may_lead
from civitas.journal.actions import record
from civitas.kit.codes import typed_code, with_free_code
from civitas.kit.verdicts import Refused
from civitas.people.rates import spend

if TYPE_CHECKING:
    from civitas.people.actors import Actor

LENGTH = 6


def code_of(board: Board) -> str:
    """The code of a board; '' where it has none yet."""
    return JoinCode.objects.of(board.city_id).filter(board=board).values_list("code", flat=True).first() or ""


def give_code(board: Board) -> str:
    """Give a board its code, unless it has one."""
    return code_of(board) or _put_code(board)


@transaction.atomic
def renew_code(actor: Actor, board: Board) -> str:
    """Another code for who comes from now on; who sits at the board stays. Who leads the board does this."""
    may_lead(actor, board).require()
    code = _put_code(board)
    record(board.city, by=actor.uid, verb="board.code_renewed", subject=f"board:{board.pk}")
    return code


def _put_code(board: Board) -> str:
    rows = JoinCode.objects.of(board.city_id)
    row, _made = with_free_code(LENGTH, lambda code: rows.update_or_create(board=board, defaults={"city_id": board.city_id, "code": code}))
    return str(row.code)


def signature_of(board: Board, code: str) -> str:
    """What a QR code says besides the code, so that scanning it is no guess."""
    return salted_hmac("civitas.boards.codes", f"{board.city_id}:{code}").hexdigest()[:16]


def scanned_board(actor: Actor, code: str, signature: str) -> Board | None:
    """The board of a code that was scanned; None without its signature, or when it was renewed meanwhile."""
    board = _board_of(actor, typed_code(code)) if signature else None
    if board is None or not hmac.compare_digest(signature_of(board, typed_code(code)).encode(), signature.encode()):
        return None
    return board


def board_by_code(actor: Actor, typed: str) -> Board:
    """The board of a code that was typed. Raises Refused when there is none, or when too many were tried from here or in all."""
    code = typed_code(typed)
    if len(code) != LENGTH:
        raise _refused(_("A code has six letters and digits. Please look at the wall again."))
    try:
        spend(actor, "code", amount=0)
        board = _board_of(actor, code)
        if board is None:
            spend(actor, "code")
    except Refused:
        raise _refused(_("Too many codes were tried. Please scan the square on the wall, or wait ten minutes."), status=429) from None
    if board is None:
        raise _refused(_("We do not know this code. Please look at the wall again: perhaps there is a new one."))
    return board


def _refused(sentence: str, *, status: int = 422) -> Refused:
    return Refused(sentence, status=status, fields={"code": sentence})


def _board_of(actor: Actor, code: str) -> Board | None:
    boards = Board.objects.of(actor.city).select_related("city", "step__process")
    found = JoinCode.objects.of(actor.city).filter(code=code, board__city=actor.city).values_list("board", flat=True).first()
    return boards.filter(pk=found, step__city=actor.city).first() if found else None
