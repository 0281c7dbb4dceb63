"""A small WebSocket client (RFC 6455) on asyncio: light enough that hundreds of them in one process say little of themselves."""

from __future__ import annotations

import asyncio
import base64
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_TEXT, _BINARY, _CLOSE, _PING, _PONG = 1, 2, 8, 9, 10


class Rejected(Exception):
    """The server did not open the connection; `status` is its HTTP answer."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


class Socket(asyncio.Protocol):
    """One connection. `on_message` hears each message, maybe before `connect` returns; `closed` gives the close code (1006: it broke)."""

    def __init__(self, head: bytes, on_message: Callable[[Socket, bytes], None]) -> None:
        self.on_message = on_message
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport
        self._head, self._buffer, self._parts = head, b"", b""
        self._is_open = False

    @classmethod
    async def connect(
        cls, port: int, path: str, on_message: Callable[[Socket, bytes], None], *, host: str, headers: Mapping[str, str] | None = None
    ) -> Socket:
        """Open a connection to 127.0.0.1 under a host name. Raises Rejected or OSError."""
        lines = {
            "Host": f"{host}:{port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            **(headers or {}),
        }
        head = f"GET {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n"
        loop = asyncio.get_running_loop()
        _transport, socket = await loop.create_connection(lambda: cls(head.encode(), on_message), "127.0.0.1", port)
        await socket.opened
        return socket

    def send(self, data: bytes) -> None:
        """Send a binary message. A mask of zeros is a mask."""
        size = len(data)
        if size < 126:
            head = bytes([0x80 | _BINARY, 0x80 | size])
        elif size < 65_536:
            head = bytes([0x80 | _BINARY, 0x80 | 126]) + size.to_bytes(2, "big")
        else:
            head = bytes([0x80 | _BINARY, 0x80 | 127]) + size.to_bytes(8, "big")
        self.transport.write(head + b"\0\0\0\0" + data)

    def close(self) -> None:
        """Say goodbye and end it."""
        if not self.transport.is_closing():
            self.transport.write(bytes([0x80 | _CLOSE, 0x82]) + b"\0\0\0\0" + (1000).to_bytes(2, "big"))
            self.transport.close()

    def abort(self) -> None:
        """End it as a lost network does."""
        self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # a TCP connection's
        self.transport.write(self._head)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(exc or ConnectionError("closed while it was opening"))
        if not self.closed.done():
            self.closed.set_result(1006)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._is_open and not self._read_answer():
            return
        at, size = 0, len(self._buffer)
        while (end := self._read_frame(at, size)) > at:
            at = end
        self._buffer = self._buffer[at:]

    def _read_answer(self) -> bool:
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return False
        status = int(head.split(b" ", 2)[1])
        if status != 101:
            self.opened.set_exception(Rejected(status))
            self.closed.set_result(1006)
            self.transport.close()
            return False
        self._buffer, self._is_open = rest, True
        self.opened.set_result(None)
        return True

    def _read_frame(self, at: int, size: int) -> int:
        """Read the frame that begins at `at`; returns where the next begins, or `at` if it is not whole yet."""
        buffer = self._buffer
        if size - at < 2:
            return at
        final, kind, length, start = buffer[at] & 0x80, buffer[at] & 0x0F, buffer[at + 1] & 0x7F, at + 2
        if length > 125:
            more = 2 if length == 126 else 8
            length, start = int.from_bytes(buffer[start : start + more], "big"), start + more
            if size < start:
                return at
        end = start + length
        if size < end:
            return at
        body = buffer[start:end]
        if kind == _CLOSE:
            if not self.closed.done():
                self.closed.set_result(int.from_bytes(body[:2], "big") if len(body) > 1 else 1005)
            self.transport.close()
        elif kind == _PING:
            self.transport.write(bytes([0x80 | _PONG, 0x80 | len(body)]) + b"\0\0\0\0" + body)
        elif kind in {0, _TEXT, _BINARY}:
            self._parts += body
            if final:
                whole, self._parts = self._parts, b""
                self.on_message(self, whole)
        return end
