"""The keeper: the one thread of a live process that has the boards open, judges edits and commits them."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction
from pycrdt import merge_updates

from civitas.boards.actions import hold
from civitas.boards.documents import NOTHING, Malformed
from civitas.boards.judging import refusal
from civitas.boards.live.standings import NOBODY, look_at
from civitas.boards.opened import Made, OpenBoard
from civitas.boards.sheets import Tried
from civitas.boards.things import Card
from civitas.boards.updates import read_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from civitas.boards.judging import Ruling
    from civitas.boards.live.standings import Look, Standing
    from civitas.boards.models import Board
    from civitas.boards.things import Change

_log = logging.getLogger(__name__)
_MOST_TRIES = 4
_KEPT_GROUPINGS = 2_000


@dataclass(frozen=True)
class Edit:
    """An edit on its way: whose connection (`line`, opaque here), which person, which document, and what it knew."""

    line: object
    participant: int | None
    in_drawer: bool
    number: int
    known: int
    data: bytes


@dataclass(frozen=True)
class Answer:
    """What became of an edit: the sequence up to which it is on disk, a ruling against it, or what is malformed about it."""

    edit: Edit
    sequence: int = 0
    ruling: Ruling | None = None
    malformed: str = ""


@dataclass(frozen=True)
class Piece:
    """Something for everybody at the board, or for one drawer (key of the seat)."""

    drawer: int | None
    sequence: int
    data: bytes


@dataclass(frozen=True)
class Clash:
    """A card that two people put into two groups, the group where it lies now, and both."""

    card: str
    group: str
    aliases: tuple[str, str]


@dataclass
class Outcome:
    """What a job brought: answers, pieces for others in order, clashes, and a fresh look where rights have changed."""

    answers: list[Answer] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    look: Look | None = None
    sequence: int = 0


class KeptBoard:
    """A board in the keeper's hands. Every method runs in the keeper's thread."""

    def __init__(self, board: Board) -> None:
        self.city, self.key = board.city, board.pk
        self.opened = OpenBoard(board)
        self.standings: dict[int | None, Standing] = {}
        self.citizens: set[int] = set()
        self._groupings: dict[str, tuple[int, str, str]] = {}  # card -> (sequence, alias, group)

    def look(self, people: Iterable[int | None]) -> Look:
        """Read how these people stand to the board now."""
        found = look_at(self.city, self.key, list(people), citizens=self.citizens)
        self.standings = dict(found.standings)
        return found

    def enter(self, standing: Standing, *, as_citizen: bool) -> None:
        """Somebody has come."""
        self.standings[standing.participant] = standing
        if standing.participant is not None:
            (self.citizens.add if as_citizen else self.citizens.discard)(standing.participant)

    def follow(self) -> Outcome:
        """Take what others wrote into the log."""
        outcome = Outcome()
        self._catch_up(outcome)
        outcome.sequence = self.opened.sequence
        return outcome

    def state_of(self, drawer: int | None, vector: bytes) -> tuple[int, bytes, bytes]:
        """(sequence, what a client with this state vector lacks, our own state vector). Raises Malformed."""
        sheet = self.opened.sheet(drawer)
        read_state(vector)  # before yrs makes room for as many as it claims to hold
        try:
            lacking = sheet.sound.get_update(vector)
        except Exception as error:
            raise Malformed("state") from error
        except BaseException as error:
            if type(error).__name__ != "PanicException":
                raise
            raise Malformed("state") from None
        return self.opened.sequence, lacking, sheet.sound.get_state()

    def leave_drawer(self, seat: int) -> None:
        """Nobody has this drawer open any more."""
        self.opened.forget_drawer(seat)

    def take(self, edits: Sequence[Edit]) -> Outcome:
        """Judge edits in their order and commit those that are kept, all at once. Raises DatabaseError; then nothing was kept."""
        outcome = Outcome()
        try:
            for _attempt in range(_MOST_TRIES):
                if self._try(edits, outcome):
                    return outcome
                self._catch_up(outcome)
            with transaction.atomic():  # too much goes on here: hold the row and take one's time
                hold(self.city, self.key)
                self._catch_up(outcome)
                if not self._try(edits, outcome):
                    raise RuntimeError("the board's row is held, and yet somebody wrote")
        except BaseException:
            self.opened.drop()
            raise
        return outcome

    def _try(self, edits: Sequence[Edit], outcome: Outcome) -> bool:
        outcome.answers = []
        clashes: list[Clash] = []
        fresh: dict[str, tuple[int, str, str]] = {}  # groupings of this batch
        made: list[tuple[Edit, Made]] = []
        for edit in edits:
            standing = self.standings.get(edit.participant, NOBODY)
            drawer = standing.seat if edit.in_drawer else None
            if edit.in_drawer and drawer is None:
                outcome.answers.append(Answer(edit, ruling=refusal("forged")))
                continue
            charter = standing.charter.in_drawer() if edit.in_drawer else standing.charter.on_board()
            sheet = self.opened.sheet(drawer)
            try:
                if drawer is None and edit.known < self.opened.relaid and sheet.is_news(edit.data):
                    outcome.answers.append(Answer(edit, ruling=refusal("missing")))
                    continue
                tried = sheet.try_update(edit.data, standing.alias, charter)
            except Malformed as error:
                outcome.answers.append(Answer(edit, malformed=str(error)))
                continue
            if not isinstance(tried, Tried):
                outcome.answers.append(Answer(edit, ruling=tried))
                continue
            if drawer is None:
                clashes += self._clashes(edit, tried, standing.alias, fresh)
                fresh |= {card: (self.opened.sequence + 1, standing.alias, group) for card, group in _grouped(tried.changes)}
            made.append((edit, Made(drawer, standing.seat, tried)))
        entries = self.opened.commit([each for _edit, each in made])
        if entries is None:
            self.opened.drop()
            return False
        outcome.sequence = self.opened.sequence
        outcome.answers += [Answer(edit, sequence=self.opened.sequence) for edit, _made in made]
        outcome.clashes = clashes
        for entry, (edit, each) in zip(entries, [pair for pair in made if not pair[1].tried.is_empty], strict=True):
            outcome.pieces.append(Piece(entry.drawer, entry.sequence, entry.data))
            if entry.drawer is None:
                self._note_groupings(each.tried.changes, entry.sequence, self.standings.get(edit.participant, NOBODY).alias)
        return True

    def _catch_up(self, outcome: Outcome) -> None:
        version = self.opened.version
        for followed in self.opened.catch_up():
            entry = followed.entry
            outcome.pieces.append(Piece(entry.drawer, entry.sequence, entry.data))
            if entry.drawer is None and entry.author is not None:
                self._note_groupings(followed.changes, entry.sequence, self.opened.alias_of(entry.author))
        if self.opened.version != version:
            outcome.look = self.look(list(self.standings))

    def _clashes(self, edit: Edit, tried: Tried, alias: str, fresh: Mapping[str, tuple[int, str, str]]) -> list[Clash]:
        """Cards that somebody else has put elsewhere since the last that this edit knew."""
        found = []
        for change in tried.changes:
            last = fresh.get(change.id) or self._groupings.get(change.id)
            if last is None or not isinstance(change.after, Card) or last[0] <= edit.known or last[1] == alias:
                continue
            before = change.before.group if isinstance(change.before, Card) else ""
            lost = change.before == change.after  # it set something that a concurrent edit had set, and that one stays
            if (lost and last[2]) or (change.after.group != before and change.after.group and last[2]):
                found.append(Clash(change.id, change.after.group, (min(last[1], alias), max(last[1], alias))))
        return found

    def _note_groupings(self, changes: Iterable[Change], sequence: int, alias: str) -> None:
        for card, group in _grouped(changes):
            self._groupings.pop(card, None)
            self._groupings[card] = (sequence, alias, group)
        while len(self._groupings) > _KEPT_GROUPINGS:
            del self._groupings[next(iter(self._groupings))]


def _grouped(changes: Iterable[Change]) -> list[tuple[str, str]]:
    """Cards that lie in another group than before, with that group."""
    pairs = [(change.before, change.after) for change in changes]
    return [
        (after.id, after.group)
        for before, after in pairs
        if isinstance(after, Card) and isinstance(before, Card) and after.group != before.group
    ]


def merged(pieces: Sequence[Piece]) -> Mapping[int | None, Piece]:
    """The pieces of each document as one."""
    by_drawer: dict[int | None, list[Piece]] = {}
    for piece in pieces:
        by_drawer.setdefault(piece.drawer, []).append(piece)
    return {drawer: _one(drawer, parts) for drawer, parts in by_drawer.items()}


def _one(drawer: int | None, parts: Sequence[Piece]) -> Piece:
    data = parts[0].data if len(parts) == 1 else merge_updates(*(part.data for part in parts if part.data != NOTHING))
    return Piece(drawer, parts[-1].sequence, data)
