"""A service starts a process of its own: to improve it, or to transform or end it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.journal.actions import record
from civitas.kit.texts import slugified
from civitas.kit.verdicts import Refused
from civitas.people.actors import city_actor
from civitas.processes.actions import create_process
from civitas.processes.models import Process
from civitas.processes.rules import may_steer
from civitas.provision.actions.catalogue import bring_into
from civitas.provision.models import ServiceProcess
from civitas.provision.rules import may_keep
from civitas.provision.wording import in_every_language
from civitas.services.models import Service

if TYPE_CHECKING:
    from civitas.people.actors import Actor
    from civitas.processes.template_files import Blueprint

# The state that a service comes into when a process about it opens.
STATES = {
    ServiceProcess.Purpose.IMPROVE: Service.Status.IMPROVING,
    ServiceProcess.Purpose.TRANSFORM: Service.Status.TRANSFORMED,
}


@transaction.atomic
def begin_process(actor: Actor, service: Service, *, purpose: str, like: Blueprint) -> Process:
    """A draft of a process about a service, from a template; while one lies as a draft, pressing again gives that one."""
    may_keep(actor, service).require()
    may_steer(actor).require()
    if purpose not in ServiceProcess.Purpose.values:
        raise Refused(_("Please choose one."), status=400, fields={"purpose": _("Please choose one.")})
    row: Service = Service.objects.of(actor.city).select_for_update(of=("self",)).get(pk=service.pk)
    row.city = actor.city
    rows = ServiceProcess.objects.of(actor.city).filter(service=row, process__city=actor.city).select_related("process")
    draft = rows.filter(purpose=purpose, process__state=Process.State.DRAFT).first()
    if draft is not None:
        found: Process = draft.process
        return found
    improves = purpose == ServiceProcess.Purpose.IMPROVE
    title = in_every_language(lambda: (_("Better: %(name)s") if improves else _("What becomes of “%(name)s”?")) % {"name": row.name})
    question = in_every_language(
        lambda: (
            (_("What should be better about “%(name)s”?") if improves else _("Should “%(name)s” become something else, or end?"))
            % {"name": row.name}
        )
    )
    slug = _free_slug(actor, slugified(title.in_language("de")))
    process = create_process(actor, title=title, question=question, slug=slug, like=like)
    ServiceProcess.objects.create(city=actor.city, service=row, process=process, purpose=purpose, by=actor.participant)
    subject = f"process:{process.pk}"
    record(actor.city, by=actor.uid, verb="service.process_begun", subject=subject, details={"service": row.pk, "purpose": purpose})
    return process


def _free_slug(actor: Actor, slug: str) -> str:
    taken = set(Process.objects.of(actor.city).filter(slug__startswith=slug).values_list("slug", flat=True))
    return next(name for number in range(1, len(taken) + 2) if (name := slug if number == 1 else f"{slug}-{number}") not in taken)


@transaction.atomic
def follow_opened(row: ServiceProcess) -> None:
    """Bring a service into the state that fits the process about it, which has opened; once, whoever calls."""
    city = row.city
    held = ServiceProcess.objects.of(city).select_for_update(of=("self",)).select_related("process").get(pk=row.pk)
    if held.opened_at is not None:
        return
    held.opened_at = timezone.now()
    held.save(update_fields=["opened_at"])
    service: Service = Service.objects.of(city).select_for_update(of=("self",)).get(pk=held.service_id)
    service.city = city
    status = STATES[ServiceProcess.Purpose(held.purpose)]
    if service.status in {Service.Status.ENDED, status}:
        return
    reason = in_every_language(lambda: _("People are asked about it: %(title)s") % {"title": held.process.title})
    bring_into(city_actor(city), service, status, reason=reason)
