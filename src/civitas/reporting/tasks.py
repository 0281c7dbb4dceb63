"""What the worker does for reports: tell all who gave something or follow that there is a report, some people at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from civitas.notices.actions import notify
from civitas.outbox.actions import enqueue
from civitas.outbox.tasks import task
from civitas.processes.followers import followers_of
from civitas.reporting.models import Edition
from civitas.reporting.queries import RELEASED, givers_after, told_of

if TYPE_CHECKING:
    from civitas.cities.models import City

AT_ONCE = 500


@task("reporting.tell")
def tell_of_report(city: City, edition: int, after: int) -> None:
    """Tell the next people of a process that its report is there, each once, not again with each edition; safe to run twice."""
    row = Edition.objects.of(city).filter(pk=edition).select_related("report").first()
    if row is None:
        return
    people = givers_after(city, row.report.process_id, after, size=AT_ONCE)
    if not people:
        with transaction.atomic():
            enqueue(city, "reporting.tell_followers", {"edition": row.pk})
        return
    told = told_of(row.report, [uid for _key, uid in people])
    with transaction.atomic():
        notify(city, [uid for _key, uid in people if uid not in told], RELEASED, f"edition:{row.pk}", "released")
        enqueue(city, "reporting.tell", {"edition": row.pk, "after": people[-1][0]})


@task("reporting.tell_followers")
def tell_followers(city: City, edition: int) -> None:
    """Tell who follows the process as well, each once, not again with each edition; safe to run twice."""
    row = Edition.objects.of(city).filter(pk=edition).select_related("report__process").first()
    if row is None:
        return
    for _last, page in followers_of(city, row.report.process):
        told = told_of(row.report, page)
        with transaction.atomic():
            notify(city, [uid for uid in page if uid not in told], RELEASED, f"edition:{row.pk}", "released")
