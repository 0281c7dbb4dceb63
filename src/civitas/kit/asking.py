"""Asking another server something over HTTP, held tight: one address and no redirect, a few seconds in all, an answer of bounded length."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPHandler, HTTPRedirectHandler, HTTPSHandler, ProxyHandler, Request, build_opener

if TYPE_CHECKING:
    from collections.abc import Mapping
    from http.client import HTTPResponse

SECONDS = 4.0
LONGEST = 256 * 1024


class NoAnswer(Exception):
    """The server is gone, too slow, too chatty or talks nonsense; `status` is what it answered with, 0 where it did not."""

    def __init__(self, kind: str, status: int = 0) -> None:
        super().__init__(kind)
        self.status = status


class _StayHere(HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any) -> None:
        return None


def _end_in_time(held: socket.socket | None) -> None:
    """Cut the line when the time is up: the socket's own limit holds for each piece alone, and pieces may drip."""

    def cut() -> None:
        with suppress(OSError):
            if held is not None:
                held.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(SECONDS, cut)
    timer.daemon = True
    timer.start()


class _Plain(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _end_in_time(self.sock)


class _Secure(HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        _end_in_time(self.sock)


class _PlainHandler(HTTPHandler):
    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_Plain, req)


class _SecureHandler(HTTPSHandler):
    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_Secure, req)


_OPENER = build_opener(_StayHere, ProxyHandler(), _PlainHandler, _SecureHandler)


def ask(address: str, *, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The JSON object that a server answers with, to a GET or to a form; raises NoAnswer for everything else, within some seconds.

    The address has to be one that was checked: http or https, and of a server that the city named.
    """
    sent = {"User-Agent": "Civitas Digitalis", "Accept": "application/json", **(headers or {})}
    data = urlencode(form).encode() if form is not None else None
    request = Request(address, data=data, headers=sent)  # noqa: S310  (see above)
    ends_at, body = time.monotonic() + SECONDS, b""
    try:
        with _OPENER.open(request, timeout=SECONDS) as answer:
            while piece := answer.read1(16_384):
                body += piece
                if len(body) > LONGEST:
                    raise NoAnswer("too long")
                if time.monotonic() > ends_at:
                    raise NoAnswer("too slow")
        read = json.loads(body)
    except HTTPError as error:
        error.close()
        raise NoAnswer(f"status {error.code}", error.code) from None
    except (OSError, URLError, HTTPException, ValueError, RecursionError) as error:
        raise NoAnswer(type(error).__name__) from None
    if not isinstance(read, dict):
        raise NoAnswer("no object")
    return read
