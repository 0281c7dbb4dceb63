"""Writing rows, taking them with a lease, and noting how it went."""

from __future__ import annotations

from datetime import timedelta
from secrets import SystemRandom
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Least
from django.utils import timezone

from civitas.cities.models import City
from civitas.outbox.lanes import Lane
from civitas.outbox.models import MOST_ATTEMPTS, OutboxRow, Ticker
from civitas.outbox.tasks import known_tasks, lane_of
from civitas.outbox.wakeup import poke_on_commit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from civitas.outbox.models import OutboxRows

    Payload = Mapping[str, int | str]

_FIRST_PAUSE = timedelta(seconds=10)
_LONGEST_PAUSE = timedelta(hours=6)
_PRUNED_AT_ONCE = 1000
_random = SystemRandom()


def enqueue(city: City, kind: str, payload: Payload, *, run_at: datetime | None = None, key: str = "") -> None:
    """Note that something has to happen, in the transaction of what causes it; raises RuntimeError outside of one.

    With `key`, work that waits under the same kind and key is not noted twice; it runs at the earlier of both times.
    """
    _require_transaction()
    run_at = run_at or timezone.now()
    row = OutboxRow(city=city, kind=kind, lane=lane_of(kind), payload=dict(payload), run_at=run_at, key=key or None)
    if not key:
        row.save(force_insert=True)
    else:
        # The update also locks the waiting row until we commit: no worker takes it before what we wrote can be read.
        while not OutboxRow.objects.of(city).filter(kind=kind, key=key).update(run_at=Least("run_at", run_at)):
            OutboxRow.objects.bulk_create([row], ignore_conflicts=True)
    poke_on_commit()


def enqueue_many(city: City, kind: str, payloads: Iterable[Payload], *, run_at: datetime | None = None) -> None:
    """Note much of one kind at once, without keys; raises RuntimeError outside a transaction."""
    _require_transaction()
    run_at = run_at or timezone.now()
    lane = lane_of(kind)
    rows = [OutboxRow(city=city, kind=kind, lane=lane, payload=dict(payload), run_at=run_at) for payload in payloads]
    OutboxRow.objects.bulk_create(rows, batch_size=500)
    if rows:
        poke_on_commit()


def _require_transaction() -> None:
    # The transaction that a test case wraps round itself is none that the action opened (Django's durable=True asks the same).
    if not any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise RuntimeError("what happens later is noted in the transaction that causes it")


def take_rows(
    city: City | int, *, owner: str, lease: timedelta, batches: Mapping[str, int], lanes: Iterable[int] = Lane.values
) -> list[OutboxRow]:
    """The city's oldest due row under a lease, of the first of these lanes that has one, with more of its kind if that runs in batches.

    A row that failed once runs alone.
    """
    now = timezone.now()
    # Two workers: PostgreSQL skips what the other has locked, SQLite lets one writer in at a time.
    due = OutboxRow.objects.of(city).due(now).select_for_update(skip_locked=True).order_by("run_at", "id")
    with transaction.atomic():
        first = next((row for lane in lanes for row in due.filter(lane=lane)[:1]), None)
        if first is None:
            return []
        rows = [first]
        size = batches.get(first.kind, 0)
        if size > 1 and first.attempts == 0:
            rows += due.filter(lane=first.lane, kind=first.kind, attempts=0).exclude(pk=first.pk)[: size - 1]
        OutboxRow.objects.of(city).filter(pk__in=[row.pk for row in rows]).update(
            attempts=F("attempts") + 1, lease_until=now + lease, lease_owner=owner, key=None
        )
    for row in rows:
        row.attempts += 1
    return rows


def renew_rows(rows: Sequence[OutboxRow], *, owner: str, lease: timedelta) -> None:
    """Hold rows that still run for another lease."""
    _held(rows, owner).update(lease_until=timezone.now() + lease)


def finish_rows(rows: Sequence[OutboxRow], *, owner: str) -> None:
    """Note that rows are done, unless their lease ran out and somebody else took them."""
    _held(rows, owner).update(done_at=timezone.now(), lease_until=None, lease_owner="", last_error="")


def fail_rows(rows: Sequence[OutboxRow], *, owner: str, error: str) -> None:
    """Try again later, each time after a longer pause; after the last attempt give up and keep the row."""
    now = timezone.now()
    for row in rows:
        held = _held([row], owner)
        if row.attempts >= MOST_ATTEMPTS:
            _give_up(held, error)
        else:
            held.update(run_at=now + pause_after(row.attempts), lease_until=None, lease_owner="", last_error=error[:300])


def _give_up(rows: OutboxRows, error: str) -> int:
    """Keep rows of one city for somebody to look at, and note what has to happen now that they will not run; returns how many."""
    with transaction.atomic():
        spent = list(rows.select_for_update(of=("self",)).select_related("city").order_by("pk"))
        for row in spent:
            found = known_tasks().get(row.kind)
            if found and found.given_up:
                enqueue(row.city, found.given_up, row.payload)
            row.failed_at, row.lease_until, row.lease_owner, row.last_error = timezone.now(), None, "", error[:300]
            row.save(update_fields=["failed_at", "lease_until", "lease_owner", "last_error"])
    return len(spent)


def _held(rows: Sequence[OutboxRow], owner: str) -> OutboxRows:
    return OutboxRow.objects.of(rows[0].city_id).filter(pk__in=[row.pk for row in rows], lease_owner=owner)


def pause_after(attempts: int) -> timedelta:
    """10 s after the first attempt, then three times as long each time (about three hours in all), a fifth up or down by chance."""
    return min(_FIRST_PAUSE * 3 ** (attempts - 1), _LONGEST_PAUSE) * _random.uniform(0.8, 1.2)


def retry_failed(city: City) -> int:
    """Start over with all rows of a city that were given up; returns how many."""
    return OutboxRow.objects.of(city).failed().update(failed_at=None, attempts=0, run_at=timezone.now())


def bury_spent() -> int:
    """Give up rows whose worker died at every attempt; returns how many."""
    error = f"the worker ended {MOST_ATTEMPTS} times while this ran"
    return sum(_give_up(OutboxRow.objects.of(city).spent(timezone.now()), error) for city in City.objects.only("pk"))


def prune_done(*, older_than: timedelta) -> int:
    """Remove rows that were done long ago, some at a time; returns how many."""
    before = timezone.now() - older_than
    removed = 0
    for city in City.objects.only("pk"):
        old = OutboxRow.objects.of(city).filter(done_at__lt=before)
        while keys := list(old.order_by("done_at").values_list("pk", flat=True)[:_PRUNED_AT_ONCE]):
            removed += OutboxRow.objects.of(city).filter(pk__in=keys).delete()[0]
    return removed


def take_tick(name: str, *, every: timedelta, owner: str, lease: timedelta) -> bool:
    """Whether this worker runs the periodic task now: it is due, and nobody else does."""
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    due = Q(last_run_at=None) | Q(last_run_at__lte=now - every)
    return Ticker.objects.filter(free, due, name=name).update(lease_owner=owner, lease_until=now + lease) == 1


def renew_tick(name: str, *, owner: str, lease: timedelta) -> None:
    """Hold a periodic task that still runs for another lease."""
    Ticker.objects.filter(name=name, lease_owner=owner).update(lease_until=timezone.now() + lease)


def finish_tick(name: str, *, owner: str, error: str) -> None:
    """Note that a periodic task ran; one that failed runs again when its time comes."""
    Ticker.objects.filter(name=name, lease_owner=owner).update(
        last_run_at=timezone.now(), lease_until=None, lease_owner="", last_error=error[:300]
    )
