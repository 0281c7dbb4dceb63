from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.utils import timezone
from tests.outbox.factories import make_city

from civitas.outbox.actions import enqueue, enqueue_many, take_tick
from civitas.outbox.models import MOST_ATTEMPTS, OutboxRow, Ticker
from civitas.outbox.tasks import TaskFault, periodic, task
from civitas.outbox.worker import run_due, run_ticks, run_worker

if TYPE_CHECKING:
    from civitas.cities.models import City

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_tasks")]


def make_due(city: City) -> None:
    OutboxRow.objects.of(city).update(run_at=timezone.now())


def test_a_task_gets_its_city_and_payload_and_what_it_brings_about_runs_too() -> None:
    city, seen = make_city(), []

    @task("test.first")
    def first(city: City, *, number: int) -> None:
        with transaction.atomic():
            enqueue(city, "test.second", {"number": number + 1})

    @task("test.second")
    def second(city: City, *, number: int) -> None:
        seen.append((city.slug, number))

    with transaction.atomic():
        enqueue(city, "test.first", {"number": 1})
        enqueue(city, "test.second", {"number": 7}, run_at=timezone.now() + timedelta(hours=1))
    assert run_due() == 2
    assert seen == [("teststadt", 2)]
    assert OutboxRow.objects.of(city).filter(done_at=None).get().payload == {"number": 7}


def test_a_task_that_fails_is_tried_eight_times_and_then_kept() -> None:
    city, tries = make_city(), []

    @task("test.broken")
    def broken(city: City) -> None:
        tries.append(1)
        raise ValueError("Erika Mustermann, Beispielweg 3")

    with transaction.atomic():
        enqueue(city, "test.broken", {})
    assert run_due() == 1
    row = OutboxRow.objects.of(city).get()
    assert (row.attempts, row.last_error, row.lease_owner) == (1, "ValueError", "")
    assert row.run_at > timezone.now()
    for _ in range(MOST_ATTEMPTS + 2):
        make_due(city)
        run_due()
    assert len(tries) == MOST_ATTEMPTS
    assert OutboxRow.objects.of(city).failed().get().attempts == MOST_ATTEMPTS


def test_our_own_sentence_is_kept_and_a_kind_without_task_says_so() -> None:
    city = make_city()

    @task("test.broken")
    def broken(city: City) -> None:
        raise TaskFault("the mail server cannot be reached")

    with transaction.atomic():
        enqueue(city, "test.broken", {})
        enqueue(city, "test.unknown", {})
    run_due()
    assert dict(OutboxRow.objects.of(city).values_list("kind", "last_error")) == {
        "test.broken": "TaskFault: the mail server cannot be reached",
        "test.unknown": "TaskFault: no room has a task for this kind of row",
    }


def test_a_batch_takes_many_rows_and_one_bad_row_does_not_keep_the_others() -> None:
    city, calls = make_city(), []

    @task("test.batch", batch=10)
    def batch(city: City, payloads: list[dict[str, Any]]) -> None:
        calls.append([payload["number"] for payload in payloads])
        if 3 in calls[-1]:
            raise ValueError

    with transaction.atomic():
        enqueue_many(city, "test.batch", ({"number": number} for number in range(12)))
    run_due()
    assert calls == [list(range(10)), [10, 11]]
    make_due(city)
    run_due()
    assert sorted(calls[2:]) == [[number] for number in range(10)]
    assert OutboxRow.objects.of(city).get(done_at=None).payload == {"number": 3}


def test_a_city_with_much_work_does_not_keep_others_waiting() -> None:
    cities = [make_city("a"), make_city("b"), make_city("c")]
    order: list[str] = []

    @task("test.turn")
    def turn(city: City) -> None:
        order.append(city.slug)

    with transaction.atomic():
        for city, count in zip(cities, (5, 1, 2), strict=True):
            enqueue_many(city, "test.turn", [{}] * count)
    assert run_due() == 8
    assert order == ["a", "b", "c", "a", "c", "a", "a", "a"]


def test_run_due_stops_at_its_limit() -> None:
    city = make_city()

    @task("test.turn")
    def turn(city: City) -> None:
        """Nothing to do."""

    with transaction.atomic():
        enqueue_many(city, "test.turn", [{}] * 3)
    assert run_due(limit=2) == 2
    assert run_due() == 1


def test_a_periodic_task_runs_once_in_its_time_and_in_one_worker() -> None:
    ran: list[str] = []

    @periodic("test.clock", every=timedelta(hours=1))
    def clock() -> None:
        ran.append("clock")
        assert not take_tick("test.clock", every=timedelta(hours=1), owner="another", lease=timedelta(minutes=1))

    assert run_ticks() == 1
    assert run_ticks() == 0
    Ticker.objects.update(last_run_at=timezone.now() - timedelta(hours=2))
    assert run_ticks() == 1
    assert ran == ["clock", "clock"]


def test_a_periodic_task_whose_worker_died_runs_in_the_next_one_and_a_failure_is_noted() -> None:
    @periodic("test.clock", every=timedelta(hours=1))
    def clock() -> None:
        raise ValueError("secret")

    Ticker.objects.create(name="test.clock", lease_owner="dead", lease_until=timezone.now() - timedelta(seconds=1))
    assert run_ticks() == 1
    ticker = Ticker.objects.get()
    assert (ticker.last_error, ticker.lease_owner) == ("ValueError", "")


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_told_to_stop_brings_its_row_to_an_end_and_takes_no_other() -> None:
    city, stop, ran = make_city(), threading.Event(), []

    @task("test.stop")
    def stopping(city: City, *, number: int) -> None:
        stop.set()
        ran.append(number)

    with transaction.atomic():
        enqueue_many(city, "test.stop", [{"number": 1}, {"number": 2}])
    run_worker(stop)
    assert ran == [1]
    assert OutboxRow.objects.of(city).filter(done_at=None, lease_owner="").count() == 1


def test_two_functions_for_one_kind_are_refused() -> None:
    task("test.twice")(lambda city: None)
    with pytest.raises(ValueError, match=r"test\.twice"):
        task("test.twice")(lambda city: None)
