"""Who may change the catalogue, and who may say how a service was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.kit.verdicts import YES, Verdict, no
from civitas.people.models import Role
from civitas.people.pupils import may_come
from civitas.people.suspensions import may_take_part
from civitas.processes.models import STANDING_SLUG

if TYPE_CHECKING:
    from civitas.people.actors import Actor
    from civitas.services.models import Service


def may_read_desk(actor: Actor) -> Verdict:
    """Everybody who works for the city reads the service desk."""
    return YES if actor.is_staff else no(_("This page is for the city’s team."))


def may_keep(actor: Actor, service: Service | None = None) -> Verdict:
    """Process owners and administrators keep the catalogue; experts what their own department provides or answers for, and who a
    service is entrusted to that one."""
    if service is not None and service.city_id != actor.city.pk:
        return no(_("We cannot find this service."), status=404)
    if actor.has(Role.OWNER, Role.ADMINISTRATOR):
        return YES
    if service is not None and actor.has(Role.EXPERT):
        own = {service.organisation_id, service.responsible_id} & actor.organisation_ids
        if own or (actor.participant is not None and service.owner_id == actor.participant.pk):
            return YES
    return no(_("Only process owners, administrators and the department that provides a service change it."))


def may_give_feedback(actor: Actor, service: Service) -> Verdict:
    """Everybody says how a service was, without signing in, as long as it is offered."""
    if service.city_id != actor.city.pk:
        return no(_("We cannot find this service."), status=404)
    if not service.is_offered:
        return no(_("This service is not offered at the moment, so nobody can say how it was."), status=409)
    return may_come(actor.participant, STANDING_SLUG) and may_take_part(actor)
