"""The wall of a step with a board: for the projector or the large screen, to be read from the last row."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from civitas.boards.addresses import call_address
from civitas.boards.codes import code_of, signature_of
from civitas.boards.leading import clock_of, seconds_left
from civitas.boards.queries import boards_of, names_of, seat_of
from civitas.boards.rules import board_method, may_lead, may_open
from civitas.boards.steps import prompts_of, question_of
from civitas.boards.walls import people_at, wall_of
from civitas.kit.qr import qr_code
from civitas.processes.queries import step_of
from civitas.processes.registry import UnknownMethod, method_of
from civitas.processes.rules import is_open, may_see_process

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.boards.models import Board
    from civitas.processes.models import Step

# An address of so many letters takes at most two lines beside the QR code.
_SHORT = 26
LIGHTS = {"dunkel": "dark", "hell": "light"}


@login_not_required
@require_safe
def show_wall(request: HttpRequest, slug: str, position: int) -> HttpResponse:
    """The wall of a step: its method's own, or that of its board."""
    step = board_step(request, slug, position)
    own = method_of(step).wall_screen
    return own(request, step) if own else board_wall(request, step)


def board_step(request: HttpRequest, slug: str, position: int) -> Step:
    """A step of the city that somebody may see and whose method is at work on a board, or has a screen of its own; else Http404."""
    step = step_of(request.city, slug, position) if request.city is not None and request.city.has_module("processes") else None
    if step is None:
        raise Http404
    may_see_process(request.actor, step.process).require()
    step.city = step.process.city = request.city
    try:
        method_of(step)
    except UnknownMethod:
        raise Http404 from None
    return step


def board_wall(request: HttpRequest, step: Step) -> HttpResponse:
    """The wall of a step's board; what asks again and again hears 204 while nothing has changed."""
    board = board_at(step, request.GET.get("tisch", ""))
    may_open(request.actor, board, seat_of(board, request.actor.participant)).require()
    people = people_at(board)
    stamp = stamp_of(board, people, opened=bool(is_open(step)))
    if request.GET.get("gesehen") == stamp:
        return HttpResponse(status=204)
    light = LIGHTS.get(request.GET.get("licht", ""), "")
    context = _context(request, step, board) | {"stamp": stamp, "people": people, "light": light}
    if "gesehen" in request.GET:
        response = render(request, "boards/_wall.html", context)
    else:
        response = render(request, "boards/wall.html", context | {"live": call_address(request, board)})
    response["Cache-Control"] = "no-store"
    return response


def _context(request: HttpRequest, step: Step, board: Board) -> dict[str, Any]:
    method = board_method(step)
    phases = {phase.key: str(phase.name) for phase in method.phases(step)} if method else {}
    return {
        "step": step,
        "board": board,
        "question": question_of(step),
        "prompts": prompts_of(step),
        "wall": wall_of(request.actor, board, names=names_of(board)),
        "phase": phases.get(board.phase, ""),
        "left": (left := seconds_left(board)),
        "clock": clock_of(left),
        "opened": bool(is_open(step)),
        "path": reverse("wall", args=[step.process.slug, step.position]),
        "door": door_of(request, board),
    }


def board_at(step: Step, table: str) -> Board:
    """The board of a step, or that of a table; Http404 where there is none yet."""
    boards = boards_of(step) if board_method(step) else []
    found = next((each for each in boards if str(each.table) == (table or "0")), None)
    if found is None:
        raise Http404
    found.step = step
    return found


def stamp_of(board: Board, people: int, *, opened: bool) -> str:
    """What a page that asks for news has seen: the log, rights and timer, how many are here."""
    seen = f"{board.pk} {board.sequence} {board.version} {people} {opened}"
    return hashlib.blake2b(seen.encode(), digest_size=8).hexdigest()


def door_of(request: HttpRequest, board: Board) -> dict[str, Any] | None:
    """How people come to the board: the code for who leads, the step's own page for everybody else; None when it is closed."""
    if not is_open(board.step):
        return None
    site = request.build_absolute_uri("/").rstrip("/")
    code = code_of(board) if may_lead(request.actor, board) else ""
    if not code:
        address = site + reverse("step", args=[board.step.process.slug, board.step.position])
        return {"code": "", "is_long": False, "picture": qr_code(address, fits=True)}
    address = f"{site}{reverse('join_code', args=[code])}?z={signature_of(board, code)}"
    return {
        "code": code,
        "host": _breakable(request.get_host()),
        "is_long": len(request.get_host()) + len(reverse("join_hall")) > _SHORT,
        "path": reverse("join_hall"),
        "picture": qr_code(address, fits=True),
    }


def _breakable(host: str) -> list[str]:
    """The parts of a host between which a line may break: "hamburg.", "localhost:8133"."""
    *before, last = host.split(".")
    return [*(f"{part}." for part in before), last]
