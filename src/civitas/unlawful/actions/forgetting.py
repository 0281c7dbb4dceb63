"""What goes: names and words of old reports, and what a person who leaves has reported. Sealed evidence is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from civitas.kit.rooms import Going, Postponing, Retention
from civitas.notices.actions import erase_notices
from civitas.unlawful.models import Complaint, Matter, Mention, Question, Report

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from civitas.cities.models import City
    from civitas.people.models import Participant

_EMPTIED_AT_ONCE = 200
_NO_WORDS = {"name": "", "mail": "", "explanation": "", "wants_mail": False, "participant": None}


def old_reports(city: City, before: dt.datetime) -> QuerySet[Report]:
    """Reports that came before that moment and about which everything was decided before it."""
    young = Mention.objects.of(city).filter(matter__decided_at__gte=before).values("report")
    waiting = Mention.objects.of(city).filter(matter__decided_at=None).values("report")
    rows = Report.objects.of(city).filter(emptied_at=None, at__lt=before).exclude(pk__in=young).exclude(pk__in=waiting)
    found: QuerySet[Report] = rows.order_by("at", "pk")
    return found


def _show(rows: QuerySet[Report]) -> list[Going]:
    """Reports by their file number alone."""
    return [Going(row.pk, gettext("Report no. %(number)s") % {"number": row.number}, row.at) for row in rows]


def empty_reports(city: City, rows: QuerySet[Report]) -> int:
    """Take names, mail addresses and words out of some of these; numbers and grounds stay. Returns how many."""
    reports = list(rows[:_EMPTIED_AT_ONCE])
    for report in reports:
        _empty(city, report)
    return len(reports)


OLD_REPORTS = Retention(
    _("Names and words of reports of illegal content"),
    old_reports,
    empty_reports,
    setting="keep_decisions_months",
    said=_("Your name and words, if you report illegal content"),
    postponing=Postponing("unlawful.reports", _show),
)


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
    Question.objects.of(city).filter(asked_by=participant).update(asked_by=None)


@transaction.atomic
def adopt_reports(city: City, old: Participant, new: Participant) -> None:
    """Hand a guest's reports and decisions over to the account that claimed them."""
    Report.objects.of(city).filter(participant=old).update(participant=new)
    Matter.objects.of(city).filter(author=old).update(author=new)
