"""The arithmetic of the seals: leaves and nodes as in RFC 6962, section 2.1, and a chain over the roots."""

from __future__ import annotations

import json
from datetime import UTC
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from civitas.journal.models import Entry

# What stands before the first seal.
GENESIS = "0" * 64
_LEAF, _NODE, _SEAL = b"\x00", b"\x01", b"\x02"


def canonical(entry: Entry) -> bytes:
    """An entry as the bytes that are hashed: JSON in UTF-8, keys sorted, no blanks, time in UTC with microseconds."""
    return _json(
        {
            "number": entry.number,
            "at": moment(entry.at),
            "alias": str(entry.alias) if entry.alias else None,
            "verb": entry.verb,
            "subject": entry.subject,
            "details": entry.details,
        }
    )


def moment(at: datetime) -> str:
    """A time as it is hashed and published."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def merkle_root(leaves: Iterable[bytes]) -> bytes:
    """The Merkle tree hash of RFC 6962 over the leaves, in memory that grows with the logarithm of their number."""
    # The roots of complete subtrees, the largest first, each with its number of leaves.
    stack: list[tuple[int, bytes]] = []
    for leaf in leaves:
        size, node = 1, sha256(_LEAF + leaf).digest()
        while stack and stack[-1][0] == size:
            node = sha256(_NODE + stack.pop()[1] + node).digest()
            size *= 2
        stack.append((size, node))
    if not stack:
        return sha256(b"").digest()
    _, root = stack.pop()
    while stack:
        root = sha256(_NODE + stack.pop()[1] + root).digest()
    return root


def seal_root(*, previous: str, number: int, first: int, last: int, sealed_at: datetime, merkle: bytes) -> str:
    """The root of a seal in hex: a hash over the root before it, what the seal says of itself, and its entries."""
    header = _json({"number": number, "first": first, "last": last, "sealed_at": moment(sealed_at)})
    return sha256(_SEAL + bytes.fromhex(previous) + merkle + header).hexdigest()


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
