"""What the worker does for the queue, all at once, and the case of a contribution."""

from __future__ import annotations

from typing import Any

from civitas.contributions.models import Contribution
from civitas.moderation.cases import take_up
from civitas.moderation.models import Case


def look(city: Any) -> None:
    """Look at everything as the worker does at what is new."""
    take_up(city, list(Contribution.objects.of(city).select_related("author", "process", "step", "root").order_by("pk")))


def case_of(row: Any) -> Case:
    """The open case of a contribution, looked up anew."""
    look(row.city)
    cases = Case.objects.of(row.city).select_related("contribution", "held_by").exclude(state="closed")
    found: Case = cases.get(contribution=row.pk)
    return found
