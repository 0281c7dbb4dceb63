"""Reading processes: what is public, what is open now, one whole with its steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civitas.media.models import Derivative
from civitas.processes.models import STANDING_SLUG, Category, Document, Event, News, Process, ProcessFollow, Step
from civitas.processes.windows import StepState, state_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from civitas.cities.models import City
    from civitas.media.models import MediaFile
    from civitas.people.models import Participant

LONGEST_LIST = 200
LONGEST_FEED = 50


@dataclass(frozen=True)
class RailStep:
    """A step on the rail with its state."""

    step: Step
    state: StepState


@dataclass(frozen=True)
class ProcessView:
    """A process with its rail: what was, what is open now, what comes next."""

    process: Process
    rail: list[RailStep]

    @property
    def open_steps(self) -> list[Step]:
        """The steps that are open now; none while the process is paused."""
        return [] if self.process.is_paused else [item.step for item in self.rail if item.state is StepState.OPEN]

    @property
    def current(self) -> Step | None:
        """The last open step: the one thing asked of people now."""
        return self.open_steps[-1] if self.open_steps else None

    @property
    def next(self) -> Step | None:
        """The first step still to come."""
        return next((item.step for item in self.rail if item.state is StepState.PLANNED), None)

    @property
    def closes_at(self) -> dt.datetime | None:
        """When the current step closes (UTC); None when it never does."""
        return self.current.closes_at if self.current else None

    @property
    def ends_at(self) -> dt.datetime | None:
        """When the last step closes (UTC); None when one never does, or has no date yet."""
        ends = [item.step.closes_at for item in self.rail]
        return max(end for end in ends if end) if ends and all(ends) else None

    @property
    def is_over(self) -> bool:
        """Whether every step has closed."""
        return bool(self.rail) and all(item.state is StepState.CLOSED for item in self.rail)


def public_processes(city: City, *, standing: bool = False) -> list[ProcessView]:
    """Published and archived processes with their rails, those open now first, soonest to close first; two queries, at most 200.

    The standing Bürgersensor is left out unless asked for.
    """
    rows = Process.objects.of(city).exclude(state=Process.State.DRAFT).select_related("organisation").order_by("-made_at")
    if not standing:
        rows = rows.exclude(slug=STANDING_SLUG)
    return sorted(with_rails(city, rows[:LONGEST_LIST]), key=_by_urgency)


def newest_processes(city: City) -> list[Process]:
    """The published processes, the last published first, without the standing Bürgersensor; one query, at most 50."""
    rows = Process.objects.of(city).filter(state=Process.State.PUBLISHED).exclude(slug=STANDING_SLUG)
    return list(rows.select_related("organisation").order_by("-published_at", "-pk")[:LONGEST_FEED])


def staff_processes(city: City) -> list[ProcessView]:
    """Every process of the city, drafts included, newest first; two queries, at most 200."""
    rows = Process.objects.of(city).select_related("organisation").order_by("-made_at", "-pk")
    return with_rails(city, rows[:LONGEST_LIST])


def with_rails(city: City, processes: Iterable[Process]) -> list[ProcessView]:
    """The processes with their steps in order; one query for all steps."""
    found = list(processes)
    rails: dict[int, list[RailStep]] = {process.pk: [] for process in found}
    by_id = {process.pk: process for process in found}
    for process in found:
        process.city = city
    for step in Step.objects.of(city).filter(process__in=list(by_id)).order_by("position"):
        step.process = process = by_id[step.process_id]
        state = StepState.CLOSED if process.state == Process.State.ARCHIVED else state_of(step)
        rails[step.process_id].append(RailStep(step, state))
    return [ProcessView(process, rails[process.pk]) for process in found]


def _by_urgency(view: ProcessView) -> tuple[int, float]:
    now = timezone.now().timestamp()
    if view.current:
        return (0, view.closes_at.timestamp() if view.closes_at else now + 1e9)
    if view.next:
        return (1, view.next.opens_at.timestamp() if view.next.opens_at else now + 1e9)
    return (2, -max((item.step.closes_at.timestamp() for item in view.rail if item.step.closes_at), default=0.0))


def process_view(city: City, slug: str, *, reader: Participant | None = None) -> ProcessView | None:
    """One process of the city with its rail, in any state, and whether the reader follows it; None when there is none. Two queries."""
    rows = Process.objects.of(city).filter(slug=slug).select_related("organisation")
    if reader is not None:
        mine = ProcessFollow.objects.of(city).filter(process=OuterRef("pk"), participant=reader)
        rows = rows.annotate(is_followed=Exists(mine))
    process = rows.first()
    if process is None:
        return None
    return with_rails(city, [process])[0]


def standing_view(city: City) -> ProcessView | None:
    """The city's Bürgersensor, where it is published; it is never over, so lists show it apart."""
    view = process_view(city, STANDING_SLUG)
    return view if view and view.process.state == Process.State.PUBLISHED else None


def events_of(city: City, process: Process) -> list[Event]:
    """All dates of a process, soonest first; at most 200."""
    rows = list(Event.objects.of(city).filter(process=process).select_related("place").order_by("starts_at", "pk")[:LONGEST_LIST])
    for row in rows:
        row.process = process
    return rows


def coming_events(city: City) -> list[Event]:
    """The dates of the city's published processes that are not over yet, soonest first, each with its process; one query, at most 200."""
    rows = Event.objects.of(city).filter(process__city=city, process__state=Process.State.PUBLISHED, ends_at__gt=timezone.now())
    return list(rows.select_related("place", "process").order_by("starts_at", "pk")[:LONGEST_LIST])


def newest_events(city: City) -> list[Event]:
    """The same dates, the last announced first; one query, at most 50."""
    rows = Event.objects.of(city).filter(process__city=city, process__state=Process.State.PUBLISHED, ends_at__gt=timezone.now())
    return list(rows.select_related("place", "process").order_by("-pk")[:LONGEST_FEED])


def news_of(city: City, process: Process) -> list[News]:
    """What a process has told so far, newest first; nothing that is dated ahead."""
    rows = News.objects.of(city).filter(process=process, published_at__lte=timezone.now())
    return list(rows.order_by("-published_at", "-pk")[:LONGEST_LIST])


@dataclass(frozen=True)
class Paper:
    """A document to open: elsewhere, or a file of ours; the files of a draft have no address yet. `note` says what kind of file it is."""

    title: str
    url: str
    outside: bool
    note: str = ""


def documents_of(city: City, process: Process) -> list[Paper]:
    """The documents of a process in their order, those without an address or a file that is ready left out."""
    files = Prefetch("file__derivatives", Derivative.objects.of(city).order_by("pk"))
    rows = Document.objects.of(city).filter(process=process).select_related("file").prefetch_related(files).order_by("position", "pk")
    papers = []
    for row in rows[:LONGEST_LIST]:
        served = [each.name for each in row.file.derivatives.all()] if row.file else []
        if row.url:
            papers.append(Paper(str(row.title), row.url, outside=True))
        elif row.file and served and (row.file.is_public or process.state == Process.State.DRAFT):
            path = f"/medien/{served[-1]}" if row.file.is_public else ""
            papers.append(Paper(str(row.title), path, outside=False, note=_kind_of(row.file)))
    return papers


def _kind_of(file: MediaFile) -> str:
    """What one gets on opening a file, before one does."""
    if not file.is_document:
        return _("picture") if file.is_picture else _("video")
    if not file.pages:
        return "PDF"
    return ngettext("PDF, %(number)s page", "PDF, %(number)s pages", file.pages) % {"number": file.pages}


def step_of(city: City, slug: str, position: int) -> Step | None:
    """A step with its process and organisation, by address."""
    return (
        Step.objects.of(city)
        .filter(process__slug=slug, process__city=city, position=position)
        .select_related("process", "process__organisation", "process__city")
        .first()
    )


def standing_step(city: City) -> Step | None:
    """The endless collect step of the city's Bürgersensor."""
    return (
        Step.objects.of(city)
        .filter(process__slug=STANDING_SLUG, process__city=city)
        .select_related("process", "process__city")
        .order_by("position")
        .first()
    )


def categories_of(city: City, process: Process | None) -> list[Category]:
    """The categories to choose from in a process: its own where it has any, else the city's; one query."""
    rows = (
        Category.objects.of(city).filter(Q(process=None) | Q(process=process) if process else Q(process=None)).order_by("position", "key")
    )
    own = [row for row in rows if row.process_id]
    return own or [row for row in rows if not row.process_id]
