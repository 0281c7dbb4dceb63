"""A crowd at boards: many light visitors in one event loop who edit now and then, and note when they hear of others' edits."""

from __future__ import annotations

import asyncio
import random
import time
from bisect import bisect_left
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pycrdt import merge_updates

from bench.server import HOST
from bench.visitors import Visitor
from civitas.boards.documents import change_document, new_document, read_all
from civitas.boards.things import Card

if TYPE_CHECKING:
    from collections.abc import Sequence

_AT_ONCE = 20  # people who come in at the same time
_PATIENCE = 60.0


@dataclass(eq=False)
class Person:
    """One of the crowd, who keeps only what is their own: a card that they move."""

    board: str
    alias: str
    cookie: str
    port: int
    visitor: Visitor = field(default_factory=lambda: Visitor(keeps_document=False))
    heard: list[tuple[int, float]] = field(default_factory=list)  # sequence, when
    pieces: list[bytes] = field(default_factory=list)
    sent: list[tuple[float, int]] = field(default_factory=list)  # when, sequence
    card: Card | None = None

    async def come(self, origin: str) -> None:
        """Sit down, and ask for all there is."""
        self.visitor.on_update = self._hear
        self._first = asyncio.Event()
        await self.visitor.connect(self.port, self.board, host=HOST, origin=origin, cookie=self.cookie)
        if self.visitor.bye:
            raise RuntimeError(f"not let in: {self.visitor.bye}")
        self.mine = new_document()
        self.visitor.socket.send(b"\x01\x00\x01\x00")  # 'state' with nothing known
        await self._first.wait()

    def _hear(self, sequence: int, update: bytes) -> None:
        self.heard.append((sequence, time.perf_counter()))
        self.pieces.append(update)
        self._first.set()

    async def edit(self, chance: random.Random) -> None:
        """Lay the own card, or move it."""
        if self.card is None:
            self.card = Card(f"card{self.alias}", by=self.alias, text="Mehr Schatten auf dem Platz")
        self.card = replace(self.card, x=chance.randrange(2_000), y=chance.randrange(2_000))
        start = time.perf_counter()
        outcome = await self.visitor.send(change_document(self.mine, [self.card]))
        if outcome.code:
            raise RuntimeError(f"an edit was refused: {outcome.code} {self.visitor.bye}")
        self.sent.append((start, outcome.sequence))

    def things(self) -> Any:
        """All that this person has heard of."""
        return read_all(new_document(merge_updates(*self.pieces) if len(self.pieces) > 1 else self.pieces[0]))


async def bring(people: Sequence[Person], origin: str) -> float:
    """Have all come in; returns how many a second."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def come(person: Person) -> None:
        async with gate:
            await person.come(origin)

    start = time.perf_counter()
    await asyncio.gather(*(come(person) for person in people))
    return len(people) / (time.perf_counter() - start)


async def work(people: Sequence[Person], *, seconds: float, rate: float) -> None:
    """So many edits a second in all, each by somebody chosen by chance."""
    chance = random.Random(7)  # noqa: S311  (a bench wants the same moments each time)
    editing: set[asyncio.Task[None]] = set()
    start = time.perf_counter()
    for number in range(round(seconds * rate)):
        await asyncio.sleep(max(0.0, start + number / rate - time.perf_counter()))
        editing.add(asyncio.create_task(chance.choice(people).edit(chance)))
    await asyncio.wait_for(asyncio.gather(*editing), _PATIENCE)


async def settle(people: Sequence[Person]) -> None:
    """Wait until everybody has heard of the last edit on their board."""
    last: dict[str, int] = {}
    for person in people:
        for _start, sequence in person.sent:
            last[person.board] = max(last.get(person.board, 0), sequence)
    until = time.perf_counter() + _PATIENCE
    while any(person.heard[-1][0] < last.get(person.board, 0) for person in people):
        if time.perf_counter() > until:
            raise RuntimeError("some never heard of the last edit")
        await asyncio.sleep(0.05)


def delays(people: Sequence[Person]) -> list[float]:
    """Milliseconds from each edit to each other person at the board, sorted."""
    found = []
    for person in people:
        others = [other for other in people if other.board == person.board and other is not person]
        for start, sequence in person.sent:
            for other in others:
                place = bisect_left(other.heard, (sequence, 0.0))
                found.append((other.heard[place][1] - start) * 1000)
    return sorted(found)


def same_for_all(people: Sequence[Person]) -> bool:
    """Whether all at each board ended with the same."""
    ends: dict[str, Any] = {}
    return all(person.things() == ends.setdefault(person.board, person.things()) for person in people)
