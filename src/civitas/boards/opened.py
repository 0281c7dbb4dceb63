"""A board opened in memory: its sheets, how far it has followed the log, and the way back into the log. Belongs to one thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from civitas.boards.documents import SERVER_CLIENT
from civitas.boards.log import Entry, Head, append, follow, head_of, owners_of, updates_of
from civitas.boards.models import Seat
from civitas.boards.sheets import Sheet
from civitas.boards.updates import read_sound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from civitas.boards.models import Board
    from civitas.boards.sheets import Tried
    from civitas.boards.things import Change, Things


@dataclass(frozen=True)
class Made:
    """An edit that was judged well, on its way into the log: whose drawer (None: the board), by whose seat (None: the server)."""

    drawer: int | None
    author: int | None
    tried: Tried


@dataclass(frozen=True)
class Followed:
    """What the log brought by others: the entry and what it changed."""

    entry: Entry
    changes: tuple[Change, ...]


class OpenBoard:
    """`sequence` is how far this has followed the log; `catch_up` follows it further, `commit` appends what was tried on the sheets."""

    def __init__(self, board: Board) -> None:
        self.city, self.key, self.uid = board.city, board.pk, board.uid
        head = head_of(self.city, self.key)
        self.version, self.relaid = head.version, head.relaid
        self.aliases: dict[int, str] = {}
        self.owners: dict[int, str] = {}
        self._read_owners()
        self._drawers: dict[int, Sheet] = {}
        # The log may have grown since its head was read: then it is followed twice, which changes nothing.
        self.sequence = head.sequence
        self.main = Sheet(updates_of(self.city, self.key, None)[1], self.owners)

    @property
    def things(self) -> Things:
        """What lies on the board; also what waits to be committed."""
        return self.main.things

    def sheet(self, drawer: int | None) -> Sheet:
        """The board's own document, or the drawer of a seat."""
        if drawer is None:
            return self.main
        if drawer not in self._drawers:
            self._drawers[drawer] = Sheet(updates_of(self.city, self.key, drawer)[1], self.owners, ground=self.things)
        return self._drawers[drawer]

    def forget_drawer(self, drawer: int) -> None:
        """Let a drawer go from memory: nobody has it open, or it was emptied."""
        self._drawers.pop(drawer, None)

    def catch_up(self) -> list[Followed]:
        """Take what the log has beyond this, and drop what waits if there is any; returns what it brought."""
        head = head_of(self.city, self.key)
        if head.version != self.version:  # a new phase may have emptied the drawers: they are read anew when they are asked for
            self.drop()
            self._drawers.clear()
        self.version, self.relaid = head.version, head.relaid
        if head.sequence <= self.sequence:
            return []
        self.drop()
        entries = follow(self.city, self.key, after=self.sequence)
        followed = []
        for entry in entries:
            self._note_owners(entry)
            if entry.drawer is None:
                followed.append(Followed(entry, self.main.follow(entry.data)))
            elif entry.drawer in self._drawers:
                followed.append(Followed(entry, self._drawers[entry.drawer].follow(entry.data)))
        self.sequence = max((entry.sequence for entry in entries), default=head.sequence)
        return followed

    def drop(self) -> None:
        """Forget what waits."""
        self.main.drop()
        for sheet in self._drawers.values():
            sheet.drop()

    def commit(self, made: Sequence[Made]) -> list[Entry] | None:
        """Append what was tried, in this order, and commit; None if somebody else wrote since: catch up and try again."""
        edits = [each for each in made if not each.tried.is_empty]
        entries = [Entry(self.sequence + place, each.drawer, each.author, each.tried.update) for place, each in enumerate(edits, start=1)]
        claims = {client: each.author for each in edits if each.author is not None for client in each.tried.claims}
        known = Head(self.sequence, self.version)
        if entries and not append(self.city, self.key, entries, known=known, claims=claims, uid=self.uid):
            return None
        self.sequence += len(entries)
        for drawer in {each.drawer for each in made}:
            self.sheet(drawer).settle()
        return entries

    def alias_of(self, seat: int) -> str:
        """The alias of a seat by its key."""
        if seat not in self.aliases:
            rows = Seat.objects.of(self.city).filter(board=self.key).order_by("pk").values_list("pk", "alias")
            self.aliases.update(rows)
        return self.aliases[seat]

    def _read_owners(self) -> None:
        self.owners.update(owners_of(self.city, self.key))
        self.owners[SERVER_CLIENT] = ""

    def _note_owners(self, entry: Entry) -> None:
        """Who writes under the client numbers that come in by the log."""
        if entry.whole:
            self._read_owners()
        elif entry.author is not None:
            for client in read_sound(entry.data).brings:
                self.owners.setdefault(client, self.alias_of(entry.author))
