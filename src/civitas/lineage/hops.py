"""The hops that the short form of a story shows: one back, and as far on as it leads; published ones only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Case, Q, When

from civitas.contributions.models import Contribution, Link
from civitas.contributions.walking import walk

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from civitas.cities.models import City

MOST_HOPS = 100
MOST_GENERATIONS = 4


@dataclass(frozen=True)
class Hop:
    """A neighbour in the lineage: the link's kind, the other contribution, whether it came later, and when it was linked."""

    kind: str
    other: Contribution
    later: bool
    at: dt.datetime


def hops(city: City, contribution: Contribution) -> list[Hop]:
    """What it came from, one hop back, and what became of it, as far as it leads; published ones only.

    Two queries and two for each further generation, none without links. What was merged into another stands for that one,
    here and at the far end.
    """
    if not contribution.has_links:
        return []
    own = {contribution.pk, *(row.pk for row in contribution.merged_wordings)}
    touching = Link.objects.of(city).filter(Q(source__in=own) | Q(target__in=own))
    # What became of it first: a theme of many hundred voices still says what it led to.
    touching = touching.annotate(comes_from=Case(When(source__in=own, then=0), default=1))
    links = list(touching.order_by("comes_from", "at", "pk").values_list("kind", "source_id", "target_id", "at")[:MOST_HOPS])
    ends = {source if target in own else target for _kind, source, target, _at in links}
    others = shown_heads(city, ends) if ends else {}
    found: dict[tuple[str, int, bool], Hop] = {}
    for kind, source, target, at in links:
        other = others.get(source if target in own else target)
        if other is not None and other.pk not in own:
            found.setdefault((kind, other.pk, source in own), Hop(kind, other, source in own, at))
    near = sorted(found.values(), key=lambda hop: hop.later)
    front = [hop.other.pk for hop in near if hop.later and hop.kind != Link.Kind.RELATED_TO]
    return [*near, *_further(city, own, front)]


def _further(city: City, own: set[int], front: list[int]) -> list[Hop]:
    """What became of what became of it, generation by generation: an idea's theme, its concept, the measure."""
    if not front:
        return []
    later = walk(city, front, "later", most=MOST_GENERATIONS)
    hops_ = sorted((later.generations[hop.target], hop.at, hop) for hop in later.hops if later.generations[hop.target])[:MOST_HOPS]
    others = shown_heads(city, {hop.target for _generation, _at, hop in hops_})
    found: dict[int, Hop] = {}
    for _generation, _at, hop in hops_:
        other = others.get(hop.target)
        if other is not None and other.pk not in own:
            found.setdefault(other.pk, Hop(hop.kind, other, later=True, at=hop.at))
    return list(found.values())


def shown_heads(city: City, keys: Iterable[int]) -> dict[int, Contribution]:
    """For each of these contributions what the city shows of it: itself, or what it was merged into; those that are not shown are left out.

    One query.
    """
    fields = ("city_id", "number", "title", "status", "given_at", "kind", "root_id", "visibility", "support_total")
    rows = Contribution.objects.keyed(city, set(keys)).filter(visibility=Contribution.Visibility.PUBLISHED)
    rows = rows.exclude(kind=Contribution.Kind.COMMENT).select_related("merged_into").order_by("pk")
    heads = {row.pk: row.merged_into or row for row in rows.only(*fields, *(f"merged_into__{name}" for name in fields))}
    return {pk: head for pk, head in heads.items() if head.visibility == Contribution.Visibility.PUBLISHED}
