"""The hops that the short form of a story shows: one back, and as far on as it leads; published ones only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Case, Q, When

from civitas.contributions.models import Contribution, Link
from civitas.contributions.walking import walk
from civitas.lineage.streams import kept_flow

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

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


@dataclass(frozen=True)
class Hops:
    """The hops that are read, at most `MOST_HOPS` each way; whether there are more, and how many voices flow in where that is known."""

    rows: Sequence[Hop] = ()
    more_earlier: bool = False
    more_later: bool = False
    voices: int | None = None

    def __iter__(self) -> Iterator[Hop]:
        return iter(self.rows)


def hops(city: City, contribution: Contribution) -> Hops:
    """What it came from, one hop back, and what became of it, as far as it leads; published ones only.

    Two queries and two for each further generation, none without links; three more where more flows in than is read. What was merged
    into another stands for that one, here and at the far end.
    """
    if not contribution.has_links:
        return Hops()
    own = {contribution.pk, *(row.pk for row in contribution.merged_wordings)}
    shown = Contribution.Visibility.PUBLISHED
    touching = Link.objects.of(city).filter(Q(source__in=own, target__visibility=shown) | Q(target__in=own, source__visibility=shown))
    # What became of it first: a theme of many hundred voices still says what it led to.
    touching = touching.annotate(comes_from=Case(When(source__in=own, then=0), default=1))
    links = list(touching.order_by("comes_from", "at", "pk").values_list("kind", "source_id", "target_id", "at")[: MOST_HOPS + 1])
    first_left_off = links.pop() if len(links) > MOST_HOPS else None
    ends = {source if target in own else target for _kind, source, target, _at in links}
    others = shown_heads(city, ends) if ends else {}
    found: dict[tuple[str, int, bool], Hop] = {}
    for kind, source, target, at in links:
        other = others.get(source if target in own else target)
        if other is not None and other.pk not in own:
            found.setdefault((kind, other.pk, source in own), Hop(kind, other, source in own, at))
    near = sorted(found.values(), key=lambda hop: hop.later)
    front = [hop.other.pk for hop in near if hop.later and hop.kind != Link.Kind.RELATED_TO]
    further, more_further = _further(city, own, front)
    more_later = first_left_off is not None and first_left_off[1] in own
    flow = kept_flow(city, contribution.pk) if first_left_off and not more_later else None
    return Hops(
        [*near, *further],
        more_earlier=first_left_off is not None and not more_later,
        more_later=more_later or more_further,
        voices=flow.shown if flow else None,
    )


def _further(city: City, own: set[int], front: list[int]) -> tuple[list[Hop], bool]:
    """What became of what became of it, generation by generation: an idea's theme, its concept, the measure."""
    if not front:
        return [], False
    later = walk(city, front, "later", most=MOST_GENERATIONS)
    hops_ = sorted((later.generations[hop.target], hop.at, hop) for hop in later.hops if later.generations[hop.target])
    others = shown_heads(city, {hop.target for _generation, _at, hop in hops_[:MOST_HOPS]})
    found: dict[int, Hop] = {}
    for _generation, _at, hop in hops_[:MOST_HOPS]:
        other = others.get(hop.target)
        if other is not None and other.pk not in own:
            found.setdefault(other.pk, Hop(hop.kind, other, later=True, at=hop.at))
    return list(found.values()), len(hops_) > MOST_HOPS


def shown_heads(city: City, keys: Iterable[int]) -> dict[int, Contribution]:
    """For each of these contributions what the city shows of it: itself, or what it was merged into; those that are not shown are left out.

    One query.
    """
    fields = ("city_id", "number", "title", "status", "given_at", "kind", "root_id", "visibility", "support_total")
    rows = Contribution.objects.keyed(city, set(keys)).filter(visibility=Contribution.Visibility.PUBLISHED)
    rows = rows.exclude(kind=Contribution.Kind.COMMENT).select_related("merged_into").order_by("pk")
    heads = {row.pk: row.merged_into or row for row in rows.only(*fields, *(f"merged_into__{name}" for name in fields))}
    return {pk: head for pk, head in heads.items() if head.visibility == Contribution.Visibility.PUBLISHED}
