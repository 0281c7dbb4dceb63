"""Who may look after the team, who may say that somebody is away, and which invitations still hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.kit.verdicts import YES, Verdict, no
from civitas.people.models import Role

if TYPE_CHECKING:
    from civitas.people.actors import Actor
    from civitas.people.models import Participant
    from civitas.team.models import BarrierReport, Invitation, ShiftNote

# The status of an invitation that held once.
GONE = 410


def may_see_team(actor: Actor) -> Verdict:
    """Who works for the city sees who else does."""
    return YES if actor.is_staff else no(_("Only the city's team can look in here."))


def may_lead(actor: Actor) -> Verdict:
    """Administrators invite, give roles and take them away, and say for others that they are away."""
    return YES if actor.has(Role.ADMINISTRATOR) else no(_("Only the city's administrators give roles."))


def may_word_mails(actor: Actor) -> Verdict:
    """Administrators and the editorial team word the mails that people get each day or week."""
    if actor.has(Role.ADMINISTRATOR) or actor.has(Role.MODERATOR):
        return YES
    return no(_("Only administrators and the editorial team change the texts of mails."))


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


def may_accept(invitation: Invitation) -> Verdict:
    """An invitation holds until it is used, taken back, or 14 days old."""
    if invitation.used_at:
        return no(_("This invitation was already accepted. If it was you, simply sign in."), status=GONE)
    if invitation.withdrawn_at:
        return no(_("This invitation was taken back. If that surprises you, please ask who invited you."), status=GONE)
    if invitation.until <= timezone.now():
        return no(_("This invitation has run out after 14 days. Please ask for a new one."), status=GONE)
    if invitation.ends_on and invitation.ends_on < invitation.city.today:
        return no(_("The role in this invitation is over already. Please ask for a new one."), status=GONE)
    return YES


def may_answer_barrier(actor: Actor, report: BarrierReport | None = None) -> Verdict:
    """The team reads and answers reports of barriers in its own city."""
    if report is not None and report.city_id != actor.city.pk:
        return no(_("We cannot find this report."), status=404)
    return may_see_team(actor)


def may_note(actor: Actor, note: ShiftNote | None = None) -> Verdict:
    """The team writes, pins and ticks off notes in its own city."""
    if note is not None and note.city_id != actor.city.pk:
        return no(_("We cannot find this note."), status=404)
    return may_see_team(actor)
