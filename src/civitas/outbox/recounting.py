"""For migrations after which counts that rooms keep are no longer what they say: the worker puts them right, and nobody has to do it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from civitas.outbox.lanes import Lane


def recount_later(apps: Any, _schema_editor: Any) -> None:
    """Note for each city that is there that what is kept is counted anew, once."""
    cities, outbox = (apps.get_model(*model)._default_manager for model in (("cities", "City"), ("outbox", "OutboxRow")))
    now = timezone.now()
    row = {"kind": "outbox.recount", "lane": Lane.WORK, "key": "recount", "payload": {}, "run_at": now}
    rows = [outbox.model(city_id=key, **row) for key in cities.order_by("pk").values_list("pk", flat=True)]
    outbox.bulk_create(rows, batch_size=500, ignore_conflicts=True)
