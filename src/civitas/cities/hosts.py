"""Addresses on another host of the house: those of cities, and of the bare host with the directory of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from civitas.kit.templatetags.kit import localized

if TYPE_CHECKING:
    from django.http import HttpRequest


def address_at(request: HttpRequest, host: str) -> str:
    """Scheme and host, on the visitor's own port: whoever reached one host of the house on it reaches the others on it too."""
    own = request.get_host()
    port = f":{own.rpartition(':')[2]}" if ":" in own else ""
    return f"{settings.SITE_SCHEME}://{host}{port}"


def directory_address(request: HttpRequest) -> str:
    """The first page of the bare host, where all cities stand, in the reader's language."""
    return address_at(request, settings.BASE_HOSTS[0]) + localized("/")
