"""Who reports, who decides, who complains, and who comes near the evidence."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.contributions.rules import is_author, may_moderate
from civitas.kit.verdicts import YES, Verdict, no
from civitas.unlawful.models import Access, Complaint, Evidence, Matter, Report
from civitas.unlawful.queries import restrictions

if TYPE_CHECKING:
    from collections.abc import Collection

    from civitas.cities.models import City
    from civitas.people.actors import Actor

# At least six months after the decision (Article 20); a day more, so that nobody is cut off by an hour.
COMPLAINT_DAYS = 184


def may_handle(actor: Actor, matter: Matter | None = None) -> Verdict:
    """The editorial team and the administrators handle reports of illegal content in their own city."""
    if matter is not None and matter.city_id != actor.city.pk:
        return no(_("We cannot find this."), status=404)
    return may_moderate(actor)


def may_decide_matter(actor: Actor, matter: Matter) -> Verdict:
    """A matter is decided once, and by nobody about their own text; after that only a complaint changes it."""
    allowed = may_handle(actor, matter)
    if not allowed:
        return allowed
    if matter.is_decided:
        return no(_("Somebody of the team has already decided this."), status=409)
    if matter.contribution is not None and is_author(actor, matter.contribution):
        return no(_("You wrote this yourself. Another person of the team decides."))
    return YES


def holds_hidden(city: City, keys: Collection[int]) -> dict[int, Verdict]:
    """Which of these contributions and comments a decision of this room holds out of sight: nothing but a complaint brings them back.

    One query.
    """
    rows = restrictions(city).filter(contribution__in=keys).order_by("pk").values_list("contribution", "outcome")
    return {key: no(_held_by(outcome), status=409) for key, outcome in rows}


def _held_by(outcome: str) -> str:
    if outcome == Matter.Outcome.ILLEGAL:
        return _("This was found to be against the law. Only a complaint against that decision can bring it back.")
    return _("After a report this was found to be against the rules. Only a complaint against that decision can bring it back.")


def complaints_until(matter: Matter) -> dt.datetime | None:
    """Until when a complaint against the decision is taken."""
    decided_at = matter.changed_at or matter.decided_at
    return decided_at + dt.timedelta(days=COMPLAINT_DAYS) if decided_at else None


def may_complain(matter: Matter, report: Report | None, known: Complaint | None) -> Verdict:
    """Reporter and author (`report` None) complain once within six months (Article 20); who has the link needs no login."""
    until = complaints_until(matter)
    if until is None:
        return no(_("This is not decided yet."), status=409)
    if known is not None:
        return no(_("You have already complained. We write to you when we have looked at it."), status=409)
    if report is None and not matter.is_restricted:
        return no(_("Your text stays as it is, so there is nothing to complain about."), status=409)
    if timezone.now() > until:
        return no(_("The six months for a complaint are over. You can still go to court."), status=409)
    return YES


def may_decide_complaint(actor: Actor, complaint: Complaint) -> Verdict:
    """Somebody else than who decided looks at a complaint (Article 20)."""
    allowed = may_handle(actor, complaint.matter)
    if not allowed:
        return allowed
    if complaint.outcome:
        return no(_("Somebody of the team has already decided this."), status=409)
    if actor.participant is not None and complaint.matter.author_id == actor.participant.pk:
        return no(_("You wrote this yourself. Another person of the team decides."))
    if actor.participant is not None and _reporter_of(complaint) == actor.participant.pk:
        return no(_("You complained yourself. Somebody else has to look at it."))
    return _another(
        actor, complaint.matter.decided_by_id, _("You made the decision that this complaint is about. Somebody else has to look at it.")
    )


def _reporter_of(complaint: Complaint) -> int | None:
    """Who complained as a reporter with an account; no query where the report was read along."""
    if complaint.report_id is None:
        return None
    known = Complaint.report.is_cached(complaint)
    report = complaint.report if known else Report.objects.of(complaint.city_id).get(pk=complaint.report_id)
    return report.participant_id if report is not None else None


def may_keep_evidence(actor: Actor, evidence: Evidence | None = None) -> Verdict:
    """Moderators and administrators with a login handle evidence, where the operator has set its key."""
    if evidence is not None and evidence.city_id != actor.city.pk:
        return no(_("We cannot find this."), status=404)
    allowed = may_moderate(actor)
    if not allowed:
        return allowed
    if actor.participant is None:
        return no(_("Evidence needs two people. The city itself is none."))
    if evidence is not None and _is_against(actor, evidence):
        return no(_("You wrote this yourself. Another person of the team decides."))
    if not settings.EVIDENCE_KEY and not settings.DEMO:
        return no(_("The evidence store has no key yet. Whoever runs this platform sets EVIDENCE_KEY."), status=503)
    return YES


def _is_against(actor: Actor, evidence: Evidence) -> bool:
    """Whether the actor wrote what is kept; no query where the thing was read along."""
    matter = evidence.matter if Evidence.matter.is_cached(evidence) else None
    if matter is not None and Matter.contribution.is_cached(matter):
        row = matter.contribution
        return row is not None and is_author(actor, row)
    matters = Matter.objects.of(actor.city).filter(
        pk=evidence.matter_id, contribution__author=actor.participant, contribution__city=actor.city
    )
    return bool(matters.exists())


def may_seal(actor: Actor, evidence: Evidence) -> Verdict:
    """Another person than the one who put it in seals evidence, or refuses it."""
    allowed = may_keep_evidence(actor, evidence)
    if not allowed:
        return allowed
    if evidence.state != Evidence.State.PROPOSED:
        return no(_("Somebody of the team has already decided this."), status=409)
    return _another(actor, evidence.proposed_by_id, _("You put this in yourself. A second person has to seal it."))


def may_ask_access(actor: Actor, evidence: Evidence) -> Verdict:
    """Whoever handles evidence asks to open it, as long as it is there."""
    allowed = may_keep_evidence(actor, evidence)
    if allowed and evidence.state != Evidence.State.SEALED:
        return no(_("This is not sealed, or it is gone."), status=409)
    return allowed


def may_grant(actor: Actor, access: Access) -> Verdict:
    """Another person than the one who asked grants it."""
    allowed = may_ask_access(actor, access.evidence)
    if not allowed:
        return allowed
    if access.granted_at:
        return no(_("Somebody of the team has already decided this."), status=409)
    return _another(actor, access.asked_by_id, _("You asked for this yourself. A second person has to grant it."))


def may_read_evidence(actor: Actor, access: Access) -> Verdict:
    """Who asked and who granted read it, for a short time."""
    allowed = may_ask_access(actor, access.evidence)
    if not allowed:
        return allowed
    mine = actor.participant is not None and actor.participant.pk in {access.asked_by_id, access.granted_by_id}
    if access.kind == Access.Kind.EXTEND or access.until is None or not mine:
        return no(_("Nobody has granted you to open this."))
    if timezone.now() >= access.until:
        return no(_("The time for reading is over. Please ask again."), status=410)
    return YES


def may_erase(actor: Actor, matter: Matter, evidence: Evidence | None) -> Verdict:
    """A thing is erased for good only once it was found illegal, and its evidence is sealed."""
    allowed = may_handle(actor, matter)
    if not allowed:
        return allowed
    allowed = may_keep_evidence(actor, evidence)
    if not allowed:
        return allowed
    if matter.erased_at is not None or matter.contribution_id is None:
        return no(_("This has been erased for good."), status=409)
    if not matter.is_restricted:
        return no(_("Only what is against the law or the rules is erased."), status=409)
    if evidence is None or evidence.state != Evidence.State.SEALED:
        return no(_("Please have the evidence sealed first. After that this can be erased."), status=409)
    return YES


def _another(actor: Actor, first: int | None, sentence: str) -> Verdict:
    if actor.participant is None or first == actor.participant.pk:
        return no(sentence)
    return YES
