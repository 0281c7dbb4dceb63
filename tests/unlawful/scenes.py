"""A city with a contribution, and the people round it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.factories import make_city, make_contribution, make_participant, make_process, make_staff, make_step

from civitas.kit.ids import uuid7
from civitas.people.actors import Actor, actor_of
from civitas.unlawful.actions.decisions import decide_matter
from civitas.unlawful.actions.reports import report_unlawful
from civitas.unlawful.models import Matter, Report

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.contributions.models import Contribution
    from civitas.people.models import Participant

MARKER = "Quittenmarmelade"


@dataclass
class Scene:
    """The city, what was given in it, its author, and two people of the team."""

    city: City
    row: Contribution
    author: Participant
    jule: Participant
    timo: Participant

    def report(self, row: Contribution | None = None, **typed: Any) -> Report:
        """Somebody without a login reports a contribution."""
        about = row or self.row
        values = {
            "uid": uuid7(), "addresses": f"http://{self.city.slug}.localhost{about.path}", "ground": "insult",
            "explanation": "Das beleidigt meine Nachbarin.", "name": "Rita Reporter", "mail": "rita@example.org", "in_good_faith": True,
        }  # fmt: skip
        return report_unlawful(Actor(self.city, source="net"), **values | typed)

    def matter(self) -> Matter:
        """The newest matter, fresh from the database."""
        found: Matter = Matter.objects.of(self.city).select_related("contribution", "decided_by", "author").order_by("-pk")[0]
        return found

    def decide(self, outcome: str = "illegal", **typed: Any) -> Matter:
        """Jule decides about the newest matter."""
        values = {"outcome": outcome, "ground": "insult", "norm": "§ 185 StGB", "facts": "Der Text beleidigt eine Person."}
        return decide_matter(actor_of(self.jule), self.matter(), **values | typed)


def make_scene() -> Scene:
    """A published contribution with an author, a moderator and an administrator."""
    step = make_step(make_process(make_city("hamburg")))
    author = make_participant(step.city, "Alice")
    row = make_contribution(step, f"Etwas über {MARKER}", text=f"Im Text steht {MARKER}, und das ist verboten.", author=author)
    return Scene(step.city, row, author, make_staff(step.city, "moderator", "Jule"), make_staff(step.city, "administrator", "Timo"))
