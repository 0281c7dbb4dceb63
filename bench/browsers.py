"""A browser as simple as it can be, for benches that fill in forms: cookies, hidden tokens, an address of its own behind the proxy."""

from __future__ import annotations

import http.client
import re
import time
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from bench.server import Server

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Browser:
    """Someone's browser at a network address; keeps cookies and the last page."""

    def __init__(self, server: Server, host: str, address: str) -> None:
        self.server, self.host, self.address = server, host, address
        self.cookies: dict[str, str] = {}
        self.page = ""
        self.status = 0
        self.location = ""

    def get(self, path: str) -> Browser:
        """Open a page."""
        return self._send("GET", path, "")

    def post(self, path: str, **fields: str) -> Browser:
        """Send a form with the token of the last page that had one."""
        found = _TOKEN.search(self.page)
        if found:
            self.token = found[1]
        return self._send("POST", path, urlencode({"csrfmiddlewaretoken": self.token, **fields}))

    token = ""

    def copy(self) -> Browser:
        """The same browser once more, for a second hand on its keys."""
        twin = Browser(self.server, self.host, self.address)
        twin.cookies, twin.page, twin.token = dict(self.cookies), self.page, self.token
        return twin

    def forget(self) -> None:
        """End the session but stay the browser that it is."""
        self.cookies.pop("sessionid", None)

    def _send(self, method: str, path: str, body: str) -> Browser:
        headers = {
            "Host": self.host,
            "X-Forwarded-For": self.address,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        for turn in range(3):
            connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
            try:
                connection.request(method, path, body or None, headers)
                answer = connection.getresponse()
                self.status, self.page, self.location = answer.status, answer.read().decode(), answer.headers.get("Location", "")
                break
            except OSError:
                if turn == 2:
                    raise
                time.sleep(0.2)
            finally:
                connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return self
