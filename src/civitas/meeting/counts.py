"""How many people join in with each contribution and how many offer help: kept by the actions, counted from scratch for repair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, F, Q

from civitas.meeting.models import Joining, Turnout

if TYPE_CHECKING:
    from civitas.cities.models import City

_COLUMN = {Joining.Role.JOIN.value: "joins", Joining.Role.HELP.value: "helps"}


def count_turnout(city: City, contribution: int, role: str, change: int) -> None:
    """Keep the number of those who join in or help."""
    if not change:
        return
    column = _COLUMN[role]
    rows = Turnout.objects.of(city).filter(contribution=contribution)
    if not rows.update(**{column: F(column) + change}):
        Turnout.objects.bulk_create([Turnout(city=city, contribution_id=contribution)], ignore_conflicts=True)
        rows.update(**{column: F(column) + change})


def miscounts(city: City) -> list[str]:
    """Where the kept numbers (joins, helps) differ from a count of the joinings that are shown; empty when all is well."""
    counted = _counted(city)
    kept = {row.contribution_id: (row.joins, row.helps) for row in Turnout.objects.of(city)}
    return [
        f"turnout of contribution {key}: kept {kept.get(key, (0, 0))}, counted {counted.get(key, (0, 0))}"
        for key in sorted(kept.keys() | counted.keys())
        if kept.get(key, (0, 0)) != counted.get(key, (0, 0))
    ]


@transaction.atomic
def recount(city: City) -> None:
    """Count a city's joinings from scratch and put the result in the place of what was kept."""
    Turnout.objects.of(city).delete()
    rows = (Turnout(city=city, contribution_id=key, joins=joins, helps=helps) for key, (joins, helps) in _counted(city).items())
    Turnout.objects.bulk_create(rows, batch_size=1_000)


def _counted(city: City) -> dict[int, tuple[int, int]]:
    shown = Joining.objects.of(city).filter(hidden_at=None).order_by().values("contribution")
    sums = {column: Count("pk", filter=Q(role=role)) for role, column in _COLUMN.items()}
    return {row["contribution"]: (row["joins"], row["helps"]) for row in shown.annotate(**sums)}
