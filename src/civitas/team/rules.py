"""Who may look after the team, and who may say that somebody is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.kit.verdicts import YES, Verdict, no
from civitas.people.models import Role

if TYPE_CHECKING:
    from civitas.people.actors import Actor
    from civitas.people.models import Participant


def may_see_team(actor: Actor) -> Verdict:
    """Who works for the city sees who else does."""
    return YES if actor.is_staff else no(_("Only the city's team can look in here."))


def may_lead(actor: Actor) -> Verdict:
    """Administrators invite, take roles away and say for others that they are away."""
    return YES if actor.has(Role.ADMINISTRATOR) else no(_("Only the city's administrators give roles."))


def may_set_absence(actor: Actor, participant: Participant) -> Verdict:
    """Everybody of the team says it of themselves, administrators of everybody."""
    if participant.city_id != actor.city.pk or participant.erased_at:
        return no(_("We cannot find this person."), status=404)
    entered = may_see_team(actor)
    if not entered:
        return entered
    if actor.participant is not None and actor.participant.pk == participant.pk:
        return YES
    return YES if actor.has(Role.ADMINISTRATOR) else no(_("Only this person or an administrator can change this."))
