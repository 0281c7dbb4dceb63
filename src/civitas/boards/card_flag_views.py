"""The page on which a card is flagged, and what the team presses about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from civitas.boards.card_flags import State, card_on, decide_card, flag_card, may_flag_card
from civitas.boards.flag_models import CardFlag, FlaggedCard
from civitas.boards.queries import board_by_uid, document_of, seats_of
from civitas.boards.rules import may_open
from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import carry_out
from civitas.kit.verdicts import Refused
from civitas.moderation.forms import FlagForm

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from civitas.cities.models import City

# On so many boards at a time the team looks at flagged cards.
BOARDS_READ = 5


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def flag_a_card(request: HttpRequest, uid: UUID, card: str) -> HttpResponse:
    """Flag a card of a board; nobody has to sign in."""
    board = board_by_uid(request.city, uid) if request.city else None
    if board is None:
        raise Http404
    seats = {seat.alias: seat for seat in seats_of(board)}
    person = request.actor.participant
    mine = next((seat for seat in seats.values() if person and seat.participant_id == person.pk), None)
    may_open(request.actor, board, mine).require()
    back = reverse("board", args=[board.uid])
    found = card_on(board, card)
    allowed = may_flag_card(request.actor, board, found, mine)
    if request.GET.get("danke") and (allowed or found is not None):
        return render(request, "moderation/flagged.html", {"back": back})
    if found is None or allowed.status == 404:
        raise Http404
    form = FlagForm(request.POST if request.method == "POST" else None)
    status = 200 if allowed else allowed.status
    if request.method == "POST" and allowed:
        typed = ("uid", "reason", "words")
        status, kept = carry_out(
            form, lambda: flag_card(request.actor, board, found, seats, **{name: form.cleaned_data[name] for name in typed})
        )
        if kept is not None:
            return SeeOther(f"{request.path}?danke=1")
    author = seats.get(found.by)
    who = author.shown_name if author else ""
    context = {"form": form, "allowed": allowed, "back": back, "title": board.step.title, "text": found.text, "who": who}
    return render(request, "moderation/flag.html", {**context, "language": request.language, "letter": None}, status=status)


@require_POST
def decide_flagged_card(request: HttpRequest, key: int) -> HttpResponse:
    """Hide a flagged card, leave it, or show it again."""
    rows = FlaggedCard.objects.of(request.city).select_related("board__city", "board__step__process", "seat")
    flagged = rows.filter(pk=key, board__city=request.city).first()
    if flagged is None:
        raise Http404
    state = request.POST.get("do", "")
    try:
        decide_card(request.actor, flagged, state, reason=request.POST.get("reason", ""), seen=request.POST.get("seen", ""))
    except Refused as refused:
        if refused.status not in {409, 422}:
            raise
        messages.error(request, str(refused.reason))
    else:
        messages.success(
            request, _("The card is hidden. It is off the board already.") if state == State.HIDDEN else _("The card is shown.")
        )
    return SeeOther(reverse("board_pictures"))


def flagged_cards(city: City, *, most: int = 50) -> list[FlaggedCard]:
    """Cards that wait for the team, with what they say now and the flags; then those that are hidden. A query a board.

    Of those that wait the first ones, on few boards at a time: each is read whole. More follow as these are decided.
    """
    flags = Prefetch("flags", CardFlag.objects.of(city).order_by("pk"))
    rows = FlaggedCard.objects.of(city).filter(board__city=city).prefetch_related(flags)
    rows = rows.select_related("board__city", "board__step__process", "seat__participant")
    found = list(rows.filter(state=State.OPEN).order_by("pk")[:most])
    boards = dict(list({row.board_id: row.board for row in found}.items())[:BOARDS_READ])
    cards = {key: document_of(board).cards for key, board in boards.items()}
    waiting = [row for row in found if row.board_id in boards]
    for row in waiting:
        card = cards[row.board_id].get(row.card)
        row.text, row.picture = (card.text, card.picture) if card is not None else ("", "")
    return waiting + list(rows.filter(state=State.HIDDEN).order_by("-pk")[:most])
