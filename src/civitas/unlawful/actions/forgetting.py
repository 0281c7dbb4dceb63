"""What goes: names and words of old reports, and what a person who leaves has reported. Sealed evidence is left alone."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from civitas.notices.actions import erase_notices
from civitas.processes.policies import rules_of
from civitas.unlawful.actions.evidence import months_after
from civitas.unlawful.models import Complaint, Matter, Mention, Question, Report

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.people.models import Participant

_EMPTIED_AT_ONCE = 200
_NO_WORDS = {"name": "", "mail": "", "explanation": "", "wants_mail": False, "participant": None}


def empty_old_reports(city: City, today: dt.date) -> int:
    """Take names, mail addresses and words out of reports that were decided long ago, some at a time; numbers and grounds stay.

    How long is `keep_decisions_months` of the city's rules. Returns how many.
    """
    kept_from = months_after(today, -rules_of(city).keep_decisions_months)
    before = dt.datetime.combine(kept_from, dt.time(), dt.UTC)
    young = Mention.objects.of(city).filter(matter__decided_at__gte=before).values("report")
    waiting = Mention.objects.of(city).filter(matter__decided_at=None).values("report")
    old = Report.objects.of(city).filter(emptied_at=None, at__lt=before).exclude(pk__in=young).exclude(pk__in=waiting)
    reports = list(old.order_by("at", "pk")[:_EMPTIED_AT_ONCE])
    for report in reports:
        _empty(city, report)
    return len(reports)


@transaction.atomic
def _empty(city: City, report: Report) -> None:
    Report.objects.of(city).filter(pk=report.pk).update(emptied_at=timezone.now(), **_NO_WORDS)
    Question.objects.of(city).filter(report=report).update(text="", answer="")
    Complaint.objects.of(city).filter(report=report).update(text="")
    erase_notices(city, report.uid)


def export_reports_of(city: City, participant: Participant) -> dict[str, object]:
    """What a participant reported, and what was decided about what they gave."""
    reports = Report.objects.of(city).filter(participant=participant).order_by("pk")
    matters = Matter.objects.of(city).filter(author=participant, state=Matter.State.DECIDED).order_by("pk")
    return {
        "reports": list(reports.values("number", "ground", "explanation", "name", "mail", "at")),
        "decisions": list(matters.values("address", "outcome", "ground", "norm", "facts", "decided_at")),
    }


@transaction.atomic
def erase_reports_of(city: City, participant: Participant) -> None:
    """Make a participant's reports nameless and wordless; decisions about what they gave lose the author. Evidence stays until its date."""
    for report in Report.objects.of(city).filter(participant=participant).order_by("pk"):
        _empty(city, report)
    own = Matter.objects.of(city).filter(author=participant)
    Complaint.objects.of(city).filter(report=None, matter__in=own.values("pk")).update(text="")
    own.update(author=None)


@transaction.atomic
def adopt_reports(city: City, old: Participant, new: Participant) -> None:
    """Hand a guest's reports and decisions over to the account that claimed them."""
    Report.objects.of(city).filter(participant=old).update(participant=new)
    Matter.objects.of(city).filter(author=old).update(author=new)
