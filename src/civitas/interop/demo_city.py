"""A city while its demo content comes in: the rows that the content names by key, and the moments of its past."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

if TYPE_CHECKING:
    from civitas.cities.models import Area, City
    from civitas.kit.packs import Pack
    from civitas.people.models import Organisation, Participant
    from civitas.processes.models import Category, Step
    from civitas.services.models import Service

_NAMESPACE = UUID("6f1c3a52-8d0e-4f8e-9a5e-2f4f6d3f7c11")
# Between what answers each other on one day.
_PAUSE = dt.timedelta(minutes=17)


def demo_uid(city: City, key: str) -> UUID:
    """The uid of a piece of demo content; the same at every start."""
    return uuid5(_NAMESPACE, f"{city.slug}/{key}")


@dataclass
class Demo:
    """A city with the rows that its demo content names, by key."""

    city: City
    pack: Pack
    now: dt.datetime
    people: dict[str, Participant] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    areas: dict[str, Area] = field(default_factory=dict)
    steps: dict[tuple[str, str], Step] = field(default_factory=dict)  # (process, step)
    categories: dict[tuple[str, str], Category] = field(default_factory=dict)  # (process or '', category)

    def uid(self, key: str) -> UUID:
        """See `demo_uid`."""
        return demo_uid(self.city, key)

    def moment(self, days_ago: float, key: str, *, after: dt.datetime | None = None) -> dt.datetime:
        """When it was: that many days ago at an hour when people write, later than `after`, never in the future."""
        at = self.now - dt.timedelta(days=days_ago)
        if days_ago >= 1:
            hour = random.Random(f"{self.city.slug}/{key}").uniform(7.5, 22)  # noqa: S311  (no secret: the same demo each time)
            midnight = at.astimezone(self.city.zone).replace(hour=0, minute=0, second=0, microsecond=0)
            at = midnight.astimezone(dt.UTC) + dt.timedelta(hours=hour)
        if after is not None:
            at = max(at, after + _PAUSE)
        return min(at, self.now)
