"""A table: one open board with the lines of those who sit round it, on the side of the event loop.

Edits gather while a batch is being committed, so that a commit carries as many as there are (group commit); what a batch
brought is put together, encoded once, and the same bytes go to all.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError
from django.utils import timezone, translation

from civitas.boards.documents import NOTHING
from civitas.boards.live import protocol
from civitas.boards.live.keeper import Edit, KeptBoard, Piece, merged
from civitas.boards.live.lines import Allowance
from civitas.boards.live.people import NOWHERE, Crowd
from civitas.boards.live.sentences import farewell
from civitas.boards.rules import board_method
from civitas.people.suspensions import may_write_from_here

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from civitas.boards.live.keeper import Answer, Clash, Outcome
    from civitas.boards.live.lines import Line
    from civitas.boards.live.protocol import Message
    from civitas.boards.live.standings import Look, Standing
    from civitas.boards.live.threads import Threads
    from civitas.boards.models import Board
    from civitas.cities.models import City

_log = logging.getLogger(__name__)
MOST_PEOPLE = 600
MOST_WATCHERS = 100
MOST_WINDOWS = 10  # of one person
MOST_AT_ONCE = 200  # edits in one commit
_RECENT_BYTES = 4 * 1024 * 1024
_REFUSAL_COSTS = 4  # edits
_PAUSE_EACH = 0.00002  # seconds after news to one line, so that many lines get fewer and larger ones
_LONGEST_PAUSE = 0.2
_PATIENCE = 10  # attempts to reach the database, half a second apart
_SUSPECT = {"forged", "unsound"}  # what our own pages never send
_WALL_BEAT = 1.0  # seconds between two calls to those who only look on
_MOST_ALLOWANCES = 2_000


class Table:
    """One board that is open in this process. Every method runs in the event loop."""

    def __init__(self, keeper: Threads, kept: KeptBoard, look: Look, *, tell_others: Callable[[Sequence[Sequence[Any]]], None]) -> None:
        self._keeper, self.kept = keeper, kept
        self.board: Board = look.board
        self.lines: set[Line] = set()
        self.crowd = Crowd(self.lines, tell_others)
        self.crowd.seats = dict(look.seats)
        self.sequence = kept.opened.sequence
        self._edits: deque[Edit] = deque()
        self._recent: deque[Piece] = deque()
        self._recent_size = 0
        self._pump: asyncio.Task[None] | None = None
        self._behind: set[Line] = set()
        self._expected: set[int | None] = set()
        self._allowances: dict[int | str, Allowance] = {}
        self._news: set[int] = set()  # BOARD, DRAWER: what has changed since those who look on were called
        self._call: asyncio.TimerHandle | None = None

    # Coming and going.

    def expect(self, standing: Standing) -> None:
        """Somebody is on their way in."""
        self._expected.add(standing.participant)

    def has_room_for(self, standing: Standing) -> bool:
        """Whether one more finds a place: people with a seat, their windows, and who only watches are counted apart."""
        same = sum(line.standing.participant == standing.participant for line in self.lines)
        most = MOST_WINDOWS if standing.participant is not None else MOST_WATCHERS
        return same < most and len(self.lines) < MOST_PEOPLE + MOST_WATCHERS

    def allowance(self, whose: int | str) -> Allowance:
        """How much a person, or who has no name at one address, may send here."""
        if whose not in self._allowances and len(self._allowances) >= _MOST_ALLOWANCES:
            self._allowances = {each: found for each, found in self._allowances.items() if not found.is_whole}
        return self._allowances.setdefault(whose, Allowance())

    def enter(self, line: Line) -> None:
        """Let somebody sit down or watch; they hear at once what they have to know."""
        self.lines.add(line)
        self._expected.discard(line.standing.participant)
        if line.standing.alias:
            self.crowd.see({line.standing.alias: line.standing.shown})
        line.sequence = self.sequence
        line.catch_up = self._catch_up_line
        line.put(protocol.hello({"sequence": self.sequence} if line.looks_on else self._hello(line)))
        self.crowd.came(line.standing.alias)

    def leave(self, line: Line) -> None:
        """Somebody is gone; a person may have other lines."""
        self.lines.discard(line)
        self._behind.discard(line)
        standing = line.standing
        if any(other.standing.participant == standing.participant for other in self.lines):
            return
        self.crowd.left(standing.alias)
        if standing.seat is not None:
            self._keeper.later(self.kept.leave_drawer, standing.seat)

    def _hello(self, line: Line) -> dict[str, Any]:
        method, step = board_method(self.board.step), self.board.step
        with translation.override(line.language):
            phases = [[phase.key, str(phase.name)] for phase in method.phases(step)] if method else []
        limits = {"edit": 256 * 1024, "edits_in_ten_seconds": 60, "people": MOST_PEOPLE}
        return {
            "seats": self.crowd.seats,
            "sequence": self.sequence,
            "phases": phases,
            "limits": limits,
            **self._stage(line.standing),
        }

    def _stage(self, standing: Standing) -> dict[str, Any]:
        ends = self.board.phase_ends_at
        return {
            "seat": standing.alias,
            "phase": self.board.phase,
            "ends_in": max(0, round((ends - timezone.now()).total_seconds())) if ends else None,
            "charter": standing.charter.as_json(),
            "calm": standing.calm,
            "leads": standing.leads,
        }

    # What comes in.

    async def hear(self, line: Line, message: Message) -> None:
        """Take a message of a client. Raises Malformed; waits while the client has too many edits on their way."""
        if message.kind == protocol.Kind.PRESENCE:
            if line.moves.spend() and line.standing.alias:
                is_quiet = line.standing.charter.drawer != "none"
                self.crowd.moved(line.standing.alias, NOWHERE if is_quiet else message.presence)
            return
        if message.kind == protocol.Kind.STATE:
            await self._answer_state(line, message)
            return
        if not (line.allowance.edits.spend() and line.allowance.size.spend(len(message.data))):
            self.dismiss(line, "fast", "too many edits")
            return
        self._edits.append(Edit(line, line.standing.participant, bool(message.drawer), message.number, message.known, message.data))
        line.start_edit()
        self._start_pump()
        await line.has_room.wait()

    async def _answer_state(self, line: Line, message: Message) -> None:
        drawer = line.standing.seat if message.drawer else None
        if line.looks_on or (message.drawer and drawer is None):
            return
        if not line.allowance.states.spend():
            self.dismiss(line, "fast", "too many questions")
            return
        line.wants_drawer |= bool(message.drawer)
        sequence, lacking, vector = await self._keeper.run(self.kept.state_of, drawer, message.data)
        if line.standing.alias:  # before it hears what it lacks: what it answers was made without knowing that
            line.put(protocol.state(message.drawer, vector))
        line.put(protocol.missing(message.drawer, sequence, lacking))

    # What goes out.

    def _start_pump(self) -> None:
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._work())

    async def _work(self) -> None:
        """Commit what has gathered until nothing is left."""
        while self._edits:
            batch = [self._edits.popleft() for _ in range(min(len(self._edits), MOST_AT_ONCE))]
            try:
                self.settle(await self._take(batch))
            except Exception:  # noqa: BLE001  (those who sent this hear of it, and send it again; the others go on)
                _log.exception("board %s: a batch could not be taken", self.board.uid)
                for line in {edit.line for edit in batch}:
                    line.end("unwell", farewell("unwell", line.language))  # type: ignore[attr-defined]  # opaque to the keeper
            await asyncio.sleep(min(_LONGEST_PAUSE, len(self.lines) * _PAUSE_EACH))

    async def _take(self, batch: Sequence[Edit]) -> Outcome:
        for _attempt in range(_PATIENCE):
            try:
                return await self._keeper.run(self.kept.take, batch)
            except DatabaseError as error:
                _log.warning("board %s: edits wait for the database (%s)", self.board.uid, type(error).__name__)
                await asyncio.sleep(0.5)
        return await self._keeper.run(self.kept.take, batch)

    def settle(self, outcome: Outcome) -> None:
        """Tell everybody what a job brought: the others the news, each author what became of their edits."""
        self.sequence = max(self.sequence, outcome.sequence)
        for drawer, piece in merged(outcome.pieces).items():
            self._spread(drawer, piece)
        for answer in outcome.answers:
            self._answer(answer)
        for clash in outcome.clashes:
            self._tell_clash(clash)
        if outcome.look is not None:
            self.see(outcome.look)

    def _spread(self, drawer: int | None, piece: Piece) -> None:
        if piece.data == NOTHING:
            return
        self.sequence = max(self.sequence, piece.sequence)
        self._call_on_lookers(protocol.BOARD if drawer is None else protocol.DRAWER)
        if drawer is not None:
            news = protocol.update(protocol.DRAWER, piece.sequence, piece.data)
            for line in self.lines:
                if line.standing.seat == drawer and line.wants_drawer:
                    line.put(news)
            return
        self._recent.append(piece)
        self._recent_size += len(piece.data)
        while self._recent_size > _RECENT_BYTES and len(self._recent) > 1:
            self._recent_size -= len(self._recent.popleft().data)
        news = protocol.update(protocol.BOARD, piece.sequence, piece.data)
        for line in self.lines:
            if not line.looks_on:
                line.put_news(news, piece.sequence)

    def _call_on_lookers(self, what: int) -> None:
        """Tell those who look on that there is something new, soon and once for all that comes till then."""
        self._news.add(what)
        if self._call is None:
            self._call = asyncio.get_running_loop().call_later(_WALL_BEAT, self._tell_lookers)

    def _tell_lookers(self) -> None:
        self._call = None
        calls = [protocol.update(what, self.sequence, NOTHING) for what in sorted(self._news)]
        self._news.clear()
        for line in self.lines:
            if line.looks_on:
                for call in calls:
                    line.put(call)

    def _answer(self, answer: Answer) -> None:
        edit = answer.edit
        line: Line = edit.line  # type: ignore[assignment]  # opaque to the keeper
        line.end_edit()
        drawer = int(edit.in_drawer)
        if answer.malformed:
            self.dismiss(line, "large" if answer.malformed == "large" else "garbage", answer.malformed)
        elif answer.ruling is not None:
            if answer.ruling.code in _SUSPECT:
                _log.warning("board %s: an edit of seat %s is refused (%s)", self.board.uid, line.standing.alias or "-", answer.ruling.code)
            with translation.override(line.language):
                line.put(protocol.refused(drawer, edit.number, str(answer.ruling.reason), answer.ruling.code))
            if not line.allowance.edits.spend(_REFUSAL_COSTS):
                self.dismiss(line, "fast", "too many refusals")
        else:
            line.put(protocol.confirmed(drawer, edit.number, answer.sequence))

    def _tell_clash(self, clash: Clash) -> None:
        message = protocol.clash(clash.card, clash.group, clash.aliases)
        for line in self.lines:
            if line.standing.alias in clash.aliases:
                line.put(message)

    def _catch_up_line(self, line: Line) -> None:
        """A line that was behind has room again: give it as one update what it missed."""
        if line not in self._behind:
            self._behind.add(line)
            asyncio.get_running_loop().create_task(self._mend(line))

    async def _mend(self, line: Line) -> None:
        recent = [piece for piece in self._recent if piece.sequence > line.sequence]
        first = self._recent[0].sequence if self._recent else 0
        if recent and first <= line.sequence:
            whole = merged(recent)[None]
            line.is_behind = False
            line.put_news(protocol.update(protocol.BOARD, whole.sequence, whole.data), whole.sequence)
        else:
            line.is_behind = False
            line.sequence, update, _vector = await self._keeper.run(self.kept.state_of, None, b"\x00")
            line.put(protocol.missing(protocol.BOARD, line.sequence, update))
        self._behind.discard(line)

    def dismiss(self, line: Line, code: str, reason: str) -> None:
        """End a connection that does what no client of ours does; the log says whose it was."""
        _log.warning("board %s: seat %s is sent off (%s)", self.board.uid, line.standing.alias or "-", reason)
        line.end(code, farewell(code, line.language))

    # What changes from outside.

    def participants(self) -> set[int]:
        """Keys of those who are here."""
        return {line.standing.participant for line in self.lines if line.standing.participant is not None}

    def people(self) -> list[int | None]:
        """Those who are here or on their way, and None for all who only watch."""
        return [None, *(self.participants() | {each for each in self._expected if each is not None})]

    def sessions(self) -> set[str]:
        """Keys of the sessions by which people are here."""
        return {line.session for line in self.lines if line.session}

    def end_left(self, ended: Collection[str], claimed: Collection[int]) -> None:
        """End the lines of sessions that have ended, and those by which a guest came who has an account since."""
        for line in self.lines:
            if line.session in ended if line.session else line.standing.participant in claimed:
                line.end("left", farewell("left", line.language))

    def end_blocked(self, city: City) -> None:
        """End the lines of those who sit here by an address from which the city takes no texts, as its rules are now."""
        for line in list(self.lines):
            if line.looks_on or line.standing.seat is None or line.actor is None:
                continue
            with translation.override(line.language):
                if not (writes := may_write_from_here(replace(line.actor, city=city))):
                    line.end("shut_out", str(writes.reason))

    def check_lines(self) -> None:
        """End lines whose other side takes nothing any more."""
        for line in [line for line in self.lines if line.is_stuck]:
            line.give_up()

    def hear_places(self, rows: Sequence[Sequence[Any]]) -> None:
        """Where people of another process are."""
        for row in rows:
            if len(row) == 1:
                self.crowd.left(row[0], here=False)
            else:
                alias, x, y, card, doing = row
                self.crowd.moved(alias, {"x": x, "y": y, "card": card, "doing": doing}, here=False)

    def see(self, look: Look) -> None:
        """Rights, phase or seats were read anew: tell each person what is new for them, and let go who may not stay."""
        before, self.board = self.board, look.board
        self._call_on_lookers(protocol.BOARD)
        staged = (before.phase, before.phase_ends_at) != (look.board.phase, look.board.phase_ends_at)
        self.crowd.see(look.seats)
        for line in list(self.lines):
            standing = look.standings.get(line.standing.participant)
            if standing is None:
                continue
            if not standing.opened:
                with translation.override(line.language):
                    line.end("shut_out", str(standing.opened.reason))
            elif line.looks_on:
                continue
            elif staged or (standing.charter, standing.leads, standing.alias, standing.calm) != (
                line.standing.charter,
                line.standing.leads,
                line.standing.alias,
                line.standing.calm,
            ):
                line.standing = standing
                line.put(protocol.stage(self._stage(standing)))
