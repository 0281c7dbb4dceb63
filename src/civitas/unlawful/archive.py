"""The locked archive in the database: written piece by piece while it is made, and read piece by piece. Memory holds one of them."""

from __future__ import annotations

import hashlib
import io
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from django.db.models.functions import Length
from django.utils.translation import gettext as _

from civitas.kit.verdicts import Refused
from civitas.unlawful.models import EvidencePart
from civitas.unlawful.sealing import LOCK_BYTES, locked, unlocked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from civitas.cities.models import City
    from civitas.unlawful.models import Evidence

PIECE_BYTES = 1024 * 1024


class ArchiveWriter(io.RawIOBase):
    """Takes the bytes of a new archive and stores each full piece locked, in the transaction that makes the evidence."""

    def __init__(self, city: City, evidence: Evidence) -> None:
        super().__init__()
        self._city, self._evidence = city, evidence
        self._waiting, self._number, self._digest = bytearray(), 0, hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        """It is written to from beginning to end, and nothing else."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # zipfile gives bytes
        """Take some more. A full piece stays here until another byte comes, since the last one's lock says that it is the last."""
        self._waiting += data
        while len(self._waiting) > PIECE_BYTES:
            self._store(bytes(self._waiting[:PIECE_BYTES]), is_last=False)
            del self._waiting[:PIECE_BYTES]
        return len(data)

    def finish(self) -> str:
        """Store the last piece; returns the SHA-256 of all of them as they lie in the database."""
        self._store(bytes(self._waiting), is_last=True)
        self._waiting.clear()
        return self._digest.hexdigest()

    def _store(self, piece: bytes, *, is_last: bool) -> None:
        payload = locked(self._city, self._evidence.uid, piece, number=self._number, is_last=is_last)
        EvidencePart.objects.create(city=self._city, evidence=self._evidence, number=self._number, payload=payload)
        self._digest.update(payload)
        self._number += 1
        self.size += len(piece)


class Archive(io.RawIOBase):
    """The archive as it was secured, to be read from any place in it. Raises Refused (409) where it was changed or the key is another."""

    def __init__(self, city: City, evidence: Evidence) -> None:
        super().__init__()
        self._city, self._evidence = city, evidence
        rows = EvidencePart.objects.of(city).filter(evidence=evidence).order_by("number")
        lengths = [length - LOCK_BYTES for length in rows.values_list(Length("payload"), flat=True)]
        self._starts = [0, *accumulate(lengths)]
        self._at, self._number, self._piece = 0, -1, b""

    @property
    def size(self) -> int:
        """In bytes."""
        return self._starts[-1]

    def check(self) -> str:
        """Open every piece once before anybody is given a byte; returns the SHA-256 of the archive. Raises Refused."""
        if digest_of(self._evidence) != self._evidence.digest:
            raise Refused(_("This evidence was changed since it was put in. Its SHA-256 in the journal is another one."), status=409)
        digest = hashlib.sha256()
        for number in range(len(self._starts) - 1):
            digest.update(self._open(number))
        return digest.hexdigest()

    def readable(self) -> bool:
        """As a file is."""
        return True

    def seekable(self) -> bool:
        """As a file is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; returns it."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # io gives a memoryview
        """Fill the buffer as far as the piece reaches in which we are; returns how many bytes."""
        if self._at >= self.size:
            return 0
        number = bisect_right(self._starts, self._at) - 1
        if number != self._number:
            self._number, self._piece = number, self._open(number)
        within = self._at - self._starts[number]
        found = self._piece[within : within + len(buffer)]
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)

    def _open(self, number: int) -> bytes:
        payload = _payloads(self._evidence).filter(number=number).first()
        is_last = number == len(self._starts) - 2
        return unlocked(self._city, self._evidence.uid, bytes(payload or b""), number=number, is_last=is_last)


def digest_of(evidence: Evidence) -> str:
    """SHA-256 of evidence as it lies in the database, which the journal keeps."""
    digest = hashlib.sha256()
    for payload in _payloads(evidence).iterator(chunk_size=1):
        digest.update(payload)
    return digest.hexdigest()


def _payloads(evidence: Evidence) -> QuerySet[EvidencePart, Any]:
    rows: QuerySet[EvidencePart] = EvidencePart.objects.of(evidence.city_id).filter(evidence=evidence)
    return rows.order_by("number").values_list("payload", flat=True)


def in_pieces(archive: Archive) -> Iterator[bytes]:
    """An archive from beginning to end, some at a time, as a response sends it."""
    archive.seek(0)
    while piece := archive.read(64 * 1024):
        yield piece
