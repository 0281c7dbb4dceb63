"""The worker: takes due rows, one city after the other, runs them, and keeps the clock of periodic tasks."""

from __future__ import annotations

import logging
import os
import socket
import threading
import traceback
from collections import defaultdict, deque
from contextlib import contextmanager
from datetime import timedelta
from secrets import token_hex
from time import monotonic
from typing import TYPE_CHECKING, Self

from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections, connections
from django.utils import timezone

from civitas.cities.models import City
from civitas.outbox.actions import fail_rows, finish_rows, finish_tick, renew_rows, renew_tick, take_rows, take_tick
from civitas.outbox.lanes import Lane
from civitas.outbox.models import Ticker
from civitas.outbox.queries import cities_with_work
from civitas.outbox.tasks import TaskFault, known_periodics, known_tasks
from civitas.outbox.wakeup import wait_for_work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from civitas.outbox.models import OutboxRow

_log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
_TICK_EVERY = 1.0
_LOOK_FOR_CITIES_EVERY = 1.0
_PAUSE_WITHOUT_DATABASE = 2.0


def run_due(limit: int | None = None) -> int:
    """Run what is due now, and what that brings about, in this process; returns how many rows ran."""
    ran = 0
    with _Shift(LEASE) as shift:
        while limit is None or ran < limit:
            before = ran
            for count in shift.serve_cities():
                ran += count
                if limit is not None and ran >= limit:
                    return ran
            if ran == before:
                return ran
    return ran


def run_ticks() -> int:
    """Run the periodic tasks whose time has come; returns how many ran."""
    with _Shift(LEASE) as shift:
        return shift.tick()


def run_worker(stop: threading.Event, *, lease: timedelta = LEASE) -> None:
    """Run rows and periodic tasks until `stop` is set; the row that runs then is brought to its end.

    A worker that dies leaves its rows to the next one, which takes them when their `lease` has run out.
    """
    with _Shift(lease) as shift:
        next_tick = 0.0
        while not stop.is_set():
            try:
                close_old_connections()
                if monotonic() >= next_tick:
                    shift.tick(stop)
                    next_tick = monotonic() + _TICK_EVERY
                idle = True
                for _ in shift.serve_cities():
                    idle = False
                    if stop.is_set() or monotonic() >= next_tick:
                        break
            except (OperationalError, InterfaceError) as error:
                _log.warning("the database is out of reach (%s), trying again", type(error).__name__)
                connections.close_all()
                stop.wait(_PAUSE_WITHOUT_DATABASE)
                continue
            if idle:
                wait_for_work(stop)


class _Shift:
    """One worker's time at work: its name on the leases, and a second thread that renews the lease of what runs long."""

    def __init__(self, lease: timedelta) -> None:
        self.owner = f"{socket.gethostname()[:60]}:{os.getpid()}:{token_hex(4)}"
        self.lease = lease
        self._last_city = 0
        # The lanes of each city, the one that was served longest ago first: none starves, and who waits in a quiet one comes next.
        self._turns: defaultdict[int, list[int]] = defaultdict(lambda: list(Lane.values))
        self._renew: Callable[[], None] | None = None
        self._ended = threading.Event()
        self._heartbeat = threading.Thread(target=self._beat, name="outbox-lease", daemon=True)

    def __enter__(self) -> Self:
        self._heartbeat.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._heartbeat.join()

    def serve_cities(self) -> Iterator[int]:
        """Run one row (or batch) of each city in turn, each time of another lane, going on after the city served last.

        Yields how many rows ran. It ends when no city has work, or after a second, to look which cities have some by then.
        """
        found = cities_with_work()
        waiting = deque([key for key in found if key > self._last_city] + [key for key in found if key <= self._last_city])
        batches = {task.kind: task.batch for task in known_tasks().values()}
        end = monotonic() + _LOOK_FOR_CITIES_EVERY
        while waiting and monotonic() < end:
            city_id = self._last_city = waiting.popleft()
            turns = self._turns[city_id]
            rows = take_rows(city_id, owner=self.owner, lease=self.lease, batches=batches, lanes=turns)
            if rows:
                turns.remove(rows[0].lane)
                turns.append(rows[0].lane)
                self._run_rows(rows)
                waiting.append(city_id)
                yield len(rows)

    def _run_rows(self, rows: list[OutboxRow]) -> None:
        kind = rows[0].kind
        try:
            with self._holding(lambda: renew_rows(rows, owner=self.owner, lease=self.lease)):
                _run(rows)
        except Exception as error:  # noqa: BLE001  (whatever a task raises, the worker goes on)
            _log.error("%s (rows %s) failed: %s\n%s", kind, [row.pk for row in rows], _described(error), _where(error))
            fail_rows(rows, owner=self.owner, error=_described(error))
        else:
            finish_rows(rows, owner=self.owner)

    def tick(self, stop: threading.Event | None = None) -> int:
        """Run periodic tasks that are due and that no other worker runs; returns how many ran."""
        wanted = known_periodics()
        last_runs = dict(Ticker.objects.filter(name__in=wanted).values_list("name", "last_run_at"))
        missing = [Ticker(name=name) for name in wanted if name not in last_runs]
        if missing:
            Ticker.objects.bulk_create(missing, ignore_conflicts=True)
        now = timezone.now()
        ran = 0
        for name, periodic in wanted.items():
            last = last_runs.get(name)
            if (last and last > now - periodic.every) or (stop and stop.is_set()):
                continue
            if take_tick(name, every=periodic.every, owner=self.owner, lease=self.lease):
                self._run_tick(name, periodic.run)
                ran += 1
        return ran

    def _run_tick(self, name: str, run: Callable[[], object]) -> None:
        error = ""
        try:
            with self._holding(lambda: renew_tick(name, owner=self.owner, lease=self.lease)):
                run()
        except Exception as fault:  # noqa: BLE001  (as above)
            error = _described(fault)
            _log.error("%s failed: %s\n%s", name, error, _where(fault))
        finish_tick(name, owner=self.owner, error=error)

    @contextmanager
    def _holding(self, renew: Callable[[], None]) -> Iterator[None]:
        self._renew = renew
        try:
            yield
        finally:
            self._renew = None

    def _beat(self) -> None:
        try:
            while not self._ended.wait(self.lease.total_seconds() / 3):
                renew = self._renew
                if renew:
                    try:
                        renew()
                    except DatabaseError as error:
                        _log.warning("a lease could not be renewed (%s)", type(error).__name__)
                        connections.close_all()
        finally:
            connections.close_all()


def _run(rows: list[OutboxRow]) -> None:
    task = known_tasks().get(rows[0].kind)
    if task is None:
        raise TaskFault("no room has a task for this kind of row")
    city = City.objects.get(pk=rows[0].city_id)
    if task.batch:
        task.run(city, [row.payload for row in rows])
    else:
        task.run(city, **rows[0].payload)


def _described(error: Exception) -> str:
    # An exception's text may quote what a person wrote; only our own sentences are kept.
    return f"{type(error).__name__}: {error}" if isinstance(error, TaskFault) else type(error).__name__


def _where(error: Exception) -> str:
    return "".join(traceback.format_tb(error.__traceback__))
