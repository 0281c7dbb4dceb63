"""What a Yjs update holds, read byte by byte before any document sees it (update format 1 of Yjs 13, lib0 encoding).

A document takes much that a board never holds, keeps waiting what it cannot place yet, and believes every client number.
So an update is read here first: what it may hold, whose numbers it uses, and whether all that it builds on is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from civitas.boards.documents import Malformed
from civitas.boards.things import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST = 256 * 1024
_MOST_CLIENT = 2**53
_LOW = 0x1F
_HAS_ORIGIN, _HAS_RIGHT_ORIGIN, _HAS_SUB = 0x80, 0x40, 0x20
_GC, _DELETED, _STRING, _TYPE, _ANY = 0, 1, 4, 7, 8
_MAP, _TEXT = 1, 2


@dataclass
class Parcel:
    """What an update brings: `brings` client -> (first clock, clock after the last), `needs` client -> clock that must be known."""

    brings: dict[int, tuple[int, int]] = field(default_factory=dict)
    needs: dict[int, int] = field(default_factory=dict)
    deletes: bool = False

    def need(self, client: int, clock: int) -> None:
        """Note that all of this client's before `clock` must be known."""
        if self.needs.get(client, 0) < clock:
            self.needs[client] = clock

    def news(self, known: Mapping[int, int]) -> dict[int, int]:
        """client -> clock for what goes beyond the known."""
        return {client: end for client, (_start, end) in self.brings.items() if end > known.get(client, 0)}

    def lacks(self, known: Mapping[int, int]) -> bool:
        """Whether it builds on something that is neither known nor in it."""
        if any(start > known.get(client, 0) for client, (start, _end) in self.brings.items()):
            return True
        return any(clock > max(known.get(client, 0), self.brings.get(client, (0, 0))[1]) for client, clock in self.needs.items())


class Reader:
    """Reads lib0's variable-length numbers, texts and bytes; raises Malformed at the end of what there is."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def byte(self) -> int:
        """The next byte."""
        try:
            value = self.data[self.at]
        except IndexError:
            raise Malformed("short") from None
        self.at += 1
        return value

    def number(self) -> int:
        """An unsigned number of up to 53 bits."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
            if shift > 56:
                raise Malformed("number")
        if value >= _MOST_CLIENT:
            raise Malformed("number")
        return value

    def block(self) -> bytes:
        """Bytes with their length before them."""
        return self.take(self.number())

    def take(self, count: int) -> bytes:
        """So many bytes."""
        end = self.at + count
        if end > len(self.data):
            raise Malformed("short")
        found = self.data[self.at : end]
        self.at = end
        return found

    def text(self) -> str:
        """A text in UTF-8 with its length before it."""
        try:
            return self.block().decode()
        except UnicodeDecodeError:
            raise Malformed("text") from None

    @property
    def is_done(self) -> bool:
        """Whether everything was read."""
        return self.at == len(self.data)


def read_update(data: bytes) -> Parcel:
    """Read an update to its end. Raises Malformed for anything that a board never holds, with a code that says what."""
    if len(data) > LARGEST:
        raise Malformed("large")
    reader, parcel = Reader(data), Parcel()
    for _ in range(reader.number()):
        _read_client(reader, parcel)
    for _ in range(reader.number()):
        client = reader.number()
        for _ in range(reader.number()):
            start, length = reader.number(), reader.number()
            parcel.need(client, start + length)
            parcel.deletes = True
    if not reader.is_done:
        raise Malformed("long")
    return parcel


def _read_client(reader: Reader, parcel: Parcel) -> None:
    count, client, clock = reader.number(), reader.number(), reader.number()
    if client in parcel.brings:
        raise Malformed("twice")
    start = clock
    for _ in range(count):
        clock += _read_struct(reader, parcel)
    parcel.brings[client] = (start, clock)


def _read_struct(reader: Reader, parcel: Parcel) -> int:
    """Read one struct; returns its length."""
    info = reader.byte()
    kind = info & _LOW
    if kind == _GC:
        return _positive(reader.number())
    if kind not in {_DELETED, _STRING, _TYPE, _ANY}:
        raise Malformed("content")
    if info & _HAS_ORIGIN:
        _read_id(reader, parcel)
    if info & _HAS_RIGHT_ORIGIN:
        _read_id(reader, parcel)
    if not info & (_HAS_ORIGIN | _HAS_RIGHT_ORIGIN):
        _read_parent(reader, parcel, has_key=bool(info & _HAS_SUB))
    return _positive(_read_content(reader, kind))


def _read_parent(reader: Reader, parcel: Parcel, *, has_key: bool) -> None:
    if reader.number() == 1:
        if reader.text() not in KINDS:
            raise Malformed("root")
        if not has_key:
            raise Malformed("list")
    else:
        _read_id(reader, parcel)
    if has_key:
        reader.text()


def _read_id(reader: Reader, parcel: Parcel) -> None:
    client, clock = reader.number(), reader.number()
    parcel.need(client, clock + 1)


def _positive(length: int) -> int:
    if length < 1:
        raise Malformed("empty")
    return length


def _read_content(reader: Reader, kind: int) -> int:
    if kind == _DELETED:
        return reader.number()
    if kind == _STRING:
        return len(reader.text().encode("utf-16-le")) // 2
    if kind == _TYPE:
        if reader.number() not in {_MAP, _TEXT}:
            raise Malformed("type")
        return 1
    count = reader.number()
    for _ in range(count):
        _read_value(reader)
    return count


def _read_value(reader: Reader) -> None:
    """A value of a key: text, number or flag; nothing nested."""
    tag = reader.byte()
    if tag == 119:
        reader.block()
    elif tag == 125:  # a signed number: the first byte holds six bits of it
        while reader.byte() & 0x80:
            pass
    elif tag in {124, 123}:
        reader.take(4 if tag == 124 else 8)
    elif tag == 122:
        reader.take(8)
    elif tag not in {120, 121}:
        raise Malformed("value")


def read_state(data: bytes) -> dict[int, int]:
    """A state vector: client -> clock. Raises Malformed."""
    reader = Reader(data)
    known = {reader.number(): reader.number() for _ in range(reader.number())}
    if not reader.is_done:
        raise Malformed("long")
    return known
