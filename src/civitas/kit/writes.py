"""A GET cannot write: statements that change rows are refused at the connection while a safe request runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

_SAFE = {"GET", "HEAD", "OPTIONS"}
# Signing in keeps the state of its own steps (codes, sessions) also on the way to a form.
_ACCOUNT = ("/konto/", "/en/konto/", "/einfach/konto/")
_READS = ("SELECT", "WITH", "EXPLAIN", "PRAGMA", "SHOW", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET")


class WriteOnRead(RuntimeError):
    """A view that only reads tried to write: a fault in the code."""


def _refuse(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001  (Django's signature)
    if not sql.lstrip("( \n").upper().startswith(_READS) and "django_session" not in sql:
        raise WriteOnRead(sql.split(" ", 3)[0])
    return execute(sql, params, many, context)


def read_only_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Hold every safe request outside of sign-in to reading."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in _SAFE or request.path_info.startswith(_ACCOUNT):
            return get_response(request)
        with connection.execute_wrapper(_refuse):
            return get_response(request)

    return middleware
