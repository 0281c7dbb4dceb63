"""Telling the rooms above that somebody took part, or took it back, by a row that no other news goes out of: a support, a seat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civitas.kit.rooms import rooms
from civitas.outbox.actions import enqueue_many

if TYPE_CHECKING:
    from collections.abc import Iterable

    from civitas.cities.models import City


def deeds_changed(city: City, act: str, keys: Iterable[int]) -> None:
    """Have the rooms above look at these rows of an act ("support", "write", "decide") as they are then (`Room.on_deeds`).

    Whoever writes or removes such rows calls it, in the same transaction.
    """
    told: list[dict[str, int | str]] = [{"act": act, "key": key} for key in keys]
    for room in rooms() if told else ():
        for task in room.on_deeds:
            enqueue_many(city, task, told)
