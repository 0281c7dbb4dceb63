"""Decisions that wait for somebody who has left the team are made by who stands in for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from civitas.coproduction.actions.gates import tell_deciders
from civitas.coproduction.models import Decider, Gate
from civitas.journal.actions import record
from civitas.people.actors import actor_of
from civitas.people.models import Participant
from civitas.team.queries import deputy_of

if TYPE_CHECKING:
    from civitas.cities.models import City


@transaction.atomic
def hand_over_decisions(city: City, participant: int) -> None:
    """Name the deputy in the place of who has left, wherever a decision is open, and tell them; safe to run twice.

    Where nobody stands in, the others who are named decide. Who was the only one stays named: the team's page says that it waits for
    somebody who has left, and whoever leads the concept names another.
    """
    person = Participant.objects.of(city).filter(pk=participant).select_related("city").first()
    if person is None or actor_of(person).is_staff:
        return
    deputy = deputy_of(person)
    mine = Decider.objects.of(city).filter(participant=person).exclude(gate__state=Gate.State.DECIDED)
    for row in list(mine.select_related("gate", "gate__city").order_by("pk")):
        others = set(Decider.objects.of(city).filter(gate=row.gate).exclude(pk=row.pk).values_list("participant", flat=True))
        rows = Decider.objects.of(city).filter(pk=row.pk)
        if deputy is not None and deputy.pk not in others:
            rows.update(participant=deputy)
            if row.gate.state == Gate.State.WAITING:
                tell_deciders(row.gate, [deputy.pk])
        elif others:
            rows.delete()
        else:
            continue
        record(city, by=None, verb="gate.handed_over", subject=f"gate:{row.gate_id}", details={"deputy": deputy is not None})
