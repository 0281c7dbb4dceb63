"""What the worker does for concepts: tell of decisions, keep stages when links change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from civitas.contributions.models import Contribution, Link
from civitas.coproduction.actions.beginning import open_concept
from civitas.coproduction.actions.gates import told_of_decision
from civitas.coproduction.actions.handing_over import hand_over_decisions
from civitas.coproduction.models import GateDecision
from civitas.coproduction.stages import keep_stage
from civitas.notices.actions import notify
from civitas.outbox.tasks import task
from civitas.people.models import Participant

if TYPE_CHECKING:
    from civitas.cities.models import City

HAND_OVER = "coproduction.hand_over"


@task("coproduction.tell_of_decision")
def tell_of_decision(city: City, decision: int) -> None:
    """Tell those who wrote a concept what was decided about it; safe to run twice."""
    rows = GateDecision.objects.of(city).select_related("gate__concept__contribution")
    made = rows.filter(pk=decision).first()
    if made is None:
        return
    people = Participant.objects.of(city).filter(pk__in=told_of_decision(city, made.gate.concept), erased_at=None)
    with transaction.atomic():
        told = [uid for pk, uid in people.order_by("pk").values_list("pk", "uid") if pk != made.by_id]
        notify(city, told, "coproduction.decided", f"gate:{made.gate_id}", f"decision-{made.pk}")


@task(HAND_OVER)
def hand_over_from(city: City, participant: int) -> None:
    """See to the decisions that wait for somebody who has lost a role; safe to run twice."""
    hand_over_decisions(city, participant)


@task("coproduction.linked")
def keep_stage_of(city: City, source: int, target: int, kind: str, made: int, by: str = "") -> None:
    """Keep the stage of a concept that led to a service, also one that nobody has opened, or does not any more; safe to run twice."""
    if kind != Link.Kind.LED_TO or not Contribution.objects.of(city).filter(pk=target, kind=Contribution.Kind.SERVICE_STORY).exists():
        return
    with transaction.atomic():
        row = Contribution.objects.of(city).filter(pk=source, kind=Contribution.Kind.CONCEPT).select_related("city").first()
        if row is not None:
            concept, _is_new = open_concept(row)
            keep_stage(city, concept.pk)
