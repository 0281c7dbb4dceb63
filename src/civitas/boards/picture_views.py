"""Pictures of a board: one is put up, shown, described; and the team's page about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from civitas.boards.card_flag_views import flagged_cards
from civitas.boards.card_flags import open_cards
from civitas.boards.picture_models import BoardPicture
from civitas.boards.pictures import (
    State,
    decide_picture,
    derivative_of,
    destroy_picture,
    keep_board_picture,
    may_decide_pictures,
    may_see_picture,
    picture_by_name,
    pictures_of,
    waiting_pictures,
)
from civitas.boards.queries import board_by_uid, document_of, drawer_of, seat_of
from civitas.boards.rules import may_open
from civitas.kit.ids import read_key
from civitas.kit.redirects import SeeOther
from civitas.kit.verdicts import Refused
from civitas.media.views import serve
from civitas.moderation.models import Reason

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

    from civitas.boards.models import Board, Seat

WIDTH_ON_CARD = 480
PER_PAGE = 24


@login_not_required
@require_POST
def add_picture(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A photo for a card, as the board's dialog sends it; the card gets its name."""
    board, seat = _opened(request, uid)
    sent = request.FILES.get("picture")
    if sent is None:
        return JsonResponse({"said": _("Please choose a picture first.")}, status=400)
    try:
        picture = keep_board_picture(request.actor, board, seat, sent, size=sent.size or 0, alt=request.POST.get("alt", ""))
    except Refused as refused:
        return JsonResponse({"said": str(refused.reason)}, status=refused.status)
    return JsonResponse({"name": picture.file.name, "alt": picture.alt, "waits": picture.state == State.WAITING})


@login_not_required
@require_safe
def show_picture(request: HttpRequest, uid: UUID, name: str) -> HttpResponse | StreamingHttpResponse:
    """A picture of a board, as wide as a card needs it or as `breite` says."""
    board, seat = _opened(request, uid)
    picture = picture_by_name(board, name)
    if picture is None:
        raise Http404
    picture.board = board
    may_see_picture(request.actor, picture, seat).require()
    row = derivative_of(picture, read_key(request.GET.get("breite", "")) or WIDTH_ON_CARD)
    if row is None:
        raise Http404
    response = serve(request, row)
    # What is hidden must be gone soon, and a board may be for few.
    response.headers["Cache-Control"] = "private, max-age=60" if picture.state == State.SHOWN else "private, no-store"
    return response


@login_not_required
@require_safe
def list_pictures(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What the board's pictures show, in words by name; for those who do not see them."""
    board, seat = _opened(request, uid)
    things = document_of(board)
    if seat is not None:
        things.cards.update(drawer_of(board, seat).cards)
    response = JsonResponse(pictures_of(request.actor, board, seat, things))
    response["Cache-Control"] = "no-store"
    return response


def _opened(request: HttpRequest, uid: UUID) -> tuple[Board, Seat | None]:
    board = board_by_uid(request.city, uid) if request.city else None
    if board is None:
        raise Http404
    seat = seat_of(board, request.actor.participant)
    may_open(request.actor, board, seat).require()
    return board, seat


@require_safe
def list_board_pictures(request: HttpRequest) -> HttpResponse:
    """The team's page: flagged cards, then pictures, those that wait first; each is shown, hidden, or taken away for good."""
    may_decide_pictures(request.actor).require()
    rows = BoardPicture.objects.of(request.city).filter(file__city=request.city).select_related("file", "seat__participant")
    rows = rows.select_related("board__step__process")
    before = read_key(request.GET.get("vor", ""))
    shown = rows.exclude(state=State.WAITING).order_by("-pk")
    page = list((shown.filter(pk__lt=before) if before else shown)[: PER_PAGE + 1])
    context: dict[str, Any] = {
        "cards": [] if before else flagged_cards(request.city),
        "reasons": Reason.choices,
        "waiting": [] if before else list(rows.filter(state=State.WAITING).order_by("pk")[:100]),
        "pictures": page[:PER_PAGE],
        "next_before": page[PER_PAGE - 1].pk if len(page) > PER_PAGE else 0,
    }
    return render(request, "boards/pictures.html", context)


@require_POST
def decide_board_picture(request: HttpRequest, key: int) -> HttpResponse:
    """Show or hide one, or take it away for good."""
    rows = BoardPicture.objects.of(request.city).select_related("file__city", "board__city", "board__step__process")
    picture = rows.filter(pk=key).first()
    if picture is None:
        raise Http404
    does = request.POST.get("do", "")
    if does == "destroy":
        destroy_picture(request.actor, picture)
        messages.success(request, _("The picture is gone for good."))
    else:
        decide_picture(request.actor, picture, does)
        said = _("The picture is shown again.") if does == State.SHOWN else _("The picture is hidden. It is off the board already.")
        messages.success(request, said)
    return SeeOther(reverse("board_pictures"))


def render_waiting(request: HttpRequest) -> str:
    """The box of the team's overview: how many pictures and flagged cards wait; nothing where none does."""
    if not may_decide_pictures(request.actor):
        return ""
    count, cards = waiting_pictures(request.city).count(), open_cards(request.actor)
    return render_to_string("boards/_pictures_wait.html", {"count": count, "cards": cards}, request) if count or cards else ""
