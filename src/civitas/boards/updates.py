"""What a Yjs update holds, read byte by byte before any document sees it (update format 1 of Yjs 13, lib0 encoding).

A document takes much that a board never holds, keeps waiting what it cannot place yet, and believes every client number.
So an update is read here first: what it may hold, whose numbers it uses, and whether all that it builds on is known.
Numbers are taken in their shortest form and within their bounds only: whoever reads the same bytes after us reads the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from civitas.boards.documents import Malformed
from civitas.boards.things import KINDS, STAGE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    Id = tuple[int, int]  # client, clock

LARGEST = 256 * 1024
MOST_CLIENTS = 200  # of one update; each visit of a page is one
_MOST_CLIENT = 2**53
_MOST = 2**31  # clocks, lengths, counts: yrs counts them in 32 bits
_LOW = 0x1F
_HAS_ORIGIN, _HAS_RIGHT_ORIGIN, _HAS_SUB = 0x80, 0x40, 0x20
_GC, _DELETED, _STRING, _TYPE, _ANY = 0, 1, 4, 7, 8
# What a struct holds.
NOTHING_LEFT, DELETED, LETTERS, VALUE, MAP, TEXT = "gc", "deleted", "letters", "value", "map", "text"
_TYPES = {1: MAP, 2: TEXT}


class Struct(NamedTuple):
    """One struct of an update. Its place is said by `left` and `right`, or else by `root` or `parent`, with `key` in a map."""

    clock: int
    length: int
    holds: str
    left: Id | None = None
    right: Id | None = None
    root: str = ""
    parent: Id | None = None
    key: str | None = None
    halves: tuple[int, ...] = ()  # clocks of second halves: letters that take two units, as emoji do

    @property
    def end(self) -> int:
        """The clock after it."""
        return self.clock + self.length


@dataclass
class Parcel:
    """What an update brings: `brings` client -> (first clock, clock after the last), `needs` client -> clock that must be known."""

    brings: dict[int, Id] = field(default_factory=dict)
    needs: dict[int, int] = field(default_factory=dict)
    structs: dict[int, list[Struct]] = field(default_factory=dict)
    deletes: list[tuple[int, int, int]] = field(default_factory=list)  # client, first clock, clock after the last

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
        """An unsigned number of up to 53 bits, as short as it can be said."""
        byte = self.byte()
        if byte < 0x80:
            return byte
        value, shift = byte & 0x7F, 7
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
            if shift > 56:
                raise Malformed("number")
        if value >= _MOST_CLIENT or not byte:
            raise Malformed("number")
        return value

    def count(self) -> int:
        """A clock, a length or a count."""
        value = self.number()
        if value >= _MOST:
            raise Malformed("number")
        return value

    def block(self) -> bytes:
        """Bytes with their length before them."""
        return self.take(self.count())

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
    """Read an update of somebody to its end. Raises Malformed for anything that a board never holds, with a code that says what."""
    if len(data) > LARGEST:
        raise Malformed("large")
    parcel = _read(data, KINDS)
    if len(parcel.brings) > MOST_CLIENTS:
        raise Malformed("clients")
    return parcel


def read_sound(data: bytes) -> Parcel:
    """Read what is in the log, or a whole document."""
    return _read(data, (*KINDS, STAGE))


def _read(data: bytes, roots: Collection[str]) -> Parcel:
    reader, parcel = Reader(data), Parcel()
    for _ in range(reader.count()):
        _read_client(reader, parcel, roots)
    for _ in range(reader.count()):
        client = reader.number()
        for _ in range(reader.count()):
            start, length = reader.count(), reader.count()
            parcel.need(client, start + length)
            parcel.deletes.append((client, start, start + length))
    if not reader.is_done:
        raise Malformed("long")
    return parcel


def _read_client(reader: Reader, parcel: Parcel, roots: Collection[str]) -> None:
    count, client, clock = reader.count(), reader.number(), reader.count()
    if client in parcel.brings:
        raise Malformed("twice")
    start, structs = clock, []
    for _ in range(count):
        struct = _read_struct(reader, clock, roots)
        for needed in (struct.left, struct.right, struct.parent):
            if needed is not None:
                parcel.need(needed[0], needed[1] + 1)
        if struct.length < 1:
            raise Malformed("empty")
        structs.append(struct)
        clock = struct.end
    if clock >= _MOST:
        raise Malformed("number")
    parcel.brings[client], parcel.structs[client] = (start, clock), structs


def _read_struct(reader: Reader, clock: int, roots: Collection[str]) -> Struct:
    info = reader.byte()
    if info == _GC:
        return Struct(clock, reader.count(), NOTHING_LEFT)
    if info & _LOW not in {_DELETED, _STRING, _TYPE, _ANY}:
        raise Malformed("content")
    left = _read_id(reader) if info & _HAS_ORIGIN else None
    right = _read_id(reader) if info & _HAS_RIGHT_ORIGIN else None
    root, parent, key = "", None, None
    if left is None and right is None:
        root, parent = _read_parent(reader, roots)
        key = reader.text() if info & _HAS_SUB else None
        if root and key is None:
            raise Malformed("list")
    length, holds, halves = _read_content(reader, info & _LOW, clock)
    return Struct(clock, length, holds, left, right, root, parent, key, halves)


def _read_parent(reader: Reader, roots: Collection[str]) -> tuple[str, Id | None]:
    match reader.byte():
        case 1:
            root = reader.text()
            if root not in roots:
                raise Malformed("root")
            return root, None
        case 0:
            return "", _read_id(reader)
        case _:
            raise Malformed("parent")


def _read_id(reader: Reader) -> Id:
    return reader.number(), reader.count()


def _read_content(reader: Reader, kind: int, clock: int) -> tuple[int, str, tuple[int, ...]]:
    """Its length, what it holds, and where its letters have second halves."""
    if kind == _DELETED:
        return reader.count(), DELETED, ()
    if kind == _STRING:
        return _read_letters(reader.text(), clock)
    if kind == _TYPE:
        holds = _TYPES.get(reader.byte())
        if holds is None:
            raise Malformed("type")
        return 1, holds, ()
    count = reader.count()
    for _ in range(count):
        _read_value(reader)
    return count, VALUE, ()


def _read_letters(text: str, clock: int) -> tuple[int, str, tuple[int, ...]]:
    """Yjs counts a text in units of UTF-16."""
    length = len(text.encode("utf-16-le")) // 2
    if length == len(text):
        return length, LETTERS, ()
    halves, at = [], clock
    for letter in text:
        at += 1
        if letter > "\uffff":
            halves.append(at)
            at += 1
    return length, LETTERS, tuple(halves)


def _read_value(reader: Reader) -> None:
    """A value of a key: text, number or flag; nothing nested."""
    tag = reader.byte()
    if tag == 119:
        reader.text()
    elif tag == 125:  # a signed number: the first byte holds six bits of it
        for _ in range(8):
            if not reader.byte() & 0x80:
                return
        raise Malformed("number")
    elif tag in {124, 123}:
        reader.take(4 if tag == 124 else 8)
    elif tag not in {120, 121}:
        raise Malformed("value")


def read_state(data: bytes) -> dict[int, int]:
    """A state vector: client -> clock. Raises Malformed."""
    reader = Reader(data)
    known = {reader.number(): reader.count() for _ in range(reader.count())}
    if not reader.is_done:
        raise Malformed("long")
    return known
