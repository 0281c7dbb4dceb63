"""Where a board's live side is, as browsers see it, and the page's leave to connect there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http.request import split_domain_port

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from civitas.boards.models import Board


def live_address(request: HttpRequest, board: Board) -> str:
    """The address of a board's socket, for the page that is being made; its policy then lets it connect there."""
    host = split_domain_port(request.get_host())[0]
    scheme = "wss" if settings.SITE_SCHEME == "https" else "ws"
    origin = settings.LIVE_URL.rstrip("/").replace("{host}", host) or f"{scheme}://{host}:{settings.LIVE_PORT}"
    request.live_origin = origin
    return f"{origin}/live/board/{board.uid}?language={request.language}"


def call_address(request: HttpRequest, board: Board) -> str:
    """Where a page that looks on hears that a board has changed; it asks for what is new by itself."""
    return f"{live_address(request, board)}&as=wall"


def live_address_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Let a page that shows a board connect to it, and no other page; before the policy is written."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        origin = getattr(request, "live_origin", "")
        if origin:
            update = dict(getattr(response, "_csp_update", None) or {})
            update["connect-src"] = [*update.get("connect-src", ()), origin]
            response._csp_update = update  # type: ignore[attr-defined]  # where django-csp looks for it
        return response

    return middleware
