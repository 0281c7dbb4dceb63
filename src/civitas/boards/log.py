"""The log of a board: the truth that every process follows by its sequence, and the one way to append to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from civitas.boards.models import Board, BoardClient, BoardSnapshot, BoardUpdate
from civitas.boards.wakeup import wake_on_commit
from civitas.outbox.actions import enqueue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from civitas.cities.models import City

COMPACT_EVERY = 500  # updates


@dataclass(frozen=True)
class Entry:
    """An entry of the log. `drawer` and `author` are keys of seats; without an author the server wrote it. `whole`: a snapshot."""

    sequence: int
    drawer: int | None
    author: int | None
    data: bytes
    whole: bool = False


@dataclass(frozen=True)
class Head:
    """How far the log has come, what decides over rights, and the update that laid every thing anew."""

    sequence: int
    version: int
    relaid: int = 0


def head_of(city: City, board: int) -> Head:
    """The head of the log now."""
    return Head(*Board.objects.of(city).filter(pk=board).values_list("sequence", "version", "relaid").get())


def follow(city: City, board: int, *, after: int) -> list[Entry]:
    """What the log has beyond this sequence, in order; what was compacted meanwhile comes as snapshots, of which part is known then."""
    # The updates first: what compaction takes away after that is in what was read, what it took before is in the snapshot.
    updates = list(
        BoardUpdate.objects.of(city)
        .filter(board=board, sequence__gt=after)
        .order_by("sequence")
        .values_list("sequence", "drawer", "author", "data")
    )
    wholes = BoardSnapshot.objects.of(city).filter(board=board, sequence__gt=after).order_by("pk").values_list("sequence", "drawer", "data")
    found = [Entry(sequence, drawer, None, bytes(data), whole=True) for sequence, drawer, data in wholes]
    return found + [Entry(sequence, drawer, author, bytes(data)) for sequence, drawer, author, data in updates]


def updates_of(city: City | int, board: int, drawer: int | None) -> tuple[int, list[bytes]]:
    """The document of a board or drawer as updates, and the sequence up to which they go (0: there is nothing)."""
    rows = list(BoardUpdate.objects.of(city).filter(board=board, drawer=drawer).order_by("sequence").values_list("sequence", "data"))
    whole = BoardSnapshot.objects.of(city).filter(board=board, drawer=drawer).values_list("sequence", "data").first()
    parts = [whole, *rows] if whole else rows
    return max((sequence for sequence, _data in parts), default=0), [bytes(data) for _sequence, data in parts]


def append(city: City, board: int, entries: Sequence[Entry], *, known: Head, claims: Mapping[int, int], uid: UUID) -> bool:
    """Append to the log and commit, unless somebody wrote since `known`: then nothing happens and the answer is no.

    `claims` are new Yjs client numbers with the seats that use them; the entries' own sequences are given by the order.
    """
    with transaction.atomic():
        # Compare and swap: this takes the board's row, on PostgreSQL too, and waits for whoever has it.
        mine = Board.objects.of(city).filter(pk=board, sequence=known.sequence, version=known.version)
        if not mine.update(sequence=F("sequence") + len(entries)):
            return False
        BoardUpdate.objects.bulk_create(_rows(city, board, entries, first=known.sequence + 1))
        if claims:
            rows = (BoardClient(city=city, board_id=board, client=client, seat_id=seat) for client, seat in claims.items())
            BoardClient.objects.bulk_create(rows)
        last = known.sequence + len(entries)
        if last // COMPACT_EVERY > known.sequence // COMPACT_EVERY:
            enqueue(city, "boards.compact", {"board": board}, key=f"board-{board}")
        wake_on_commit(uid)
    return True


def _rows(city: City, board: int, entries: Sequence[Entry], *, first: int) -> list[BoardUpdate]:
    return [
        BoardUpdate(city=city, board_id=board, drawer_id=each.drawer, author_id=each.author, sequence=sequence, data=each.data)
        for sequence, each in enumerate(entries, start=first)
    ]


def owners_of(city: City, board: int) -> dict[int, str]:
    """Yjs client number -> alias of the seat that writes under it."""
    return dict(BoardClient.objects.of(city).filter(board=board, seat__city=city).order_by("pk").values_list("client", "seat__alias"))


def drawers_of(city: City, board: int) -> list[int]:
    """Keys of the seats whose drawers hold something."""
    used = set(
        BoardUpdate.objects.of(city).filter(board=board, drawer__isnull=False).order_by().values_list("drawer", flat=True).distinct()
    )
    kept = BoardSnapshot.objects.of(city).filter(board=board, drawer__isnull=False).order_by().values_list("drawer", flat=True)
    return sorted(used | set(kept))


@transaction.atomic
def put_snapshot(city: City, board: int, drawer: int | None, *, sequence: int, data: bytes) -> bool:
    """Put all up to a sequence in place of its updates, unless a newer one is there; returns whether it did."""
    Board.objects.of(city).select_for_update().get(pk=board)
    old = BoardSnapshot.objects.of(city).filter(board=board, drawer=drawer)
    if old.filter(sequence__gte=sequence).exists():
        return False
    if not old.update(sequence=sequence, data=data):
        BoardSnapshot.objects.create(city=city, board_id=board, drawer_id=drawer, sequence=sequence, data=data)
    BoardUpdate.objects.of(city).filter(board=board, drawer=drawer, sequence__lte=sequence).delete()
    return True


def drop_drawers(city: City, board: int, drawers: Iterable[int]) -> None:
    """Take drawers out of the log, once what they held is on the board; in that transaction."""
    keys = list(drawers)
    BoardUpdate.objects.of(city).filter(board=board, drawer__in=keys).delete()
    BoardSnapshot.objects.of(city).filter(board=board, drawer__in=keys).delete()
