"""What the rows of other rooms say now: how something given or made counts, which links there are, and who took part by what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from civitas.boards.models import Seat
from civitas.cockpit.measures import (
    COMMENT,
    DECIDE,
    DRAFT,
    GIVE,
    IMPORT,
    STAGES,
    SUPPORT,
    VOICE,
    WEB,
    WORKSHOP,
    WRITE,
    quarter_of,
)
from civitas.cockpit.models import Counted, Deed, Way
from civitas.contributions.models import Contribution, Link
from civitas.contributions.walking import among
from civitas.coproduction.models import Gate, GateDecision, Wording
from civitas.dialogue.models import Support

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection, Iterator

    from django.db.models import QuerySet

    from civitas.cities.models import City

CHUNK = 5_000
PUBLISHED = Contribution.Visibility.PUBLISHED


def local_day(at: dt.datetime) -> dt.date:
    """The day of a moment in the city's time, which every task and page runs in."""
    return timezone.localtime(at).date()


def counted_now(city: City, keys: Collection[int] | None = None) -> Iterator[Counted]:
    """How these contributions (None: all) count, each on its own: its reach and weight do not know yet what it led to.

    A quarter counts for the district that it lies in. A concept about which was decided is answered, until it lies before one again.
    """
    decided = _decided(city, keys)
    rows = _some(Contribution.objects.of(city).filter(kind__in=STAGES), keys)
    names = ("pk", "kind", "process", "area", "area__parent", "given_at", "visibility", "answered", "merged_into", "wording_count")
    for pk, kind, process, area, district, given_at, visibility, answered, head, inside in rows.values_list(*names).iterator(
        chunk_size=CHUNK
    ):
        stage = STAGES[kind]
        shown = int(visibility == PUBLISHED)
        yield Counted(
            city=city, contribution_id=pk, stage=stage, process_id=process, area_id=district or area, on=local_day(given_at), shown=shown,
            answered=int(answered or pk in decided), reach=stage,
            weight=shown * (1 + inside) if stage == VOICE and head is None else 0, head_id=head,
        )  # fmt: skip


def _decided(city: City, keys: Collection[int] | None) -> set[int]:
    """Of these (None: all) the concepts about which was decided and that wait at no gate; one query."""
    gates = Gate.objects.of(city).exclude(state=Gate.State.PLANNED)
    if keys is not None:
        gates = gates.filter(concept__contribution__in=among(keys))
    found = set(gates.order_by("pk").values_list("concept__contribution", "state"))
    return {pk for pk, state in found if state == Gate.State.DECIDED} - {pk for pk, state in found if state == Gate.State.WAITING}


def ways_now(city: City, keys: Collection[int] | None = None) -> Iterator[Way]:
    """The links of the lineage that begin or end at these contributions (None: all), between what is part of the funnel.

    What was put together counts as one: its links are those of the one it is shown in, and several of a kind to the same are one.
    """
    links = Link.objects.of(city).exclude(kind=Link.Kind.RELATED_TO).filter(source__kind__in=STAGES, target__kind__in=STAGES)
    links = links.order_by("pk") if keys is None else links.filter(Q(source__in=among(keys)) | Q(target__in=among(keys))).order_by("pk")
    names = ("source", "source__merged_into", "target", "target__merged_into", "kind", "at", "source__given_at")
    found: set[tuple[int, int, str]] = set()
    for source, start, target, end, kind, at, begun in links.values_list(*names).iterator(chunk_size=CHUNK):
        ends = (start or source, end or target)
        if ends[0] == ends[1] or (*ends, kind) in found:
            continue
        found.add((*ends, kind))
        on = local_day(at)
        yield Way(city=city, source_id=ends[0], target_id=ends[1], kind=kind, on=on, days=max(0, (on - local_day(begun)).days))


def deeds_now(city: City, act: str, keys: Collection[int] | None = None) -> Iterator[Deed]:
    """What people did by rows of this act (None: all of them); nothing of who has no participant."""
    yield from _READERS[act](city, act, keys)


def _given(city: City, act: str, keys: Collection[int] | None) -> Iterator[Deed]:
    kinds = [kind for kind, stage in STAGES.items() if stage == VOICE] if act == GIVE else [Contribution.Kind.COMMENT]
    rows = _some(Contribution.objects.of(city).filter(kind__in=kinds, visibility=PUBLISHED, author__isnull=False), keys)
    spot = "" if act == GIVE else "root__"  # a comment is about where its contribution lies
    names = ("pk", "author", "process", f"{spot}area", f"{spot}area__parent", "given_at", "source_key", "source_url")
    for pk, author, process, area, district, at, source_key, source_url in rows.values_list(*names).iterator(chunk_size=CHUNK):
        channel = IMPORT if source_key or source_url else WEB
        deed = Deed(city=city, act=act, key=pk, participant_id=author, process_id=process, area_id=district or area, channel=channel)
        yield _dated(deed, at)


def _supports(city: City, act: str, keys: Collection[int] | None) -> Iterator[Deed]:
    names = ("pk", "participant", "contribution__process", "contribution__area", "contribution__area__parent", "at")
    for pk, participant, process, area, district, at in (
        _some(Support.objects.of(city), keys).values_list(*names).iterator(chunk_size=CHUNK)
    ):
        deed = Deed(city=city, act=act, key=pk, participant_id=participant, process_id=process, area_id=district or area, channel=WEB)
        yield _dated(deed, at)


def _seats(city: City, act: str, keys: Collection[int] | None) -> Iterator[Deed]:
    names = ("pk", "participant", "board__step__process", "taken_at")
    rows = _some(Seat.objects.of(city).filter(participant__isnull=False), keys).values_list(*names)
    for pk, participant, process, at in rows.iterator(chunk_size=CHUNK):
        yield _dated(Deed(city=city, act=act, key=pk, participant_id=participant, process_id=process, area_id=None, channel=WORKSHOP), at)


def _wordings(city: City, act: str, keys: Collection[int] | None) -> Iterator[Deed]:
    rows = _some(Wording.objects.of(city).filter(by__isnull=False), keys)
    yield from _on_concept(city, act, rows, "concept__contribution__")


def _decisions(city: City, act: str, keys: Collection[int] | None) -> Iterator[Deed]:
    rows = _some(GateDecision.objects.of(city).filter(by__isnull=False), keys)
    yield from _on_concept(city, act, rows, "gate__concept__contribution__")


def _on_concept(city: City, act: str, rows: QuerySet[Any], spot: str) -> Iterator[Deed]:
    names = ("pk", "by", f"{spot}process", f"{spot}area", f"{spot}area__parent", "at")
    for pk, participant, process, area, district, at in rows.values_list(*names).iterator(chunk_size=CHUNK):
        deed = Deed(city=city, act=act, key=pk, participant_id=participant, process_id=process, area_id=district or area, channel=WEB)
        yield _dated(deed, at)


_READERS: dict[str, Callable[[City, str, Collection[int] | None], Iterator[Deed]]] = {
    SUPPORT: _supports,
    COMMENT: _given,
    GIVE: _given,
    WRITE: _seats,
    DRAFT: _wordings,
    DECIDE: _decisions,
}


def _some(rows: QuerySet[Any], keys: Collection[int] | None) -> QuerySet[Any]:
    return rows.order_by("pk") if keys is None else rows.filter(Q(pk__in=among(keys))).order_by("pk")


def _dated(deed: Deed, at: dt.datetime) -> Deed:
    deed.on = local_day(at)
    deed.quarter = quarter_of(deed.on)
    return deed
