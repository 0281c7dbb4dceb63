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
    return _range_of(request, 24, 56)


def ranges_of(request: HttpRequest) -> tuple[str, ...]:
    """Keyed hashes of the narrow and the wide range of the sender's address (IPv4 /24 and /16, IPv6 /64 and /48); () when it is unknown."""
    return tuple(filter(None, (_range_of(request, 24, 64), _range_of(request, 16, 48))))


def _range_of(request: HttpRequest, four: int, six: int) -> str:
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    network = ipaddress.ip_network(f"{address}/{four if address.version == 4 else six}", strict=False)
    return hashed(str(network))


def hashed(text: str) -> str:
    """A text hashed with the installation's key."""
    return hashlib.blake2b(text.encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=16).hexdigest()
