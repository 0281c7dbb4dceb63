"""Lanes: what people wait for does not stand behind an import, and nothing starves."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.outbox.factories import make_city
from tests.outbox.processes import start_process, wait_until

from civitas.outbox.actions import enqueue, enqueue_many
from civitas.outbox.lanes import Lane
from civitas.outbox.models import MOST_ATTEMPTS, OutboxRow
from civitas.outbox.queries import cities_with_work
from civitas.outbox.tasks import TaskFault, known_tasks, task
from civitas.outbox.worker import run_due

if TYPE_CHECKING:
    from civitas.cities.models import City

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_tasks")]
SCRIPT = Path(__file__).with_name("worker_process.py")


@pytest.fixture
def ran() -> list[str]:
    """What ran, in order: a task for each lane writes its number down, and the tenth piece of work invites somebody."""
    seen: list[str] = []

    def declare(lane: Lane) -> None:
        @task(f"test.{lane.name.lower()}", lane=lane)
        def run(city: City, *, number: int) -> None:
            seen.append(f"{lane.name.lower()} {number}")
            if seen[-1] == "work 10":
                note(city, "awaited")

    for lane in Lane:
        declare(lane)
    return seen


def note(city: City, lane: str, count: int = 1) -> None:
    with transaction.atomic():
        enqueue_many(city, f"test.{lane}", ({"number": number} for number in range(count)))


def test_a_kind_says_where_its_rows_stand_and_an_unknown_one_is_work(ran: list[str]) -> None:
    city = make_city()
    with transaction.atomic():
        enqueue(city, "test.awaited", {"number": 1})
        enqueue_many(city, "test.news", [{"number": 1}])
        enqueue(city, "test.unknown", {})
    assert dict(OutboxRow.objects.of(city).values_list("kind", "lane")) == {"test.awaited": 1, "test.news": 2, "test.unknown": 4}


def test_an_invitation_after_an_import_goes_out_next(ran: list[str]) -> None:
    note(make_city(), "work", 5_000)
    run_due(limit=20)
    assert ran[10:13] == ["work 10", "awaited 0", "work 11"]


def test_an_invitation_does_not_wait_for_a_flood_of_mails_either(ran: list[str]) -> None:
    city = make_city()
    for lane in ("work", "news", "files"):
        note(city, lane, 20)
    run_due(limit=40)
    assert ran[ran.index("work 10") + 1] == "awaited 0"


def test_a_flood_of_mails_starves_no_work_and_work_no_mail(ran: list[str]) -> None:
    city = make_city()
    note(city, "news", 30)
    note(city, "work", 9)
    note(city, "files", 9)
    run_due()
    kinds = [line.split()[0] for line in ran]
    assert kinds[:27] == ["news", "files", "work"] * 9
    assert kinds[27:] == ["news"] * 21


def test_order_holds_within_a_lane_whatever_stands_in_the_others(ran: list[str]) -> None:
    city = make_city()
    for _ in range(3):
        note(city, "work", 4)
        note(city, "awaited", 2)
    run_due()
    assert [line for line in ran if line.startswith("work")] == [f"work {number}" for number in range(4)] * 3
    assert [line for line in ran if line.startswith("awaited")] == [f"awaited {number}" for number in range(2)] * 3


def test_each_city_has_lanes_of_its_own(ran: list[str]) -> None:
    one, other = make_city("a"), make_city("b")
    note(one, "news", 3)
    note(one, "work", 3)
    note(other, "work", 2)
    run_due()
    assert ran[:4] == ["news 0", "work 0", "work 0", "work 1"]


def test_a_batch_takes_rows_of_its_own_lane_alone() -> None:
    city, calls = make_city(), []

    @task("test.batch", batch=10, lane=Lane.NEWS)
    def batch(city: City, payloads: list[dict[str, Any]]) -> None:
        calls.append(len(payloads))

    with transaction.atomic():
        enqueue_many(city, "test.batch", [{}] * 4)
    OutboxRow.objects.of(city).filter(pk=OutboxRow.objects.of(city).order_by("pk")[0].pk).update(lane=Lane.WORK)  # of an earlier release
    run_due()
    assert sorted(calls) == [1, 3]


def test_one_that_fails_waits_its_pause_and_stays_in_its_lane(ran: list[str]) -> None:
    city = make_city()

    @task("test.broken", lane=Lane.AWAITED)
    def broken(city: City) -> None:
        raise TaskFault("not now")

    with transaction.atomic():
        enqueue(city, "test.broken", {})
    note(city, "work", 3)
    assert run_due() == 4
    row = OutboxRow.objects.of(city).get(kind="test.broken")
    assert (row.lane, row.attempts, row.run_at > timezone.now()) == (Lane.AWAITED, 1, True)
    assert ran == [f"work {number}" for number in range(3)]


def test_what_is_given_up_leaves_a_row_that_says_so_once() -> None:
    city, said = make_city(), []

    @task("test.broken", given_up="test.sorry")
    def broken(city: City, *, number: int) -> None:
        raise TaskFault("never")

    @task("test.sorry", lane=Lane.AWAITED)
    def sorry(city: City, *, number: int) -> None:
        said.append((city.slug, number))

    with transaction.atomic():
        enqueue(city, "test.broken", {"number": 7})
    for _ in range(MOST_ATTEMPTS + 1):
        OutboxRow.objects.of(city).filter(done_at=None, failed_at=None).update(run_at=timezone.now())
        run_due()
    assert said == [("teststadt", 7)]
    assert OutboxRow.objects.of(city).failed().get().last_error == "TaskFault: never"


def test_mails_invitations_and_files_have_lanes_of_their_own_and_bulk_has_none() -> None:
    lanes = {kind: each.lane for kind, each in known_tasks().items() if each.lane != Lane.WORK}
    assert lanes == {
        "team.send_invitation": Lane.AWAITED,
        "team.send_barrier_answer": Lane.AWAITED,
        "media.given_up": Lane.AWAITED,
        "people.tell_of_device": Lane.AWAITED,
        "people.tell_of_change": Lane.AWAITED,
        "people.say_erased": Lane.AWAITED,
        "notices.send_test": Lane.AWAITED,
        "notices.write": Lane.NEWS,
        "notices.deliver": Lane.NEWS,
        "notices.send": Lane.NEWS,
        "notices.gather": Lane.NEWS,
        "notices.send_digest": Lane.NEWS,
        "contributions.file_checked": Lane.NEWS,
        "lineage.linked": Lane.NEWS,
        "lineage.shown": Lane.NEWS,
        "lineage.spread": Lane.NEWS,
        "lineage.recall": Lane.NEWS,
        "lineage.gather": Lane.NEWS,
        "media.make_ready": Lane.FILES,
        "media.repack": Lane.FILES,
        "people.make_archive": Lane.FILES,
        "interop.read": Lane.FILES,
        "interop.unread": Lane.AWAITED,
        "interop.unpacked": Lane.AWAITED,
        "interop.unbrought": Lane.AWAITED,
        "interop.not_undone": Lane.AWAITED,
        "interop.check": Lane.FILES,
    }


@pytest.mark.parametrize("count", [1, 300])
def test_looking_for_work_and_taking_a_row_use_the_index_however_much_waits(
    ran: list[str], count: int, django_assert_num_queries: Any
) -> None:
    from django.db import connection

    city = make_city()
    note(city, "work", count)
    with django_assert_num_queries(1):
        assert cities_with_work() == [city.pk]
    if connection.vendor != "sqlite":
        return
    with CaptureQueriesContext(connection) as captured:
        run_due(limit=1)
    looks = [each["sql"] for each in captured if each["sql"].startswith("SELECT") and "outbox_outboxrow" in each["sql"]]
    assert len(looks) == 5  # which cities have work, and each lane until one has
    with connection.cursor() as cursor:
        for sql in looks:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            plan = " ".join(str(row[3]) for row in cursor.fetchall())
            assert "outbox_open (city_id=?" in plan
            assert "TEMP B-TREE" not in plan


@pytest.mark.django_db(transaction=True)
def test_a_kill_in_the_middle_of_two_lanes_loses_nothing(tmp_path: Path) -> None:
    city = make_city()
    with transaction.atomic():
        enqueue_many(city, "test.slow", ({"number": number} for number in range(12)))
    rows = OutboxRow.objects.of(city)
    rows.filter(pk__in=list(rows.order_by("-pk").values_list("pk", flat=True)[:5])).update(lane=Lane.AWAITED)
    log = tmp_path / "log"
    log.touch()

    def begun() -> list[str]:
        return [line.split()[1] for line in log.read_text().splitlines() if line.startswith("begin ")]

    worker = start_process(SCRIPT, log, 1)
    try:
        wait_until(lambda: len(begun()) >= 5)
        worker.kill()
        worker.wait()
        assert begun()[:4] == ["7", "0", "8", "1"]
        worker = start_process(SCRIPT, log, 1)
        wait_until(lambda: not rows.filter(done_at=None).exists())
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(10) == 0
    finally:
        worker.kill()
        worker.wait()
    assert set(begun()) == {str(number) for number in range(12)}
    assert len(begun()) <= 13
