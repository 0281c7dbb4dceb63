"""Where a board's live side is, and which pages may connect there."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from civitas.boards.addresses import live_address, live_address_middleware
from civitas.boards.live.door import is_own_origin

pytestmark = pytest.mark.django_db


def ask(board, **_settings):
    request = RequestFactory().get("/", headers={"host": "hamburg.localhost:8000"})
    request.city, request.language = board.city, "de-simple"
    found = []

    def view(request):
        found.append(live_address(request, board))
        return HttpResponse("", content_type="text/html")

    response = live_address_middleware(view)(request)
    return found[0], response._csp_update


@pytest.mark.parametrize(
    ("scheme", "url", "origin"),
    [
        ("http", "", "ws://hamburg.localhost:8001"),
        ("https", "", "wss://hamburg.localhost:8001"),
        ("https", "wss://{host}", "wss://hamburg.localhost"),
    ],
)
def test_a_page_with_a_board_may_connect_there_and_nowhere_else(board, settings, scheme, url, origin):
    settings.SITE_SCHEME, settings.LIVE_URL, settings.LIVE_PORT = scheme, url, 8001
    assert ask(board) == (f"{origin}/live/board/{board.uid}?language=de-simple", {"connect-src": [origin]})


def test_a_page_without_a_board_connects_nowhere(rf):
    response = live_address_middleware(lambda _request: HttpResponse(""))(rf.get("/"))
    assert not hasattr(response, "_csp_update")


@pytest.mark.parametrize(
    ("scheme", "port", "origin", "own"),
    [
        ("http", "8000", "http://hamburg.localhost:8000", True),
        ("http", "8000", "http://hamburg.localhost", False),
        ("http", "80", "http://hamburg.localhost", True),
        ("https", "", "https://hamburg.localhost", True),
        ("https", "443", "https://hamburg.localhost", True),
        ("https", "", "http://hamburg.localhost", False),
        ("https", "", "https://kassel.localhost", False),
        ("https", "", "https://hamburg.localhost.evil.example", False),
        ("https", "", "null", False),
        ("https", "", "", False),
        ("https", "", "https://hamburg.localhost:99999999", False),
    ],
)
def test_only_pages_of_the_very_same_host_come_in(settings, scheme, port, origin, own):
    settings.SITE_SCHEME, settings.PUBLIC_PORT = scheme, port
    assert is_own_origin(origin, "hamburg.localhost") is own
