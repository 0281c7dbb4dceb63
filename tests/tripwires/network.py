"""Network: a test talks to its own machine only."""

from __future__ import annotations

import ipaddress
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


class OutsideConnection(AssertionError):
    """Something tried to reach another machine."""


def is_own(host: Any) -> bool:
    """Whether a host name or address means this machine."""
    name = host.decode() if isinstance(host, bytes) else host
    if name in {None, "", "localhost"} or str(name).endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(str(name).split("%", maxsplit=1)[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


@contextmanager
def own_machine_only() -> Iterator[None]:
    """Refuse to look up or connect to any other machine."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not is_own(address[0]):
            raise OutsideConnection(f"A test tried to connect to {address}")
        connect(self, address)

    def guarded_look_up(host: Any, *arguments: Any, **options: Any) -> Any:
        if not is_own(host):
            raise OutsideConnection(f"A test tried to look up {host}")
        return look_up(host, *arguments, **options)

    socket.socket.connect = guarded_connect
    socket.getaddrinfo = guarded_look_up
    try:
        yield
    finally:
        socket.socket.connect = connect
        socket.getaddrinfo = look_up
