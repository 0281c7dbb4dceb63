"""Proving that nothing was changed, removed, reordered or cut off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from civitas.journal.hashing import GENESIS, canonical, merkle_root, seal_root
from civitas.journal.models import Entry, Seal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from civitas.cities.models import City

_READ_AT_ONCE = 1000


@dataclass(frozen=True)
class Fault:
    """Something that does not fit: the city's slug, a code, the number of the seal (0 = none), and a sentence."""

    city: str
    code: str
    number: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.city}: {self.sentence}" if self.city else self.sentence


def read_anchors(document: Any) -> dict[str, list[dict[str, Any]]]:
    """Anchors by city slug from the published document, or from a list of several; raises ValueError if it is neither."""
    found: dict[str, list[dict[str, Any]]] = {}
    for part in document if isinstance(document, list) else [document]:
        if not isinstance(part, dict) or not isinstance(part.get("city"), str) or not isinstance(part.get("seals"), list):
            raise ValueError("no list of seals")
        for item in part["seals"]:
            if not isinstance(item, dict) or not isinstance(item.get("number"), int) or not isinstance(item.get("root"), str):
                raise ValueError("a seal without number or root")
            found.setdefault(part["city"], []).append(item)
    return found


def verify(city: City, anchor: Iterable[Mapping[str, Any]] | None = None) -> list[Fault]:
    """Recompute all seals of a city, one batch in memory at a time, and compare with an anchor that was kept elsewhere.

    Without an anchor, a journal whose newest seals and entries were cut off together looks whole.
    """
    return list(_find_faults(city, {item["number"]: item["root"] for item in anchor or ()}))


def _find_faults(city: City, anchor: dict[int, str]) -> Iterator[Fault]:
    number, last, root = 0, 0, GENESIS
    for seal in Seal.objects.of(city).order_by("number").iterator(chunk_size=_READ_AT_ONCE):
        if seal.number != number + 1:
            yield Fault(city.slug, "seal_missing", number + 1, f"Seals {number + 1} to {seal.number - 1} are missing.")
        if seal.first != last + 1 or seal.last < seal.first:
            yield Fault(city.slug, "range_broken", seal.number, f"Seal {seal.number} does not go on where the one before ends.")
        if seal.previous != root:
            yield Fault(city.slug, "chain_broken", seal.number, f"Seal {seal.number} does not build on the one before.")
        yield from _find_faults_in_batch(city, seal)
        if anchor.pop(seal.number, seal.root) != seal.root:
            yield Fault(city.slug, "anchor_differs", seal.number, f"Seal {seal.number} has another root than the anchor.")
        number, last, root = seal.number, seal.last, seal.root
    for missing in sorted(anchor):
        yield Fault(city.slug, "end_missing", missing, f"The anchor has seal {missing}, the journal does not: it was cut off or restored.")
    if Entry.objects.of(city).filter(number__gt=last).exists():
        yield Fault(city.slug, "seal_missing", number + 1, f"There are numbered entries after {last}, and no seal over them.")


def _find_faults_in_batch(city: City, seal: Seal) -> Iterator[Fault]:
    found = 0

    def leaves() -> Iterator[bytes]:
        nonlocal found
        entries = Entry.objects.of(city).filter(number__range=(seal.first, seal.last)).order_by("number")
        for entry in entries.iterator(chunk_size=_READ_AT_ONCE):
            found += 1
            yield canonical(entry)

    merkle = merkle_root(leaves())
    missing = seal.last - seal.first + 1 - found
    if missing:
        yield Fault(city.slug, "entry_missing", seal.number, f"Of the entries {seal.first} to {seal.last} {missing} are missing.")
        return
    try:
        root = seal_root(
            previous=seal.previous, number=seal.number, first=seal.first, last=seal.last, sealed_at=seal.sealed_at, merkle=merkle
        )
    except ValueError:
        root = ""  # `previous` is no hash at all
    if root != seal.root:
        sentence = f"Seal {seal.number}: an entry from {seal.first} to {seal.last}, or the seal itself, was changed."
        yield Fault(city.slug, "content_changed", seal.number, sentence)
