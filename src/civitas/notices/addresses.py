"""Where recipients can be reached, as the rooms above say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from civitas.kit.rooms import notice_kind, rooms

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from civitas.cities.models import City
    from civitas.kit.rooms import Address

_USUAL_PORTS = {"http": "80", "https": "443"}


def addresses_of(city: City, recipients: Iterable[UUID]) -> dict[UUID, Address]:
    """The addresses of those recipients that any room knows."""
    uids = list(recipients)
    found: dict[UUID, Address] = {}
    for room in rooms():
        if room.addresses:
            found |= room.addresses(city, uids)
    return found


def is_declined(address: Address, kind: str) -> bool:
    """Whether the person at this address wants no mail of this kind."""
    return "*" in address.declined or kind in address.declined


def rhythm_of(address: Address, kind: str) -> str:
    """When news of this kind goes to this address: now, daily or weekly."""
    return address.rhythms.get(kind) or notice_kind(kind).rhythm


def host_of(city: City) -> str:
    """The city's first host name."""
    return str(city.hosts.order_by("pk").values_list("host", flat=True).first() or "localhost")


def site_of(city: City) -> str:
    """The start of a city's addresses, 'https://hamburg.example' without a slash at the end."""
    host = host_of(city)
    port = str(settings.PUBLIC_PORT or "")
    scheme = settings.SITE_SCHEME
    return f"{scheme}://{host}" if port in {"", _USUAL_PORTS.get(scheme)} else f"{scheme}://{host}:{port}"
