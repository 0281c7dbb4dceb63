"""What the cockpit keeps of a person: by which rows they took part, so that nobody is counted twice."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from civitas.cockpit.keeping import forget_deeds, hand_over_deeds
from civitas.cockpit.models import Deed

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.people.models import Participant


def export_deeds(city: City, participant: Participant) -> dict[str, Any]:
    """How often somebody is counted, by what they did; the rows themselves come from the rooms where they were written."""
    acts = Deed.objects.of(city).filter(participant=participant).order_by("pk").values_list("act", flat=True)
    return {"counted": dict(Counter(acts))}


def erase_deeds(city: City, participant: Participant) -> None:
    """Somebody who erased themselves is counted nowhere any more."""
    forget_deeds(city, participant.pk)


def adopt_deeds(city: City, old: Participant, new: Participant) -> None:
    """A guest who signs in is one person, not two."""
    hand_over_deeds(city, old.pk, new.pk)
