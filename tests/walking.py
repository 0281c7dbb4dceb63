"""Walks a site as a curious guest would: every link on every page that it can reach."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

if TYPE_CHECKING:
    from django.test import Client

FOLLOWED = {"a": "href", "img": "src", "link": "href", "script": "src", "source": "src"}


class _Links(HTMLParser):
    """The addresses on a page, and the ids that a fragment may point to."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if values.get("id"):
            self.ids.add(str(values["id"]))
        address = values.get(FOLLOWED.get(tag, ""))
        if address:
            self.addresses.append(address)


@dataclass
class Walk:
    """What a walk saw: the status of every address, the page it was found on, and fragments that point nowhere."""

    statuses: dict[str, int] = field(default_factory=dict)
    found_on: dict[str, str] = field(default_factory=dict)
    lost_fragments: list[str] = field(default_factory=list)

    @property
    def dead(self) -> list[str]:
        """The addresses that lead nowhere, each with the page it is on."""
        return [f"{path} ({status}) on {self.found_on[path]}" for path, status in self.statuses.items() if status >= 400]


def walk(client: Client, host: str, start: str = "/", *, most: int = 400) -> Walk:
    """Follow every link from a page of a host, and each address once, up to `most` addresses; leaves other hosts alone."""
    seen = Walk(found_on={start: "the start"})
    ahead = [start]
    while ahead and len(seen.statuses) < most:
        path = ahead.pop(0)
        answer = client.get(path, headers={"host": host})
        seen.statuses[path] = answer.status_code
        if answer.streaming:
            b"".join(answer.streaming_content)  # read to its end, a file is closed
        if answer.status_code in {301, 302, 303, 307, 308}:
            addresses, ids = [answer.headers["Location"]], set[str]()
        elif answer.status_code == 200 and answer.headers.get("Content-Type", "").startswith("text/html"):
            page = _Links()
            page.feed(answer.content.decode())
            addresses, ids = page.addresses, page.ids
        else:
            continue
        for address in addresses:
            whole, fragment = urldefrag(urljoin(f"http://{host}{path}", address))
            parts = urlsplit(whole)
            if parts.scheme not in {"http", "https"} or parts.netloc != host or parts.path.startswith("/static/"):
                continue
            if fragment and address.startswith("#") and fragment not in ids:
                seen.lost_fragments.append(f"#{fragment} on {path}")
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            if target not in seen.found_on:
                seen.found_on[target] = path
                ahead.append(target)
    return seen
