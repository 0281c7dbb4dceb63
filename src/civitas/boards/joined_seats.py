"""Two seats of one person become one: who sat down as a guest and again after signing in is the author of all that they made."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction

from civitas.boards.actions import hold
from civitas.boards.documents import put_things
from civitas.boards.flag_models import FlaggedCard
from civitas.boards.log import drop_drawers
from civitas.boards.models import Seat
from civitas.boards.opened import Made, OpenBoard
from civitas.boards.picture_models import BoardPicture
from civitas.boards.rules import board_method
from civitas.boards.sheets import Tried
from civitas.boards.things import Dot, Removal
from civitas.people.actors import actor_of
from civitas.people.deeds import deeds_changed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from civitas.boards.things import Thing, Things


@transaction.atomic
def join_seats(kept: Seat, old: Seat) -> None:
    """Everything under the alias of `old` stands under that of `kept` from now on, in its drawer too; nobody sits at `old` any more.

    Dots beyond what one person may give go, so that nobody counts twice.
    """
    board = kept.board
    hold(board.city, board.pk)
    opened = OpenBoard(board)
    most = _dots_of(kept)
    drawer, spare = opened.sheet(kept.pk), opened.sheet(old.pk)
    given = sum(dot.by == kept.alias for sheet in (opened.main, drawer) for dot in sheet.things.dots.values())
    room = max(0, most - given) if most is not None else len(spare.things.dots) + len(opened.things.dots)
    moved, room = _renamed(spare.things, old.alias, kept.alias, room)
    made = [_try(opened, kept.pk, [thing for thing in moved if not isinstance(thing, Removal)])]
    changed, room = _renamed(opened.things, old.alias, kept.alias, room)
    made.append(_try(opened, None, changed))
    if opened.commit(made) is None:
        raise RuntimeError("the board's row is held, and yet somebody wrote")
    drop_drawers(board.city, board.pk, [old.pk])
    BoardPicture.objects.of(board.city_id).filter(board=board, seat=old).update(seat=kept)
    FlaggedCard.objects.of(board.city_id).filter(board=board, seat=old).update(seat=kept)
    Seat.objects.of(board.city_id).filter(pk=old.pk).update(participant=None, name="")
    deeds_changed(board.city, "write", [old.pk])


def _dots_of(seat: Seat) -> int | None:
    """How many dots one person may give in this phase; None where none are given, so that nothing has to be cut."""
    method = board_method(seat.board.step)
    if method is None or seat.participant is None:
        return None
    seat.participant.city = seat.board.city
    most: int = method.charter(actor_of(seat.participant), seat.board.step, seat.board.phase).dots
    return most or None


def _renamed(things: Things, old: str, new: str, room: int) -> tuple[list[Thing | Removal], int]:
    """What stood under the old alias under the new one, with `room` for so many dots; and the room that is left."""
    found: list[Thing | Removal] = []
    for root, thing in _by(things, old):
        if isinstance(thing, Dot) and not room:
            found.append(Removal(root, thing.id))
            continue
        room -= isinstance(thing, Dot)
        found.append(replace(thing, by=new))
    return found, room


def _by(things: Things, alias: str) -> Iterator[tuple[str, Thing]]:
    for root, by_id in things.by_root.items():
        for thing in sorted(by_id.values(), key=lambda each: each.id):
            if thing.by == alias:
                yield root, thing


def _try(opened: OpenBoard, drawer: int | None, wanted: Iterable[Thing | Removal]) -> Made:
    tried = opened.sheet(drawer).try_change(partial(put_things, wanted=list(wanted)), "", None)
    assert isinstance(tried, Tried), "without a charter nothing is refused"
    return Made(drawer, None, tried)
