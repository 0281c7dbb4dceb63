"""Walking the links of the lineage over any number of hops, generation by generation: at most two queries for each, however many it holds.

What was put together counts as one: a link of any of them leads from, or to, the one that they are shown in.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from django.db import connection
from django.db.models.expressions import RawSQL

from civitas.contributions.models import Contribution, Link

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable

    from civitas.cities.models import City

# No story is this long; what is longer is cut here.
MOST_GENERATIONS = 40


class Hop(NamedTuple):
    """A link between two contributions as they are shown; `start` and `end` are those it was made between (keys all)."""

    source: int
    target: int
    kind: str
    at: dt.datetime
    start: int
    end: int


@dataclass
class Walk:
    """What was found on the way: the hops, how many of them lie between (0 for where it began), and what was put together with what."""

    hops: list[Hop] = field(default_factory=list)
    generations: dict[int, int] = field(default_factory=dict)
    heads: dict[int, int] = field(default_factory=dict)  # of what lies in another: that one
    halts: set[int] = field(default_factory=set)  # beyond which nobody looked, since they are of a kind in `stops_at`, and shown

    def head(self, key: int) -> int:
        """Where a contribution is shown."""
        return self.heads.get(key, key)


def among(keys: Collection[int]) -> Any:
    """Keys for an `in` that may hold very many: one parameter, whatever their number."""
    if connection.vendor == "sqlite":
        return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(sorted(keys))])
    return RawSQL("SELECT unnest(%s::bigint[])", [sorted(keys)])


def walk(
    city: City,
    starts: Iterable[int],
    way: Literal["earlier", "later"],
    *,
    most: int = MOST_GENERATIONS,
    stops_at: Collection[str] = (),
) -> Walk:
    """All that these contributions came from, or that came of them, in whatever visibility; a circle in the links ends where it began.

    With `stops_at` the way ends at each of these kinds that is shown, but for where it begins.
    """
    found, asked = Walk(), set(starts)
    near, far = ("target", "source") if way == "earlier" else ("source", "target")
    # Two questions in one query: for one with an `or`, a database may look through the whole city.
    held = Contribution.objects.of(city).filter(merged_into__in=among(asked)).order_by().values_list("pk", "merged_into")
    own = Contribution.objects.keyed(city, among(asked)).order_by().values_list("pk", "merged_into")
    wordings: defaultdict[int, set[int]] = defaultdict(set)
    known = set()
    for pk, head in own.union(held):
        known.add(pk)
        if head is not None:
            found.heads[pk] = head
            wordings[head].add(pk)
    front = {found.head(pk) for pk in asked & known}
    found.generations |= dict.fromkeys(front, 0)
    # Those of which it is not known yet what lies in them.
    holding = front - asked
    links = Link.objects.of(city).exclude(kind=Link.Kind.RELATED_TO)
    for generation in range(1, most + 1):
        if holding:
            inside = Contribution.objects.of(city).filter(merged_into__in=among(holding)).order_by("pk")
            for pk, head in inside.values_list("pk", "merged_into"):
                found.heads[pk] = head
                wordings[head].add(pk)
        if not front:
            break
        group = front.union(*(wordings[head] for head in front if head in wordings))
        touching = links.filter(**{f"{near}__in": among(group)}).order_by("at", "pk")
        front, holding = set(), set()
        fields = ("source", "target", "kind", "at", f"{far}__merged_into", f"{far}__wording_count", f"{far}__kind", f"{far}__visibility")
        for start, end, kind, at, head, count, sort, visibility in touching.values_list(*fields):
            other = start if way == "earlier" else end
            if head is not None:
                found.heads[other] = head
            found.hops.append(Hop(found.head(start), found.head(end), kind, at, start, end))
            if found.head(other) not in found.generations:
                found.generations[found.head(other)] = generation
                if sort in stops_at and visibility == Contribution.Visibility.PUBLISHED:
                    found.halts.add(found.head(other))
                    continue
                front.add(found.head(other))
                if head is not None or count:
                    holding.add(found.head(other))
    return found
