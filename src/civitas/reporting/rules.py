"""Who writes a process's report, and who releases it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.kit.verdicts import YES, Verdict, no
from civitas.people.models import Role
from civitas.processes.models import Process
from civitas.processes.policies import in_election_mode

if TYPE_CHECKING:
    from civitas.people.actors import Actor
    from civitas.reporting.models import Report


def may_write(actor: Actor, process: Process | None = None) -> Verdict:
    """Process owners, the editorial team and who leads workshops write reports on what their city asked."""
    if process is not None and (process.city_id != actor.city.pk or process.state == Process.State.DRAFT or process.is_standing):
        return no(_("We cannot find this process."), status=404)
    if actor.has(Role.OWNER, Role.MODERATOR, Role.FACILITATOR):
        return YES
    return no(_("Only the team writes reports."))


def may_release(actor: Actor, process: Process) -> Verdict:
    """Process owners and administrators release a report."""
    written = may_write(actor, process)
    if not written:
        return written
    if actor.has(Role.OWNER):
        return YES
    return no(_("A process owner releases this report."))


def needs_second(actor: Actor, process: Process) -> bool:
    """Whether a second person has to release it: before elections."""
    return in_election_mode(actor.city)


def may_second(actor: Actor, process: Process, report: Report) -> Verdict:
    """The second person is not the first."""
    released = may_release(actor, process)
    if released and report.asked_by_id is not None and actor.participant is not None and report.asked_by_id == actor.participant.pk:
        return no(_("You asked for this yourself. Before elections a second person releases it."), status=409)
    return released
