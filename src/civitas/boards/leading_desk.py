"""The screen of who leads a board in a hall: where we are, what to say now, how much time is left, who is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from civitas.boards.actions import let_back, open_board, rename_seat, send_away, set_phase, set_timer
from civitas.boards.addresses import call_address
from civitas.boards.bringing import may_bring
from civitas.boards.codes import renew_code
from civitas.boards.concluding import may_conclude
from civitas.boards.leading import MOST_TABLES, add_minute, clock_of, pause_writing, run_timer, seconds_left, set_tables, stop_timer
from civitas.boards.names import LONGEST_NICKNAME
from civitas.boards.queries import boards_of, document_of, seats_of
from civitas.boards.rules import board_method, may_lead, may_lead_step
from civitas.boards.steps import board_path, question_of
from civitas.boards.wall_page import board_at, board_step, door_of, stamp_of
from civitas.boards.walls import cards_in_drawers, people_at
from civitas.boards.wiping import clear_away
from civitas.kit.redirects import SeeOther
from civitas.kit.verdicts import Refused
from civitas.processes.models import Process
from civitas.processes.registry import method_of
from civitas.processes.rules import is_open, may_steer

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.boards.models import Board, Seat
    from civitas.processes.models import Step
    from civitas.processes.registry import BoardPhase, Line


@require_http_methods(["GET", "HEAD", "POST"])
def lead_step(request: HttpRequest, slug: str, position: int) -> HttpResponse:
    """The facilitator's screen of a step: its method's own, or that of its board."""
    step = board_step(request, slug, position)
    own = method_of(step).facilitator_screen
    return own(request, step) if own else lead_screen(request, step)


def lead_screen(request: HttpRequest, step: Step) -> HttpResponse:
    """The screen for any method with a board; a press on a button is a form, with htmx only the screen is drawn anew."""
    if board_method(step) is None:
        raise Http404
    may_lead_step(request.actor, step).require()
    refused = None
    if request.method == "POST":
        try:
            _do(request, step)
        except Refused as refusal:
            refused = refusal
        else:
            return SeeOther(_path(step, request.GET.get("tisch", "")))
    context = _context(request, step, refused=str(refused.reason) if refused else "")
    # What htmx fetches is swapped in only when it comes as a success.
    status = refused.status if refused and "HX-Request" not in request.headers else 200
    return render(request, "boards/lead.html", context, status=status)


def _path(step: Step, table: str) -> str:
    path = reverse("lead_step", args=[step.process.slug, step.position])
    return f"{path}?tisch={table}" if table.isdecimal() and table != "0" else path


def _do(request: HttpRequest, step: Step) -> None:
    actor, do = request.actor, request.POST.get("do", "")
    if do == "open":
        open_board(step)
        return
    if do == "tables":
        set_tables(actor, step, _number(request.POST.get("tables", "")))
        return
    board = board_at(step, request.GET.get("tisch", ""))
    if do == "phase":
        set_phase(actor, board, request.POST.get("phase", ""))
    elif do == "start":
        set_timer(actor, board, minutes=_agenda_phase(step, board).minutes)
    elif do in {"pause", "resume"}:
        pause_writing(actor, board, paused=do == "pause")
    elif do in _CLOCK:
        _CLOCK[do](actor, board)
    elif do == "code":
        renew_code(actor, board)
    else:
        raise Refused(_("This button is not known here. Please load the page anew."), status=400)


def _agenda_phase(step: Step, board: Board) -> BoardPhase:
    method = board_method(step)
    found = next((each for each in (method.phases(step) if method else ()) if each.key == board.phase), None)
    if found is None:
        raise Refused(_("This board has no such phase."), status=400)
    return found


_CLOCK = {"stop": stop_timer, "run": run_timer, "minute": add_minute}


def _number(typed: str) -> int:
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 4):
        raise Refused(_("Please choose at most %(limit)d tables.") % {"limit": MOST_TABLES}, status=422)
    return int(typed)


@require_safe
def lead_news(request: HttpRequest, slug: str, position: int) -> HttpResponse:
    """What changes by itself on the screen: who is here, how many cards, the time; 204 while nothing has."""
    step = board_step(request, slug, position)
    board = board_at(step, request.GET.get("tisch", ""))
    may_lead(request.actor, board).require()
    if request.GET.get("gesehen") == stamp_of(board, people_at(board), opened=bool(is_open(step))):
        return HttpResponse(status=204)
    return render(request, "boards/_lead_news.html", _news(request, step, board))


def _news(request: HttpRequest, step: Step, board: Board) -> dict[str, Any]:
    seats, people = seats_of(board), people_at(board)
    things = document_of(board)
    table = str(board.table or "")
    news_path = reverse("lead_news", args=[step.process.slug, step.position])
    stamp = stamp_of(board, people, opened=bool(is_open(step)))
    return {
        "board": board,
        "step": step,
        "process": step.process,
        "people": people,
        "cards": sum(not card.gone and bool(card.text.strip()) for card in things.cards.values()),
        "groups": sum(not (group.gone or group.proposed) for group in things.groups.values()),
        "hidden": cards_in_drawers(board),
        "seats": [_shown(seat, step, table) for seat in seats if seat.participant_id],
        "news_url": f"{news_path}?gesehen={stamp}" + (f"&tisch={table}" if table else ""),
        "phase_stamp": f"{board.phase} {board.paused_at}",
    }


def _shown(seat: Seat, step: Step, table: str) -> dict[str, Any]:
    path = reverse("lead_seat", args=[step.process.slug, step.position, seat.alias])
    return {
        "name": seat.shown_name,
        "alias": seat.alias,
        "colour": seat.colour,
        "away": bool(seat.sent_away_at),
        "url": f"{path}?tisch={table}" if table else path,
    }


def _context(request: HttpRequest, step: Step, *, refused: str) -> dict[str, Any]:
    path = reverse("lead_step", args=[step.process.slug, step.position])
    context: dict[str, Any] = {
        "step": step,
        "process": step.process,
        "question": question_of(step),
        "refused": refused,
        "opened": is_open(step),
        "method": method_of(step),
        "crumbs": [
            {"label": str(step.process.title), "url": reverse("process", args=[step.process.slug])},
            {"label": str(step.title), "url": reverse("step", args=[step.process.slug, step.position])},
        ],
        "board": None,
        "live": "",
        **_way_to_open(request, step),
        "path": path,
    }
    boards = boards_of(step)
    if not boards:
        return context
    board = board_at(step, request.GET.get("tisch", ""))
    method = board_method(step)
    phases = method.phases(step) if method else ()
    table = str(board.table or "")
    wall = reverse("wall", args=[step.process.slug, step.position])
    bring = reverse("bring_to_board", args=[step.process.slug, step.position])
    return (
        context
        | _news(request, step, board)
        | {
            "path": _path(step, table),
            "boards": [(each, _path(step, str(each.table or ""))) for each in boards] if len(boards) > 1 else [],
            "tables": max(each.table for each in boards),
            "most_tables": MOST_TABLES,
            "left": (left := seconds_left(board)),
            "clock": clock_of(left),
            "door": door_of(request, board),
            "live": call_address(request, board),
            "wall_url": f"{wall}?tisch={table}" if table else wall,
            "board_url": board_path(board),
            "conclude_url": reverse("conclude_step", args=[step.process.slug, step.position]),
            "concludes": bool(may_conclude(request.actor, step)),
            "bring_url": f"{bring}?tisch={table}" if table else bring,
            "brings": bool(may_bring(request.actor, step)),
            **_agenda(phases, board.phase, method_of(step).card.lines),
        }
    )


def _way_to_open(request: HttpRequest, step: Step) -> dict[str, str]:
    """Where who may do so opens what is not open: the draft is published first, then the step is opened by hand."""
    process = step.process
    if is_open(step) or not may_steer(request.actor, process):
        return {}
    if process.state == Process.State.DRAFT:
        return {"opens_url": reverse("staff_process", args=[process.slug]), "opens_verb": _("Publish the process first")}
    return {"opens_url": reverse("staff_step", args=[process.slug, step.position]), "opens_verb": _("Open the step by hand")}


def _agenda(phases: tuple[BoardPhase, ...], now: str, lines: tuple[Line, ...]) -> dict[str, Any]:
    """The phases with where we are, the ones before and after, and the lines of the script that belong to this one."""
    keys = [phase.key for phase in phases]
    at = keys.index(now) if now in keys else 0
    return {
        "phases": [
            {"key": phase.key, "name": phase.name, "minutes": phase.minutes, "state": ("done", "now", "next")[(place >= at) + (place > at)]}
            for place, phase in enumerate(phases)
        ],
        "phase": phases[at] if phases else None,
        "before": phases[at - 1] if at else None,
        "after": phases[at + 1] if at + 1 < len(phases) else None,
        "script": script_of(lines, keys, now),
    }


def script_of(lines: tuple[Line, ...], phases: list[str], now: str) -> list[Line]:
    """The lines to say in a phase. A line that names none belongs to the phase of the one before it, the first ones to the first phase."""
    current = phases[0] if phases else ""
    found = []
    for line in lines:
        current = line.phase if line.phase in phases else current
        if current == now:
            found.append(line)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def lead_seat(request: HttpRequest, slug: str, position: int, alias: str) -> HttpResponse:
    """One person at the board: give them another name, send them away, let them come back."""
    step = board_step(request, slug, position)
    table = request.GET.get("tisch", "")
    board = board_at(step, table)
    may_lead(request.actor, board).require()
    seat = next((each for each in seats_of(board) if each.alias == alias and each.participant_id), None)
    if seat is None:
        raise Http404
    typed, refused = seat.shown_name, None
    if request.method == "POST":
        typed = request.POST.get("nickname", "")
        try:
            said = _seat_done(request, board, seat, typed)
        except Refused as refusal:
            refused = refusal
        else:
            messages.success(request, said)
            return SeeOther(_path(step, table))
    context = {
        "step": step,
        "process": step.process,
        "seat": seat,
        "typed": typed,
        "error": str(refused.reason) if refused else "",
        "longest": LONGEST_NICKNAME,
        "back_url": _path(step, table),
        "crumbs": [{"label": str(step.title), "url": _path(step, table)}],
    }
    return render(request, "boards/lead_seat.html", context, status=refused.status if refused else 200)


def _seat_done(request: HttpRequest, board: Board, seat: Seat, typed: str) -> str:
    do = request.POST.get("do", "")
    if do == "away":
        send_away(request.actor, board, seat)
        return _("Sent away. The cards stay.")
    if do == "clear":
        clear_away(request.actor, board, seat)
        return _("Sent away, and the cards are off the board.")
    if do == "back":
        let_back(request.actor, board, seat)
        return _("They can take part again.")
    rename_seat(request.actor, board, seat, typed)
    return _("The new name is shown everywhere at once.")
