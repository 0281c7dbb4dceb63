"""The client's address behind a trusted proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


def proxy_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Take the request as the person sent it: with the scheme that they type, and from the address that our own proxy saw.

    That is the last of X-Forwarded-For; without TRUSTED_PROXIES the header is ignored. The scheme is that of SITE_SCHEME, since the
    proxy speaks plain http to us: what a browser says of its origin is compared with it, and whole addresses begin with it.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        request.META["wsgi.url_scheme"] = settings.SITE_SCHEME
        forwarded = request.headers.get("X-Forwarded-For", "") if settings.TRUSTED_PROXIES else ""
        if forwarded:
            request.META["REMOTE_ADDR"] = forwarded.rpartition(",")[2].strip()
        return get_response(request)

    return middleware
