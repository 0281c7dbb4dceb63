"""The row that all hold who change a concept, its people or its gates, so that they come one after the other."""

from __future__ import annotations

from civitas.coproduction.models import Concept


def hold_concept(city: int, key: int) -> Concept:
    """The concept's row, held until the transaction ends; whoever holds a gate or a membership besides holds the concept first."""
    return Concept.objects.of(city).select_for_update(of=("self",)).get(pk=key)
