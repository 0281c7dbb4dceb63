"""The whole story of a contribution, or of several: where it came from and what became of it, over any number of hops, as stops by date.

Voices are gathered by what they flow into: however many there are, a stop says how many, from where, and quotes a few.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Q

from civitas.contributions.models import MADE, Contribution
from civitas.contributions.walking import among, walk
from civitas.kit.rooms import rooms

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from civitas.cities.models import City
    from civitas.contributions.walking import Walk
    from civitas.kit.rooms import Station
    from civitas.processes.models import Process

Kind, Visibility = Contribution.Kind, Contribution.Visibility
# So many contributions have stops of their own; of more the story says how many there are.
MOST_CARRIERS = 60
# So many voices of a stop are named; of more some are quoted.
MOST_NAMED = 6
MOST_QUOTED = 3
MOST_AREAS = 5
_ROW = ("author", "organisation", "area", "process", "process__organisation")


class Fact(NamedTuple):
    """What the story needs of each of very many voices."""

    pk: int
    visibility: str
    area: str | None
    status: str
    at: dt.datetime
    support: int
    merged_into: int | None


@dataclass(frozen=True)
class Voices:
    """Voices that flow into one contribution: how many, from when to when, from where, and some of them."""

    into: Contribution
    count: int
    first: dt.datetime
    last: dt.datetime
    areas: Sequence[tuple[str, int]]  # the most frequent ones
    rows: Sequence[Contribution]  # all where they are few, else the most supported
    gone: Mapping[str, int]  # by visibility: hidden, withdrawn, erased
    merged: int  # lie in others
    declined: int

    @property
    def is_whole(self) -> bool:
        """Whether each that is shown is among the rows."""
        return len(self.rows) == self.count - sum(self.gone.values())


@dataclass(frozen=True)
class Stop:
    """A stop of the story: a contribution, voices that flow into one, or something that happened to one (`station`)."""

    at: dt.datetime
    row: Contribution
    generation: int  # how many hops before (below 0) or after where the story is told from
    voices: Voices | None = None
    station: Station | None = None
    link: str = ""  # by which it came about, of what came later

    @property
    def is_start(self) -> bool:
        """Whether the story is told from here."""
        return self.generation == 0 and self.voices is None and self.station is None


@dataclass(frozen=True)
class Story:
    """A story with its stops by date; `counts` says how many there are of each kind that steps made, '' counts voices."""

    stops: Sequence[Stop] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    processes: Sequence[Process] = ()  # in which people were asked
    left_out: int = 0  # contributions that have no stop of their own, since there are so many


def story_of(city: City, starts: Iterable[Contribution]) -> Story:
    """The story told from these contributions; what is not shown is named nowhere, but counted where people gave it.

    As many queries for ten thousand voices as for one: two for each generation, those of the rooms' stations and a few more.
    """
    told = {row.pk for row in starts}
    earlier, later = walk(city, told, "earlier"), walk(city, told, "later")
    carriers, left_out = _carriers(city, earlier, later)
    groups = voices_into(earlier, set(carriers))
    facts = _facts(city, {pk for each in groups.values() for pk in each})
    chosen = {into: _chosen(facts, keys) for into, keys in groups.items()}
    rows = _rows(city, {*carriers, *(pk for each in chosen.values() for pk in each)})
    stops = []
    for pk, generation in carriers.items():
        row = rows[pk]
        since = _since(later, pk) if generation > 0 else None
        stops.append(Stop(since.at if since and not row.is_made else row.given_at, row, generation, link=since.kind if since else ""))
        if voices := _voices(row, [facts[key] for key in groups.get(pk, ()) if key in facts], [rows[key] for key in chosen.get(pk, ())]):
            stops.append(Stop(voices.first, row, generation - 1 if generation <= 0 else generation, voices=voices))
    named = {pk for voice in stops if voice.voices and voice.voices.is_whole for pk in (each.pk for each in voice.voices.rows)}
    for pk, stations in _stations(city, {*carriers, *named}).items():
        stops += [Stop(each.at, rows[pk], carriers.get(pk, -1), station=each) for each in stations]
    stops.sort(key=lambda stop: (stop.at, stop.generation, stop.station is not None))
    counts = Counter(row.kind for pk, row in rows.items() if pk in carriers and row.is_made)
    everyone = {pk for each in groups.values() for pk in each if pk in facts} | {pk for pk in carriers if not rows[pk].is_made}
    asked = {row.process_id: row.process for pk, row in rows.items()}
    return Story(stops, {"": len(everyone), **counts}, list(asked.values()), left_out)


def _carriers(city: City, earlier: Walk, later: Walk) -> tuple[dict[int, int], int]:
    """What has a stop of its own, with its generation: where the story begins, what steps made before, all that came after."""
    before = {pk for pk, generation in earlier.generations.items() if generation}
    after = {pk for pk, generation in later.generations.items() if generation} - before
    start = earlier.generations.keys() - before
    shown = Contribution.objects.of(city).filter(visibility=Visibility.PUBLISHED)
    made = Q(pk__in=among(before), kind__in=MADE) | Q(pk__in=among(after))
    found = shown.filter(made).exclude(kind=Kind.COMMENT).order_by("pk").values_list("pk", flat=True)
    generations = {pk: -earlier.generations[pk] if pk in before else later.generations[pk] for pk in found}
    nearest = sorted(generations, key=lambda pk: (abs(generations[pk]), pk))
    kept = nearest[: max(0, MOST_CARRIERS - len(start))]
    return {**dict.fromkeys(sorted(start), 0), **{pk: generations[pk] for pk in kept}}, len(nearest) - len(kept)


def voices_into(earlier: Walk, carriers: set[int]) -> dict[int, set[int]]:
    """For each of these contributions the keys of what people gave that flows into it, not by way of another of them."""
    sources: defaultdict[int, set[int]] = defaultdict(set)
    for hop in earlier.hops:
        if hop.source != hop.target:
            sources[hop.target].add(hop.source)
    inside: defaultdict[int, list[int]] = defaultdict(list)
    for pk, head in earlier.heads.items():
        inside[head].append(pk)
    found: dict[int, set[int]] = {}
    for into in carriers & earlier.generations.keys():
        seen, front = set(inside[into]), [into]
        while front:
            front = list({source for target in front for source in sources[target]} - seen - carriers)
            seen.update(front)
            seen.update(pk for head in front for pk in inside[head])
        found[into] = seen
    return found


def _facts(city: City, keys: set[int]) -> dict[int, Fact]:
    """Of those that people gave and that were shown at some time."""
    rows = Contribution.objects.of(city).filter(pk__in=among(keys)).exclude(kind__in=MADE)
    rows = rows.exclude(visibility__in=(Visibility.DRAFT, Visibility.WAITING)).order_by("pk")
    fields = ("pk", "visibility", "area__name", "status", "given_at", "support_total", "merged_into")
    return {fact[0]: Fact(*fact) for fact in rows.values_list(*fields)}


def _chosen(facts: Mapping[int, Fact], keys: set[int]) -> list[int]:
    """All that are shown where they are few, else those that most people support."""
    shown = [facts[pk] for pk in keys if pk in facts and facts[pk].visibility == Visibility.PUBLISHED]
    best = sorted(shown, key=lambda fact: (-fact.support, fact.pk))
    return sorted(fact.pk for fact in (best if len(best) <= MOST_NAMED else best[:MOST_QUOTED]))


def _voices(into: Contribution, facts: Sequence[Fact], rows: Sequence[Contribution]) -> Voices | None:
    if not facts:
        return None
    gone = Counter(fact.visibility for fact in facts if fact.visibility != Visibility.PUBLISHED)
    areas = Counter(fact.area for fact in facts if fact.area and fact.visibility == Visibility.PUBLISHED)
    return Voices(
        into=into,
        count=len(facts),
        first=min(fact.at for fact in facts),
        last=max(fact.at for fact in facts),
        areas=areas.most_common(MOST_AREAS),
        rows=rows,
        gone=dict(gone),
        merged=sum(fact.merged_into is not None for fact in facts),
        declined=sum(fact.status == Contribution.Status.NOT_POSSIBLE for fact in facts),
    )


def _rows(city: City, keys: Iterable[int]) -> dict[int, Contribution]:
    found: dict[int, Contribution] = Contribution.objects.of(city).filter(pk__in=set(keys)).select_related(*_ROW).in_bulk()
    return found


class _Since(NamedTuple):
    at: dt.datetime
    kind: str


def _since(later: Walk, pk: int) -> _Since | None:
    """When and by which link something came after what the story is told from."""
    hops = [hop for hop in later.hops if hop.target == pk != hop.source]
    return min((_Since(hop.at, hop.kind) for hop in hops), default=None)


def _stations(city: City, keys: set[int]) -> dict[int, list[Station]]:
    found: defaultdict[int, list[Station]] = defaultdict(list)
    for room in rooms():
        for pk, stations in (room.stations(city, keys) if room.stations else {}).items():
            found[pk] += stations
    return found


def voices_of(city: City, row: Contribution) -> tuple[set[int], dict[str, int]]:
    """The keys of all voices that flow into a contribution as its stop counts them, and how many of them are not shown, by visibility."""
    earlier = walk(city, [row.pk], "earlier")
    made = Contribution.objects.of(city).filter(pk__in=among(earlier.generations), kind__in=MADE, visibility=Visibility.PUBLISHED)
    carriers = set(made.order_by("pk").values_list("pk", flat=True)) | {earlier.head(row.pk)}
    facts = _facts(city, voices_into(earlier, carriers)[earlier.head(row.pk)])
    gone = Counter(fact.visibility for fact in facts.values() if fact.visibility != Visibility.PUBLISHED)
    return {pk for pk, fact in facts.items() if fact.visibility == Visibility.PUBLISHED}, dict(gone)
