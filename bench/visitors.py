"""A client of live boards, as simple as it can be: the reference for the protocol of docs/boards.md, for tests and benches.

A light visitor keeps no document: it hears what comes and sends updates that were made before.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.sockets import Socket
from civitas.boards.documents import NOTHING, change_document, new_document
from civitas.boards.live import protocol
from civitas.boards.updates import Reader, read_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from pycrdt import Doc

    from civitas.boards.things import Removal, Thing

Kind = protocol.Kind


@dataclass(frozen=True)
class Outcome:
    """What became of an edit: the sequence, or the code of a refusal."""

    sequence: int = 0
    code: str = ""
    sentence: str = ""


class Visitor:
    """Somebody at a board. `documents` are the board and, if it was asked for, the own drawer."""

    def __init__(self, *, keeps_document: bool = True) -> None:
        self.documents: dict[int, Doc[Any]] = {0: new_document()} if keeps_document else {}
        self.hello: dict[str, Any] = {}
        self.stages: list[dict[str, Any]] = []
        self.clashes: list[dict[str, Any]] = []
        self.presence: dict[str, list[Any]] = {}
        self.bye: tuple[str, str] | None = None
        self.sequence = 0
        self.updates = 0
        self.pieces = self.received = 0  # messages of the document, and their bytes
        self.calls: list[int] = []  # what a wall was called for: 0 the board, 1 somebody's drawer
        self.on_update: Callable[[int, bytes], None] | None = None
        self.synced = asyncio.Event()
        self._greeted: asyncio.Future[None]
        self._number = 0
        self._waiting: dict[tuple[int, int], asyncio.Future[Outcome]] = {}
        self.socket: Socket

    async def connect(
        self, port: int, board: str, *, host: str, origin: str, cookie: str = "", language: str = "en", rest: str = ""
    ) -> Visitor:
        """Sit down: come in, hear what there is, and have the same as the server. Raises Rejected; `bye` says why one was let go."""
        headers = {"Origin": origin, **({"Cookie": cookie} if cookie else {})}
        self._greeted, self.synced = asyncio.get_running_loop().create_future(), asyncio.Event()
        self._filled = False
        self.bye = None
        path = f"/live/board/{board}?language={language}{rest}"
        self.socket = await Socket.connect(port, path, self._hear, host=host, headers=headers)
        self.socket.closed.add_done_callback(lambda _future: self._over())
        await self._greeted
        return self

    def ask(self, drawer: int = 0) -> None:
        """Ask for what one does not have; for the drawer this opens it."""
        if drawer not in self.documents:
            self.documents[drawer] = new_document()
        self.socket.send(protocol.state(drawer, self.documents[drawer].get_state()))

    def change(self, *wanted: Thing | Removal, drawer: int = 0) -> asyncio.Future[Outcome]:
        """Change the own document and send what that made."""
        return self.send(change_document(self.documents[drawer], wanted), drawer=drawer)

    def send(self, update: bytes, *, drawer: int = 0) -> asyncio.Future[Outcome]:
        """Send an edit; what becomes of it comes later."""
        self._number += 1
        found = self._waiting[drawer, self._number] = asyncio.get_running_loop().create_future()
        if self.socket.closed.done():
            found.set_result(Outcome(code="gone"))
            return found
        self.socket.send(protocol.edit(drawer, self._number, self.sequence, update))
        return found

    def move(self, x: float, y: float, card: str = "") -> None:
        """Tell the others where one is."""
        data = json.dumps({"x": x, "y": y, "card": card, "doing": ""}).encode()
        self.socket.send(bytes([Kind.PRESENCE]) + protocol.number(len(data)) + data)

    def begin_anew(self, drawer: int = 0) -> None:
        """Let the document go after a refusal, and ask for the state again."""
        self.documents[drawer] = new_document()
        self.ask(drawer)

    def _over(self) -> None:
        if not self._greeted.done():
            self._greeted.set_result(None)
        self.synced.set()
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_result(Outcome(code="gone"))
        self._waiting.clear()

    def _hear(self, socket: Socket, data: bytes) -> None:
        self.socket = socket
        reader = Reader(data)
        kind = reader.byte()
        match kind:
            case Kind.UPDATE | Kind.MISSING:
                self._take(kind, reader.byte(), reader.number(), reader.block())
            case Kind.CONFIRMED:
                self._answer(reader.byte(), reader.number(), Outcome(sequence=reader.number()))
            case Kind.REFUSED:
                drawer, number, sentence, code = reader.byte(), reader.number(), reader.text(), reader.text()
                self._answer(drawer, number, Outcome(code=code, sentence=sentence))
            case Kind.STATE:
                self._answer_state(reader.byte(), reader.block())
            case Kind.BYE:
                self.bye = (reader.text(), reader.text())
                socket.close()
            case _:
                self._hear_words(kind, json.loads(reader.block()))

    def _hear_words(self, kind: int, value: Any) -> None:
        if kind == Kind.HELLO:
            self.hello = value
            self._greeted.set_result(None)
            if self.documents:
                self.ask()
            else:
                self.synced.set()
        elif kind == Kind.STAGE:
            self.stages.append(value)
        elif kind == Kind.CLASH:
            self.clashes.append(value)
        elif kind == Kind.PRESENCE:
            self.presence.update({row[0]: row[1:] for row in value})

    def _take(self, kind: int, drawer: int, sequence: int, update: bytes) -> None:
        self.pieces, self.received = self.pieces + 1, self.received + len(update)
        if drawer in self.documents:
            self.documents[drawer].apply_update(update)
        if update == NOTHING:
            self.calls.append(drawer)
        if drawer == 0:
            self.sequence = max(self.sequence, sequence)
            self.updates += 1
        if self.on_update is not None:
            self.on_update(sequence, update)
        if kind == Kind.MISSING:
            self._filled = True
            self._may_be_synced()

    def _answer_state(self, drawer: int, vector: bytes) -> None:
        """Send in one piece what was made while there was no connection."""
        if drawer not in self.documents:
            return
        mine = self.documents[drawer].get_update(vector)
        known = read_state(vector)
        if any(clock > known.get(client, 0) for client, clock in read_state(self.documents[drawer].get_state()).items()):
            self._waiting[drawer, 0] = asyncio.get_running_loop().create_future()
            self.socket.send(protocol.missing(drawer, self.sequence, mine))
        self._may_be_synced()

    def _may_be_synced(self) -> None:
        """Both have the same once all that was missing has come, and what was made before is answered."""
        if self._filled and not any(number == 0 for _drawer, number in self._waiting):
            self.synced.set()

    def _answer(self, drawer: int, number: int, outcome: Outcome) -> None:
        waiting = self._waiting.pop((drawer, number), None)
        if waiting is not None and not waiting.done():
            waiting.set_result(outcome)
        if number == 0:
            self._may_be_synced()
