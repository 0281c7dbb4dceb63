"""Which city a request is for, by its host name."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http.request import split_domain_port
from django.utils import timezone

from civitas.cities.queries import city_by_host
from civitas.kit.errors import error_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

# These answer on any host: they show nothing of a city.
_ANYWHERE = ("/static/", "/health")


def city_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Set `request.city` and its time zone; the bare host has None; any other host gets the designed page 'unknown host'."""

    def middleware(request: HttpRequest) -> HttpResponse:
        try:
            host = split_domain_port(request.get_host())[0]
        except DisallowedHost:
            host = ""
        request.city = city_by_host(host) if host else None
        if request.city is None and host not in settings.BASE_HOSTS and not request.path.startswith(_ANYWHERE):
            return error_page(request, "unknown_host", 404)
        if request.city is None:
            return get_response(request)
        with timezone.override(request.city.zone):
            return get_response(request)

    return middleware


def map_background_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Let the page fetch the map background that the city chose, and nothing else from elsewhere; before the policy is written."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        style_url = request.city.config.map.style_url if request.city else ""
        # A page with a policy of its own has no map; one that has asked for more keeps that.
        own = getattr(response, "_csp_config", None) is not None
        if style_url and not own and response.headers.get("Content-Type", "").startswith("text/html"):
            address = urlsplit(style_url)
            origin = f"{address.scheme}://{address.netloc}"
            asked = getattr(response, "_csp_update", None) or {}
            update = {**asked, **{name: [*asked.get(name, []), origin] for name in ("connect-src", "img-src")}}
            response._csp_update = update  # type: ignore[attr-defined]  # where django-csp looks for it
        return response

    return middleware
