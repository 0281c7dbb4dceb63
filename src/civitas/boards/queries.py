"""Reading boards: one with its step, what lies on it, who sits there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civitas.boards.documents import new_document, read_all
from civitas.boards.log import updates_of
from civitas.boards.models import Board, Seat

if TYPE_CHECKING:
    from uuid import UUID

    from civitas.boards.things import Things
    from civitas.cities.models import City
    from civitas.people.models import Participant
    from civitas.processes.models import Step


def board_by_uid(city: City, uid: UUID | str) -> Board | None:
    """A board with its step and process; None where the city has none of this uid."""
    return Board.objects.of(city).select_related("city", "step__process").filter(uid=uid, step__city=city).first()


def boards_of(step: Step) -> list[Board]:
    """The boards of a step, the one for all first."""
    return list(Board.objects.of(step.city_id).filter(step=step).select_related("city", "step__process").order_by("table"))


def document_of(board: Board) -> Things:
    """Everything that lies on the board, as plain values."""
    return read_all(new_document(*updates_of(board.city, board.pk, None)[1]))


def drawer_of(board: Board, seat: Seat) -> Things:
    """What lies in somebody's drawer."""
    return read_all(new_document(*updates_of(board.city, board.pk, seat.pk)[1]))


def seats_of(board: Board) -> list[Seat]:
    """Everybody who ever sat down at the board, with their persons, in the order in which they came."""
    return list(Seat.objects.of(board.city_id).filter(board=board).select_related("participant").order_by("place"))


def seat_of(board: Board, participant: Participant | None) -> Seat | None:
    """Where somebody sits at the board; None for who has not sat down."""
    if participant is None:
        return None
    return Seat.objects.of(board.city_id).filter(board=board, participant=participant).select_related("participant").first()


def names_of(board: Board) -> dict[str, str]:
    """alias -> name by which somebody at the board can be thanked; '' for who gave none or has left."""
    return {seat.alias: seat.name or (seat.participant.pseudonym if seat.participant else "") for seat in seats_of(board)}
