"""The whole story of a contribution, or of several: where it came from and what became of it, over any number of hops, as stops by date.

Voices are gathered by what they flow into: however many there are, a stop says how many, from where, and quotes a few.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from civitas.cities.models import Area
from civitas.contributions.models import MADE, Contribution
from civitas.contributions.queries import CARD
from civitas.contributions.walking import among, walk
from civitas.kit.keyset import keyset_page
from civitas.kit.rooms import rooms
from civitas.lineage.models import Inflow
from civitas.lineage.streams import flows_of, kept_flow, together, upstream

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from civitas.cities.models import City
    from civitas.contributions.walking import Walk
    from civitas.kit.rooms import Station
    from civitas.lineage.streams import Flow, Upstream
    from civitas.processes.models import Process

Kind, Visibility = Contribution.Kind, Contribution.Visibility
# So many contributions have stops of their own; of more the story says how many there are.
MOST_CARRIERS = 60
_ROW = ("author", "organisation", "area", "process", "process__organisation")


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

    As many queries for ten thousand voices as for one: two for each generation, those of the rooms' stations and a few more. Of the
    voices only those are read that are named (`streams`).
    """
    told = {row.pk for row in starts}
    later = walk(city, told, "later")
    earlier = upstream(city, {later.head(pk) for pk in told})
    carriers, left_out = _carriers(city, earlier, later)
    flows = {pk: flow for pk, flow in earlier.flows.items() if pk in carriers}
    rows = _rows(city, {*carriers, *(pk for flow in flows.values() for pk in flow.named)})
    names = _names(city, flows)
    stops = []
    for pk, generation in carriers.items():
        row = rows[pk]
        since = _since(later, pk) if generation > 0 else None
        stops.append(Stop(since.at if since and not row.is_made else row.given_at, row, generation, link=since.kind if since else ""))
        if voices := _voices(row, flows.get(pk), rows, names):
            stops.append(Stop(voices.first, row, generation - 1 if generation <= 0 else generation, voices=voices))
    named = {pk for voice in stops if voice.voices and voice.voices.is_whole for pk in (each.pk for each in voice.voices.rows)}
    for pk, stations in _stations(city, {*carriers, *named}).items():
        stops += [Stop(each.at, rows[pk], carriers.get(pk, -1), station=each) for each in stations]
    stops.sort(key=lambda stop: (stop.at, stop.generation, stop.station is not None))
    counts = Counter(row.kind for pk, row in rows.items() if pk in carriers and row.is_made)
    voices_in_all = together(city, flows) + sum(not rows[pk].is_made for pk in carriers)
    asked = {row.process_id: row.process for pk, row in rows.items()}
    return Story(stops, {"": voices_in_all, **counts}, list(asked.values()), left_out)


def _carriers(city: City, earlier: Upstream, later: Walk) -> tuple[dict[int, int], int]:
    """What has a stop of its own, with its generation: where the story begins, what steps made before, all that came after."""
    before = {pk for pk, generation in earlier.generations.items() if generation}
    after = {pk for pk, generation in later.generations.items() if generation} - before
    start = earlier.generations.keys() - before
    rows = Contribution.objects.keyed(city, among(before | after)).exclude(kind=Kind.COMMENT).order_by("pk")
    found = [
        pk
        for pk, kind, visibility in rows.values_list("pk", "kind", "visibility")
        if visibility == Visibility.PUBLISHED and (pk in after or kind in MADE)
    ]
    generations = {pk: -earlier.generations[pk] if pk in before else later.generations[pk] for pk in found}
    nearest = sorted(generations, key=lambda pk: (abs(generations[pk]), pk))
    kept = nearest[: max(0, MOST_CARRIERS - len(start))]
    return {**dict.fromkeys(sorted(start), 0), **{pk: generations[pk] for pk in kept}}, len(nearest) - len(kept)


def _names(city: City, flows: Mapping[int, Flow]) -> dict[int, str]:
    """The names of the districts that stops name; one query."""
    keys = {area for flow in flows.values() for area, _count in flow.areas}
    return dict(Area.objects.of(city).filter(pk__in=keys).order_by("pk").values_list("pk", "name")) if keys else {}


def _voices(into: Contribution, flow: Flow | None, rows: Mapping[int, Contribution], names: Mapping[int, str]) -> Voices | None:
    if flow is None or flow.first is None or flow.last is None:
        return None
    # What is kept may be a moment old: who was hidden just now is named no more.
    named = [rows[pk] for pk in flow.named if pk in rows and rows[pk].visibility == Visibility.PUBLISHED]
    areas = [(names[area], count) for area, count in flow.areas if area in names]
    return Voices(into, flow.count, flow.first, flow.last, areas, named, flow.gone, flow.merged, flow.declined)


def _rows(city: City, keys: Iterable[int]) -> dict[int, Contribution]:
    found: dict[int, Contribution] = Contribution.objects.keyed(city, among(set(keys))).select_related(*_ROW).in_bulk()
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


@dataclass(frozen=True)
class VoicePage:
    """A page of the voices that flow into a contribution, how many there are, and how many more are not shown, by visibility."""

    rows: Sequence[Contribution]
    next_cursor: str
    count: int
    gone: Mapping[str, int]


def voice_page(city: City, row: Contribution, *, cursor: str, size: int) -> VoicePage:
    """The voices that flow into a contribution as its stop counts them, the newest first; of a kept stream only this page is read."""
    head = row.merged_into_id or row.pk
    if (kept := kept_flow(city, head)) is not None:
        # The index gives them in their order; who was hidden just now is left out.
        flows = Inflow.objects.of(city).filter(into=head, role=Inflow.Role.VOICE, source__visibility=Visibility.PUBLISHED)
        inflow = keyset_page(
            flows.select_related("source", *(f"source__{name}" for name in CARD)), by=("newest_key",), cursor=cursor, size=size
        )
        return VoicePage([each.source for each in inflow.rows], inflow.next_cursor, kept.shown, kept.gone)
    flow = flows_of(city, {head})[head]
    shown = Contribution.objects.keyed(city, among([pk for pk, fact in (flow.facts or {}).items() if fact.is_shown]))
    page = keyset_page(shown.select_related(*CARD), by=("newest_key",), cursor=cursor, size=size)
    return VoicePage(page.rows, page.next_cursor, flow.shown, flow.gone)


def count_voices(city: City, rows: Iterable[Contribution]) -> int:
    """How many voices that everybody may read flow into these contributions, over any number of hops, each counted once."""
    return together(city, upstream(city, {row.merged_into_id or row.pk for row in rows}).flows, shown=True)
