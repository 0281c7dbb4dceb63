"""A line: one connection's way out, with what waits on it, and how fast the other side may send."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING

from django.conf import settings

from civitas.boards.live.protocol import bye

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from civitas.boards.live.standings import Standing
    from civitas.people.actors import Actor

BEHIND = 256 * 1024  # bytes that wait: from here on the log's news are put together instead of queued
MOST_WAITING = 2 * 1024 * 1024
PATIENCE = 60.0  # seconds that one message may take
BURST, TEN_SECONDS = 120, 60  # edits
SIZE_BURST, SIZE = 2 * 1024 * 1024, 512 * 1024  # bytes of edits
CHATTER_BURST, CHATTER = 200, 200  # messages of any kind in ten seconds
STATES_BURST, STATES = 60, 30  # questions for all that one lacks: each takes the whole board in the hand
MOST_IN_FLIGHT = 32


class Bucket:
    """Lets through so many in ten seconds, and a burst of more."""

    def __init__(self, burst: int, ten_seconds: int) -> None:
        self.burst, self.rate = burst * settings.RATE_FACTOR, ten_seconds * settings.RATE_FACTOR / 10
        self.left, self.at = self.burst, time.monotonic()

    def spend(self, amount: float = 1) -> bool:
        """Whether there is so much left; then it is taken."""
        now = time.monotonic()
        self.left = min(self.burst, self.left + (now - self.at) * self.rate)
        self.at = now
        if self.left < amount:
            return False
        self.left -= amount
        return True

    @property
    def is_full(self) -> bool:
        """Whether all of it is there again."""
        return self.left + (time.monotonic() - self.at) * self.rate >= self.burst


class Allowance:
    """How much somebody may send at one board, over all their windows and however often they come back."""

    def __init__(self) -> None:
        self.edits, self.size = Bucket(BURST, TEN_SECONDS), Bucket(SIZE_BURST, SIZE)
        self.chatter, self.states = Bucket(CHATTER_BURST, CHATTER), Bucket(STATES_BURST, STATES)

    @property
    def is_whole(self) -> bool:
        """Whether everything that was used has come back, so that nothing is lost by forgetting it."""
        return all(bucket.is_full for bucket in (self.edits, self.size, self.chatter, self.states))


class Line:
    """One connection. `sequence` is the last of the board's that was put on it. `looks_on`: a wall, which hears only that there is news.

    `session`: the key of the session that opened it, with which it ends; '' for a guest's. `actor`: who came by it, and from where.
    """

    def __init__(
        self,
        send: Callable[[dict[str, object]], Awaitable[None]],
        standing: Standing,
        language: str,
        *,
        allowance: Allowance | None = None,
        looks_on: bool = False,
        session: str = "",
        actor: Actor | None = None,
    ) -> None:
        self._send = send
        self.standing, self.language = standing, language
        self.allowance, self.looks_on, self.session, self.actor = allowance or Allowance(), looks_on, session, actor
        self.sequence = 0
        self.is_behind = False
        self.wants_drawer = False
        self.moves = Bucket(10, 60)
        self.in_flight = 0
        self.has_room = asyncio.Event()
        self.has_room.set()
        self.is_over = False
        self.sending_since = 0.0  # 0: nothing is being sent
        self.sending: asyncio.Task[None] | None = None
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._news = asyncio.Event()
        self.catch_up: Callable[[Line], None] | None = None  # asked when a line that was behind has nothing waiting any more

    def put(self, data: bytes) -> None:
        """Have this sent after what waits; ends the line when too much does."""
        if self.is_over:
            return
        self._waiting.append(data)
        self._size += len(data)
        if self._size > MOST_WAITING and len(self._waiting) > 1:
            self.end("slow", "")
        self._news.set()

    def put_news(self, data: bytes, sequence: int) -> None:
        """Have an update of the board sent, unless so much waits already that later ones will be put together."""
        if self.is_behind:
            return
        if self._size > BEHIND:
            self.is_behind = True
            return
        self.sequence = max(self.sequence, sequence)
        self.put(data)

    @property
    def is_stuck(self) -> bool:
        """Whether the other side has taken nothing for long."""
        return bool(self.sending_since) and time.monotonic() - self.sending_since > PATIENCE

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits: presence is sent to such lines only."""
        return not self._waiting

    def start_edit(self) -> None:
        """An edit is on its way."""
        self.in_flight += 1
        if self.in_flight >= MOST_IN_FLIGHT:
            self.has_room.clear()

    def end_edit(self) -> None:
        """An edit has been answered."""
        self.in_flight -= 1
        self.has_room.set()

    def end(self, code: str, sentence: str) -> None:
        """Say why and close, once what waits before is sent; who is too slow hears only that."""
        if self.is_over:
            return
        if code == "slow":
            self._waiting.clear()
        self._waiting.append(bye(code, sentence))
        self.is_over = True
        self._news.set()

    def give_up(self) -> None:
        """The other side takes nothing any more: end it without a word."""
        self.is_over = True
        if self.sending is not None:
            self.sending.cancel()

    async def run(self) -> None:
        """Send what waits until the line is over; runs beside the reading, which has to end before the connection can be closed."""
        while True:
            if not self._waiting:
                if self.is_over:
                    break
                if self.is_behind and self.catch_up is not None:
                    self.catch_up(self)
                self._news.clear()
                await self._news.wait()
                continue
            data = self._waiting.popleft()
            self.sending_since = time.monotonic()
            await self._send({"type": "websocket.send", "bytes": data})
            self.sending_since = 0.0
            self._size = max(0, self._size - len(data)) if self._waiting else 0
