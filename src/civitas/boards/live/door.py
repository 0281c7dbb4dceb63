"""The door: who comes over a socket, to which board, and whether they may. Runs in a thread, since it reads the database."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, parse_cookie
from django.http.request import split_domain_port
from django.utils import translation

from civitas.boards.live.standings import standing_of
from civitas.boards.queries import board_by_uid, seat_of
from civitas.cities.queries import city_by_host
from civitas.kit.languages import LABELS
from civitas.people.actors import Actor, actor_of_request
from civitas.people.sources import source_of
from civitas.people.suspensions import may_write_from_here

if TYPE_CHECKING:
    from collections.abc import Mapping

    from civitas.boards.live.standings import Standing
    from civitas.boards.models import Board

PATH = "/live/board/"


class Turned(Exception):
    """Somebody does not come in: `status` is the HTTP answer where no page of ours asked, else `code` and `sentence` say why."""

    def __init__(self, status: int = 403, code: str = "", sentence: str = "") -> None:
        super().__init__(code or str(status))
        self.status, self.code, self.sentence = status, code, sentence


@dataclass(frozen=True)
class Visit:
    """Somebody who has come in, as `actor` when they came. `whose` says whose allowance it is: a person's, else that of an address range.

    `session` is the key of the session by which somebody is signed in, '' for guests and who has no name.
    """

    board: Board
    standing: Standing
    actor: Actor
    language: str
    whose: int | str = ""
    looks_on: bool = False
    session: str = ""


def let_in(scope: Mapping[str, Any]) -> Visit:
    """Who is at the door, and how they stand to the board that they ask for. Raises Turned."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    name = split_domain_port(headers.get("host", ""))[0]
    city = city_by_host(name) if name else None
    if city is None:
        raise Turned(404)
    if not is_own_origin(headers.get("origin", ""), name):
        raise Turned(403)
    asked = parse_qs(scope["query_string"].decode("latin-1"))
    language = asked.get("language", ["de"])[0]
    language = language if language in LABELS else "de"
    with translation.override(language):
        board = _board(city, scope["path"])
        request = _request(city, headers, scope)
        looks_on = asked.get("as") == ["wall"]
        # A wall sees what everybody sees, whoever has opened it, and takes nobody's seat.
        actor = Actor(city, channel="live", source=source_of(request)) if looks_on else actor_of_request(request, channel="live")
        standing = standing_of(actor, board, seat_of(board, actor.participant))
        if not standing.opened:
            raise Turned(code="unknown" if standing.opened.status == 404 else "shut_out", sentence=str(standing.opened.reason))
        if not looks_on and standing.seat and not (writes := may_write_from_here(actor)):
            raise Turned(code="shut_out", sentence=str(writes.reason))
        session = request.session.session_key or "" if standing.participant and request.user.is_authenticated else ""
        return Visit(board, standing, actor, language, standing.participant or actor.source, looks_on, session)


def _board(city: Any, path: str) -> Board:
    try:
        board = board_by_uid(city, UUID(path.removeprefix(PATH).strip("/")))
    except ValueError:
        board = None
    if board is None:
        raise Turned(404, "unknown")
    return board


def is_own_origin(origin: str, host: str) -> bool:
    """Whether a page of this very host asked: scheme and host as people type them; browsers always say it."""
    address = urlsplit(origin)
    try:
        port = address.port
    except ValueError:
        return False
    usual = {"http": 80, "https": 443}[settings.SITE_SCHEME]
    own_port = int(settings.PUBLIC_PORT or usual)
    return (address.scheme, address.hostname, port or usual) == (settings.SITE_SCHEME, host, own_port)


def _request(city: Any, headers: Mapping[str, str], scope: Mapping[str, Any]) -> HttpRequest:
    """The handshake as the request that it is, with its session and its guest's cookie."""
    request = HttpRequest()
    request.method, request.path = "GET", scope["path"]
    request.COOKIES = parse_cookie(headers.get("cookie", ""))
    forwarded = headers.get("x-forwarded-for", "").rpartition(",")[2].strip() if settings.TRUSTED_PROXIES else ""
    request.META = {"REMOTE_ADDR": forwarded or (scope.get("client") or [""])[0]}
    engine = import_module(settings.SESSION_ENGINE)
    request.session = engine.SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    request.city = city
    request.user = get_user(request)
    return request
