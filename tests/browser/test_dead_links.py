"""Every link of both demo cities leads somewhere, for a guest and for each role."""

from __future__ import annotations

import http.client
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from tests.walking import walk

if TYPE_CHECKING:
    from email.message import Message

    from tests.browser.conftest import Site

ROLES = ["citizen", "member", "facilitator", "expert", "moderator", "owner", "administrator"]
STARTS = ["/konto/", "/verwaltung/", "/mitteilungen"]


@dataclass(frozen=True)
class Answer:
    """What the server said, in the words of Django's test client."""

    status_code: int
    headers: Message
    content: bytes
    streaming: bool = False


class Walker:
    """Fetches pages from the running server, each time from another address, so that no limit ends the walk."""

    def __init__(self, site: Site, cookies: str = "") -> None:
        self.site, self.cookies, self.asked = site, cookies, 0

    def get(self, path: str, headers: dict[str, str]) -> Answer:
        """One page."""
        self.asked += 1
        own = {"Cookie": self.cookies, "X-Forwarded-For": f"10.240.{self.asked % 250}.{self.asked // 250}"}
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=60)
        connection.request("GET", path, headers={"Host": headers["host"], **own})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return Answer(answer.status, answer.headers, content)


@pytest.mark.parametrize("city", ["hamburg", "kassel"])
@pytest.mark.parametrize(("start", "most"), [("/", 200), ("/en/", 60), ("/einfach/", 60)])
def test_no_link_of_a_city_is_dead(site: Site, city: str, start: str, most: int) -> None:
    found = walk(Walker(site), f"{city}.localhost:{site.port}", start, most=most)
    assert len(found.statuses) == most
    assert found.dead == []
    assert found.lost_fragments == []


def test_no_link_of_the_list_of_cities_is_dead(site: Site) -> None:
    found = walk(Walker(site), f"localhost:{site.port}")
    assert found.dead == []
    assert found.lost_fragments == []


@pytest.mark.parametrize("role", ROLES)
def test_no_link_that_a_role_sees_is_dead(site: Site, signed_in: Any, role: str) -> None:
    window = signed_in("hamburg", role)
    cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in window.context.cookies())
    walker, host = Walker(site, cookies), f"hamburg.localhost:{site.port}"
    for start in STARTS:
        if walker.get(start, {"host": host}).status_code == 403:
            continue  # no desk for this role
        found = walk(walker, host, start, most=30)
        assert found.dead == []
        assert found.lost_fragments == []
