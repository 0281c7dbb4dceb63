"""Concepts that may become services: what the gates said, and whether one did already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civitas.contributions.models import Contribution
from civitas.coproduction.queries import passed_gates
from civitas.provision.models import ServiceStory

if TYPE_CHECKING:
    from civitas.cities.models import City


def concept_by_number(city: City, number: int) -> Contribution | None:
    """A concept that is shown; None if the city has none of that number."""
    rows = Contribution.objects.of(city).filter(number=number, kind=Contribution.Kind.CONCEPT, listed=1)
    found: Contribution | None = rows.select_related("process", "step", "author", "organisation").first()
    return found


def has_passed(concept: Contribution) -> bool:
    """Whether the concept's last gate said go on."""
    return passed_gates(concept)


def concept_of_service(city: City, number: int) -> Contribution | None:
    """A concept of this number, shown or not; None if the city has none."""
    found: Contribution | None = Contribution.objects.of(city).filter(number=number, kind=Contribution.Kind.CONCEPT).first()
    return found


def story_from(city: City, concept: Contribution) -> ServiceStory | None:
    """What the concept became in the catalogue; None as long as it did not."""
    rows = ServiceStory.objects.of(city).filter(concept=concept).select_related("service", "contribution")
    found: ServiceStory | None = rows.first()
    return found
