"""One size of the bench `circle`, part cockpit, in a process of its own: prints figures as JSON lines.

`python -m bench.cockpit_at_size SIZE FOLDER`; the folder keeps the city for the next run; to it come themes,
concepts and services, so that nine of ten voices have come somewhere.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

ROUNDS = 21
OWNER = "owner@bench.example.org"
# A theme holds so many voices, a concept so many themes, a service so many concepts.
THEME, CONCEPT, SERVICE = 25, 5, 3
PATHS = {
    "cockpit, reach and depth": "/verwaltung/cockpit?zeit=immer",
    "cockpit, one process this year": "/verwaltung/cockpit?zeit=jahr&prozess=buergersensor",
    "cockpit, portfolio of themes": "/verwaltung/cockpit?zeit=immer&art=themen",
    "cockpit, districts as CSV": "/verwaltung/cockpit/areas.csv?zeit=immer",
}


def main(size: int, folder: Path) -> None:
    """Build and measure."""
    os.environ |= {"CIVITAS_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "civitas.project.settings", "RATE_FACTOR": "1000000"}
    os.environ.pop("DEMO", None)
    if not (folder / "with-circle").exists():  # a city that was stopped halfway is no city of that size
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    import django

    django.setup()
    from bench.city import build
    from civitas.cities.models import City
    from civitas.project.setup import prepare_database

    prepare_database()
    if (folder / "built").exists():
        city = City.objects.get(slug=f"bench-{size}")
    else:
        city = build(size, tell=lambda line: print(line, file=sys.stderr))
        (folder / "built").touch()
    if not (folder / "with-circle").exists():
        _close_circle(city)
        (folder / "with-circle").touch()
    _measure(city, size)


def _close_circle(city: Any) -> None:
    """Themes, concepts and services out of nine of ten voices, and somebody who owns the processes."""
    from civitas.contributions.models import Contribution
    from civitas.people.models import Membership, Participant, Role, User

    owner = Participant.objects.create(city=city, pseudonym="Leitung", user=User.objects.create_user(OWNER))
    Membership.objects.create(city=city, participant=owner, role=Role.OWNER)
    rows = Contribution.objects.of(city).filter(kind__in=["idea", "improvement"], listed=1).order_by("pk")
    front = [pk for number, pk in enumerate(rows.values_list("pk", flat=True)) if number % 10]
    for kind, link, many in (
        ("theme", "grouped_into", THEME),
        ("concept", "developed_into", CONCEPT),
        ("service_story", "led_to", SERVICE),
    ):
        front = _gather(city, front, kind, link, many)


def _gather(city: Any, front: list[int], kind: str, link: str, many: int) -> list[int]:
    from django.db import transaction
    from django.utils import timezone

    from civitas.contributions.actions import keep_new
    from civitas.contributions.models import Contribution, Link
    from civitas.outbox.models import OutboxRow
    from civitas.processes.models import Step

    step = Step.objects.of(city).select_related("process").order_by("pk")[0]
    groups = [front[start : start + many] for start in range(0, len(front), many)]
    made = [
        Contribution(city=city, process=step.process, step=step, kind=kind, title=f"{kind} {number}", text=kind, given_at=timezone.now())
        for number, _group in enumerate(groups)
    ]
    with transaction.atomic():
        keep_new(city, made)
        links = [Link(city=city, source_id=key, target=row, kind=link) for row, group in zip(made, groups, strict=True) for key in group]
        Link.objects.bulk_create(links, batch_size=2_000)
        OutboxRow.objects.of(city).delete()
    return [row.pk for row in made]


def _measure(city: Any, size: int) -> None:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from bench.server import HOST
    from civitas.cockpit.scratch import mend, miscounts
    from civitas.contributions.models import Contribution
    from civitas.people.models import User

    def tell(name: str, ms: float, **more: Any) -> None:
        print(json.dumps({"name": name, "ms": ms, **more}), flush=True)

    began = time.perf_counter()
    mend(city)
    tell("cockpit, counted anew from scratch", (time.perf_counter() - began) * 1_000)
    if faults := miscounts(city):
        raise SystemExit("; ".join(faults[:5]))
    if (rows := Contribution.objects.of(city).filter(kind__in=["idea", "improvement"]).count()) != size:
        raise SystemExit(f"the city has {rows} voices, not {size}")
    client = Client(headers={"host": HOST})
    client.force_login(User.objects.get(email=OWNER))
    for name, path in PATHS.items():
        answer = client.get(path)
        if answer.status_code != 200:
            raise SystemExit(f"{path}: {answer.status_code}")
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        asked = len(queries)  # the log is emptied by the next request
        spent = []
        for _round in range(ROUNDS):
            began = time.perf_counter()
            client.get(path)
            spent.append((time.perf_counter() - began) * 1_000)
        tell(name, median(spent), queries=asked, bytes=len(answer.content))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
