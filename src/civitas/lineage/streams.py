"""What flows into a contribution: voices, and what was made of others; kept for all that steps made, so that ten thousand cost as few.

A stream reaches back to the next thing made that is shown, which has a stream of its own. The worker counts it from scratch each time
something about it changed (`count_stream`), so that nothing can drift; what is not kept is counted when somebody asks.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction

from civitas.contributions.models import MADE, Contribution, Link
from civitas.contributions.walking import MOST_GENERATIONS, among, walk
from civitas.lineage.models import Inflow, Stream, StreamArea
from civitas.outbox.actions import enqueue

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from civitas.cities.models import City
    from civitas.contributions.walking import Walk

COUNT = "lineage.stream"
# So many voices of a stop are named; of more some are quoted.
MOST_NAMED = 6
MOST_QUOTED = 3
MOST_AREAS = 5
_BATCH = 1_000
Role, Visibility = Inflow.Role, Contribution.Visibility
GONE = (Visibility.HIDDEN, Visibility.WITHDRAWN, Visibility.ERASED)


class Fact(NamedTuple):
    """What a stream needs of each of very many voices."""

    pk: int
    visibility: str
    area: int | None
    status: str
    at: dt.datetime
    support: int
    merged_into: int | None
    newest_key: int

    @property
    def is_shown(self) -> bool:
        """Whether everybody may read it."""
        return self.visibility == Visibility.PUBLISHED


@dataclass(frozen=True)
class Flow:
    """What flows into one contribution: how many voices, how they stand, from where, which are named; and what else was made."""

    count: int = 0
    first: dt.datetime | None = None
    last: dt.datetime | None = None
    gone: Mapping[str, int] = field(default_factory=dict)  # by visibility: hidden, withdrawn, erased
    merged: int = 0
    declined: int = 0
    areas: Sequence[tuple[int, int]] = ()  # keys of areas from which most are, with how many
    named: Sequence[int] = ()  # all that are shown where they are few, else the most supported
    made: frozenset[int] = frozenset()
    facts: Mapping[int, Fact] | None = None  # each of them, where they were just counted

    @property
    def shown(self) -> int:
        """How many voices everybody may read."""
        return self.count - sum(self.gone.values())


def flows_of(city: City, keys: Collection[int]) -> dict[int, Flow]:
    """For each of these contributions what flows into it, from scratch: at most two queries for each generation and one more."""
    earlier = walk(city, keys, "earlier", stops_at=MADE)
    into = {earlier.head(key) for key in keys} & earlier.generations.keys()
    groups = _groups(earlier, into, earlier.halts | into)
    facts = _facts(city, {pk for voices, _made in groups.values() for pk in voices})
    parts = [(hop.start, hop.end) for hop in earlier.hops if hop.kind == Link.Kind.SPLIT_INTO]
    return {pk: _flow(_counted_once(voices & facts.keys(), facts, parts), made) for pk, (voices, made) in groups.items()}


def _counted_once(voices: set[int], facts: Mapping[int, Fact], parts: Collection[tuple[int, int]]) -> dict[int, Fact]:
    """The facts of these voices. What was split is there by its parts: the whole counts where none of them is shown."""
    wholes = {whole for whole, part in parts if part in voices and facts[part].is_shown}
    return {key: facts[key] for key in voices - wholes}


def _groups(earlier: Walk, starts: set[int], halts: set[int]) -> dict[int, tuple[set[int], set[int]]]:
    """For each start the keys of what leads to it, and of those where the way ends."""
    sources: defaultdict[int, set[int]] = defaultdict(set)
    for hop in earlier.hops:
        if hop.source != hop.target:
            sources[hop.target].add(hop.source)
    inside: defaultdict[int, list[int]] = defaultdict(list)
    for pk, head in earlier.heads.items():
        inside[head].append(pk)
    found: dict[int, tuple[set[int], set[int]]] = {}
    for start in starts:
        seen, front = set(inside[start]), [start]
        ends: set[int] = set()
        while front:
            before = {source for target in front for source in sources[target]} - seen - {start}
            ends |= before & halts
            front = list(before - halts)
            seen.update(front)
            seen.update(pk for head in front for pk in inside[head])
        found[start] = (seen, ends)
    return found


def _facts(city: City, keys: set[int]) -> dict[int, Fact]:
    """Of those that people gave and that were shown at some time."""
    rows = Contribution.objects.keyed(city, among(keys)).exclude(kind__in=MADE).exclude(newest_key=None)
    rows = rows.exclude(visibility__in=(Visibility.DRAFT, Visibility.WAITING)).order_by()
    fields = ("pk", "visibility", "area", "status", "given_at", "support_total", "merged_into", "newest_key")
    return {fact[0]: Fact(*fact) for fact in rows.values_list(*fields)} if keys else {}


def _flow(facts: Mapping[int, Fact], made: set[int]) -> Flow:
    shown = [fact for fact in facts.values() if fact.is_shown]
    best = sorted(shown, key=lambda fact: (-fact.support, fact.pk))
    areas = Counter(fact.area for fact in shown if fact.area)
    return Flow(
        count=len(facts),
        first=min((fact.at for fact in facts.values()), default=None),
        last=max((fact.at for fact in facts.values()), default=None),
        gone={state: count for state, count in Counter(fact.visibility for fact in facts.values()).items() if state in GONE},
        merged=sum(fact.merged_into is not None for fact in facts.values()),
        declined=sum(fact.status == Contribution.Status.NOT_POSSIBLE for fact in facts.values()),
        areas=sorted(areas.items(), key=lambda each: (-each[1], each[0]))[:MOST_AREAS],
        named=sorted(fact.pk for fact in (best if len(best) <= MOST_NAMED else best[:MOST_QUOTED])),
        made=frozenset(made),
        facts=facts,
    )


@dataclass(frozen=True)
class Upstream:
    """What lies before some contributions: how many things made lie between, and what flows into each, as far as it is known."""

    generations: Mapping[int, int]
    flows: Mapping[int, Flow]


def upstream(city: City, heads: Iterable[int]) -> Upstream:
    """All that was made on the way to these, with what flows into each.

    Two queries for each generation of things made, and two more; what nobody keeps is counted now.
    """
    front = set(heads)
    generations = dict.fromkeys(front, 0)
    kept: dict[int, tuple[Stream, set[int]]] = {}
    flows: dict[int, Flow] = {}
    for generation in range(1, MOST_GENERATIONS):
        if not front:
            break
        streams = {row.into_id: row for row in Stream.objects.of(city).filter(into__in=among(front))}
        made: dict[int, set[int]] = {key: set() for key in streams}
        for into, source in Inflow.objects.of(city).filter(into__in=among(front), role=Role.MADE).values_list("into", "source"):
            if into in made:
                made[into].add(source)
        counted = flows_of(city, front - streams.keys()) if front - streams.keys() else {}
        flows |= counted
        kept |= {key: (row, made[key]) for key, row in streams.items()}
        front = {key for each in (*made.values(), *(flow.made for flow in counted.values())) for key in each} - generations.keys()
        generations |= dict.fromkeys(front, generation)
    return Upstream(generations, flows | _kept(city, kept))


def _kept(city: City, streams: Mapping[int, tuple[Stream, set[int]]]) -> dict[int, Flow]:
    """Kept streams with the districts and voices that a stop names; two queries."""
    named: defaultdict[int, list[int]] = defaultdict(list)
    areas: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    if streams:
        rows = Inflow.objects.of(city).filter(into__in=among(streams.keys()), quoted=1).order_by("source")
        for into, source in rows.values_list("into", "source"):
            named[into].append(source)
        where = StreamArea.objects.of(city).filter(into__in=among(streams.keys())).order_by("-count", "area")
        for into, area, count in where.values_list("into", "area", "count"):
            areas[into].append((area, count))
    return {
        key: Flow(
            count=row.count,
            first=row.first_at,
            last=row.last_at,
            gone={state: count for state in GONE if (count := getattr(row, state))},
            merged=row.merged,
            declined=row.declined,
            areas=areas[key],
            named=named[key],
            made=frozenset(made),
        )
        for key, (row, made) in streams.items()
    }


def kept_flow(city: City, key: int) -> Flow | None:
    """What is kept of what flows into something made; None where nothing is."""
    row = Stream.objects.of(city).filter(into=key).first()
    return _kept(city, {key: (row, set())})[key] if row is not None else None


def together(city: City, flows: Mapping[int, Flow], *, shown: bool = False) -> int:
    """How many voices flow into these, each counted once; one query over one index where more than one stream is kept."""
    with_voices = {key: flow for key, flow in flows.items() if flow.count}
    if len(with_voices) == 1:
        (flow,) = with_voices.values()
        return flow.shown if shown else flow.count
    fresh = {pk for flow in with_voices.values() for pk, fact in (flow.facts or {}).items() if fact.is_shown or not shown}
    kept = [key for key, flow in with_voices.items() if flow.facts is None]
    if not kept:
        return len(fresh)
    roles = (Role.VOICE,) if shown else (Role.VOICE, Role.GONE)
    rows = Inflow.objects.of(city).filter(into__in=among(kept), role__in=roles).order_by()
    known = set(rows.filter(source__in=among(fresh)).values_list("source", flat=True)) if fresh else set()
    return rows.values("source").distinct().count() + len(fresh - known)


def count_stream(city: City, key: int) -> None:
    """Count a stream anew, while its row is held, so that no older count replaces a newer one; safe to run twice."""
    row = Contribution.objects.of(city).filter(pk=key, kind__in=MADE).exclude(visibility=Visibility.ERASED).first()
    with transaction.atomic():
        if row is None or row.merged_into_id:
            for model in (Inflow, StreamArea, Stream):
                model.objects.of(city).filter(into=key).delete()
            return
        Stream.objects.bulk_create([Stream(city=city, into=row)], ignore_conflicts=True)
        Stream.objects.of(city).select_for_update(of=("self",)).get(into=key)
        _write(city, key, flows_of(city, {key})[key])


def _write(city: City, key: int, flow: Flow) -> None:
    gone = {state.value: flow.gone.get(state, 0) for state in GONE}
    kept = Stream.objects.of(city).filter(into=key)
    kept.update(count=flow.count, first_at=flow.first, last_at=flow.last, merged=flow.merged, declined=flow.declined, **gone)
    StreamArea.objects.of(city).filter(into=key).delete()
    StreamArea.objects.bulk_create([StreamArea(city=city, into_id=key, area=area, count=count) for area, count in flow.areas])
    wanted = _inflows(flow)
    fields = ("source", "role", "quoted", "newest_key")
    rows = Inflow.objects.of(city).filter(into=key).order_by()
    known = {source: (role, quoted, newest) for source, role, quoted, newest in rows.values_list(*fields)}
    other = {source for source in known.keys() | wanted.keys() if known.get(source) != wanted.get(source)}
    rows.filter(source__in=among(other & known.keys())).delete()
    new = (
        Inflow(city=city, into_id=key, source_id=source, role=role, quoted=quoted, newest_key=newest)
        for source in sorted(other & wanted.keys())
        for role, quoted, newest in [wanted[source]]
    )
    while batch := list(islice(new, _BATCH)):
        Inflow.objects.bulk_create(batch)


def _inflows(flow: Flow) -> dict[int, tuple[int, int, int]]:
    """Of each that flows in its role, whether it is named, and its place by date."""
    named, facts = set(flow.named), flow.facts or {}
    voices = {pk: (int(Role.VOICE if fact.is_shown else Role.GONE), int(pk in named), fact.newest_key) for pk, fact in facts.items()}
    return voices | {pk: (int(Role.MADE), 0, 0) for pk in flow.made}


def count_later(city: City, changed: Collection[int]) -> None:
    """Have the streams counted anew into which these contributions (keys) flow, or flowed; in a transaction."""
    later = walk(city, changed, "later", stops_at=MADE)
    touched = set(changed) | later.generations.keys()
    before = Inflow.objects.of(city).filter(source__in=among(changed)).order_by().values_list("into", flat=True)
    made = Contribution.objects.keyed(city, among(touched)).filter(kind__in=MADE).order_by().values_list("pk", flat=True)
    for key in sorted({*before, *made}):
        enqueue(city, COUNT, {"into": key}, key=f"stream-{key}")


def miscounts(city: City) -> list[str]:
    """Where kept streams differ from a count from scratch, and what was made and has none."""
    faults = []
    for key in _all_made(city):
        flow = flows_of(city, {key})[key]
        kept = kept_flow(city, key)
        if kept is None:
            faults.append(f"stream into contribution {key} is not kept")
            continue
        names = ("count", "first", "last", "gone", "merged", "declined", "areas")
        differ = [name for name in names if getattr(kept, name) != getattr(flow, name)]
        rows = Inflow.objects.of(city).filter(into=key).order_by().values_list("source", "role", "newest_key")
        # Which voices are named follows how many support them, and that may be yesterday's.
        if {source: (role, newest) for source, role, newest in rows} != {pk: (role, at) for pk, (role, _, at) in _inflows(flow).items()}:
            differ.append("voices")
        if differ:
            faults.append(f"stream into contribution {key}: {', '.join(differ)}")
    spare = Stream.objects.of(city).exclude(into__in=among(_all_made(city))).order_by("into")
    return faults + [f"stream into contribution {row.into_id} is kept for nothing" for row in spare]


def mend(city: City) -> None:
    """Count every stream anew."""
    for key in {*_all_made(city), *Stream.objects.of(city).order_by().values_list("into", flat=True)}:
        count_stream(city, key)


def _all_made(city: City) -> list[int]:
    rows = Contribution.objects.of(city).filter(kind__in=MADE, merged_into=None).exclude(visibility=Visibility.ERASED)
    return list(rows.order_by("pk").values_list("pk", flat=True))
