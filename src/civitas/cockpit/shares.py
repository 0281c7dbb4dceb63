"""What a row of the ledger adds to which figures. Keeping and recounting both ask here, so that they cannot drift apart."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db import connection

from civitas.cockpit.measures import (
    ACT,
    ACTS,
    AREA,
    CHANNEL,
    DAYS,
    EVER,
    NEW,
    PEOPLE,
    REACH,
    STAGE,
    VOICE,
    WAITS,
    WEEK,
    kept_days,
    quarter_of,
    spans_of,
    week_of,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from civitas.cities.models import City
    from civitas.cockpit.models import Counted

    FigureKey = tuple[int, int, str, int]  # scope, span, measure, value
    # process, area or None, channel, act, quarter: what of a person's deeds decides where they are counted.
    Sort = tuple[int, int | None, int, str, int]

CITY = 0
# The ways whose time is told: from each stage to the next.
STEPS = {(0, 1), (1, 2), (2, 3)}


def figures_of(row: Counted) -> Counter[FigureKey]:
    """What one voice, theme, concept or service adds."""
    added: Counter[FigureKey] = Counter()
    if not row.shown:
        return added
    for scope in (CITY, row.process_id):
        for span in spans_of(quarter_of(row.on)):
            added[scope, span, STAGE, row.stage] += 1
            if row.waits:
                added[scope, span, WAITS, row.stage] += 1
            for stage in range(row.stage, row.reach + 1) if row.stage == VOICE else ():
                added[scope, span, REACH, stage] += 1
        if row.stage == VOICE:
            added[scope, week_of(row.on), WEEK, row.area_id or 0] += 1
    return added


def figures_of_way(source: Counted, target: Counted, on: dt.date, days: int) -> Counter[FigureKey]:
    """What the time of one way adds, where it leads one stage on and both ends are shown; the value holds the stage and the days."""
    added: Counter[FigureKey] = Counter()
    if (source.stage, target.stage) in STEPS and source.shown and target.shown:
        for scope in (CITY, source.process_id):
            for span in spans_of(quarter_of(on)):
                added[scope, span, DAYS, source.stage * 10_000 + kept_days(days)] += 1
    return added


def figures_of_person(deeds: Iterable[Sort]) -> Counter[FigureKey]:
    """Where one person counts, each place once, by the sorts of their deeds."""
    cells: set[FigureKey] = set()
    first: dict[int, int] = {}  # scope -> the first quarter
    for process, area, channel, act, quarter in deeds:
        for scope in (CITY, process):
            first[scope] = min(first.get(scope, quarter), quarter)
            for span in spans_of(quarter):
                cells.add((scope, span, PEOPLE, 0))
                cells.add((scope, span, CHANNEL, channel))
                cells.add((scope, span, ACT, ACTS[act]))
                if area is not None:
                    cells.add((scope, span, AREA, area))
    for scope, quarter in first.items():
        cells |= {(scope, span, NEW, 0) for span in spans_of(quarter) if span != EVER}
    return Counter(dict.fromkeys(cells, 1))


def write_figures(city: City, changes: Counter[FigureKey]) -> None:
    """Add these changes to the kept figures; sorted, so that all lock them in one order."""
    rows: Sequence[tuple[int | str, ...]] = [(city.pk, *key, change) for key, change in sorted(changes.items()) if change]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO cockpit_figure (city_id, scope, span, measure, value, count) VALUES (%s, %s, %s, %s, %s, %s) "
                "ON CONFLICT (city_id, scope, measure, span, value) DO UPDATE SET count = cockpit_figure.count + excluded.count",
                rows,
            )
