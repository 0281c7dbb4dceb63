"""What goes over the wire: one byte for the kind, then lib0's encoding. docs/boards.md has the table."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from civitas.boards.documents import Malformed
from civitas.boards.updates import Reader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BOARD, DRAWER = 0, 1
LARGEST_PRESENCE = 300
MOST_DRAWERS = 1


class Kind(IntEnum):
    """The kinds of messages."""

    HELLO = 0
    STATE = 1
    MISSING = 2
    EDIT = 3
    CONFIRMED = 4
    REFUSED = 5
    UPDATE = 6
    PRESENCE = 7
    STAGE = 8
    CLASH = 9
    BYE = 10


@dataclass(frozen=True)
class Message:
    """What a client sends: `known` is the last sequence it had when it made the edit."""

    kind: Kind
    drawer: int = BOARD
    number: int = 0
    known: int = 0
    data: bytes = b""
    presence: Mapping[str, Any] = field(default_factory=dict)


def number(value: int) -> bytes:
    """An unsigned number, seven bits a byte."""
    parts = bytearray()
    while value > 0x7F:
        parts.append(0x80 | (value & 0x7F))
        value >>= 7
    parts.append(value)
    return bytes(parts)


def _block(data: bytes) -> bytes:
    return number(len(data)) + data


def _json(kind: Kind, value: object) -> bytes:
    return bytes([kind]) + _block(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def hello(values: Mapping[str, Any]) -> bytes:
    """What a client has to know before anything else."""
    return _json(Kind.HELLO, values)


def state(drawer: int, vector: bytes) -> bytes:
    """Ask what the other has beyond this."""
    return bytes([Kind.STATE, drawer]) + _block(vector)


def missing(drawer: int, sequence: int, update: bytes) -> bytes:
    """All that a client lacked, up to a sequence."""
    return bytes([Kind.MISSING, drawer]) + number(sequence) + _block(update)


def edit(drawer: int, count: int, known: int, update: bytes) -> bytes:
    """A client's edit; for tests and benches."""
    return bytes([Kind.EDIT, drawer]) + number(count) + number(known) + _block(update)


def confirmed(drawer: int, count: int, sequence: int) -> bytes:
    """The edit of this number is on disk."""
    return bytes([Kind.CONFIRMED, drawer]) + number(count) + number(sequence)


def refused(drawer: int, count: int, sentence: str, code: str) -> bytes:
    """The edit of this number was not kept."""
    return bytes([Kind.REFUSED, drawer]) + number(count) + _block(sentence.encode()) + _block(code.encode())


def update(drawer: int, sequence: int, data: bytes) -> bytes:
    """What the log brought, up to a sequence."""
    return bytes([Kind.UPDATE, drawer]) + number(sequence) + _block(data)


def presence(rows: Sequence[Sequence[Any]]) -> bytes:
    """Who is where."""
    return _json(Kind.PRESENCE, rows)


def stage(values: Mapping[str, Any]) -> bytes:
    """What changed for this client: phase, charter, seats."""
    return _json(Kind.STAGE, values)


def clash(card: str, group: str, aliases: Sequence[str]) -> bytes:
    """Two people put one card into two groups; it lies in this one now."""
    return _json(Kind.CLASH, {"card": card, "group": group, "aliases": list(aliases)})


def bye(code: str, sentence: str) -> bytes:
    """The last message before the connection is closed."""
    return bytes([Kind.BYE]) + _block(code.encode()) + _block(sentence.encode())


def read_message(data: bytes) -> Message:
    """What a client sent. Raises Malformed."""
    reader = Reader(data)
    kind = reader.byte()
    if kind == Kind.PRESENCE:
        found = Message(Kind.PRESENCE, presence=_presence(reader.block()))
    elif kind in {Kind.STATE, Kind.MISSING, Kind.EDIT}:
        drawer = reader.byte()
        if drawer not in {BOARD, DRAWER}:
            raise Malformed("drawer")
        count = reader.number() if kind == Kind.EDIT else 0
        known = reader.number() if kind != Kind.STATE else 0
        found = Message(Kind(kind), drawer, count, known, reader.block())
    else:
        raise Malformed("kind")
    if not reader.is_done:
        raise Malformed("long")
    return found


def _presence(data: bytes) -> Mapping[str, Any]:
    if len(data) > LARGEST_PRESENCE:
        raise Malformed("presence")
    try:
        value = json.loads(data)
        x, y = float(value["x"]), float(value["y"])
        card, doing = str(value.get("card", ""))[:16], str(value.get("doing", ""))[:12]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Malformed("presence") from None
    if not (abs(x) < 1e6 and abs(y) < 1e6):
        raise Malformed("presence")
    return {"x": round(x), "y": round(y), "card": card, "doing": doing}
