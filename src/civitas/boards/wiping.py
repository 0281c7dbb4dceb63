"""Taking what one seat made off a board: out of sight, or for good, from what was made of it and from the log that remembers both."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction

from civitas.boards.actions import put_anew, put_on_board, send_away
from civitas.boards.documents import new_document
from civitas.boards.log import drop_drawers, put_snapshot, updates_of
from civitas.boards.quoting import one_line, requote
from civitas.boards.things import Card, Dot, Group, Line, Removal
from civitas.journal.actions import record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.boards.models import Board, Seat
    from civitas.boards.things import Thing, Things
    from civitas.people.actors import Actor


@transaction.atomic
def clear_away(actor: Actor, board: Board, seat: Seat) -> None:
    """Send somebody away and take off the board what they made, also what waits in their drawer; what was brought stays."""
    send_away(actor, board, seat)

    def wish(there: Things) -> list[Thing | Removal]:
        return [Removal(root, each.id) if isinstance(each, Dot) else replace(each, gone=True) for root, each in _by(there, seat.alias)]

    put_on_board(board, wish)
    drop_drawers(board.city, board.pk, [seat.pk])
    record(board.city, by=actor.uid, verb="board.cleared_away", subject=f"board:{board.pk}")


@transaction.atomic
def wipe_seat(seat: Seat) -> None:
    """Empty every card, title and label that somebody wrote at a board, and take their drawings and dots away.

    An empty card stays as gone, so that what others tied to it holds. Cards that were brought are their contribution's.
    """
    board, said = seat.board, set[str]()

    def wish(there: Things) -> list[Thing | Removal]:
        wanted: list[Thing | Removal] = []
        for root, thing in _by(there, seat.alias):
            if isinstance(thing, Card):
                said.add(one_line(thing.text))
                wanted.append(replace(thing, text="", fields={}, picture="", gone=True))
            elif isinstance(thing, Group):
                wanted.append(replace(thing, title=""))
            elif isinstance(thing, Line):
                wanted.append(replace(thing, label=""))
            else:
                wanted.append(Removal(root, thing.id))
        return wanted

    put_on_board(board, wish)
    _forget_what_was(board)
    requote(board, dict.fromkeys(said - {""}, ""))


def _forget_what_was(board: Board) -> None:
    """Lay the board anew, as it is now, in one update: no earlier one is left to read the words from."""
    put_anew(board)
    sequence, updates = updates_of(board.city, board.pk, None)
    put_snapshot(board.city, board.pk, None, sequence=sequence, data=new_document(*updates).get_update())


def _by(things: Things, alias: str) -> Iterator[tuple[str, Thing]]:
    for root, by_id in things.by_root.items():
        for thing in by_id.values():
            if thing.by == alias and not (isinstance(thing, Card) and thing.number):
                yield root, thing
