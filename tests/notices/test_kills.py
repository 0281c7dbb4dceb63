"""Mail workers that are killed between sending a mail and noting it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from uuid import uuid4

import pytest
from tests.notices.factories import tell
from tests.outbox.factories import make_city
from tests.outbox.processes import start_process, wait_until

from civitas.notices.models import Delivery, Notice
from civitas.outbox.models import OutboxRow

SCRIPT = Path(__file__).with_name("mail_process.py")
LEASE_SECONDS = 1.5
MAILS = 24
KILLS = 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("upstairs")
def test_no_mail_is_missing_and_a_kill_doubles_at_most_one(tmp_path: Path) -> None:
    city = make_city()
    tell(city, [uuid4() for _ in range(MAILS)])
    log = tmp_path / "sent"
    log.touch()

    def sent() -> list[str]:
        return log.read_text().splitlines()

    for _ in range(KILLS):
        worker = start_process(SCRIPT, log, LEASE_SECONDS)
        try:
            before = len(sent())
            wait_until(lambda start=before: len(sent()) >= start + 4)
        finally:
            worker.kill()
            worker.wait()
    worker = start_process(SCRIPT, log, LEASE_SECONDS)
    try:
        wait_until(lambda: not OutboxRow.objects.of(city).filter(done_at=None).exists())
    finally:
        worker.kill()
        worker.wait()

    times = Counter(sent())
    assert set(times) == {f"<{uid}@teststadt.localhost>" for uid in Notice.objects.of(city).values_list("uid", flat=True)}
    assert len(times) == MAILS
    assert sum(times.values()) - MAILS <= KILLS
    assert not Delivery.objects.of(city).filter(sent_at=None).exists()
