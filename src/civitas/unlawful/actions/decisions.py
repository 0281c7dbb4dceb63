"""Decide about what was reported, and about complaints. Articles 16(5), 17, 18 and 20 of the Digital Services Act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.contributions.actions import change_visibility
from civitas.contributions.models import Contribution
from civitas.contributions.rules import held_hidden
from civitas.journal.actions import record
from civitas.kit.refusals import too_long
from civitas.kit.texts import cleaned, cleaned_line
from civitas.kit.verdicts import Refused
from civitas.moderation.cases import hold_cases, settle_report
from civitas.moderation.decisions import reason_shown
from civitas.moderation.queries import standing_hide
from civitas.notices.actions import notify
from civitas.people.rates import spend
from civitas.unlawful.actions.reports import LONGEST_WORDS, check_words
from civitas.unlawful.models import Complaint, Ground, Matter, Mention
from civitas.unlawful.queries import restrictions
from civitas.unlawful.rules import may_complain, may_decide_complaint, may_decide_matter, may_handle

if TYPE_CHECKING:
    import datetime as dt
    from uuid import UUID

    from civitas.cities.models import City
    from civitas.people.actors import Actor
    from civitas.unlawful.models import Report

Visibility = Contribution.Visibility
LONGEST_NORM = 200
_STANDING = {Visibility.PUBLISHED, Visibility.WAITING, Visibility.HIDDEN}


def decide_matter(actor: Actor, matter: Matter, *, outcome: str, ground: str, norm: str, facts: str) -> Matter:
    """Decide with reasons: take the thing out of sight, or leave it. Author and reporters hear of it once, each with their redress.

    Raises Refused (409) when somebody was quicker.
    """
    may_decide_matter(actor, matter).require()
    norm, facts = _checked_reasons(outcome, ground, norm, facts)
    with transaction.atomic():
        row: Matter = Matter.objects.of(actor.city).select_for_update(of=("self",)).select_related("contribution").get(pk=matter.pk)
        may_decide_matter(actor, row).require()
        row.state, row.outcome, row.ground, row.norm, row.facts = Matter.State.DECIDED, outcome, ground, norm, facts
        row.decided_by, row.decided_at = actor.participant, timezone.now()
        row.save()
        _carry_out(actor.city, row)
        _tell(actor.city, row, "decided")
        record(
            actor.city,
            by=actor.uid,
            verb="unlawful.decided",
            subject=row.subject,
            details={"outcome": outcome, "ground": ground, "reports": row.report_count, "matter": row.pk},
        )
    return row


def _checked_reasons(outcome: str, ground: str, norm: str, facts: str) -> tuple[str, str]:
    norm, facts = cleaned_line(norm), cleaned(facts)
    fields = {}
    if outcome not in Matter.Outcome.values:
        fields["outcome"] = _("Please choose a decision.")
    if ground not in Ground.values:
        fields["ground"] = _("Please choose what it may be.")
    if not norm and outcome in {Matter.Outcome.ILLEGAL, Matter.Outcome.RULES}:
        fields["norm"] = _("Please name the paragraph of the law, or the rule. The author has a right to know.")
    elif sentence := too_long(norm, LONGEST_NORM):
        fields["norm"] = sentence
    if not facts:
        fields["facts"] = _("Please give the reasons. Author and reporters read them.")
    elif sentence := too_long(facts, LONGEST_WORDS):
        fields["facts"] = sentence
    if fields:
        raise Refused(_("Something is missing. Please look at the marked fields."), status=400, fields=fields)
    return norm, facts


def _carry_out(city: City, matter: Matter) -> None:
    """Take the thing out of sight everywhere, or bring it back, as the matter's outcome says; the matter learns who wrote it.

    The matter is saved already, so that what it no longer holds comes back, and what it holds does not.
    """
    if matter.contribution_id is None:
        return
    hold_cases(city, matter.contribution_id)
    things = Contribution.objects.of(city).select_for_update(of=("self",)).select_related("author")
    thing: Contribution = things.get(pk=matter.contribution_id)
    matter.author = thing.author or matter.author
    if matter.is_restricted and thing.visibility in _STANDING:
        matter.was_visibility, matter.was_reason = _as_before_all(city, matter, thing)
        thing = change_visibility(city, thing, Visibility.HIDDEN, reason=matter.norm)
    elif not matter.is_restricted and thing.visibility == Visibility.HIDDEN and matter.changed_at is not None:
        visibility, reason = state_without(city, matter, thing)
        thing = change_visibility(city, thing, visibility, reason=reason)
    matter.save(update_fields=["author", "was_visibility", "was_reason"])
    settle_report(city, thing, by=matter.decided_by)


def _as_before_all(city: City, matter: Matter, thing: Contribution) -> tuple[str, str]:
    """How the thing stood before this decision, and before each other that holds it out of sight already."""
    first = restrictions(city).filter(contribution=thing).exclude(pk=matter.pk).order_by("pk").first()
    return (first.was_visibility, first.was_reason) if first is not None else (thing.visibility, thing.hidden_reason)


def state_without(city: City, matter: Matter, thing: Contribution) -> tuple[str, str]:
    """How a thing stands that this decision held out of sight and holds no longer: as before it, unless anything else hides it now.

    Gives the visibility, and the reason where it stays hidden.
    """
    other = restrictions(city).filter(contribution=thing).exclude(pk=matter.pk).order_by("-pk").first()
    if other is not None:
        return Visibility.HIDDEN, other.norm
    if matter.was_visibility == Visibility.HIDDEN:
        return Visibility.HIDDEN, matter.was_reason
    hiding = standing_hide(city, thing)
    if hiding is not None and matter.decided_at is not None and (hiding.at > matter.decided_at or not matter.was_visibility):
        return Visibility.HIDDEN, reason_shown(hiding.reason, hiding.text)
    held = held_hidden(city, [thing]).get(thing.pk)
    if held is not None:
        return Visibility.HIDDEN, str(held.reason)[:300]
    return matter.was_visibility or Visibility.PUBLISHED, ""


def _tell(city: City, matter: Matter, event: str) -> None:
    """The statement of reasons goes to the author where the thing was restricted or is back, the outcome to all who reported it."""
    if matter.author and (matter.is_restricted or matter.changed_at is not None):
        notify(city, [matter.author.uid], "unlawful.statement", f"matter:{matter.pk}", event)
    reporters = Mention.objects.of(city).filter(matter=matter).order_by("pk").values_list("report__uid", flat=True)
    notify(city, list(reporters), "unlawful.outcome", f"matter:{matter.pk}", event)


def note_police_told(actor: Actor, matter: Matter, *, on: dt.date | None) -> None:
    """Note the day on which a danger to somebody's life was told to the police (Article 18); None takes a slip back."""
    may_handle(actor, matter).require()
    if on is not None and on > timezone.localdate():
        sentence = _("This day has not come yet.")
        raise Refused(sentence, status=400, fields={"told_on": sentence})
    with transaction.atomic():
        if not Matter.objects.of(actor.city).filter(pk=matter.pk).exclude(told_police_on=on).update(told_police_on=on):
            return  # it says so already
        details = {"on": on.isoformat() if on else None, "matter": matter.pk}
        record(actor.city, by=actor.uid, verb="unlawful.police_told", subject=matter.subject, details=details)


def complain(actor: Actor, matter: Matter, report: Report | None, *, uid: UUID, text: str) -> Complaint:
    """Disagree with a decision, once, as a reporter or (`report` None) as the author, over the link that only they have."""
    known = Complaint.objects.of(actor.city).filter(matter=matter, report=report).first()
    if known is not None and known.uid == uid:
        return known
    may_complain(matter, report, known).require()
    text = cleaned(text)
    check_words(text, "text", _("Please say why you do not agree."))
    try:
        with transaction.atomic():
            spend(actor, "report")
            made: Complaint = Complaint.objects.create(city=actor.city, uid=uid, matter=matter, report=report, text=text)
            side = "reporter" if report else "author"
            record(actor.city, by=None, verb="unlawful.complained", subject=f"matter:{matter.pk}", details={"by": side})
            return made
    except IntegrityError:  # sent twice in the same instant
        twin: Complaint | None = Complaint.objects.of(actor.city).filter(matter=matter, report=report).first()
        if twin is None:
            raise
        return twin


def decide_complaint(actor: Actor, complaint: Complaint, *, outcome: str, reasons: str, norm: str = "") -> Complaint:
    """Another person than who decided looks at it again: the decision stands, or is turned round; both sides hear of a change once.

    What is turned round into 'not shown' needs a norm.
    """
    may_decide_complaint(actor, complaint).require()
    reasons, norm = cleaned(reasons), cleaned_line(norm)
    with transaction.atomic():
        row: Complaint = (
            Complaint.objects.of(actor.city)
            .select_for_update(of=("self",))
            .select_related("matter", "matter__author", "report")
            .get(pk=complaint.pk)
        )
        may_decide_complaint(actor, row).require()
        matter: Matter = Matter.objects.of(actor.city).select_for_update(of=("self",)).select_related("author").get(pk=row.matter_id)
        _check_complaint(matter, outcome, reasons, norm)
        row.outcome, row.reasons, row.decided_by, row.decided_at = outcome, reasons, actor.participant, timezone.now()
        row.save()
        if outcome == Complaint.Outcome.CHANGED:
            matter.outcome = Matter.Outcome.LAWFUL if matter.is_restricted else Matter.Outcome.ILLEGAL
            matter.norm, matter.facts = norm, reasons
            matter.decided_by, matter.changed_at = actor.participant, timezone.now()
            matter.save()
            _carry_out(actor.city, matter)
            _tell(actor.city, matter, f"complaint-{row.pk}")
        elif row.report is not None:
            notify(actor.city, [row.report.uid], "unlawful.complaint", f"complaint:{row.pk}", "kept")
        elif matter.author is not None:
            notify(actor.city, [matter.author.uid], "unlawful.complaint", f"complaint:{row.pk}", "kept")
        record(
            actor.city,
            by=actor.uid,
            verb="unlawful.complaint_decided",
            subject=f"complaint:{row.pk}",
            details={"outcome": outcome, "matter": matter.pk},
        )
    return row


def _check_complaint(matter: Matter, outcome: str, reasons: str, norm: str) -> None:
    fields = {}
    if outcome not in Complaint.Outcome.values:
        fields["outcome"] = _("Please choose a decision.")
    if not reasons:
        fields["reasons"] = _("Please give the reasons. Author and reporters read them.")
    elif sentence := too_long(reasons, LONGEST_WORDS):
        fields["reasons"] = sentence
    if outcome == Complaint.Outcome.CHANGED and not matter.is_restricted and not norm:
        fields["norm"] = _("Please name the paragraph of the law, or the rule. The author has a right to know.")
    elif sentence := too_long(norm, LONGEST_NORM):
        fields["norm"] = sentence
    if fields:
        raise Refused(_("Something is missing. Please look at the marked fields."), status=400, fields=fields)
    if outcome == Complaint.Outcome.CHANGED and matter.is_restricted and matter.erased_at is not None:
        sentence = _("The text was erased for good and cannot be shown again. Please say so in the reasons, and let the decision stand.")
        raise Refused(sentence, status=409)
