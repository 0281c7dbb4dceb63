"""One size of the bench `explore`, in a process of its own: builds the city once, then answers JSON lines with JSON lines.

`python -m bench.explore_at_size SIZE FOLDER`; the folder keeps the database for the next run. A million takes some minutes
to build: ten thousand are written and copied, and the counts are recounted once at the end.
The first line tells what can be measured; then `[name, "look"]` gives bytes, queries and cells of an answer, and
`[name, "time"]` the milliseconds that passed and those at work for one.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from civitas.cities.models import City

ORIGINALS = 10_000
SECONDS_APART = 30
ZOOMS = range(10, 21)
PIXELS = (900, 800)  # of the map's view
TILE = 512
# Where the made-up city has its middle; every view of the map lies about it.
LON, LAT = 10.0, 53.6


def main(size: int, folder: Path) -> None:
    """Build and measure."""
    os.environ |= {"CIVITAS_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "civitas.project.settings", "RATE_FACTOR": "1000000"}
    os.environ.pop("DEMO", None)
    folder.mkdir(parents=True, exist_ok=True)
    import django

    django.setup()
    from civitas.cities.models import City
    from civitas.project.setup import prepare_database

    prepare_database()
    city = City.objects.filter(slug=f"bench-{size}").first()
    if city is None or not (folder / "built").exists():
        if city is not None:
            raise SystemExit(f"{folder} holds half a city: please remove it")
        start = time.perf_counter()
        city = _build(size)
        (folder / "built").write_text(f"{time.perf_counter() - start:.1f}")
    _check_counts(city)
    paths = _paths()
    tell(built_s=float((folder / "built").read_text()), names=list(paths))
    for line in sys.stdin:
        name, how = json.loads(line)
        tell(**(_look(paths[name]) if how == "look" else _time(paths[name])))


def tell(**figures: Any) -> None:
    """One line for the bench."""
    print(json.dumps(figures), flush=True)


def _build(size: int) -> City:
    """A city of the made-up kind: the first contributions are written one by one, the others are copies a little further and later."""
    from bench.city import contribution_of, empty_city
    from civitas.contributions.counts import recount
    from civitas.contributions.models import Contribution, newest_key, spin_of
    from civitas.contributions.words import index_words

    chance = random.Random(size)  # noqa: S311  (a bench wants the same city each time)
    ground, first = empty_city(size), min(size, ORIGINALS)
    oldest = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=SECONDS_APART * size)
    rows = [contribution_of(chance, ground, oldest + dt.timedelta(seconds=SECONDS_APART * number)) for number in range(first)]
    for number, row in enumerate(rows, 1):
        # The database is empty, so that keys are numbers.
        row.pk = row.number = number
        row.newest_key, row.spin = newest_key(row.given_at, number), spin_of(row.uid)
        row.comment_count = int(chance.paretovariate(1.5)) - 1
        row.with_picture, row.answered = int(chance.random() < 0.1), int(chance.random() < 0.2)
    Contribution.objects.bulk_create(rows, batch_size=500)
    index_words(ground.city, rows)
    for copy in range(1, size // first):
        _copy(ground.city, copy, first)
    recount(ground.city)
    return ground.city


def _copy(city: City, copy: int, count: int) -> None:
    """All originals once more, within 200 m, in SQLite's own words since a million by the house's way in takes a quarter of an hour."""
    from django.db import connection, transaction
    from django.db.models import GeneratedField

    from civitas.contributions.models import KEY_BITS, SPIN_RING, Contribution

    later = copy * count * SECONDS_APART
    further = "+ (abs(random()) % 40000 - 20000) / 1e7"
    changed = {
        "id": f"id + {copy * count}",
        "number": f"number + {copy * count}",
        "uid": "lower(hex(randomblob(16)))",
        "spin": f"abs(random()) % {SPIN_RING}",
        "lat": f"lat {further}",
        "lon": f"lon {further}",
        "given_at": f"datetime(given_at, '+{later} seconds')",
        "newest_key": f"((newest_key >> {KEY_BITS}) + {later * 1000} << {KEY_BITS}) | ((id + {copy * count}) & {(1 << KEY_BITS) - 1})",
    }
    columns = [field.column for field in Contribution._meta.concrete_fields if not isinstance(field, GeneratedField)]
    values = ", ".join(changed.get(column, column) for column in columns)
    with transaction.atomic(), connection.cursor() as cursor:
        originals = "FROM contributions_contribution WHERE city_id = %s AND id <= %s ORDER BY id"
        cursor.execute(
            f"INSERT INTO contributions_contribution ({', '.join(columns)}) SELECT {values} {originals}",
            [city.pk, count],
        )
        cursor.execute(
            "INSERT INTO contributions_words (rowid, words) SELECT copy.newest_key, original.words FROM contributions_contribution copy "
            "JOIN contributions_contribution root ON root.city_id = copy.city_id AND root.id = copy.id - %s "
            "JOIN contributions_words original ON original.rowid = root.newest_key "
            "WHERE copy.city_id = %s AND copy.id > %s AND copy.id <= %s ORDER BY copy.newest_key",
            [copy * count, city.pk, copy * count, (copy + 1) * count],
        )
    if copy % 10 == 0:
        print(f"  {copy * count:,} contributions", file=sys.stderr, flush=True)


def _check_counts(city: City) -> None:
    """The kept sum is the number of rows; the tests recount every tally and cell."""
    from civitas.contributions.models import Contribution
    from civitas.contributions.queries import Filters, count_listed

    assert count_listed(city, Filters()) == Contribution.objects.of(city).filter(listed=1).count()


def _view(zoom: int) -> str:
    """What a map of 900 by 800 pixels shows about the middle: west, south, east, north in degrees."""
    degrees = 360 / (TILE * 2**zoom)
    wide, high = PIXELS[0] * degrees / 2, PIXELS[1] * degrees * 0.593 / 2  # a degree of latitude is so much higher here
    return f"{LON - wide:.5f},{LAT - high:.5f},{LON + wide:.5f},{LAT + high:.5f}"


def _paths() -> dict[str, str]:
    """What is measured: name -> address. A name with `by` has a filter."""
    cells, filtered = "/entdecken/karte.json", {"subject": "category=k1", "status": "status=done", "process": "process=zweite"}
    paths = {f"cells at zoom {zoom}": f"{cells}?bbox={_view(zoom)}&zoom={zoom}" for zoom in ZOOMS}
    paths |= {
        "cells, whole city asked for at zoom 16": f"{cells}?bbox=9.8,53.4,10.2,53.8&zoom=16",
        "page, newest first": "/entdecken",
        "page, fair order": "/entdecken?sort=fair",
        "page, most supported first": "/entdecken?sort=supported",
        "page, areas coloured": "/entdecken?shade=areas",
    }
    for name, query in filtered.items():
        paths |= {f"cells at zoom {zoom} by {name}": f"{cells}?bbox={_view(zoom)}&zoom={zoom}&{query}" for zoom in (10, 13, 16, 18)}
    queries = {
        **filtered,
        "kind": "kind=idea",
        "area": "area=a5-5",
        "picture": "with_picture=1",
        "answer": "answered=1",
        "period": "period=month",
        "words": "words=Fahrrad",
        "part of the map, near": f"bbox={_view(15)}",
        "part of the map, wide": f"bbox={_view(10)}",
        "subject in fair order": "category=k1&sort=fair",
        "subject, areas by number": "category=k1&shade=areas",
    }
    return paths | {f"page by {name}": f"/entdecken?{query}" for name, query in queries.items()}


def _answer(path: str) -> Any:
    from django.test import Client

    from bench.server import HOST

    answer = Client(headers={"host": HOST}).get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer


def _look(path: str) -> dict[str, int]:
    """Size and queries of an answer, and how many marks a map's has; the one before it fills the caches."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    _answer(path)
    # What building wrote may have filled the log. It is read at once: the next request empties it.
    connection.queries_log.clear()
    with CaptureQueriesContext(connection) as captured:
        answer = _answer(path)
    seen = {"queries": len(captured), "bytes": len(answer.content)}
    return seen | ({"cells": len(answer.json()["cells"])} if "karte.json" in path else {})


def _time(path: str) -> dict[str, float]:
    """The milliseconds of one answer: those that passed, and those at work."""
    start, start_work = time.perf_counter(), time.process_time()
    _answer(path)
    cpu_ms = (time.process_time() - start_work) * 1000
    return {"ms": (time.perf_counter() - start) * 1000, "cpu_ms": cpu_ms}


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
