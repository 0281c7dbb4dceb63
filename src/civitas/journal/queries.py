"""Reading the journal and its seals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from civitas.journal.hashing import moment
from civitas.journal.models import Alias, Entry, Seal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from django.db.models import QuerySet

    from civitas.cities.models import City


def entries_about(city: City, subjects: list[str], verbs: list[str], most: int) -> list[Entry]:
    """What was noted about these things by these verbs, newest first, at most `most`; by the index over subjects."""
    rows = Entry.objects.of(city).filter(subject__in=subjects, verb__in=verbs)
    return list(rows.order_by("-pk")[:most])


def people_behind(city: City, entries: list[Entry]) -> dict[UUID, UUID]:
    """The uids of the people behind the aliases of these entries, as far as they are still known; one query."""
    aliases = {entry.alias for entry in entries if entry.alias}
    return dict(Alias.objects.of(city).filter(alias__in=aliases).values_list("alias", "person"))


def unsealed(city: City) -> QuerySet[Entry]:
    """Entries that have no number yet."""
    return Entry.objects.of(city).filter(number=None)


def last_seal(city: City) -> Seal | None:
    """The seal over the newest sealed entries."""
    return Seal.objects.of(city).order_by("-number").first()


def newest_seals(city: City, count: int) -> list[Seal]:
    """The last seals, newest first."""
    return list(Seal.objects.of(city).order_by("-number")[:count])


def anchors(city: City, *, after: int = 0, count: int | None = None) -> Iterator[dict[str, Any]]:
    """The city's seals after a number, oldest first, as they are published; who keeps them can prove a later change."""
    seals = Seal.objects.of(city).filter(number__gt=after).order_by("number")
    for seal in seals[:count].iterator(chunk_size=1000):
        yield {
            "number": seal.number,
            "first": seal.first,
            "last": seal.last,
            "root": seal.root,
            "previous": seal.previous,
            "sealed_at": moment(seal.sealed_at),
        }
