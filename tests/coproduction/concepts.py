"""A concept in a city, with somebody who writes it and somebody who decides about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils import timezone
from tests.factories import make_city, make_participant, make_process, make_staff, make_step

from civitas.coproduction.actions.beginning import begin_concept
from civitas.coproduction.actions.gates import Decided, Plan, add_gate, lay_before
from civitas.coproduction.queries import member_of
from civitas.kit.ids import uuid7
from civitas.people.actors import actor_of

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.coproduction.models import Concept, Gate, Member
    from civitas.people.actors import Actor
    from civitas.people.models import Participant
    from civitas.processes.models import Step

TITLE = "Hitze-Telefon für Menschen, die allein wohnen"


@dataclass
class Town:
    """Hamburg with a concept that Alice began; Olaf leads concepts, Emma decides."""

    city: City
    step: Step
    alice: Participant
    olaf: Participant
    emma: Participant
    concept: Concept

    def actor(self, person: Participant) -> Actor:
        """The person as they act."""
        return actor_of(person)

    def member(self, person: Participant) -> Member | None:
        """How somebody stands to the concept."""
        return member_of(actor_of(person), self.concept)


def make_town(slug: str = "hamburg") -> Town:
    """See `Town`."""
    city = make_city(slug)
    step = make_step(make_process(city))
    alice, olaf, emma = make_participant(city, "Alice"), make_staff(city, "owner", "Olaf"), make_staff(city, "expert", "Emma")
    concept = begin_concept(actor_of(alice), uid=uuid7(), title=TITLE, text="Ein Anruf am Vormittag, wenn es heiß wird.")
    return Town(city, step, alice, olaf, emma, concept)


def more_of(town: Town, title: str) -> Town:
    """The same city and people with another concept that Alice began."""
    concept = begin_concept(actor_of(town.alice), uid=uuid7(), title=title, text="Ein Anruf am Vormittag, wenn es heiß wird.")
    return replace(town, concept=concept)


def make_gate(town: Town, title: str = "Erproben?", *, waits: bool = True, deciders: tuple[Participant, ...] = ()) -> Gate:
    """A gate at which Emma decides, unless told otherwise."""
    people = [person.pk for person in deciders or (town.emma,)]
    gate = add_gate(actor_of(town.olaf), town.concept, Plan(title, "Lohnt sich der Versuch?", "Sozialausschuss", people))
    if waits:
        gate = lay_before(actor_of(town.olaf), gate)
    gate.concept = town.concept
    return gate


def decided(verdict: str = "go", **changes: object) -> Decided:
    """A decision as it is typed."""
    values = {"reason": "Der Bedarf ist gut belegt.", "body": "Sozialausschuss", "decided_on": timezone.localdate() - dt.timedelta(days=1)}
    return Decided(verdict, **(values | changes))  # type: ignore[arg-type]  # plain values of a test
