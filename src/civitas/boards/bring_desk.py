"""The screen on which who leads a step brings contributions to its board: from where, which, how many, and newer ones later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from civitas.boards.actions import open_board
from civitas.boards.bringing import MOST_AT_ONCE, bring_chosen, may_bring, room_on
from civitas.boards.brought_models import Brought
from civitas.boards.choosing import chosen, found, read_choice
from civitas.boards.queries import boards_of
from civitas.boards.steps import board_path
from civitas.boards.wall_page import board_at, board_step
from civitas.kit.redirects import SeeOther
from civitas.kit.templatetags.kit import number
from civitas.kit.verdicts import Refused

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from civitas.boards.bringing import Came
    from civitas.boards.choosing import Found
    from civitas.boards.models import Board
    from civitas.processes.models import Step


@require_http_methods(["GET", "HEAD", "POST"])
def bring_to_board(request: HttpRequest, slug: str, position: int) -> HttpResponse:
    """Choose, see how many that are, and bring them; a press on a filter shows anew what fits."""
    step = board_step(request, slug, position)
    may_bring(request.actor, step).require()
    boards = boards_of(step)
    refused = None
    if request.method == "POST":
        if not boards:
            open_board(step)
            return SeeOther(_path(step))
        board = board_at(step, request.GET.get("tisch", ""))
        asked = read_choice(request.GET, board)
        try:
            came = bring_chosen(request.actor, board, chosen(board, asked))
        except Refused as refusal:
            refused = refusal
        else:
            messages.success(request, _said(came))
            return SeeOther(_path(step, board, asked.query))
    context: dict[str, Any] = {
        "step": step,
        "process": step.process,
        "refused": str(refused.reason) if refused else "",
        "path": _path(step),
        "board": None,
        "crumbs": [
            {"label": str(step.process.title), "url": reverse("process", args=[slug])},
            {"label": str(step.title), "url": reverse("step", args=[slug, position])},
        ],
    }
    if boards:
        context |= _context(request, step, board_at(step, request.GET.get("tisch", "")), boards)
    return render(request, "boards/bring.html", context, status=refused.status if refused else 200)


def _context(request: HttpRequest, step: Step, board: Board, boards: list[Board]) -> dict[str, Any]:
    asked = read_choice(request.GET, board)
    fits, room = found(board, asked), room_on(request.actor, board)
    return {
        "board": board,
        "board_url": board_path(board),
        "boards": [(each, _path(step, each, asked.query)) for each in boards] if len(boards) > 1 else [],
        "asked": asked,
        "found": fits,
        "said": _fits(fits),
        "brings": min(fits.count, room, MOST_AT_ONCE),
        "room": room,
        "lying": Brought.objects.of(step.city_id).filter(board=board).count(),
        "bring_url": _path(step, board, asked.query),
    }


def _path(step: Step, board: Board | None = None, query: str = "") -> str:
    path = reverse("bring_to_board", args=[step.process.slug, step.position])
    parts = [f"tisch={board.table}" if board is not None and board.table else "", query]
    asked = "&".join(part for part in parts if part)
    return f"{path}?{asked}" if asked else path


def _fits(fits: Found) -> str:
    if fits.is_many:
        return _("More than 10,000 fit")
    if not fits.count:
        return _("Nothing new fits")
    return ngettext("%(shown)s new one fits", "%(shown)s new ones fit", fits.count) % {"shown": number(fits.count)}


def _said(came: Came) -> str:
    shown = {"shown": number(came.count)}
    if came.later:
        sentence = ngettext(
            "%(shown)s contribution is on its way. It lies on the board in a moment.",
            "%(shown)s contributions are on their way. They lie on the board in a moment.",
            came.count,
        )
    else:
        sentence = ngettext("%(shown)s contribution now lies on the board.", "%(shown)s contributions now lie on the board.", came.count)
    return sentence % shown
