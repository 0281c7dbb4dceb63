"""The stage of a concept: what its gates and its links say, kept beside it so that lists can be cut by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civitas.contributions.models import Contribution, Link
from civitas.coproduction.models import Concept, Gate, GateDecision

if TYPE_CHECKING:
    from collections.abc import Collection

    from civitas.cities.models import City

Stage = Concept.Stage
_AFTER = {"go": Stage.GOING_ON, "change": Stage.TO_CHANGE, "stop": Stage.STOPPED}


def stages_of(city: City, concepts: Collection[int]) -> dict[int, str]:
    """The stages of concepts by their keys, from their gates and links; three queries."""
    rows = dict(Concept.objects.of(city).filter(pk__in=concepts).values_list("pk", "contribution_id"))
    links = Link.objects.of(city).filter(kind=Link.Kind.LED_TO, source__in=rows.values())
    served = set(links.filter(target__kind=Contribution.Kind.SERVICE_STORY).values_list("source_id", flat=True))
    waiting = set(Gate.objects.of(city).filter(concept__in=rows, state=Gate.State.WAITING).values_list("concept_id", flat=True))
    decisions = GateDecision.objects.of(city).filter(gate__concept__in=rows).order_by("gate__position", "version")
    last = dict(decisions.values_list("gate__concept_id", "verdict"))
    found = {pk: str(_AFTER.get(last.get(pk, ""), Stage.WRITING)) for pk in rows}
    found |= dict.fromkeys(waiting, str(Stage.DECIDING))
    return found | {pk: str(Stage.SERVICE) for pk, contribution in rows.items() if contribution in served}


def keep_stage(city: City, *concepts: int) -> None:
    """Bring the kept stages of these concepts (keys) in line."""
    for pk, stage in stages_of(city, concepts).items():
        Concept.objects.of(city).filter(pk=pk).exclude(stage=stage).update(stage=stage)


def miscounts(city: City) -> list[str]:
    """Concepts whose kept stage is wrong, in words."""
    kept = dict(Concept.objects.of(city).values_list("pk", "stage"))
    right = stages_of(city, list(kept))
    return [f"concept {pk}: stage {kept[pk]} is {stage}" for pk, stage in right.items() if kept[pk] != stage]


def recount(city: City) -> None:
    """Put every kept stage right."""
    keep_stage(city, *Concept.objects.of(city).values_list("pk", flat=True))
