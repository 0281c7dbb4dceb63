"""Where people come from, kept only as a hash that nobody can turn back."""

from __future__ import annotations

import hashlib
import ipaddress
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


def source_of(request: HttpRequest) -> str:
    """A keyed hash of the sender's address range (IPv4 /24, IPv6 /56); '' when it is unknown."""
    raw = request.META.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(raw)
    except ValueError:
        return ""
    network = ipaddress.ip_network(f"{address}/{24 if address.version == 4 else 56}", strict=False)
    return hashed(str(network))


def hashed(text: str) -> str:
    """A text hashed with the installation's key."""
    return hashlib.blake2b(text.encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=16).hexdigest()
