"""A city with a department, its team and a contribution that waits."""

from dataclasses import dataclass
from typing import Any

from tests.factories import make_city, make_contribution, make_organisation, make_participant, make_process, make_staff, make_step

from civitas.answering.actions.assigning import assign_new
from civitas.contributions.models import Contribution
from civitas.people.actors import Actor, actor_of
from civitas.processes.models import Step


@dataclass
class Town:
    """What the tests of answering stand on."""

    city: Any
    step: Step
    office: Any
    other_office: Any
    expert: Any
    other_expert: Any
    moderator: Any
    owner: Any
    author: Any

    def actor(self, name: str) -> Actor:
        """Somebody of the town as an actor."""
        person = getattr(self, name)
        person.city = self.city
        return actor_of(person)

    def give(self, title: str = "Eine Bank am Kanal", **fields: Any) -> Contribution:
        """A published contribution of the author's that lies on the desk."""
        row = make_contribution(self.step, title, **{"author": self.author} | fields)
        assign_new(self.city, [row])
        return self.read(row)

    def read(self, row: Contribution) -> Contribution:
        """The contribution as it stands, with what pages read along."""
        rows = Contribution.objects.of(self.city).select_related("process", "step", "author", "organisation", "root")
        found: Contribution = rows.get(pk=row.pk)
        return found


def make_town() -> Town:
    """Hamburg with two departments, an expert in each, an editorial team and an owner."""
    city = make_city("hamburg")
    office, other = make_organisation(city, "Grünamt"), make_organisation(city, "Bauamt")
    return Town(
        city, make_step(make_process(city)), office, other,
        make_staff(city, "expert", "Olaf", organisation=office), make_staff(city, "expert", "Silke", organisation=other),
        make_staff(city, "moderator", "Jule"), make_staff(city, "owner", "Nils"), make_participant(city, "Marthe"),
    )  # fmt: skip
