"""Two real workers, one of which is killed in the middle of a row."""

from __future__ import annotations

import signal
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from django.db import transaction
from tests.outbox.factories import make_city
from tests.outbox.processes import start_process, wait_until

from civitas.outbox.actions import enqueue_many
from civitas.outbox.models import OutboxRow

SCRIPT = Path(__file__).with_name("worker_process.py")
LEASE_SECONDS = 2
ROWS = 16


@pytest.mark.django_db(transaction=True)
def test_a_row_whose_worker_is_killed_runs_again_and_nothing_is_lost(tmp_path: Path) -> None:
    city = make_city()
    with transaction.atomic():
        enqueue_many(city, "test.slow", ({"number": number} for number in range(ROWS)))
    log = tmp_path / "log"
    log.touch()

    def said(word: str) -> list[list[str]]:
        return [line.split() for line in log.read_text().splitlines() if line.startswith(word) and len(line.split()) == 3]

    workers = [start_process(SCRIPT, log, LEASE_SECONDS) for _ in range(2)]
    victim, survivor = workers
    try:
        wait_until(lambda: any(pid == str(victim.pid) for _, _, pid in said("begin")))

        def is_in_a_row() -> bool:
            mine = Counter(word for word, _, pid in said("begin") + said("end") if pid == str(victim.pid))
            return mine["begin"] > mine["end"]

        wait_until(is_in_a_row)
        victim.kill()
        victim.wait()
        open_rows = OutboxRow.objects.of(city).filter(done_at=None)
        wait_until(lambda: not open_rows.exists())
        survivor.send_signal(signal.SIGTERM)
        assert survivor.wait(10) == 0
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()

    begun = Counter(number for _, number, _ in said("begin"))
    assert set(begun) == {str(number) for number in range(ROWS)} == {number for _, number, _ in said("end")}
    # The killed worker's row alone ran twice.
    assert sorted(begun.values())[-2:] == [1, 2]
    # One clock for both: never two ticks within its time.
    ticks = sorted(float(at) for _, at, _ in said("tick"))
    assert all(after - before > 0.9 for before, after in pairwise(ticks))
