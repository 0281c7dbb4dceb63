"""Taking in what people gave elsewhere, many at once: a second time updates what changed, writes nothing else and doubles nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from civitas.cities.queries import area_at
from civitas.contributions.actions import change_comment_counts, index_later, keep_new, look_later, write_keys
from civitas.contributions.counts import keeping_counts
from civitas.contributions.models import ANSWERS, WORDS, Contribution, Revision, StatusEvent, newest_key
from civitas.contributions.rules import may_moderate, may_take_back, may_take_in
from civitas.contributions.words import forget_words
from civitas.journal.actions import record
from civitas.kit.ids import uuid7

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from django.db.models import QuerySet

    from civitas.cities.models import Area, City
    from civitas.people.actors import Actor
    from civitas.people.models import Organisation, Participant
    from civitas.processes.models import Category, Process, Step
    from civitas.services.models import Service

Visibility = Contribution.Visibility
# Ids of comments stand in the same column as those of contributions, but may be the same numbers.
COMMENT_KEY = "comment "
_AT_ONCE = 1_000
REFERENCES = ("category", "service", "area", "organisation")
TAKEN_BACK = (
    *WORDS, *REFERENCES, "place_name", "source_url", "source_key", "lat", "lon", "drawing", "author", "visibility", "status", "answered",
    "imported_support", "is_outside", "uid", "version", "changed_at",
)  # fmt: skip


@dataclass(frozen=True)
class OfficialWord:
    """The status that something has where it comes from, with the last official answer."""

    status: str = Contribution.Status.RECEIVED
    text: str = ""
    at: dt.datetime | None = None
    organisation: Organisation | None = None


@dataclass(frozen=True)
class Given:
    """One contribution or comment from elsewhere, in cleaned values. `key` is its id there ('' = it has none).

    `said` names the fields that were given; others keep their value on an update. `lat`, `lon` are WGS84 degrees and may lie
    outside the city.
    """

    key: str
    title: str = ""
    text: str = ""
    audience: str = ""
    proposal: str = ""
    benefit: str = ""
    kind: str = Contribution.Kind.IDEA
    given_at: dt.datetime | None = None
    read_at: dt.datetime | None = None  # when the file was read: the time of new rows that have none
    language: str = "de"
    category: Category | None = None
    service: Service | None = None
    area: Area | None = None
    place_name: str = ""
    lat: float | None = None
    lon: float | None = None
    drawing: dict[str, Any] | None = None  # a checked GeoJSON geometry
    source_url: str = ""
    votes: int = 0
    organisation: Organisation | None = None
    stance: str = ""  # of a comment
    author: Participant | None = None
    official: OfficialWord | None = None
    visibility: str = Visibility.PUBLISHED
    uid: UUID | None = None
    said: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Change:
    """What taking one row in did, so that it can be taken back: it is new, with `events` stations, or it was updated.

    `before` are the values that an update replaced, by column, references as ids; `revision` keeps the words among them, `event` is the
    station that came with it.
    """

    row: Contribution
    is_new: bool
    events: int = 0
    before: Mapping[str, Any] = field(default_factory=dict)
    revision: Revision | None = None
    event: StatusEvent | None = None


@dataclass
class Taken:
    """How many rows were new, updated, or as they were; `changes` says what that did to each of one batch, and is not summed up."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    changes: list[Change] = field(default_factory=list, compare=False)

    def __add__(self, other: Taken) -> Taken:
        return Taken(self.new + other.new, self.updated + other.updated, self.unchanged + other.unchanged)


def known_rows(process: Process, keys: Iterable[str], *, comments: bool = False) -> dict[str, Contribution]:
    """What the process already has under these ids of elsewhere, or under the uids that an export of ours gives as ids."""
    prefix = COMMENT_KEY if comments else ""
    wanted = {prefix + key: key for key in keys}
    rows = Contribution.objects.of(process.city_id).filter(process=process).select_related("root")
    rows = rows.filter(kind=Contribution.Kind.COMMENT) if comments else rows.exclude(kind=Contribution.Kind.COMMENT)
    found = {
        wanted[row.source_key]: row for row in rows.exclude(source_key="").filter(source_key__in=list(wanted))
    }  # the index leaves '' out
    uids = {uid: key for key in wanted.values() if key not in found and (uid := _uid(key))}
    if uids:
        found |= {uids[row.uid]: row for row in rows.filter(uid__in=list(uids), source_key="")}
    return found


def _uid(key: str) -> UUID | None:
    try:
        return UUID(key) if len(key) == 36 else None
    except ValueError:
        return None


def take_in(actor: Actor, step: Step, rows: Sequence[Given]) -> Taken:
    """Take in contributions, some hundreds at once, in one transaction. Each id may stand once in `rows`."""
    for kind in {row.kind for row in rows}:
        may_take_in(actor, step, kind).require()
    with transaction.atomic():
        known = known_rows(step.process, [row.key for row in rows if row.key])
        fresh = [row for row in rows if row.key not in known]
        made = _take_new(actor.city, step, fresh)
        updates = [update_given(actor, known[row.key], row) for row in rows if row.key in known]
    return taken_of(made, updates)


def taken_of(made: list[Change], updates: Iterable[Change | None]) -> Taken:
    """The count of one batch: what was made, and what each known row became (None: it stayed as it was)."""
    updates = list(updates)
    changed = [change for change in updates if change is not None]
    return Taken(len(made), len(changed), len(updates) - len(changed), [*made, *changed])


def _take_new(city: City, step: Step, rows: Sequence[Given]) -> list[Change]:
    made, events = [], []
    for row in rows:
        lat, lon, area, is_outside = _placed(city, row)
        official = row.official or OfficialWord()
        given_at = row.given_at or row.read_at or timezone.now()
        contribution = Contribution(
            city=city,
            uid=row.uid or uuid7(),
            process=step.process,
            step=step,
            kind=row.kind,
            author=row.author,
            organisation=row.organisation,
            title=row.title,
            text=row.text,
            **{name: getattr(row, name) for name in ANSWERS},
            language=row.language,
            category=row.category,
            service=row.service,
            lat=lat,
            lon=lon,
            drawing=row.drawing,
            area=area,
            is_outside=is_outside,
            place_name=row.place_name,
            visibility=row.visibility,
            status=official.status,
            answered=int(bool(official.text)),
            given_at=given_at,
            imported_support=row.votes,
            source_key=row.key,
            source_url=row.source_url,
        )
        made.append(contribution)
        events.append(StatusEvent(city=city, contribution=contribution, status=Contribution.Status.RECEIVED, at=given_at))
        if official != OfficialWord():
            events.append(_event(contribution, official))
    if made:
        keep_new(city, made)
        StatusEvent.objects.bulk_create(events, batch_size=500)
    stations = Counter(id(event.contribution) for event in events)
    return [Change(row, is_new=True, events=stations[id(row)]) for row in made]


def _event(contribution: Contribution, official: OfficialWord) -> StatusEvent:
    at = official.at or contribution.given_at
    return StatusEvent(
        city_id=contribution.city_id,
        contribution=contribution,
        status=official.status,
        text=official.text,
        organisation=official.organisation,
        at=at,
    )


def _placed(city: City, row: Given) -> tuple[float | None, float | None, Area | None, bool]:
    if row.lat is None or row.lon is None:
        return None, None, row.area, False
    area = area_at(city, row.lat, row.lon)
    return row.lat, row.lon, area, area is None


def update_given(actor: Actor, contribution: Contribution, row: Given) -> Change | None:
    """Bring what is already here up to date with what the row says; None when nothing changed. Must run in a transaction."""
    changed = changes_of(actor.city, contribution, row)
    word = _newer_word(contribution, row)
    if not changed and word is None:
        return None
    if word is not None:
        changed |= {"status": word.status, "answered": int(bool(word.text) or contribution.answered)}
    before = {name: _kept(contribution, name) for name in changed}
    revision = _write(actor, contribution, changed)
    event = None
    if word is not None:
        event = _event(contribution, word)
        event.save()
    return Change(contribution, is_new=False, before=before, revision=revision, event=event)


def changes_of(city: City, contribution: Contribution, row: Given) -> dict[str, Any]:
    """The values that a row would change in what is already here, its official word aside; nothing is written."""
    if contribution.visibility == Visibility.ERASED:
        return {}  # what was erased for good does not come back with the next file
    # What was blacked out does not come back with the next file either: such a row keeps its words.
    kept = {*WORDS, "place_name", "source_url"} if contribution.redacted_at else set()
    values = {
        name: getattr(row, name)
        for name in (*WORDS, "kind", "language", "category", "service", "place_name", "drawing", "source_url", "organisation", "stance")
        if name in row.said - kept
    }
    if "votes" in row.said:
        values["imported_support"] = row.votes
    if "given_at" in row.said and row.given_at:
        values["given_at"] = row.given_at
    if "lat" in row.said:
        values |= dict(zip(("lat", "lon", "area", "is_outside"), _placed(city, row), strict=True))
    elif "area" in row.said and contribution.lat is None:
        values["area"] = row.area
    return {name: value for name, value in values.items() if _kept(contribution, name) != (value.pk if hasattr(value, "pk") else value)}


def _write(actor: Actor, contribution: Contribution, changed: Mapping[str, Any]) -> Revision | None:
    """Write other values with all that follows from them; the words before stay as a revision, which is returned."""
    city, revision = actor.city, None
    if changed.keys() & {*WORDS, "drawing"}:
        before = {"version": contribution.version, **{name: getattr(contribution, name) for name in (*WORDS, "drawing")}}
        revision = Revision.objects.create(city=city, contribution=contribution, at=timezone.now(), by=actor.participant, **before)
    _carry_votes(contribution, changed.get("imported_support", contribution.imported_support) - contribution.imported_support)
    with keeping_counts(city, contribution):
        for name, value in changed.items():
            setattr(contribution, name, value)
        contribution.version += 1
        contribution.save(update_fields=[*changed, "version", "changed_at"])
        _keep_sorted(city, contribution)
    return revision


def give_back(actor: Actor, contribution: Contribution, values: Mapping[str, Any], *, event: int | None) -> None:
    """Put the values back that an import replaced, references as ids, and take its station off. Must run in a transaction.

    The caller has looked that nobody changed them since. What the import said stays as a revision.
    """
    may_take_back(actor).require()
    changed = {f"{name}_id" if name in REFERENCES else name: value for name, value in values.items()}
    if event is not None:
        events = StatusEvent.objects.of(actor.city).filter(contribution=contribution)
        _drop_stations(events.filter(pk=event))
        changed["answered"] = int(events.exclude(text="").exists())
    if changed:
        _write(actor, contribution, changed)


def _drop_stations(rows: QuerySet[StatusEvent]) -> None:
    """Remove stations that nothing refers to, since nobody answered by them: Django would look for drafts without naming the city."""
    rows._raw_delete(rows.db)


def take_back(actor: Actor, rows: Sequence[Contribution]) -> None:
    """Take new rows of an import out again, some hundreds at once: nameless tombstones stay, and a later file may bring them anew.

    The caller has looked that nobody has done anything with them since, and holds them.
    """
    may_take_back(actor).require()
    city = actor.city
    with transaction.atomic():
        shown = [row for row in rows if row.kind == Contribution.Kind.COMMENT and row.visibility == Visibility.PUBLISHED]
        lost = Counter(pk for row in shown for pk in row.above)
        with keeping_counts(city, *rows):
            for row in rows:
                row.title = row.text = row.audience = row.proposal = row.benefit = ""
                row.place_name = row.source_url = row.source_key = ""
                row.lat = row.lon = row.drawing = row.author = None
                row.category = row.service = row.area = row.organisation = None
                row.visibility, row.status, row.answered = Visibility.ERASED, Contribution.Status.RECEIVED, 0
                row.imported_support, row.is_outside, row.uid = 0, False, uuid7()
                row.version, row.changed_at = row.version + 1, timezone.now()
            Contribution.objects.of(city).bulk_update(rows, TAKEN_BACK, batch_size=100)
        change_comment_counts(city, {pk: -count for pk, count in lost.items()})
        _drop_stations(StatusEvent.objects.of(city).filter(contribution__in=[row.pk for row in rows]))
        Revision.objects.of(city).filter(contribution__in=[row.pk for row in rows]).delete()
        forget_words(city, [row.newest_key for row in rows if row.newest_key is not None])
        look_later(city, rows)


def _kept(contribution: Contribution, name: str) -> object:
    return getattr(contribution, f"{name}_id" if name in REFERENCES else name)


def _newer_word(contribution: Contribution, row: Given) -> OfficialWord | None:
    """The file's official word, if it is dated and newer than the last one here: what the city said here stays."""
    if row.official is None or row.official.at is None:
        return None
    last = (
        StatusEvent.objects.of(contribution.city_id).filter(contribution=contribution).order_by("-at").values_list("at", flat=True).first()
    )
    return row.official if last is None or row.official.at > last else None


def _keep_sorted(city: City, contribution: Contribution) -> None:
    key = newest_key(contribution.given_at, contribution.pk)
    if key != contribution.newest_key:
        if contribution.newest_key is not None:
            forget_words(city, [contribution.newest_key])
        contribution.newest_key = key
        write_keys(city, [contribution])
    if contribution.kind != Contribution.Kind.COMMENT:
        index_later(city, [contribution])


def add_votes(actor: Actor, contribution: Contribution, votes: int) -> None:
    """Count support that was given elsewhere without a name."""
    may_moderate(actor, contribution).require()
    rows = Contribution.objects.of(actor.city).filter(pk=contribution.pk)
    rows.update(imported_support=F("imported_support") + votes)
    _carry_votes(contribution, votes)


def _carry_votes(contribution: Contribution, change: int) -> None:
    """Votes for what was merged into another count there too."""
    if change and contribution.merged_into_id:
        head = Contribution.objects.of(contribution.city_id).filter(pk=contribution.merged_into_id)
        head.update(merged_support=F("merged_support") + change)


def note_taken(actor: Actor, process: Process, taken: Taken, *, what: str, rejected: int, unit: int) -> None:
    """Put an import on record with its counts; `what` is contributions or comments, `unit` the key of the import that can be undone."""
    details = {"new": taken.new, "updated": taken.updated, "unchanged": taken.unchanged, "rejected": rejected, "unit": unit}
    with transaction.atomic():
        record(actor.city, by=actor.uid, verb=f"{what}.imported", subject=f"process:{process.pk}", details=details)


def assign_areas(actor: Actor) -> tuple[int, int]:
    """Find the area of each contribution with a place anew, after boundaries changed; returns (looked at, changed)."""
    may_moderate(actor).require()
    seen = changed = last = 0
    rows = Contribution.objects.of(actor.city).filter(lat__isnull=False).order_by("pk")
    while batch := list(rows.filter(pk__gt=last)[:_AT_ONCE]):
        last = batch[-1].pk
        moved = []
        for row in batch:
            area = area_at(actor.city, row.lat, row.lon)
            if row.area_id != (area.pk if area else None) or row.is_outside != (area is None):
                moved.append((row, area))
        with keeping_counts(actor.city, *(row for row, _area in moved)):
            for row, area in moved:
                row.area, row.is_outside, row.version = area, area is None, row.version + 1
            Contribution.objects.of(actor.city).bulk_update(
                [row for row, _area in moved], ["area", "is_outside", "version"], batch_size=200
            )
        seen, changed = seen + len(batch), changed + len(moved)
    return seen, changed
