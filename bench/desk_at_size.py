"""One size of the bench `city`, in a process of its own.

`python -m bench.desk_at_size build FOLDER SIZE` makes the city once, with that many open items of the queue;
`measure FOLDER SIZE` prints figures as JSON lines; `order FOLDER COUNT VERB` has the first of the queue decided in one run.
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

ROUNDS = 31
BATCH = 500
MODERATOR = "moderator@bench.example.org"


def main(part: str, folder: Path, *rest: str) -> None:
    """Start Django on the folder's database and do the part."""
    os.environ |= {"CIVITAS_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "civitas.project.settings", "RATE_FACTOR": "1000000"}
    folder.mkdir(parents=True, exist_ok=True)
    import django

    django.setup()
    from civitas.project.setup import prepare_database

    prepare_database()
    if part == "build":
        _build(int(rest[0]), folder)
    elif part == "measure":
        _measure(int(rest[0]))
    else:
        _order(int(rest[0]), rest[1])


def _build(size: int, folder: Path) -> None:
    """The made-up city, everything in it new to the team, each author with an address, and somebody of the team."""
    from bench.city import PEOPLE, build
    from civitas.cities.models import City
    from civitas.contributions.models import Contribution
    from civitas.moderation.cases import take_up
    from civitas.outbox.models import Ticker
    from civitas.outbox.tasks import known_periodics
    from civitas.people.models import Membership, Participant, Role, User

    def tell(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    city = City.objects.filter(slug=f"bench-{size}").first() or build(size, tell=tell)
    users = User.objects.bulk_create([User(email=f"person{n}@bench.example.org") for n in range(PEOPLE)])
    for person, user in zip(Participant.objects.of(city).order_by("pk")[: len(users)], users, strict=True):
        Participant.objects.of(city).filter(pk=person.pk).update(user=user)
    moderator = Participant.objects.create(city=city, pseudonym="Redaktion", user=User.objects.create_user(MODERATOR))
    Membership.objects.create(city=city, participant=moderator, role=Role.MODERATOR)
    rows = Contribution.objects.of(city).exclude(kind="comment").select_related("author", "process", "step", "root").order_by("pk")
    last = taken = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        last, taken = batch[-1].pk, taken + len(batch)
        take_up(city, batch)
        if taken % (BATCH * 20) == 0:
            tell(f"  {taken:,} of {size:,} in the queue")
    Ticker.objects.bulk_create([Ticker(name=name) for name in known_periodics()], ignore_conflicts=True)
    (folder / "built").touch()


def _measure(size: int) -> None:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from bench.server import HOST
    from civitas.cities.queries import city_by_host
    from civitas.moderation.models import Case
    from civitas.moderation.queries import cursor_of
    from civitas.people.models import User

    city = city_by_host(HOST)
    assert city is not None
    client = Client(headers={"host": HOST})
    client.force_login(User.objects.get(email=MODERATOR))
    middle = Case.objects.of(city).filter(state=Case.State.OPEN).order_by("-weight", "pk")[size // 2]
    pages = {
        "queue": "/verwaltung/redaktion",
        "queue, deep page": f"/verwaltung/redaktion?nach={cursor_of(middle)}",
        "overview": "/verwaltung/",
        "queue, filtered by subject": "/verwaltung/redaktion?category=k1",
        "queue, word search": "/verwaltung/redaktion?q=Fahrrad",
    }
    for name, path in pages.items():

        def run(path: str = path) -> None:
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.status_code)

        run()
        counts = []
        for _ in range(3):  # the least of them: what is remembered for some seconds may just have been forgotten
            with CaptureQueriesContext(connection) as captured:
                run()
            counts.append(len(captured))
        print(json.dumps({"name": name, "queries": min(counts), "ms": _median(run), "size": size}), flush=True)


def _order(count: int, verb: str) -> None:
    from bench.server import HOST
    from civitas.cities.queries import city_by_host
    from civitas.kit.ids import uuid7
    from civitas.moderation.models import Reason
    from civitas.moderation.orders import Order
    from civitas.moderation.queries import Filters, keys_under
    from civitas.moderation.runs import start_run
    from civitas.people.actors import actor_of
    from civitas.people.models import Participant

    city = city_by_host(HOST)
    assert city is not None
    actor = actor_of(Participant.objects.of(city).select_related("city").get(user__email=MODERATOR))
    keys = keys_under(actor, Filters())[:count]
    assert len(keys) == count
    start_run(actor, Order(verb=verb, reason=Reason.SPAM), dict.fromkeys(keys, ""), uid=uuid7())


def _median(run: Callable[[], Any]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1000)
    return median(times)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
