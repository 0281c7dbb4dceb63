"""What the worker does for merging by the clock."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.factories import make_city, make_contribution, make_process, make_step

from civitas.merging.tasks import suggest_again
from civitas.outbox.models import OutboxRow


@pytest.mark.django_db
def test_what_was_given_lately_is_looked_at_once_more_row_by_row_so_that_mails_pass() -> None:
    step = make_step(make_process(make_city()))
    make_contribution(step, "Alt", given_at=timezone.now() - timedelta(days=3))
    make_contribution(step, "Wartet", visibility="waiting")
    fresh = [make_contribution(step, f"Neu {number}").pk for number in range(2)]
    OutboxRow.objects.of(step.city).delete()
    suggest_again()
    rows = OutboxRow.objects.of(step.city).filter(kind="merging.suggest").order_by("pk")
    assert sorted(row.payload["contribution"] for row in rows) == fresh
