"""Joining a board in a hall: a short code, a nickname, no account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from civitas.boards.actions import take_seat
from civitas.boards.codes import board_by_code, scanned_board
from civitas.boards.names import LONGEST_NICKNAME
from civitas.boards.queries import boards_of
from civitas.boards.rules import may_sit
from civitas.boards.steps import board_path, question_of
from civitas.kit.codes import typed_code
from civitas.kit.redirects import SeeOther
from civitas.kit.verdicts import Refused
from civitas.people.guests import taking_part

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from civitas.boards.models import Board


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def join_board(request: HttpRequest, code: str = "") -> HttpResponse:
    """The page behind the code on the wall. Looking at it tells nobody whether a code is right, unless it was scanned."""
    if request.city is None:
        raise Http404
    sent = request.method == "POST"
    asked = {
        "code": typed_code(request.POST.get("code", "") if sent else code),
        "nickname": request.POST.get("nickname", ""),
        "sign": (request.POST if sent else request.GET).get("z", "")[:40],
        "table": request.POST.get("table", ""),
    }
    board = scanned_board(request.actor, asked["code"], asked["sign"])
    if not sent:
        return _page(request, asked, board)
    try:
        board = board or board_by_code(request.actor, asked["code"])
        may_sit(request.actor, board).require()
        chosen = _table(board, asked["table"])
        if chosen is None and asked["table"]:
            wrong = _("There is no such table. Please choose one of these.")
            raise Refused(wrong, status=422, fields={"table": wrong})
        if chosen is None:
            return _page(request, asked, board, tables=_tables(board))
        with taking_part(request) as visitor:
            take_seat(visitor.actor, chosen, nickname=asked["nickname"])
    except Refused as refused:
        tables = _tables(board) if board is not None and asked["table"] else []
        return _page(request, asked, board, refused=refused, tables=tables)
    return visitor.remember(SeeOther(board_path(chosen)))


def _tables(board: Board) -> list[Board]:
    """The tables of a step, where the code is that of the one board for all; none where there is nothing to choose."""
    return [each for each in boards_of(board.step) if each.table] if board.table == 0 else []


def _table(board: Board, asked: str) -> Board | None:
    """The board that somebody comes to; None while they have to choose their table."""
    tables = _tables(board)
    return next((each for each in tables if str(each.table) == asked), None) if tables else board


def _page(
    request: HttpRequest, asked: dict[str, str], board: Board | None, *, refused: Refused | None = None, tables: list[Board] | None = None
) -> HttpResponse:
    open_ = may_sit(request.actor, board) if board is not None else None
    tables = tables or ([] if board is None or not open_ else _tables(board))
    context: dict[str, Any] = {
        "asked": asked,
        "board": board,
        "question": question_of(board.step) if board else "",
        "closed": open_.reason if open_ is not None and not open_ and refused is None else "",
        "tables": tables,
        "at_table": next((each.table for each in tables if str(each.table) == asked["table"]), tables[0].table if tables else 0),
        "errors": dict(refused.fields) if refused else {},
        "refused": str(refused.reason) if refused and not refused.fields else "",
        "own_name": request.actor.participant.pseudonym if request.actor.participant else "",
        "longest": LONGEST_NICKNAME,
    }
    return render(request, "boards/join.html", context, status=refused.status if refused else 200)
