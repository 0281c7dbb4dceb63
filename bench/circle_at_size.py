"""One size of the bench `circle`, in a process of its own.

`python -m bench.circle_at_size build FOLDER SIZE VOICES` makes the city once, with a service whose voices lie four hops before it;
`story FOLDER SIZE VOICES` prints figures as JSON lines; `hop FOLDER SIZE` makes the last link anew, as the rooms do.
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

ROUNDS = 15
# What steps made on the way from the voices to the service; of the first so many, of the others one each.
SERVICE = "rastbaenke"
CHAIN = (("theme", 10), ("concept", 1), ("measure", 1), ("service_story", 1))


def main(part: str, folder: Path, size: int, *rest: str) -> None:
    """Start Django on the folder's database and do the part."""
    os.environ |= {"CIVITAS_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "civitas.project.settings", "RATE_FACTOR": "1000000"}
    folder.mkdir(parents=True, exist_ok=True)
    import django

    django.setup()
    from civitas.project.setup import prepare_database

    prepare_database()
    if part == "build":
        _build(size, min(size, int(rest[0])), folder)
    elif part == "story":
        _story(size)
    else:
        _hop(size)


def _city(size: int) -> Any:
    from civitas.cities.models import City

    return City.objects.filter(slug=f"bench-{size}").first()


def _build(size: int, voices: int, folder: Path) -> None:
    """The made-up city; each of so many voices by somebody with an address; what steps made of them, linked."""
    from django.db import transaction
    from django.utils import timezone

    from bench.city import build
    from civitas.contributions.actions import keep_new
    from civitas.contributions.models import Contribution, Link
    from civitas.kit.ids import uuid7
    from civitas.lineage.streams import mend
    from civitas.outbox.models import Ticker
    from civitas.outbox.tasks import known_periodics
    from civitas.people.models import Participant, User
    from civitas.provision.models import ServiceStory
    from civitas.services.models import Service

    city = _city(size) or build(size, tell=lambda line: print(line, file=sys.stderr, flush=True))
    users = User.objects.bulk_create([User(email=f"voice{n}@bench.example.org") for n in range(voices)], batch_size=1_000)
    people = [Participant(city=city, pseudonym=f"Stimme {n}", user=user) for n, user in enumerate(users)]
    people = Participant.objects.bulk_create(people, batch_size=1_000)
    given = list(Contribution.objects.of(city).exclude(kind="comment").order_by("pk")[:voices])
    for row, person in zip(given, people, strict=True):
        row.author = person
    Contribution.objects.of(city).bulk_update(given, ["author"], batch_size=500)
    step, before = given[0].step, given
    for kind, many in CHAIN:
        same = {"city": city, "process_id": step.process_id, "step": step, "kind": kind, "given_at": timezone.now()}
        made = [Contribution(uid=uuid7(), title=f"{kind} {n}", **same) for n in range(many)]
        with transaction.atomic():
            keep_new(city, made)
            links = [Link(city=city, source=row, target=made[n % many], kind=Link.Kind.LED_TO) for n, row in enumerate(before)]
            Link.objects.bulk_create(links, batch_size=1_000)
        if kind == "concept":
            concept = made[0]
        before = made
    city.settings = {**city.settings, "modules": [*city.settings["modules"], "services"]}
    city.save(update_fields=["settings"])
    service = Service.objects.create(city=city, key=SERVICE, name={"de": "Rastbänke"}, status=Service.Status.OPERATION)
    ServiceStory.objects.create(city=city, contribution=before[0], service=service, concept=concept, made_at=timezone.now())
    mend(city)  # as the worker keeps it
    Ticker.objects.bulk_create([Ticker(name=name) for name in known_periodics()], ignore_conflicts=True)
    (folder / "built").touch()


def _story(size: int) -> None:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from bench.server import HOST
    from civitas.contributions.models import Contribution

    city = _city(size)
    client = Client(headers={"host": HOST})
    rows = Contribution.objects.of(city)
    service = rows.filter(kind="service_story").order_by("pk")[0]
    theme, voice = rows.filter(kind="theme").order_by("pk")[0], rows.filter(kind="idea").order_by("pk")[0]
    pages = {
        "story of a service, voices over four hops": f"/beitrag/{service.number}/werdegang",
        "list of the voices of a theme": f"/beitrag/{theme.number}/werdegang/stimmen",
        "story of a voice": f"/beitrag/{voice.number}/werdegang",
        "page of a service story": service.path,
        "page of a service": f"/dienstleistung/{SERVICE}",
    }
    for name, path in pages.items():

        def run(path: str = path) -> None:
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.status_code)

        run()
        with CaptureQueriesContext(connection) as captured:
            run()
        print(json.dumps({"name": name, "queries": len(captured), "ms": _median(run), "size": size}), flush=True)


def _hop(size: int) -> None:
    from django.db import transaction

    from civitas.contributions.linking import make_links
    from civitas.contributions.models import Contribution, Link

    city = _city(size)
    rows = Contribution.objects.of(city)
    service, measure = (rows.filter(kind=kind).order_by("pk")[0] for kind in ("service_story", "measure"))
    Link.objects.of(city).filter(target=service).delete()
    with transaction.atomic():
        make_links(city, [(measure.pk, service.pk, Link.Kind.LED_TO)], by=None)


def _median(run: Callable[[], Any]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1000)
    return median(times)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
