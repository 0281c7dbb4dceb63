"""What boards keep of a person: handed out, erased, handed over on claiming."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from civitas.boards.flag_models import CardFlag, FlaggedCard
from civitas.boards.joined_seats import join_seats
from civitas.boards.log import drop_drawers
from civitas.boards.models import Board, Seat
from civitas.boards.queries import document_of, drawer_of
from civitas.boards.wakeup import wake_on_commit
from civitas.boards.wiping import wipe_seat

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from civitas.boards.things import Things
    from civitas.cities.models import City
    from civitas.people.models import Participant


def export_boards(city: City, participant: Participant) -> dict[str, Any]:
    """At which boards a participant sat, under which name, and the cards they wrote there or have in their drawer."""
    flags = CardFlag.objects.of(city).filter(participant=participant).order_by("pk")
    decided = FlaggedCard.objects.of(city).filter(decided_by=participant).order_by("pk")
    return {
        "boards": [_exported(seat) for seat in _seats(city, participant)],
        "flags_of_cards": list(flags.values("reason", "words", "at")),
        "decisions_about_cards": list(decided.values("state", "reason", "decided_at")),
    }


def _exported(seat: Seat) -> dict[str, Any]:
    board = seat.board
    return {
        "board": str(board.uid),
        "step": str(board.step.title),
        "name": seat.shown_name,
        "since": seat.taken_at,
        "cards": _texts(document_of(board), seat),
        "drawer": _texts(drawer_of(board, seat), seat),
        "hidden": list(_hidden(seat).order_by("pk").values_list("text", flat=True)),
    }


def _hidden(seat: Seat) -> QuerySet[FlaggedCard]:
    return FlaggedCard.objects.of(seat.city_id).filter(seat=seat).exclude(text="")


def _texts(things: Things, seat: Seat) -> list[str]:
    return [card.text for card in things.cards.values() if card.by == seat.alias]


@transaction.atomic
def erase_boards(city: City, participant: Participant) -> None:
    """Take what a participant wrote off the boards, out of what was made of it, and out of every board's memory; then leave the seats."""
    for seat in _seats(city, participant):
        wipe_seat(seat)
    leave_boards(city, participant)


@transaction.atomic
def leave_boards(city: City, participant: Participant) -> None:
    """Leave the seats without person and name, and empty their drawers; what they made with others on the board stays, without a name."""
    for seat in _seats(city, participant):
        drop_drawers(city, seat.board.pk, [seat.pk])
        _hidden(seat).update(text="", picture="")
        Seat.objects.of(city).filter(pk=seat.pk).update(participant=None, name="")
        _touch(city, seat.board)
    CardFlag.objects.of(city).filter(participant=participant).update(participant=None, words="")
    FlaggedCard.objects.of(city).filter(decided_by=participant).update(decided_by=None)


@transaction.atomic
def adopt_boards(city: City, old: Participant, new: Participant) -> None:
    """Give `new` the seats of `old`; where both sat, what was made at the older seat is theirs at the seat that they keep."""
    mine = {seat.board.pk: seat for seat in _seats(city, new)}
    for seat in _seats(city, old):
        if seat.board.pk in mine:
            join_seats(mine[seat.board.pk], seat)
        else:
            Seat.objects.of(city).filter(pk=seat.pk).update(participant=new)
        _touch(city, seat.board)
    both = CardFlag.objects.of(city).filter(participant=new).values("flagged")
    CardFlag.objects.of(city).filter(participant=old, flagged__in=both).update(participant=None)
    CardFlag.objects.of(city).filter(participant=old).update(participant=new)


def _seats(city: City, participant: Participant) -> list[Seat]:
    rows = Seat.objects.of(city).filter(participant=participant, board__city=city)
    return list(rows.select_related("board__city", "board__step", "participant").order_by("pk"))


def _touch(city: City, board: Board) -> None:
    """Names and rights of a board have changed."""
    Board.objects.of(city).filter(pk=board.pk).update(version=F("version") + 1)
    wake_on_commit(board.uid)
