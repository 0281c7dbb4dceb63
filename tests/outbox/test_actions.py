from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from tests.outbox.factories import make_city

from civitas.outbox.actions import bury_spent, enqueue, enqueue_many, pause_after, prune_done, retry_failed, take_rows
from civitas.outbox.models import MOST_ATTEMPTS, OutboxRow

pytestmark = pytest.mark.django_db
LEASE = timedelta(minutes=1)


def test_nothing_is_noted_outside_a_transaction() -> None:
    city = make_city()
    with pytest.raises(RuntimeError):
        enqueue(city, "test.kind", {"id": 1})
    with pytest.raises(RuntimeError):
        enqueue_many(city, "test.kind", [{"id": 1}])


def test_an_action_that_is_rolled_back_leaves_nothing_to_do() -> None:
    city = make_city()
    with transaction.atomic():
        enqueue(city, "test.kind", {"id": 1})
        transaction.set_rollback(True)
    assert not OutboxRow.objects.of(city).exists()


def test_waiting_work_with_the_same_key_is_one_row_that_runs_at_the_earlier_time() -> None:
    city, soon = make_city(), timezone.now() + timedelta(minutes=5)
    with transaction.atomic():
        enqueue(city, "test.kind", {"id": 1}, key="a", run_at=soon + timedelta(hours=1))
        enqueue(city, "test.kind", {"id": 1}, key="a", run_at=soon)
        enqueue(city, "test.kind", {"id": 1}, key="a", run_at=soon + timedelta(hours=2))
        enqueue(city, "test.kind", {"id": 2}, key="b")
        enqueue(make_city("other"), "test.kind", {"id": 1}, key="a")
    rows = OutboxRow.objects.of(city).order_by("key")
    assert [row.key for row in rows] == ["a", "b"]
    assert rows[0].run_at == soon


def test_work_that_has_begun_does_not_swallow_new_work_with_its_key() -> None:
    city = make_city()
    with transaction.atomic():
        enqueue(city, "test.kind", {}, key="a")
    assert take_rows(city, owner="one", lease=LEASE, batches={})
    with transaction.atomic():
        enqueue(city, "test.kind", {}, key="a")
    assert len(take_rows(city, owner="two", lease=LEASE, batches={})) == 1


def test_a_row_under_a_lease_is_taken_again_when_the_lease_has_run_out() -> None:
    city = make_city()
    with transaction.atomic():
        enqueue(city, "test.kind", {"id": 1})
    first = take_rows(city, owner="one", lease=timedelta(seconds=-1), batches={})
    second = take_rows(city, owner="two", lease=LEASE, batches={})
    assert [row.pk for row in first] == [row.pk for row in second]
    assert second[0].attempts == 2
    assert take_rows(city, owner="three", lease=LEASE, batches={}) == []


def test_a_row_whose_worker_always_dies_is_given_up_listed_and_can_be_started_over() -> None:
    city = make_city()
    with transaction.atomic():
        enqueue(city, "test.kind", {"id": 1})
    for _ in range(MOST_ATTEMPTS):
        assert take_rows(city, owner="one", lease=timedelta(seconds=-1), batches={})
    assert take_rows(city, owner="one", lease=LEASE, batches={}) == []
    assert bury_spent() == 1
    assert OutboxRow.objects.of(city).failed().get().last_error == "the worker ended 8 times while this ran"
    assert retry_failed(city) == 1
    assert take_rows(city, owner="one", lease=LEASE, batches={})


def test_pauses_grow_and_end_within_hours() -> None:
    assert 8 <= pause_after(1).total_seconds() <= 12
    assert 24 <= pause_after(2).total_seconds() <= 36
    assert pause_after(20) <= timedelta(hours=8)


def test_done_rows_go_after_a_week_and_failed_ones_stay() -> None:
    city, now = make_city(), timezone.now()
    old = now - timedelta(days=8)
    for name, value in {"done_at": old, "failed_at": old, "run_at": old}.items():
        OutboxRow.objects.create(city=city, kind=name, **{"run_at": old, name: value})
    OutboxRow.objects.create(city=city, kind="fresh", run_at=old, done_at=now)
    assert prune_done(older_than=timedelta(days=7)) == 1
    assert set(OutboxRow.objects.of(city).values_list("kind", flat=True)) == {"failed_at", "run_at", "fresh"}


@pytest.mark.django_db(transaction=True)
def test_no_worker_takes_a_row_while_an_action_that_counts_on_it_is_not_on_disk_yet() -> None:
    city = make_city()
    with transaction.atomic():
        enqueue(city, "test.kind", {}, key="a")
    noted, nearly_on_disk = threading.Event(), threading.Event()

    def act() -> None:
        try:
            with transaction.atomic():
                enqueue(city, "test.kind", {}, key="a")
                noted.set()
                time.sleep(0.5)
                nearly_on_disk.set()
        finally:
            connection.close()

    action = threading.Thread(target=act)
    action.start()
    noted.wait()
    while not (rows := take_rows(city, owner="one", lease=LEASE, batches={})):
        time.sleep(0.02)
    assert nearly_on_disk.is_set()
    assert len(rows) == 1
    action.join()
