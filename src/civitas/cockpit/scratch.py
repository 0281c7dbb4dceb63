"""The figures counted from scratch, out of what lies in the rooms below: to check what the actions kept, and to put it right."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction

from civitas.cockpit.facts import counted_now, deeds_now, ways_now
from civitas.cockpit.keeping import hold
from civitas.cockpit.measures import ACTS, VOICE
from civitas.cockpit.models import Counted, Deed, Figure, Way
from civitas.cockpit.shares import figures_of, figures_of_person, figures_of_way, write_figures

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.cockpit.shares import FigureKey, Sort

BATCH = 1_000


@dataclass
class Scratch:
    """All that a city's ledger should hold."""

    rows: dict[int, Counted] = field(default_factory=dict)
    ways: list[Way] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    figures: Counter[FigureKey] = field(default_factory=Counter)


def count_all(city: City) -> Scratch:
    """Count everything; memory grows with what was given."""
    found = Scratch({row.contribution_id: row for row in counted_now(city)})
    found.ways = [way for way in ways_now(city) if way.source_id in found.rows and way.target_id in found.rows]
    _follow(found)
    for row in found.rows.values():
        found.figures.update(figures_of(row))
    for way in found.ways:
        found.figures.update(figures_of_way(found.rows[way.source_id], found.rows[way.target_id], way.on, way.days))
    people: defaultdict[int, set[Sort]] = defaultdict(set)
    for act in ACTS:
        for deed in deeds_now(city, act):
            found.deeds.append(deed)
            people[deed.participant_id].add((deed.process_id, deed.area_id, deed.channel, act, deed.quarter))
    for sorts in people.values():
        found.figures.update(figures_of_person(sorts))
    return found


def _follow(found: Scratch) -> None:
    """Reach and weight, by going over all ways until nothing changes; as often as the longest story has hops."""
    rows = found.rows
    changed = True
    while changed:
        changed = False
        far: dict[int, int] = {}
        for way in found.ways:
            target = rows[way.target_id]
            if target.shown:
                far[way.source_id] = max(far.get(way.source_id, 0), target.reach)
        for row in rows.values():
            reach = max(row.stage, far.get(row.contribution_id, 0), rows[row.head_id].reach if row.head_id in rows else 0)
            if reach != row.reach:
                row.reach, changed = reach, True
    up = [way for way in found.ways if rows[way.target_id].stage > rows[way.source_id].stage]
    # Stage by stage: all that flows into one comes from lower ones.
    for stage in range(VOICE, 3):
        for way in up:
            if rows[way.source_id].stage == stage:
                rows[way.target_id].weight += rows[way.source_id].weight


def miscounts(city: City) -> list[str]:
    """Where the kept figures, or the ledger behind them, differ from a count from scratch; empty when all is well."""
    truth = count_all(city)
    kept = {(row.scope, row.span, row.measure, row.value): row.count for row in Figure.objects.of(city) if row.count}
    faults = [
        f"figure {key}: kept {kept.get(key, 0)}, counted {truth.figures.get(key, 0)}"
        for key in sorted(kept.keys() | truth.figures.keys())
        if kept.get(key, 0) != truth.figures.get(key, 0)
    ]
    rows = {row.contribution_id: (row.reach, row.weight, row.shown) for row in Counted.objects.of(city)}
    counted = {key: (row.reach, row.weight, row.shown) for key, row in truth.rows.items()}
    faults += [
        f"contribution {key}: kept {rows.get(key)}, counted {counted.get(key)}"
        for key in sorted(rows.keys() | counted.keys())
        if rows.get(key) != counted.get(key)
    ]
    return faults


def mend(city: City) -> None:
    """Count from scratch and put the result in the place of what was kept."""
    with transaction.atomic():
        hold(city)
        truth = count_all(city)
        for model in (Counted, Way, Deed, Figure):
            model.objects.of(city).delete()
        Counted.objects.bulk_create(truth.rows.values(), batch_size=BATCH)
        Way.objects.bulk_create(truth.ways, batch_size=BATCH)
        Deed.objects.bulk_create(truth.deeds, batch_size=BATCH)
        write_figures(city, truth.figures)
