"""What the journal declares to the ground: what it keeps of a person, and the figure of what awaits its seal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy

from civitas.journal.actions import adopt, forget
from civitas.journal.models import Alias, Entry
from civitas.journal.queries import unsealed
from civitas.kit.rooms import PersonalData, Room

if TYPE_CHECKING:
    from civitas.cities.models import City

_EXPORTED = 10_000
# The link to the public page, in the frame's footer.
RECORD = gettext_lazy("Public record")


def export_person(city: City, participant: Any) -> dict[str, Any]:
    """What a participant did that is on record: the newest 10,000 entries under the alias."""
    alias = Alias.objects.of(city).filter(person=participant.uid).first()
    if alias is None:
        return {}
    entries = Entry.objects.of(city).filter(alias=alias.alias).order_by("-pk")[:_EXPORTED]
    return {"journal": [{"at": entry.at.isoformat(), "verb": entry.verb, "subject": entry.subject} for entry in entries]}


def erase_person(city: City, participant: Any) -> None:
    """Erase the key from the participant to the alias."""
    forget(city, participant.uid)


def adopt_person(city: City, old: Any, new: Any) -> None:
    """Hand the alias of a claimed guest over."""
    adopt(city, old=old.uid, new=new.uid)


def unsealed_count(city: City) -> int:
    """How many entries await their seal."""
    return unsealed(city).count()


ROOM = Room(
    key="journal",
    personal_data=PersonalData(export_person, erase_person, adopt_person),
    figures={"journal_unsealed": unsealed_count},
)
