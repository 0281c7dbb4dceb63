"""What serves one socket: the door, the table, reading what comes, and sending what goes beside it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError

from civitas.boards.documents import Malformed
from civitas.boards.live import protocol
from civitas.boards.live.door import Turned
from civitas.boards.live.hub import hub
from civitas.boards.live.lines import Line
from civitas.boards.live.sentences import farewell

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from civitas.boards.live.tables import Table

    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[dict[str, Any]], Awaitable[None]]

GOODBYE = 4000
_PATIENCE = 5.0  # seconds
_LINGER = 1.0
_log = logging.getLogger(__name__)


async def serve_board(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    """One connection from its first to its last byte."""
    await receive()  # websocket.connect
    try:
        visit = await hub().let_in(scope)
        table = await hub().table(visit)
        if not table.has_room_for(visit.standing):
            raise Turned(code="full", sentence=farewell("full", visit.language))
        await send({"type": "websocket.accept"})
    except Turned as turned:
        await _turn_away(send, turned)
        return
    except DatabaseError as error:
        _log.warning("nobody is let in (%s)", type(error).__name__)
        await _turn_away(send, Turned(code="unwell", sentence=farewell("unwell", "de")))
        return
    allowance = table.allowance(visit.whose)
    line = Line(
        send, visit.standing, visit.language, allowance=allowance, looks_on=visit.looks_on, session=visit.session, actor=visit.actor
    )  # fmt: skip
    table.enter(line)
    line.sending = sending = asyncio.create_task(line.run())
    reading = asyncio.create_task(_read(table, line, receive))
    try:
        await asyncio.wait({sending, reading}, return_when=asyncio.FIRST_COMPLETED)
        if line.is_over:  # what still comes is read away, since closing on it would take along what was said at the end
            await asyncio.wait({reading}, timeout=_LINGER)
        if reading.done() and not reading.cancelled() and (fault := reading.exception()) is not None:
            _log.error("board %s: reading failed", table.board.uid, exc_info=fault)
    finally:
        table.leave(line)
        for task in (sending, reading):  # granian closes nothing while somebody still waits for a message
            task.cancel()
        await asyncio.gather(sending, reading, return_exceptions=True)
    if line.is_over:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(send({"type": "websocket.close", "code": GOODBYE}), _PATIENCE)


async def _turn_away(send: Send, turned: Turned) -> None:
    """A page of ours hears the sentence, since a browser tells no page an HTTP status; anybody else gets the status."""
    if not turned.sentence:
        await send({"type": "websocket.http.response.start", "status": turned.status, "headers": []})
        await send({"type": "websocket.http.response.body", "body": b""})
        return
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "bytes": protocol.bye(turned.code, turned.sentence)})
    await send({"type": "websocket.close", "code": GOODBYE})


async def _read(table: Table, line: Line, receive: Receive) -> None:
    while True:
        message = await receive()
        if message["type"] != "websocket.receive":
            return
        if line.is_over:
            continue  # what is said at the end goes out meanwhile
        try:
            data = message.get("bytes")
            if data is None:
                raise Malformed("text")
            if not line.allowance.chatter.spend():
                table.dismiss(line, "fast", "too many messages")
                continue
            await table.hear(line, protocol.read_message(bytes(data)))
        except Malformed as error:
            table.dismiss(line, "garbage", str(error))
