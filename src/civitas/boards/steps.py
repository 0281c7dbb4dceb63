"""The page of a step with a board: what is asked, how it goes, what lies there so far, and the door to the board."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from civitas.boards.actions import open_board, take_seat
from civitas.boards.bringing import may_bring
from civitas.boards.concluding import may_conclude
from civitas.boards.names import LONGEST_NICKNAME
from civitas.boards.queries import boards_of, document_of, seat_of
from civitas.boards.rules import board_method, may_lead_step
from civitas.kit.redirects import SeeOther
from civitas.kit.translated import Translated
from civitas.kit.verdicts import Refused
from civitas.people.actors import GUEST_COOKIE, guest_of
from civitas.people.guests import taking_part
from civitas.processes.registry import method_of
from civitas.processes.rules import is_open
from civitas.processes.windows import StepState, state_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from civitas.boards.models import Board
    from civitas.processes.models import Step


def show_step(request: HttpRequest, step: Step, *, context: dict[str, Any] | None = None) -> HttpResponse:
    """The participant's page in every state; pressing the door sits down at the board, as a guest where nobody is known yet."""
    opened = is_open(step)
    refused = None
    if request.method == "POST":
        opened.require()
        try:
            return _sit_down(request, step)
        except Refused as refusal:
            if "nickname" not in refusal.fields:
                raise
            refused = refusal
    elif request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    state = StepState.OPEN if opened else state_of(step)
    if state is StepState.OPEN and not opened:
        state = StepState.CLOSED  # archived, or a draft that the team looks at
    method = method_of(step)
    board = next(iter(boards_of(step)), None) if state is not StepState.PLANNED else None
    things = document_of(board) if board else None
    phases = board_method(step)
    return render(
        request,
        "boards/step.html",
        {
            "step": step,
            "process": step.process,
            "state": state.value,
            "folded": bool(opened),
            "reason": opened.reason,
            "question": question_of(step),
            "method": method,
            "board": board,
            "board_url": board_path(board) if board else "",
            "card_count": sum(not card.gone for card in things.cards.values()) if things else 0,
            "group_count": sum(not (group.gone or group.proposed) for group in things.groups.values()) if things else 0,
            "phases": phases.phases(step) if phases else (),
            "leads": bool(may_lead_step(request.actor, step)),
            "brings": bool(may_bring(request.actor, step)),
            "concludes": bool(board and may_conclude(request.actor, step)),
            "sat_as_guest": _sat_as_guest(request, board),
            "nickname": request.POST.get("nickname", ""),
            "name_error": refused.fields["nickname"] if refused else "",
            "nameless": not (request.actor.participant and request.actor.participant.pseudonym),
            "longest": LONGEST_NICKNAME,
            **(context or {}),
        },
        status=refused.status if refused else 200,
    )


def _sat_as_guest(request: HttpRequest, board: Board | None) -> bool:
    """Whether somebody who has signed in sat here on this device before, and may take their cards along."""
    if board is None or not request.user.is_authenticated or GUEST_COOKIE not in request.COOKIES:
        return False
    return seat_of(board, guest_of(request)) is not None


def _sit_down(request: HttpRequest, step: Step) -> HttpResponse:
    with taking_part(request) as visitor:
        joined = open_board(step)
        take_seat(visitor.actor, joined, nickname=request.POST.get("nickname", ""))
    return visitor.remember(SeeOther(board_path(joined)))


def question_of(step: Step) -> str:
    """What people are asked in a step: its own question, else that of its process."""
    asked: dict[str, str] = (step.settings or {}).get("question") or {}
    return str(Translated(asked)) or str(step.process.question)


def prompts_of(step: Step) -> tuple[str, ...]:
    """Questions that help whoever falters, where the method's step has any."""
    method = board_method(step)
    return tuple(method.prompts(step)) if method and method.prompts else ()


def board_path(board: Board) -> str:
    """Where a board is worked on; the step's own page where no board can be shown."""
    try:
        return reverse("board", args=[board.uid])
    except NoReverseMatch:
        return reverse("step", args=[board.step.process.slug, board.step.position])
