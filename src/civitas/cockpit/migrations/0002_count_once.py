from __future__ import annotations

from typing import Any

from django.db import migrations
from django.utils import timezone

from civitas.outbox.lanes import Lane


def count_later(apps: Any, _schema_editor: Any) -> None:
    """Cities that were here before the figures have what they keep counted once, by the worker."""
    City, OutboxRow = apps.get_model("cities", "City"), apps.get_model("outbox", "OutboxRow")
    now = timezone.now()
    rows = [
        OutboxRow(city_id=key, kind="outbox.recount", lane=Lane.WORK, key="recount", payload={}, run_at=now)
        for key in City.objects.order_by("pk").values_list("pk", flat=True)
    ]
    OutboxRow.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("cockpit", "0001_ledger_and_figures"), ("outbox", "0003_lanes")]
    operations = [migrations.RunPython(count_later, migrations.RunPython.noop, elidable=True)]
