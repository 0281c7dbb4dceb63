"""Reading reports: one with its sections, its editions, the desk's list, and who is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civitas.contributions.models import Contribution
from civitas.notices.models import Notice
from civitas.processes.models import STANDING_SLUG, Process
from civitas.reporting.models import Chapter, Edition, EditionText, Report, Section

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from civitas.cities.models import City

RELEASED = "report.released"
MOST_PROCESSES = 200
_ORDER = {chapter: position for position, chapter in enumerate(Chapter.values)}


def process_by_slug(city: City, slug: str) -> Process | None:
    """The process of this address, with who is responsible for it."""
    row: Process | None = Process.objects.of(city).filter(slug=slug).select_related("organisation").first()
    return row


def report_of(process: Process) -> Report | None:
    """The report on a process, while it is written."""
    rows = Report.objects.of(process.city_id).filter(process=process)
    row: Report | None = rows.select_related("process", "process__organisation", "asked_by").first()
    return row


def sections_of(report: Report) -> list[Section]:
    """The sections in their order."""
    rows = Section.objects.of(report.city_id).filter(report=report).select_related("changed_by")
    return sorted(rows.order_by("pk"), key=lambda section: _ORDER[section.chapter])


def editions_of(process: Process) -> list[Edition]:
    """What was released of a process's report, newest first; at most 100."""
    rows = Edition.objects.of(process.city_id).filter(report__process=process, report__city=process.city_id)
    return list(rows.select_related("released_by", "seconded_by", "report").order_by("-number")[:100])


def texts_of(edition: Edition) -> list[EditionText]:
    """The sections of an edition in their order, without empty ones."""
    rows = EditionText.objects.of(edition.city_id).filter(edition=edition).exclude(text="")
    return sorted(rows.order_by("pk"), key=lambda each: _ORDER[each.chapter])


def desk_rows(city: City) -> list[tuple[Process, Report | None, Edition | None]]:
    """Every process that people saw, newest first, with its report and the last edition; three queries."""
    processes = list(
        Process.objects.of(city).exclude(state=Process.State.DRAFT).exclude(slug=STANDING_SLUG).order_by("-made_at", "-pk")[:MOST_PROCESSES]
    )
    reports = {row.process_id: row for row in Report.objects.of(city).filter(process__in=[row.pk for row in processes])}
    newest: dict[int, Edition] = {}
    for edition in Edition.objects.of(city).filter(report__in=[row.pk for row in reports.values()]).order_by("number"):
        newest[edition.report_id] = edition
    return [(row, report := reports.get(row.pk), newest.get(report.pk) if report else None) for row in processes]


def told_of(report: Report, people: Iterable[UUID]) -> set[UUID]:
    """Those of these people who have heard of this report, in whichever edition; two queries."""
    city = report.city_id
    editions = Edition.objects.of(city).filter(report=report).order_by("pk").values_list("pk", flat=True)
    notices = Notice.objects.of(city).filter(recipient__in=list(people), kind=RELEASED, subject__in=[f"edition:{key}" for key in editions])
    return set(notices.values_list("recipient", flat=True))


def givers_after(city: City, process: int, last: int, *, size: int) -> list[tuple[int, UUID]]:
    """The next people (key, uid) of whom something is shown in a process, a comment too, by key; one query."""
    rows = Contribution.objects.of(city).filter(process=process, author__pk__gt=last, author__erased_at=None)
    rows = rows.filter(visibility=Contribution.Visibility.PUBLISHED)
    return list(rows.order_by("author__pk").values_list("author__pk", "author__uid").distinct()[:size])
