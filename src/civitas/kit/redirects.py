"""Where a browser goes after a form was taken, and from an address that takes forms alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponseRedirect
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from civitas.kit.languages import path_in_language

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


class SeeOther(HttpResponseRedirect):
    """The next page is fetched with GET, and going back sends nothing twice."""

    status_code = 303


def own_address(request: HttpRequest, asked: str) -> str:
    """An address that a form or a link names to go on to, if it is one of this host; '' for any other, so that nobody is led elsewhere."""
    own = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return asked if own else ""


def page_above(path: str) -> str:
    """The nearest address above a path at which something is: from `/a/7/send` to `/a/7`, else `/a` or `/a/`, else `/`."""
    above = path.rstrip("/")
    while "/" in above:
        above = above.rpartition("/")[0]
        for address in (above, f"{above}/"):
            try:
                resolve(address)
            except Resolver404:
                continue
            return address
    return "/"


def way_up_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Lead a person who opens an address that takes forms alone to the page above it, with the address's query.

    A form that came back with a fault stands under such an address: loading it anew or in another language must not end in an error.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        asks = request.method in {"GET", "HEAD"} and "text/html" in request.headers.get("Accept", "")
        if response.status_code != 405 or not asks or "HX-Request" in request.headers or request.path_info == "/":
            return response
        query = request.META.get("QUERY_STRING", "")
        address = path_in_language(page_above(request.path_info), getattr(request, "language", "de"))
        return HttpResponseRedirect(f"{address}?{query}" if query else address)

    return middleware
