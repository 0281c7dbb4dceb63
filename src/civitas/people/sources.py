"""Where people come from: kept only as a hash that nobody can turn back, and compared with ranges while a request runs."""

from __future__ import annotations

import hashlib
import ipaddress
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

# A range is no wider than this, so that nobody shuts out a country by a slip: 65,536 addresses, or what one provider has in IPv6.
WIDEST = {4: 16, 6: 32}


def source_of(request: HttpRequest) -> str:
    """A keyed hash of the sender's address range (IPv4 /24, IPv6 /56); '' when it is unknown."""
    return _range_of(request, 24, 56)


def ranges_of(request: HttpRequest) -> tuple[str, ...]:
    """Keyed hashes of the narrow and the wide range of the sender's address (IPv4 /24 and /16, IPv6 /64 and /48); () when it is unknown."""
    return tuple(filter(None, (_range_of(request, 24, 64), _range_of(request, 16, 48))))


def address_of(request: HttpRequest) -> IPv4Address | IPv6Address | None:
    """The sender's address as our own proxy saw it (`kit.sources`), for as long as the request runs; None when it is unknown."""
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return None
    return (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address


def range_in(text: str) -> IPv4Network | IPv6Network:
    """A range as people type it, or a single address; ValueError for what is none. Bits beyond its length do not count."""
    found = ipaddress.ip_network(text.strip(), strict=False)
    if isinstance(found, IPv6Network) and found.prefixlen >= 96 and (mapped := found.network_address.ipv4_mapped):
        return IPv4Network((mapped, found.prefixlen - 96), strict=False)
    return found


def lies_in(address: IPv4Address | IPv6Address, ranges: Iterable[str]) -> bool:
    """Whether an address lies in one of these ranges."""
    return any(address in each for each in _parsed(tuple(ranges)))


@lru_cache(maxsize=100)
def _parsed(ranges: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(range_in(each) for each in ranges)


def _range_of(request: HttpRequest, four: int, six: int) -> str:
    address = address_of(request)
    if address is None:
        return ""
    network = ipaddress.ip_network(f"{address}/{four if address.version == 4 else six}", strict=False)
    return hashed(str(network))


def hashed(text: str) -> str:
    """A text hashed with the installation's key."""
    return hashlib.blake2b(text.encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=16).hexdigest()
