"""The crowd round a board: their names, and where each of them is, told to all a few times a second in one message."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from civitas.boards.live import protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from civitas.boards.live.lines import Line

_BEAT = 0.2  # seconds between two messages, for up to a hundred people; more people hear less often
_LIVELIEST = 60
# Where each has a drawer, all that is told is that somebody is here: at which card they hover is theirs.
NOWHERE: Mapping[str, Any] = {"x": 0, "y": 0, "card": "", "doing": "hidden"}


class Crowd:
    """Names and whereabouts of those at one board, told to its `lines`, and by `tell_others` to other processes."""

    def __init__(self, lines: set[Line], tell_others: Callable[[Sequence[Sequence[Any]]], None]) -> None:
        self._lines, self._tell_others = lines, tell_others
        self.seats: dict[str, tuple[str, str]] = {}
        self._moved: dict[str, Mapping[str, Any]] = {}
        self._named: dict[str, tuple[str, str]] = {}
        self._gone: set[str] = set()
        self._own: set[str] = set()  # those of this process, whom others have to hear of
        self._beat: asyncio.TimerHandle | None = None

    def came(self, alias: str) -> None:
        """Somebody is here."""
        self._gone.discard(alias)

    def moved(self, alias: str, where: Mapping[str, Any], *, here: bool = True) -> None:
        """Somebody is somewhere else now; `here`: in this process."""
        self._moved.pop(alias, None)  # the liveliest stand last
        self._moved[alias] = where
        self._gone.discard(alias)
        if here:
            self._own.add(alias)
        self._start()

    def left(self, alias: str, *, here: bool = True) -> None:
        """Somebody has gone."""
        if not alias:
            return
        self._moved.pop(alias, None)
        self._gone.add(alias)
        if here:
            self._own.add(alias)
        self._start()

    def see(self, seats: Mapping[str, tuple[str, str]]) -> None:
        """Names were read anew."""
        for alias, shown in seats.items():
            if self.seats.get(alias) != shown:
                self.seats[alias] = self._named[alias] = shown
        if self._named:
            self._start()

    def _start(self) -> None:
        if self._beat is None:
            pause = _BEAT * max(1, len(self._lines) / 100)
            self._beat = asyncio.get_running_loop().call_later(pause, self._tell)

    def _tell(self) -> None:
        self._beat = None
        if self._named:
            message = protocol.stage({"seats": self._named})
            for line in self._lines:
                if not line.looks_on:
                    line.put(message)
            self._named = {}
        moved = list(self._moved.items())[-_LIVELIEST:]
        rows: list[list[Any]] = [[alias, where["x"], where["y"], where["card"], where["doing"]] for alias, where in moved]
        rows += [[alias] for alias in self._gone]
        if rows:
            message = protocol.presence(rows)
            for line in self._lines:
                if line.is_idle and not line.looks_on:  # who is slow hears of places later
                    line.put(message)
            self._tell_others([row for row in rows if row[0] in self._own])
        self._moved, self._gone, self._own = {}, set(), set()
