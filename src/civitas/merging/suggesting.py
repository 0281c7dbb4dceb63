"""Pairs that a machine found alike: kept for the team, who decides."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db.models import Q

from civitas.contributions.models import Contribution, Link
from civitas.merging.alike import ENOUGH, MOST_PAIRS, alike
from civitas.merging.models import Consent, SplitPart, Suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from civitas.cities.models import City


def suggest_pairs(city: City, rows: Iterable[Contribution]) -> int:
    """Keep the likest pairs of each contribution that the city shows; returns how many are new.

    A pair that is there, or that the team called different, stays as it is: this may run twice.
    """
    made, listed = 0, [row for row in rows if row.is_listed]
    kin, held = _kin(city, [row.pk for row in listed]), dict[str, list[int]]()
    for row in listed:
        likest = [(key, like) for key, like in alike(city, row, held) if key not in kin[row.pk]]
        for key, like in likest[:MOST_PAIRS]:
            if like.score < ENOUGH:
                break
            first, second = sorted((row.pk, key))
            _pair, fresh = Suggestion.objects.of(city).get_or_create(
                first_id=first, second_id=second, defaults={"city": city, "score": like.score}
            )
            made += fresh
    return made


def _kin(city: City, keys: list[int]) -> dict[int, set[int]]:
    """What each has to do with already: what it was made of or developed from, what the team calls related, what authors were asked
    about; three queries for all."""
    kin: dict[int, set[int]] = defaultdict(set)
    links = Link.objects.of(city).filter(Q(source__in=keys) | Q(target__in=keys)).order_by("pk")
    asked = Consent.objects.of(city).filter(Q(contribution__in=keys) | Q(proposal__head__in=keys)).order_by("pk")
    for one, other in (*links.values_list("source_id", "target_id"), *asked.values_list("contribution_id", "proposal__head_id")):
        kin[one].add(other)
        kin[other].add(one)
    splits = SplitPart.objects.of(city).filter(contribution__in=keys).values("split")
    parts: dict[int, set[int]] = defaultdict(set)
    for split, key in SplitPart.objects.of(city).filter(split__in=splits).order_by("pk").values_list("split_id", "contribution_id"):
        parts[split].add(key)
    for together in parts.values():
        for key in together:
            kin[key] |= together
    return kin


def look_at_new(city: City, rows: list[Contribution]) -> None:
    """For `Room.on_given`: look for pairs of what is new."""
    suggest_pairs(city, [row for row in rows if row.kind != Contribution.Kind.COMMENT and not row.is_made])
