"""The counts that keep pages flat: tallies per filter value, and map cells. Actions keep them; `recounted` checks them."""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection, transaction

from civitas.contributions.models import Contribution, MapCell, Tally
from civitas.kit.geometry import tile_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from civitas.cities.models import City

# Cells are kept for these tile levels; the map at zoom z asks for level z + 2 (cells of 64 px). Beyond, it gets points.
CELL_LEVELS = range(10, 19)
CITY_SCOPE = 0

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
        if contribution.pk is None or contribution.visibility != "published" or contribution.kind == "comment":
            return
        values = {"all": "", "kind": contribution.kind, "status": contribution.status}
        for dimension in ("category", "area", "service"):
            key = getattr(contribution, f"{dimension}_id")
            if key:
                values[dimension] = str(key)
        for dimension in ("with_picture", "answered"):
            if getattr(contribution, dimension):
                values[dimension] = "1"
        for scope in (CITY_SCOPE, contribution.process_id):
            for dimension, value in values.items():
                self.tallies[scope, dimension, value] += sign
            if contribution.lat is None or contribution.lon is None:
                continue
            for level in CELL_LEVELS:
                sums = self.cells[(scope, level, *tile_of(contribution.lat, contribution.lon, level))]
                for index, amount in enumerate((1, contribution.lat, contribution.lon, contribution.number or 0)):
                    sums[index] += sign * amount


@contextmanager
def keeping_counts(city: City, *contributions: Contribution) -> Iterator[None]:
    """Inside, these contributions may be made or change state, place or sorting; the counts follow in the same transaction."""
    shares = Shares()
    for contribution in contributions:
        shares.add(contribution, -1)
    with transaction.atomic():
        yield
        for contribution in contributions:
            shares.add(contribution, 1)
        _write(city, shares)


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
    shares = Shares()
    with transaction.atomic():
        for contribution in _countable(city):
            shares.add(contribution, 1)
        Tally.objects.of(city).delete()
        MapCell.objects.of(city).delete()
        _write(city, shares)


def miscounts(city: City) -> list[str]:
    """Where the kept counts differ from a count from scratch; empty when all is well."""
    shares = Shares()
    for contribution in _countable(city):
        shares.add(contribution, 1)
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


def _countable(city: City) -> Iterable[Contribution]:
    fields = (
        *("id", "city_id", "number", "visibility", "kind", "status", "process_id", "category_id", "area_id", "service_id"),
        *("with_picture", "answered", "lat", "lon"),
    )
    return Contribution.objects.of(city).filter(listed=1).only(*fields).order_by("pk").iterator(chunk_size=5_000)
