"""Leaving as a person sees it once the worker is through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civitas.people.leaving import Texts, erase_some, leave

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.people.models import Participant


def leave_for_good(city: City, person: Participant, *, texts: Texts = Texts.GO) -> None:
    """Leave, and have the worker erase what is to be erased; nothing else of the outbox runs."""
    departure = leave(city, person, texts=texts)
    while erase_some(city, departure.pk):
        pass
