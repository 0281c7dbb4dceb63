"""A board's page, the forms of its list for who has no scripts, its phases for who leads it, and what one takes along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from civitas.boards.actions import set_phase, set_timer, write
from civitas.boards.addresses import live_address
from civitas.boards.calm import calm_of
from civitas.boards.exports import board_csv
from civitas.boards.frames import frame
from civitas.boards.outline import outline, part_of
from civitas.boards.pictures import LONGEST_ALT, keep_board_picture, may_put_up, on_paper, pictures_of, shown_on
from civitas.boards.queries import board_by_uid, document_of, drawer_of, seat_of, seats_of
from civitas.boards.rules import board_method, charter_of, may_lead, may_open, may_sit
from civitas.boards.steps import prompts_of, question_of
from civitas.boards.wishes import wish_of
from civitas.kit.ids import read_key
from civitas.kit.pdf import may_print, pdf_page
from civitas.kit.redirects import SeeOther
from civitas.kit.templatetags.kit import localized
from civitas.kit.verdicts import Refused
from civitas.media.actions import drop_file

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from civitas.boards.models import Board, Seat

# Without scripts a page shows so many cards, and so many to choose from when connecting.
MOST_PLAIN = 60
MOST_CHOICES = 200


@login_not_required
@require_safe
def show_board(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The board, live, as picture and list."""
    board, seat = _opened(request, uid)
    return _page(request, board, seat)


@login_not_required
@require_POST
def change_board(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A verb of the list twin, sent as a form."""
    board, seat = _opened(request, uid)
    charter = charter_of(request.actor, board, seat)
    # A picture's name comes from the upload alone.
    asked = {name: str(value) for name, value in request.POST.items() if name != "picture"}
    in_drawer = charter.drawer == "cards" or (charter.drawer == "dots" and asked.get("do") in {"dot", "undot"})
    picture, sent = None, request.FILES.get("picture") if asked.get("do") in {"add", "picture"} else None
    try:
        if sent is not None:
            picture = keep_board_picture(request.actor, board, seat, sent, size=sent.size or 0, alt=asked.get("alt", ""))
            asked["picture"] = picture.file.name
        write(request.actor, board, wish_of(asked, seat.alias if seat else "", (_canvas(board) or {}).get("regions", ())), drawer=in_drawer)
    except Refused as refused:
        if picture is not None:  # it hangs nowhere
            drop_file(picture.file)
        return _page(request, board, seat, refused=refused, asked=asked)
    return SeeOther(f"{reverse('board', args=[board.uid])}#list")


@login_not_required
@require_POST
def lead_board(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Who leads goes to a phase, or sets the timer anew."""
    board, _seat = _opened(request, uid)
    try:
        if "phase" in request.POST:
            set_phase(request.actor, board, request.POST["phase"])
        else:
            set_timer(request.actor, board, minutes=_minutes(request.POST.get("minutes", "")))
    except Refused as refused:
        if request.headers.get("Accept") == "application/json":
            return JsonResponse({"said": str(refused.reason)}, status=refused.status)
        raise
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({})
    return SeeOther(reverse("board", args=[board.uid]))


@login_not_required
@require_safe
def board_table(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The board as a table."""
    board, _seat = _opened(request, uid)
    things, names = document_of(board), {each.alias: each.shown_name for each in seats_of(board)}
    alts = {name: ("", shown.alt) for name, shown in shown_on(board, things).items()}
    return board_csv(outline(things, names, _canvas(board), pictures=alts), _file_name(board), _fields(board))


@login_not_required
@require_safe
def print_board(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The board on paper: its groups with their cards."""
    board, _seat = _opened(request, uid)
    names = {each.alias: each.shown_name for each in seats_of(board)}
    things = document_of(board)
    shown = shown_on(board, things)
    pictures = on_paper(board.city, shown)
    known = {name: (name, shown[name].alt) for name in pictures}
    sections = outline(things, names, _canvas(board), fields=_fields(board), pictures=known)
    context = {"board": board, "step": board.step, "sections": sections, "printed_at": timezone.now()}
    return pdf_page(request, "boards/board_pdf.html", context, name=_file_name(board), pictures=pictures)


def _opened(request: HttpRequest, uid: UUID) -> tuple[Board, Seat | None]:
    board = board_by_uid(request.city, uid) if request.city else None
    if board is None:
        raise Http404
    seat = seat_of(board, request.actor.participant)
    may_open(request.actor, board, seat).require()
    return board, seat


def _page(
    request: HttpRequest, board: Board, seat: Seat | None, *, refused: Refused | None = None, asked: dict[str, str] | None = None
) -> HttpResponse:
    charter, seats, canvas = charter_of(request.actor, board, seat), seats_of(board), _canvas(board)
    method, leads = board_method(board.step), bool(may_lead(request.actor, board))
    phases = [(phase.key, str(phase.name)) for phase in method.phases(board.step)] if method else []
    names = {each.alias: each.shown_name for each in seats}
    own = drawer_of(board, seat) if seat and charter.drawer != "none" else None
    things = document_of(board)
    if own:
        things.cards.update(own.cards)
        things.dots.update(own.dots)
    shown = pictures_of(request.actor, board, seat, things)
    addresses = {name: (reverse("board_picture", args=[board.uid, name]), alt) for name, alt in shown.items()}
    sections = outline(things, names, canvas, reader=seat.alias if seat else "", fields=_fields(board), pictures=addresses)
    part = max(1, read_key(request.GET.get("teil", "")) or 1)
    step_url = reverse("step", args=[board.step.process.slug, board.step.position])
    ends_in = max(0.0, (board.phase_ends_at - timezone.now()).total_seconds()) if board.phase_ends_at else None
    files = [(_("As a table (CSV)"), reverse("board_table", args=[board.uid]))]
    if may_print():
        files.append((_("On paper (PDF)"), reverse("board_pdf", args=[board.uid])))
    context: dict[str, Any] = frame(
        str(board.uid),
        board.step.title,
        note=board.step.process.title,
        question=question_of(board.step),
        back_url=step_url,
        live=live_address(request, board),
        seat=seat.alias if seat else "",
        seats={each.alias: (each.shown_name, each.colour) for each in seats},
        charter=charter.as_json(),
        calm=calm_of(request.actor, board, seat, charter),
        prompts=prompts_of(board.step),
        canvas=canvas,
        phases=phases,
        phase=board.phase,
        ends_in=ends_in,
        files=files,
        media=reverse("board_picture", args=[board.uid, "name"]).removesuffix("name") + "{name}",
        pictures=reverse("pictures_of_board", args=[board.uid]),
        upload=reverse("add_board_picture", args=[board.uid]) if seat else "",
        invite_url=reverse("lead_step", args=[board.step.process.slug, board.step.position]) if leads else "",
        fields=_fields(board),
        contribution=localized("/beitrag/{number}"),
        flag=reverse("flag_card", args=[board.uid, "card"]).removesuffix("card") + "{card}",
    )
    context |= {
        "sections": part_of(sections, part, MOST_PLAIN),
        "next_part": part + 1 if part * MOST_PLAIN < sum(len(section.entries) for section in sections) else 0,
        "choices": [(entry.card.id, entry.card.text) for section in sections for entry in section.entries][:MOST_CHOICES],
        "places": [(f"{each.kind} {each.key}", each.title) for each in sections if each.kind in {"group", "region"}],
        "charter": charter,
        "alias": seat.alias if seat else "",
        "change_url": reverse("change_board", args=[board.uid]),
        "lead_url": reverse("lead_board", args=[board.uid]) if leads else "",
        "join_url": step_url if seat is None and may_sit(request.actor, board) else "",
        "puts_pictures": bool(may_put_up(request.actor, board, seat)),
        "longest_alt": LONGEST_ALT,
        "new_fields": [(name, label, (asked or {}).get(f"field_{name}", "")) for name, label in _fields(board).items()],
        "refused": refused,
        "asked": {"where": "", "alt": "", **(asked or {})},
    }
    status = 200 if refused is None else refused.status
    return render(request, "boards/board.html", {"board": context}, status=status)


def _canvas(board: Board) -> dict[str, Any] | None:
    method = board_method(board.step)
    found = method.canvas(board.step) if method and method.canvas else None
    return dict(found) if found else None


def _fields(board: Board) -> dict[str, str]:
    """The labels of a card's short texts, as 'who' and 'until' in a plan."""
    method = board_method(board.step)
    return {name: str(label) for name, label in method.fields.items()} if method else {}


def _file_name(board: Board) -> str:
    return slugify(board.step.title)[:60] or "board"


def _minutes(typed: str) -> int:
    if not typed.isdecimal() or len(typed) > 4:
        raise Refused(_("Please say the minutes as a number."), status=422)
    return int(typed)
