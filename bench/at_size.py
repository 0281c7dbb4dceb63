"""One size of the bench `pages`, in a process of its own: builds the city once, then prints figures as JSON lines.

`python -m bench.at_size SIZE FOLDER`; the folder keeps the database for the next run.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 41


def main(size: int, folder: Path) -> None:
    """Build and measure."""
    os.environ |= {"CIVITAS_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "civitas.project.settings", "RATE_FACTOR": "1000000"}
    os.environ.pop("DEMO", None)
    folder.mkdir(parents=True, exist_ok=True)
    import django

    django.setup()
    from bench.city import build
    from bench.server import HOST
    from civitas.cities.models import City
    from civitas.project.setup import prepare_database

    prepare_database()
    city = City.objects.filter(slug=f"bench-{size}").first()
    if city is None or not (folder / "built").exists():
        if city is not None:
            raise SystemExit(f"{folder} holds half a city: please remove it")
        city = build(size, tell=lambda line: print(line, file=sys.stderr))
        (folder / "built").touch()
    _measure(city, size, HOST)


def _measure(city: Any, size: int, host: str) -> None:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from civitas.contributions.models import Contribution
    from civitas.contributions.queries import Filters, listed
    from civitas.kit.keyset import keyset_page

    client = Client(headers={"host": host})

    def tell(**figure: Any) -> None:
        print(json.dumps(figure), flush=True)

    def page(name: str, path: str) -> None:
        def run() -> None:
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.status_code)

        run()
        with CaptureQueriesContext(connection) as captured:
            run()
        is_full = not path.startswith("/entdecken?") or b'rel="next"' in client.get(path).content
        tell(name=name, queries=len(captured), ms=_median(run), is_full=is_full)

    deep = ""
    for _ in range(min(500, size // 25)):
        deep = keyset_page(listed(city, Filters()), by=("newest_key",), cursor=deep, size=20).next_cursor
    middle = Contribution.objects.of(city).filter(listed=1, comment_count__gt=0).order_by("newest_key")[size // 4]
    pages = {
        "empty page": "/health",
        "list, newest": "/entdecken",
        "list, a deep page by its cursor": f"/entdecken?cursor={deep}",
        "list, most supported": "/entdecken?sort=supported",
        "list, word search, newest first": "/entdecken?words=Fahrrad",
        "list, two words": "/entdecken?words=Fahrrad+Bus",
        "detail": middle.path,
        "map cells, whole city": "/entdecken/karte.json?bbox=9.8,53.4,10.2,53.8&zoom=10",
        "map cells, a quarter": "/entdecken/karte.json?bbox=9.98,53.58,10.02,53.62&zoom=13",
        "process page": "/beteiligung/zweite",
        "front page": "/",
        "map cells, filtered by subject": "/entdecken/karte.json?bbox=9.8,53.4,10.2,53.8&zoom=10&category=k1",
    }
    for name, path in pages.items():
        page(name, path)
    values = {"process": "process=zweite", "subject": "category=k1", "area": "area=a1-1", "status": "status=planned", "kind": "kind=idea"}
    names = list(values)
    for index, first in enumerate(names):
        page(f"list by {first}", f"/entdecken?{values[first]}")
        for second in names[index + 1 :]:
            page(f"list by {first} and {second}", f"/entdecken?{values[first]}&{values[second]}")


def _median(run: Callable[[], None]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1000)
    return median(times)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
