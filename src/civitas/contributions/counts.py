"""The counts that keep pages flat: tallies per filter value, and map cells. Actions keep them; `miscounts` checks them."""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from civitas.contributions.models import Contribution, MapCell, Tally
from civitas.kit.geometry import tile_of
from civitas.kit.rooms import rooms
from civitas.outbox.actions import enqueue_many

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from civitas.cities.models import City

# Cells are kept for these tile levels; the map at zoom z asks for level z + 2 (cells of 64 px). Beyond, it gets points.
CELL_LEVELS = range(10, 19)
CITY_SCOPE = 0

# What is tallied, and the column that says it.
DIMENSIONS = {
    "kind": "kind",
    "status": "status",
    "category": "category_id",
    "area": "area_id",
    "service": "service_id",
    "with_picture": "with_picture",
    "answered": "answered",
}
SORTED_BY = tuple(DIMENSIONS.values())

TallyKey = tuple[int, str, str]  # scope, dimension, value
CellKey = tuple[int, int, int, int]  # scope, level, x, y
Sums = list[float]  # count, lat, lon, number


class Shares:
    """What contributions add to tallies and cells."""

    def __init__(self) -> None:
        self.tallies: defaultdict[TallyKey, int] = defaultdict(int)
        self.cells: defaultdict[CellKey, Sums] = defaultdict(lambda: [0, 0.0, 0.0, 0])

    def add(self, contribution: Contribution, sign: int) -> None:
        """Add (1) or take away (-1) what one contribution counts for; nothing unless it is saved and listed."""
        if contribution.pk is None or not contribution.is_listed:
            return
        self.add_values([getattr(contribution, name) for name in SORTED_BY], contribution.process_id, sign)
        if contribution.lat is None or contribution.lon is None:
            return
        amounts = (sign, sign * contribution.lat, sign * contribution.lon, sign * (contribution.number or 0))
        for level in CELL_LEVELS:
            self.add_cell(contribution.process_id, level, *tile_of(contribution.lat, contribution.lon, level), amounts)

    def add_values(self, values: Iterable[Any], process: int, count: int) -> None:
        for scope in (CITY_SCOPE, process):
            self.tallies[scope, "all", ""] += count
            for dimension, value in zip(DIMENSIONS, values, strict=True):
                if value:
                    self.tallies[scope, dimension, str(value)] += count

    def add_cell(self, process: int, level: int, x: int, y: int, amounts: Sequence[float]) -> None:
        for scope in (CITY_SCOPE, process):
            sums = self.cells[scope, level, x, y]
            for index, amount in enumerate(amounts):
                sums[index] += amount


@contextmanager
def keeping_counts(city: City, *contributions: Contribution) -> Iterator[None]:
    """Inside, these contributions may be made or change state, place or sorting; the counts follow in the same transaction."""
    shares = Shares()
    before = [_place(contribution) for contribution in contributions]
    for contribution in contributions:
        shares.add(contribution, -1)
    with transaction.atomic():
        yield
        for contribution in contributions:
            shares.add(contribution, 1)
        _write(city, shares)
        count_later(city, [row.pk for row, place in zip(contributions, before, strict=True) if _place(row) != place])


def _place(row: Contribution) -> tuple[Any, ...] | None:
    """What rooms above count a contribution by; None for one that is not saved yet."""
    return (
        None
        if row._state.adding
        else (
            *(row.visibility, row.process_id, row.area_id, row.merged_into_id, row.answered, row.author_id, row.kind, row.status),
            row.given_at,  # streams are kept by date
        )
    )


def count_later(city: City, keys: Sequence[int]) -> None:
    """Have the rooms above count these contributions (keys) anew (`Room.on_counted`); in a transaction."""
    for room in rooms() if keys else ():
        for task in room.on_counted:
            enqueue_many(city, task, [{"contribution": key} for key in keys])


def _write(city: City, shares: Shares) -> None:
    # Sorted, so that two transactions lock the rows in one order.
    tallies = [(city.pk, *key, change) for key, change in sorted(shares.tallies.items()) if change]
    cells = [(city.pk, *key, *sums) for key, sums in sorted(shares.cells.items()) if any(abs(change) > 1e-9 for change in sums)]
    with connection.cursor() as cursor:
        if tallies:
            cursor.executemany(
                "INSERT INTO contributions_tally (city_id, scope, dimension, value, count) VALUES (%s, %s, %s, %s, %s) "
                "ON CONFLICT (city_id, scope, dimension, value) DO UPDATE SET count = contributions_tally.count + excluded.count",
                tallies,
            )
        if cells:
            cursor.executemany(
                "INSERT INTO contributions_mapcell (city_id, scope, level, x, y, count, lat_sum, lon_sum, number_sum) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (city_id, scope, level, x, y) DO UPDATE SET "
                "count = contributions_mapcell.count + excluded.count, lat_sum = contributions_mapcell.lat_sum + excluded.lat_sum, "
                "lon_sum = contributions_mapcell.lon_sum + excluded.lon_sum, "
                "number_sum = contributions_mapcell.number_sum + excluded.number_sum",
                cells,
            )


def recount(city: City) -> None:
    """Count a city's contributions from scratch and put the result in the place of what was kept; for repair and bulk loads."""
    with transaction.atomic():
        shares = _counted(city)
        Tally.objects.of(city).delete()
        MapCell.objects.of(city).delete()
        _write(city, shares)


def miscounts(city: City) -> list[str]:
    """Where the kept counts differ from a count from scratch; empty when all is well."""
    shares = _counted(city)
    kept = {(row.scope, row.dimension, row.value): row.count for row in Tally.objects.of(city) if row.count}
    faults = [
        f"tally {key}: kept {kept.get(key, 0)}, counted {shares.tallies.get(key, 0)}"
        for key in sorted(kept.keys() | shares.tallies.keys())
        if kept.get(key, 0) != shares.tallies.get(key, 0)
    ]
    cells = {(row.scope, row.level, row.x, row.y): (row.count, row.number_sum) for row in MapCell.objects.of(city) if row.count}
    counted = {key: (int(sums[0]), int(sums[3])) for key, sums in shares.cells.items()}
    faults += [
        f"cell {key}: kept {cells.get(key)}, counted {counted.get(key)}"
        for key in sorted(cells.keys() | counted.keys())
        if cells.get(key) != counted.get(key)
    ]
    return faults


def _counted(city: City) -> Shares:
    """What all contributions of a city add. Memory grows with the cells and the mixtures of values, not with the contributions."""
    mixtures: defaultdict[tuple[Any, ...], int] = defaultdict(int)
    finest: defaultdict[tuple[int, int, int], Sums] = defaultdict(lambda: [0, 0.0, 0.0, 0])
    rows = Contribution.objects.of(city).filter(listed=1).order_by("pk").values_list("lat", "lon", "number", "process_id", *SORTED_BY)
    for lat, lon, number, *sorting in rows.iterator(chunk_size=5_000):
        mixtures[tuple(sorting)] += 1
        if lat is None or lon is None:
            continue
        sums = finest[(sorting[0], *tile_of(lat, lon, CELL_LEVELS[-1]))]
        sums[0] += 1
        sums[1] += lat
        sums[2] += lon
        sums[3] += number or 0
    shares = Shares()
    for (process, *values), count in mixtures.items():
        shares.add_values(values, process, count)
    for (process, x, y), sums in finest.items():
        for level in CELL_LEVELS:
            # A tile lies in the one of half its number a level up.
            up = CELL_LEVELS[-1] - level
            shares.add_cell(process, level, x >> up, y >> up, sums)
    return shares
