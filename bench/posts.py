"""Giving contributions over real HTTP, with an uid of our own, so that each acknowledged one can be looked for."""

from __future__ import annotations

import http.client
import re
import threading
import time
import urllib.parse
from typing import TYPE_CHECKING

from civitas.kit.ids import uuid7

if TYPE_CHECKING:
    from bench.server import Server

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Poster:
    """A guest's browser on the give form. `acknowledged` are the uids for which a thanks page was promised."""

    def __init__(self, server: Server, *, mail: str = "") -> None:
        self.server, self.mail = server, mail
        self.acknowledged: list[str] = []
        self.connection = server.connect()
        _status, body, headers = server.get("/geben", self.connection)
        found = _TOKEN.search(body.decode())
        if not found:
            raise RuntimeError("the give form has no security token")
        self.token = found[1]
        self.cookie = "; ".join(value.split(";")[0] for value in headers.get_all("Set-Cookie") or [])

    def post(
        self,
        *,
        title: str = "Mehr Licht am Weg",
        text: str = "Abends ist es dort zu dunkel für Kinder und Alte.",
        headers: dict[str, str] | None = None,
    ) -> bool:
        """Give one contribution; whether it was taken."""
        uid = str(uuid7())
        fields = {
            "csrfmiddlewaretoken": self.token,
            "uid": uid,
            "kind": "idea",
            "title": title,
            "text": text,
            "pseudonym": "Gast",
            "mail": self.mail,
        }
        sent = {
            **(headers or {}),
            "Host": self.server.host,
            "Cookie": self.cookie,
            "Content-Type": "application/x-www-form-urlencoded",
            "Referer": f"http://{self.server.host}:{self.server.port}/geben",
        }
        self.connection.request("POST", "/geben", urllib.parse.urlencode(fields), sent)
        answer = self.connection.getresponse()
        answer.read()
        if answer.status == 303:
            self.acknowledged.append(uid)
            return True
        return False


def posts(server: Server, *, clients: int, seconds: float, mail: str = "") -> tuple[float, list[str], int]:
    """Posts a second with so many clients at once, the uids that were acknowledged, and how many were refused.

    A connection that breaks ends its client: what was not acknowledged is not counted.
    """
    posters = [Poster(server, mail=mail.replace("#", str(index))) for index in range(clients)]
    refused = [0] * clients
    start = time.monotonic()

    def run(index: int) -> None:
        try:
            while time.monotonic() < start + seconds:
                refused[index] += not posters[index].post()
        except (OSError, http.client.HTTPException):
            return

    threads = [threading.Thread(target=run, args=(index,)) for index in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    uids = [uid for poster in posters for uid in poster.acknowledged]
    return len(uids) / (time.monotonic() - start), uids, sum(refused)
