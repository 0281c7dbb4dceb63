"""Recording, sealing, forgetting who it was, and proving that nothing was tampered with."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone

from civitas.cities.models import City
from civitas.journal.hashing import GENESIS, canonical, merkle_root, seal_root
from civitas.journal.models import Alias, Entry, Seal
from civitas.journal.queries import last_seal, unsealed
from civitas.journal.verification import Fault, read_anchors, verify

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from uuid import UUID

    Scalar = str | int | bool | None

SEALED_AT_ONCE = 1000
# Codes, slugs, ids, dates and addresses within the house; nothing that a person could have written.
_CODE = re.compile(r"[A-Za-z0-9_.:/+-]{1,80}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def record(city: City, *, by: UUID | None, verb: str, subject: str, details: Mapping[str, Scalar | list[Scalar]] | None = None) -> None:
    """Note that somebody (by participant uid; None = the city itself) did something ('contribution.hide') to something ('contribution:12').

    `details` map names to codes, ids, whole numbers, yes or no, or lists of those. A code has at most 80 letters (A–Z),
    digits and `_ . : / + -`, so that nobody's words, names or addresses get in; raises ValueError otherwise.
    """
    record_many(city, by=by, verb=verb, rows=[(subject, details or {})])


def record_many(city: City, *, by: UUID | None, verb: str, rows: Iterable[tuple[str, Mapping[str, Scalar | list[Scalar]]]]) -> None:
    """Note the same of many things, each with its details; as `record`, in as many queries for hundreds as for one."""
    entries = []
    at, alias = timezone.now(), _alias_of(city, by) if by else None
    for subject, details in rows:
        for text in (verb, subject):
            _check_code(text)
        for name, value in details.items():
            if not _NAME.fullmatch(name):
                raise ValueError("the journal names a detail in small letters, digits and '_'")
            for each in value if isinstance(value, list) else [value]:
                _check_value(each)
        entries.append(Entry(city=city, at=at, alias=alias, verb=verb, subject=subject, details=dict(details)))
    Entry.objects.bulk_create(entries, batch_size=500)


def _check_value(value: object) -> None:
    if isinstance(value, str):
        _check_code(value)
    elif value is not None and not isinstance(value, int):
        raise ValueError(f"the journal keeps codes, ids and whole numbers, no {type(value).__name__}")


def _check_code(text: str) -> None:
    # The text itself may be what must not be kept, so it is not repeated in the error.
    if not _CODE.fullmatch(text):
        raise ValueError("the journal keeps codes of at most 80 letters, digits and '_.:/+-', no text")


def _alias_of(city: City, person: UUID) -> UUID:
    aliases = Alias.objects.of(city).filter(person=person).values_list("alias", flat=True)
    alias = aliases.first()
    if alias is None:
        Alias.objects.bulk_create([Alias(city=city, person=person)], ignore_conflicts=True)
        alias = aliases.get()
    found: UUID = alias
    return found


def forget(city: City, person: UUID) -> None:
    """Erase the key from a person to the alias; what stands in the journal can no longer be traced to anyone."""
    Alias.objects.of(city).filter(person=person).delete()


def adopt(city: City, *, old: UUID, new: UUID) -> None:
    """Hand a guest's alias over to the account that claimed it; where both have one, the guest's key is erased."""
    if Alias.objects.of(city).filter(person=new).exists():
        forget(city, old)
    else:
        Alias.objects.of(city).filter(person=old).update(person=new)


def seal(city: City) -> int:
    """Number and seal all entries that are not sealed yet, in batches; returns how many."""
    sealed = 0
    while count := _seal_batch(city):
        sealed += count
    return sealed


def _seal_batch(city: City) -> int:
    with transaction.atomic():
        # Two sealers would give the same numbers: the constraints let one through, the other comes back at the next tick.
        entries = list(unsealed(city).order_by("pk")[:SEALED_AT_ONCE])
        if not entries:
            return 0
        before = last_seal(city)
        first = before.last + 1 if before else 1
        for number, entry in enumerate(entries, first):
            entry.number = number
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE journal_entry SET number = %s WHERE city_id = %s AND id = %s",
                [(entry.number, city.pk, entry.pk) for entry in entries],
            )
        number, last, sealed_at = (before.number + 1 if before else 1), first + len(entries) - 1, timezone.now()
        previous = before.root if before else GENESIS
        root = seal_root(
            previous=previous, number=number, first=first, last=last, sealed_at=sealed_at, merkle=merkle_root(map(canonical, entries))
        )
        Seal(city=city, number=number, first=first, last=last, root=root, previous=previous, sealed_at=sealed_at).save()
        return len(entries)


def verify_all(anchor_path: Path | None = None, *, city_slug: str = "") -> list[Fault]:
    """Recompute every seal of all cities, or of one, and compare with the anchors that were kept elsewhere."""
    anchors: dict[str, list[dict[str, Any]]] = {}
    if anchor_path:
        try:
            anchors = read_anchors(json.loads(anchor_path.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, ValueError) as error:
            return [Fault("", "anchor_unreadable", 0, f"The anchor file cannot be read: {type(error).__name__}.")]
    cities = City.objects.order_by("slug")
    if city_slug:
        cities = cities.filter(slug=city_slug)
        anchors = {slug: items for slug, items in anchors.items() if slug == city_slug}
    slugs = set(cities.values_list("slug", flat=True))
    unknown = "The anchor file names this city, the database does not."
    faults = [Fault(slug, "city_missing", 0, unknown) for slug in sorted(set(anchors) - slugs)]
    if city_slug and not slugs:
        faults.append(Fault(city_slug, "city_missing", 0, "There is no such city."))
    for city in cities:
        faults += verify(city, anchors.get(city.slug))
    return faults
