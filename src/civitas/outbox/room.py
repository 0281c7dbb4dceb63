"""What the outbox declares to the ground."""

from __future__ import annotations

from typing import Any

from civitas.kit.rooms import Quotes, Room
from civitas.outbox.models import OutboxRow
from civitas.outbox.queries import failed_count


def _errors(city: Any, _ids: list[int]) -> Any:
    return OutboxRow.objects.of(city).exclude(last_error="")


ROOM = Room(key="outbox", figures={"outbox_failed": failed_count}, quotes=(Quotes(_errors, ("last_error",), anywhere=True),))
