"""Pairs that a machine found alike: kept for the team, who decides."""

from __future__ import annotations

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
    made = 0
    for row in rows:
        if not row.is_listed:
            continue
        kin = _kin(row)
        likest = [(other, like) for other, like in alike(city, row) if other.pk not in kin]
        found = [(other, like) for other, like in likest[:MOST_PAIRS] if like.score >= ENOUGH]
        for other, like in found:
            first, second = sorted((row.pk, other.pk))
            _pair, fresh = Suggestion.objects.of(city).get_or_create(
                first_id=first, second_id=second, defaults={"city": city, "score": like.score}
            )
            made += fresh
    return made


def _kin(row: Contribution) -> set[int]:
    """What it has to do with already: what it was made of or developed from, what the team calls related, what authors were asked about."""
    links = Link.objects.of(row.city_id).filter(Q(source=row) | Q(target=row)).order_by("pk")
    own = {key for ends in links.values_list("source_id", "target_id") for key in ends}
    parts = SplitPart.objects.of(row.city_id).filter(split__parts__contribution=row).order_by("pk")
    asked = Consent.objects.of(row.city_id).filter(Q(contribution=row) | Q(proposal__head=row)).order_by("pk")
    own |= {key for ends in asked.values_list("contribution", "proposal__head") for key in ends}
    return own | set(parts.values_list("contribution_id", flat=True))


def look_at_new(city: City, rows: list[Contribution]) -> None:
    """For `Room.on_given`: look for pairs of what is new."""
    suggest_pairs(city, [row for row in rows if row.kind != Contribution.Kind.COMMENT and not row.is_made])
