"""A city whose team gathers voices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.factories import make_city, make_contribution, make_process, make_staff, make_step

from civitas.kit.ids import uuid7
from civitas.people.actors import Actor, actor_of
from civitas.themes.actions import make_theme

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.contributions.models import Contribution
    from civitas.people.models import Participant


@dataclass
class House:
    """The city, its Bürgersensor's step, and Jule of the team."""

    city: City
    step: Any
    jule: Participant

    @property
    def actor(self) -> Actor:
        return actor_of(self.jule)

    def theme(self, title: str = "Schatten", text: str = "Wo es zu heiß ist.") -> Contribution:
        return make_theme(self.actor, self.step, uid=uuid7(), title=title, text=text)

    def voices(self, count: int, **fields: Any) -> list[Contribution]:
        return [make_contribution(self.step, f"Mehr Schatten {number}", **fields) for number in range(count)]


def make_house() -> House:
    """Hamburg with its Bürgersensor, and Jule who leads workshops."""
    city = make_city("hamburg")
    step = make_step(make_process(city), position=1)
    return House(city, step, make_staff(city, "facilitator", "Jule"))
