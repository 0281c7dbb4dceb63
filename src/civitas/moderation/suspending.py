"""Letting somebody in again whom the team shut out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from civitas.journal.actions import record
from civitas.kit.verdicts import Refused
from civitas.moderation.rules import may_decide
from civitas.people.suspensions import lift

if TYPE_CHECKING:
    from civitas.people.actors import Actor
    from civitas.people.models import Suspension


def let_in(actor: Actor, suspension: Suspension) -> None:
    """End a suspension. Raises Refused (409) when it has ended already."""
    may_decide(actor).require()
    if suspension.city_id != actor.city.pk:
        raise Refused(_("We cannot find this."), status=404)
    if actor.participant is not None and actor.participant.pk == suspension.participant_id:
        raise Refused(_("This is about yourself. Another person of the team decides."))
    with transaction.atomic():
        if not lift(actor.city, [suspension], by=actor.participant):
            raise Refused(_("This person can already take part again."), status=409)
        record(actor.city, by=actor.uid, verb="moderation.let_in", subject=f"suspension:{suspension.pk}")
