"""A process with an owner, a moderator and people who gave something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.factories import make_area, make_city, make_contribution, make_guest, make_process, make_staff, make_step

from civitas.kit.translated import Translated
from civitas.people.actors import actor_of
from civitas.reporting.actions import put_together

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.contributions.models import Contribution
    from civitas.people.actors import Actor
    from civitas.people.models import Participant
    from civitas.processes.models import Process
    from civitas.reporting.models import Report


@dataclass
class House:
    """The city, its process with a step, and who works on its report."""

    city: City
    process: Process
    step: Any
    ada: Participant  # owns processes
    jule: Participant  # of the editorial team

    @property
    def owner(self) -> Actor:
        return actor_of(self.ada)

    @property
    def moderator(self) -> Actor:
        return actor_of(self.jule)

    def voices(self, count: int, **fields: Any) -> list[Contribution]:
        return [make_contribution(self.step, f"Ein Baum {number}", author=make_guest(self.city), **fields) for number in range(count)]

    def report(self) -> Report:
        report = put_together(self.owner, self.process)
        report.process = self.process
        return report


def make_house() -> House:
    """Hamburg asks what is missing in Ottensen."""
    city = make_city("hamburg")
    make_area(city, "Ottensen")
    process = make_process(city, "ottensen", title=Translated({"de": "Ottensen"}), question=Translated({"de": "Was fehlt in Ottensen?"}))
    step = make_step(process, position=1)
    return House(city, process, step, make_staff(city, "owner", "Ada"), make_staff(city, "moderator", "Jule"))
