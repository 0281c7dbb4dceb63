"""Bringing ledger and figures in line with what was given, linked or done; safe to run twice, and for hundreds in as many queries.

What changed is looked up as it is now and compared with what the ledger knows; only the difference goes into the figures.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from civitas.cockpit.facts import counted_now, deeds_now, ways_now
from civitas.cockpit.measures import COMMENT, DECIDE, DRAFT, GIVE, SUPPORT
from civitas.cockpit.models import Counted, Deed, Ledger, Way
from civitas.cockpit.shares import figures_of, figures_of_person, figures_of_way, write_figures
from civitas.contributions.models import Contribution
from civitas.contributions.walking import MOST_GENERATIONS, among
from civitas.coproduction.models import GateDecision, Wording
from civitas.dialogue.models import Support

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from civitas.cities.models import City
    from civitas.cockpit.shares import FigureKey

# What of a row decides what it adds, and where ways that touch it count.
FIELDS = ("process_id", "area_id", "on", "shown", "answered", "reach", "weight", "head_id")
DEED = ("participant_id", "process_id", "area_id", "channel", "on")


class Book:
    """Rows of the ledger in hand, as they were and as they are now; `write` puts the difference into the figures."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.rows: dict[int, Counted] = {}
        self.before: dict[int, tuple[object, ...] | None] = {}
        self.changes: Counter[FigureKey] = Counter()

    def load(self, keys: Iterable[int]) -> None:
        missing = set(keys) - self.rows.keys()
        for row in Counted.objects.of(self.city).filter(contribution__in=among(missing)) if missing else ():
            self.rows[row.contribution_id] = row
            self.before[row.contribution_id] = self._state(row)

    def add(self, row: Counted) -> None:
        self.rows[row.contribution_id] = row
        self.before[row.contribution_id] = None

    def ways(self, where: Q) -> list[Way]:
        """Ways with both ends in hand."""
        found = list(Way.objects.of(self.city).filter(where).order_by("pk"))
        self.load({key for way in found for key in (way.source_id, way.target_id)})
        return [way for way in found if way.source_id in self.rows and way.target_id in self.rows]

    def count_ways(self, ways: Iterable[Way], sign: int) -> None:
        for way in ways:
            for key, count in figures_of_way(self.rows[way.source_id], self.rows[way.target_id], way.on, way.days).items():
                self.changes[key] += sign * count

    def leads_up(self, way: Way) -> bool:
        return self.rows[way.target_id].stage > self.rows[way.source_id].stage

    def flow(self, deltas: Mapping[int, int]) -> None:
        """Let more or fewer voices stand behind these, and behind all that was made of them."""
        for _generation in range(MOST_GENERATIONS):
            deltas = {key: delta for key, delta in deltas.items() if delta}
            if not deltas:
                return
            self.load(deltas)
            onward: defaultdict[int, int] = defaultdict(int)
            for key, delta in deltas.items():
                self.rows[key].weight += delta
            for way in self.ways(Q(source__in=among(deltas.keys()))):
                if self.leads_up(way):
                    onward[way.target_id] += deltas[way.source_id]
            deltas = onward

    def carry_reach(self, front: set[int]) -> None:
        """Find anew how far these have come, and whoever came before them."""
        for _generation in range(MOST_GENERATIONS):
            if not front:
                return
            self.load(front)
            front &= self.rows.keys()
            far = {key: self.rows[key].stage for key in front}
            for way in self.ways(Q(source__in=among(front))):
                target = self.rows[way.target_id]
                if target.shown:
                    far[way.source_id] = max(far[way.source_id], target.reach)
            heads = {key: head for key in front if (head := self.rows[key].head_id) is not None}
            self.load(heads.values())
            for key, head in heads.items():
                if head in self.rows:
                    far[key] = max(far[key], self.rows[head].reach)
            moved = {key for key, reach in far.items() if self.rows[key].reach != reach}
            for key in moved:
                self.rows[key].reach = far[key]
            front = self.before_them(moved)

    def before_them(self, keys: set[int]) -> set[int]:
        """What led to these, and what lies in them."""
        if not keys:
            return set()
        sources = Way.objects.of(self.city).filter(target__in=among(keys)).order_by("pk").values_list("source", flat=True)
        inside = Counted.objects.of(self.city).filter(head__in=among(keys)).order_by("pk").values_list("contribution", flat=True)
        return set(sources) | set(inside)

    def write(self) -> None:
        """Save what is other now, and the figures that follow."""
        new: list[Counted] = []
        changed: list[Counted] = []
        for key, row in self.rows.items():
            before = self.before[key]
            if before == self._state(row):
                continue
            (new if before is None else changed).append(row)
            for figure, count in figures_of(row).items():
                self.changes[figure] += count
            if before is not None:
                was = Counted(city=self.city, stage=row.stage, **dict(zip(FIELDS, before, strict=True)))
                for figure, count in figures_of(was).items():
                    self.changes[figure] -= count
        Counted.objects.bulk_create(new, batch_size=500)
        Counted.objects.of(self.city).bulk_update(changed, [name.removesuffix("_id") for name in FIELDS], batch_size=200)
        write_figures(self.city, self.changes)

    def _state(self, row: Counted) -> tuple[object, ...]:
        return tuple(getattr(row, name) for name in FIELDS)


def hold(city: City) -> None:
    """Let no other worker change this city's figures until the transaction ends."""
    Ledger.objects.bulk_create([Ledger(city=city)], ignore_conflicts=True)
    Ledger.objects.of(city).select_for_update().get()


@transaction.atomic
def settle_given(city: City, keys: Collection[int]) -> None:
    """Bring the figures in line with these contributions and comments (keys) as they are now."""
    hold(city)
    kin = _with_kin(city, set(keys))
    moved, regrouped = _settle_counted(city, kin)
    if regrouped:  # their links count for another now
        settle_ways(city, kin)
    settle_deeds(city, GIVE, set(keys))
    settle_deeds(city, COMMENT, set(keys))
    if moved:  # whoever supports it or comments on it takes part there now
        supports = Support.objects.of(city).filter(contribution__in=among(moved)).values_list("pk", flat=True)
        settle_deeds(city, SUPPORT, set(supports.order_by("pk")))
        comments = Contribution.objects.of(city).filter(root__in=among(moved)).values_list("pk", flat=True)
        settle_deeds(city, COMMENT, set(comments.order_by("pk")))
        wordings = Wording.objects.of(city).filter(concept__contribution__in=among(moved)).values_list("pk", flat=True)
        settle_deeds(city, DRAFT, set(wordings.order_by("pk")))
        decisions = GateDecision.objects.of(city).filter(gate__concept__contribution__in=among(moved)).values_list("pk", flat=True)
        settle_deeds(city, DECIDE, set(decisions.order_by("pk")))


def _with_kin(city: City, keys: set[int]) -> set[int]:
    """These, and what lies or lay in them, and where they lie or lay."""
    now, known = Contribution.objects.of(city).order_by("pk"), Counted.objects.of(city).order_by("pk")
    kin = set(now.filter(merged_into__in=among(keys)).values_list("pk", flat=True))
    kin |= set(known.filter(head__in=among(keys)).values_list("contribution", flat=True))
    kin |= set(now.filter(pk__in=among(keys), merged_into__isnull=False).values_list("merged_into", flat=True))
    kin |= set(known.filter(contribution__in=among(keys), head__isnull=False).values_list("head", flat=True))
    return keys | kin


def _together(city: City, keys: set[int]) -> set[int]:
    """These, with all that lies or lay together with any of them."""
    while (more := _with_kin(city, keys)) != keys:
        keys = more
    return keys


def _settle_counted(city: City, keys: set[int]) -> tuple[set[int], set[int]]:
    """Count what these are now; returns those that lie in another process or district than before, and those together with another."""
    book = Book(city)
    book.load(keys)
    wanted = {row.contribution_id: row for row in counted_now(city, keys)}
    moved = {key for key, row in wanted.items() if key in book.rows and _lies(book.rows[key]) != _lies(row)}
    regrouped = {key for key, row in wanted.items() if (book.rows[key].head_id if key in book.rows else None) != row.head_id}
    ends = Q(source__in=among(wanted.keys())) | Q(target__in=among(wanted.keys()))
    for key, row in wanted.items():
        if key not in book.rows:
            book.add(row)
    ways = book.ways(ends)
    book.count_ways([way for way in ways if _was_known(book, way)], -1)
    flows: dict[int, int] = {}
    for key, row in wanted.items():
        held = book.rows[key]
        if held is row:
            flows[key], row.weight = row.weight, 0
            continue
        if row.stage == 0:
            flows[key] = row.weight - held.weight
        for name in ("process_id", "area_id", "on", "shown", "answered", "head_id"):
            setattr(held, name, getattr(row, name))
    book.count_ways(ways, 1)
    book.flow(flows)
    book.carry_reach(set(wanted) | book.before_them(set(wanted)))
    book.write()
    return moved, regrouped


def _lies(row: Counted) -> tuple[int, int | None]:
    return row.process_id, row.area_id


def _was_known(book: Book, way: Way) -> bool:
    return book.before[way.source_id] is not None and book.before[way.target_id] is not None


@transaction.atomic
def settle_ways(city: City, keys: set[int]) -> None:
    """Bring the figures in line with the links of these contributions (keys), and of what they were put together with, as they are now."""
    hold(city)
    keys = _together(city, keys)
    wanted = {(way.source_id, way.target_id, way.kind): way for way in ways_now(city, keys)}
    book = Book(city)
    ends = {key for way in wanted.values() for key in (way.source_id, way.target_id)} | keys
    book.load(ends)
    if unknown := ends - book.rows.keys():
        _settle_counted(city, unknown)
        book.load(unknown)
    touching = Q(source__in=among(keys)) | Q(target__in=among(keys))
    known = {(way.source_id, way.target_id, way.kind): way for way in book.ways(touching)}
    gone = [way for key, way in known.items() if key not in wanted or (wanted[key].on, wanted[key].days) != (way.on, way.days)]
    new = [way for key, way in wanted.items() if key not in known or known[key] in gone]
    book.count_ways(gone, -1)
    Way.objects.of(city).filter(pk__in=among({way.pk for way in gone})).delete()
    book.flow(_behind(book, gone, -1))
    Way.objects.bulk_create(new, batch_size=500)
    book.count_ways(new, 1)
    book.flow(_behind(book, new, 1))
    book.carry_reach(keys | {way.source_id for way in (*gone, *new)})
    book.write()


def _behind(book: Book, ways: Iterable[Way], sign: int) -> dict[int, int]:
    deltas: defaultdict[int, int] = defaultdict(int)
    for way in ways:
        if book.leads_up(way):
            deltas[way.target_id] += sign * book.rows[way.source_id].weight
    return deltas


@transaction.atomic
def settle_deeds(city: City, act: str, keys: set[int]) -> None:
    """Bring the figures of people in line with these rows of an act as they are now."""
    if not keys:
        return
    hold(city)
    wanted = {deed.key: deed for deed in deeds_now(city, act, keys)}
    kept = {deed.key: deed for deed in Deed.objects.of(city).filter(act=act, key__in=among(keys))}
    other = {key for key in wanted.keys() | kept.keys() if _facts(wanted.get(key)) != _facts(kept.get(key))}
    if not other:
        return
    people = {deed.participant_id for held in (wanted, kept) for key, deed in held.items() if key in other}
    changes = _people_figures(city, people, -1)
    Deed.objects.of(city).filter(act=act, key__in=among(other)).delete()
    Deed.objects.bulk_create([wanted[key] for key in sorted(other & wanted.keys())], batch_size=500)
    changes.update(_people_figures(city, people, 1))
    write_figures(city, changes)


def _facts(deed: Deed | None) -> tuple[object, ...] | None:
    return None if deed is None else tuple(getattr(deed, name) for name in DEED)


@transaction.atomic
def hand_over_deeds(city: City, old: int, new: int) -> None:
    """Let what one participant did be what another did (keys): both were the same person all along."""
    hold(city)
    changes = _people_figures(city, {old, new}, -1)
    Deed.objects.of(city).filter(participant=old).update(participant=new)
    changes.update(_people_figures(city, {old, new}, 1))
    write_figures(city, changes)


@transaction.atomic
def forget_deeds(city: City, participant: int) -> None:
    """Take somebody (key) out of every figure of people."""
    hold(city)
    changes = _people_figures(city, {participant}, -1)
    Deed.objects.of(city).filter(participant=participant).delete()
    write_figures(city, changes)


def _people_figures(city: City, people: set[int], sign: int) -> Counter[FigureKey]:
    sorts = Deed.objects.of(city).filter(participant__in=among(people)).order_by("participant")
    by_person: defaultdict[int, list[tuple[int, int | None, int, str, int]]] = defaultdict(list)
    for person, *sort in sorts.values_list("participant", "process", "area", "channel", "act", "quarter").distinct():
        by_person[person].append((sort[0], sort[1], sort[2], sort[3], sort[4]))
    added: Counter[FigureKey] = Counter()
    for deeds in by_person.values():
        for key in figures_of_person(deeds):
            added[key] += sign
    return added
