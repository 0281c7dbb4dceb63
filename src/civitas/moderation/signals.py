"""What a machine notices in texts: signals that order the queue, and which texts read alike. It hides nothing."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count

from civitas.contributions.models import WORDS
from civitas.contributions.words import further_words
from civitas.kit.personal import kinds_in
from civitas.kit.words import found_words
from civitas.moderation.alike import ALIKE, bands_of, hash_of, likeness, sketch_of
from civitas.moderation.learning import likely_spam
from civitas.moderation.models import Band, Signal, Trace
from civitas.processes.policies import rules_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from civitas.cities.models import City
    from civitas.contributions.models import Contribution

_LINK = re.compile(r"\b(?:https?://|www\.)\S", re.IGNORECASE)
NEW_ACCOUNT = timedelta(days=1)


def text_of(row: Contribution) -> str:
    """All that a contribution says in words."""
    return "\n".join(part for part in (getattr(row, name) for name in WORDS) if part)


def words_hash(row: Contribution, further: str = "") -> int:
    """A number that changes when any of a contribution's words does, or what else is written in it."""
    words = [getattr(row, name) for name in WORDS]
    return hash_of("\x1f".join([*words, further] if further else words))


def signals_in(city: City, rows: Sequence[Contribution]) -> dict[int, set[str]]:
    """What is noticed in each of these (by id) from all its words and its author; as many queries for hundreds as for one."""
    further = further_words(city, rows)
    texts = ["\n".join(part for part in (text_of(row), further.get(row.pk, "")) if part) for row in rows]
    spam = likely_spam(city, texts)
    return {
        row.pk: _signals(city, row, text) | ({Signal.Kind.SPAM} if likely else set())
        for row, text, likely in zip(rows, texts, spam, strict=True)
    }


def _signals(city: City, row: Contribution, text: str) -> set[str]:
    found: set[str] = {str(kind) for kind in kinds_in(text)}
    if _LINK.search(text):
        found.add(Signal.Kind.LINKS)
    if row.author and not row.is_from_elsewhere and row.given_at - row.author.created_at < NEW_ACCOUNT:
        found.add(Signal.Kind.NEW)
    if found_words(text, rules_of(city, row.process).words):
        found.add(Signal.Kind.WORDS)
    return found


def families_of(city: City, rows: Sequence[Contribution]) -> dict[int, int]:
    """Keep a trace of each of these, and say to which family of texts alike it belongs (by id); in a transaction, six queries at most."""
    sketches = {row.pk: sketch_of(text_of(row)) for row in rows}
    bands = {key: bands_of(sketch) for key, sketch in sketches.items()}
    values = {value for each in bands.values() for value in each}
    known: dict[int, list[int]] = {}
    for value, family in Band.objects.of(city).filter(value__in=values).order_by("pk").values_list("value", "family"):
        known.setdefault(value, []).append(family)
    heads = {family for each in known.values() for family in each} - sketches.keys()
    head_sketches = dict(Trace.objects.of(city).filter(contribution__in=heads).values_list("contribution", "sketch"))
    heads_now = {key: bytes(sketch) for key, sketch in head_sketches.items()}
    families, new_bands = {}, []
    for key, sketch in sketches.items():
        nearest = {family for value in bands[key] for family in known.get(value, [])}
        alike = [(likeness(sketch, heads_now[family]), -family) for family in nearest if family in heads_now and family != key]
        best, head = max(alike, default=(0.0, 0))
        if best >= ALIKE:
            families[key] = -head
            continue
        families[key], heads_now[key] = key, sketch
        for value in bands[key]:
            known.setdefault(value, []).append(key)
            new_bands.append(Band(city=city, value=value, family=key))
    further = further_words(city, rows)
    traces = [
        Trace(
            city=city,
            contribution_id=row.pk,
            words=words_hash(row, further.get(row.pk, "")),
            sketch=sketches[row.pk],
            family=families[row.pk],
        )
        for row in rows
    ]
    Trace.objects.bulk_create(
        traces, batch_size=200, update_conflicts=True, unique_fields=["city", "contribution"], update_fields=["words", "sketch", "family"]
    )
    Band.objects.bulk_create(new_bands, ignore_conflicts=True, batch_size=500)
    return families


def sizes_of(city: City, families: set[int]) -> Counter[int]:
    """How many texts each family has; one query."""
    members = Trace.objects.of(city).filter(family__in=families).order_by("family")
    return Counter(dict(members.values_list("family").annotate(size=Count("pk"))))


def forget_traces(city: City, keys: set[int]) -> None:
    """Remove what is kept of the texts of these contributions."""
    Trace.objects.of(city).filter(contribution__in=keys).delete()
    Band.objects.of(city).filter(family__in=keys).delete()
