"""The mail that a decision of the queue leads to, to the letter, before it is made."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import timezone

from civitas.kit.texts import cleaned
from civitas.moderation.decisions import SHOWS
from civitas.moderation.models import Appeal, Case, Decision, Verb
from civitas.moderation.queries import appeals_of
from civitas.notices.previews import PreviewedMail, preview_mail
from civitas.people.models import Suspension

if TYPE_CHECKING:
    from civitas.contributions.models import Contribution


def mail_about(case: Case, verb: str, *, reason: str = "", text: str = "", suspend_days: int | None = None) -> PreviewedMail | None:
    """The mail to the author of what a case is about, or to who objects there; None where nobody gets one."""
    row = case.contribution
    if row is None or verb not in Verb.values:
        return None
    now = timezone.now()
    until = now + dt.timedelta(days=suspend_days) if suspend_days else None
    decision = Decision(
        pk=0, city=row.city, case=case, contribution=row, verb=verb, reason=reason, text=cleaned(text), at=now, was_why=case.why,
        suspension=Suspension(city=row.city, until=until) if suspend_days is not None else None,
    )  # fmt: skip
    changes = SHOWS.get(Verb(verb)) not in {None, row.visibility}
    if case.why == Case.Why.APPEAL and verb != Verb.ASK:
        return _to_who_objects(case, decision, changed=changes or verb == Verb.MOVE)
    if row.author is None or row.author.erased_at or not (changes or verb in {Verb.MOVE, Verb.ASK} or suspend_days is not None):
        return None
    return preview_mail(row.city, "moderation.decision", row.author.uid, subject="decision:0", event="made", fetched={"decision": decision})


def _to_who_objects(case: Case, decision: Decision, *, changed: bool) -> PreviewedMail | None:
    appeal = next((each for each in appeals_of(case) if not each.outcome and each.participant), None)
    if appeal is None or appeal.participant is None:
        return None
    row: Contribution | None = case.contribution
    appeal.outcome = Appeal.Outcome.CHANGED if changed else Appeal.Outcome.STAYS
    appeal.outcome_decision, appeal.decision.contribution = decision, row
    return preview_mail(
        appeal.city,
        "moderation.appeal",
        appeal.participant.uid,
        subject=f"appeal:{appeal.pk}",
        event="decided-0",
        fetched={"appeal": appeal},
    )
