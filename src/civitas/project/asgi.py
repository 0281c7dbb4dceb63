"""The ASGI application that granian serves beside the pages: live boards, and nothing else."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING, Any

import django

from civitas.project.parent import end_with_parent

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civitas.project.settings")
django.setup()

from civitas.boards.live.consumer import serve_board  # noqa: E402  (rooms are read after Django)
from civitas.boards.live.door import PATH  # noqa: E402  (as above)


async def application(
    scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Callable[[dict[str, Any]], Awaitable[None]]
) -> None:
    """Sockets of boards; a health page for the proxy; nothing else is here."""
    if scope["type"] == "websocket" and scope["path"].startswith(PATH):
        await serve_board(scope, receive, send)
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.http.response.start", "status": 404, "headers": []})
        await send({"type": "websocket.http.response.body", "body": b""})
    else:
        is_well = scope["path"] == "/health"
        headers = [(b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 200 if is_well else 404, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok" if is_well else b""})


end_with_parent()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
