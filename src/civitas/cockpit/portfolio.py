"""How it goes: processes, themes, concepts and services, a page at a time, each with its stage, who owns it, its days and its light."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civitas.cockpit.lights import (
    CAUGHT,
    GOOD,
    QUIET,
    STUCK,
    Light,
    MadeFacts,
    ProcessFacts,
    ServiceFacts,
    days_since,
    light_of_made,
    light_of_process,
    light_of_service,
)
from civitas.cockpit.measures import CONCEPT, SERVICE, STAGES, THEME, monday_of
from civitas.cockpit.queries import (
    counted_by,
    courses_of,
    last_voices,
    made_of,
    overdue_by_process,
    services_of,
    states_since,
    voices_behind,
    voices_of,
)
from civitas.contributions.models import Contribution
from civitas.coproduction.models import Concept
from civitas.kit.days import day, last_day
from civitas.kit.keyset import keyset_page
from civitas.kit.templatetags.kit import localized
from civitas.processes.models import Process
from civitas.processes.queries import process_view, with_rails
from civitas.processes.windows import StepState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from civitas.cities.models import City
    from civitas.cockpit.models import Counted
    from civitas.processes.queries import ProcessView
    from civitas.services.models import Service

PAGE = 5
# So many processes at most are put in the order of their lights; `definitions` says it on the page.
MOST_LIT = 200
# How a cursor begins that stands among those that are not.
_OTHERS = "w"
PROCESSES, THEMES, CONCEPTS, SERVICES = "prozesse", "themen", "konzepte", "dienste"
SORTS = {
    PROCESSES: gettext_lazy("Processes"),
    THEMES: gettext_lazy("Themes"),
    CONCEPTS: gettext_lazy("Concepts"),
    SERVICES: gettext_lazy("Services"),
}
KINDS = {THEMES: Contribution.Kind.THEME, CONCEPTS: Contribution.Kind.CONCEPT}


@dataclass(frozen=True)
class Tick:
    """A step on the timeline: done, now or next, and its name."""

    state: str
    name: str


@dataclass(frozen=True)
class Item:
    """One line of the portfolio."""

    title: str
    path: str  # in the page's language
    stage: str
    owner: str  # '' where nobody is named, which the light says
    when: str
    light: Light
    ticks: Sequence[Tick] = ()
    brief: str = ""  # where its brief is, of a process


@dataclass(frozen=True)
class Folio:
    """A page of the portfolio and what stands behind '?' for the next ('' = this is the last)."""

    items: Sequence[Item]
    next_cursor: str


def folio_of(city: City, sort: str, *, process: Process | None, cursor: str, size: int = PAGE) -> Folio:
    """A page of a sort: of processes those that go worst first, of all else the newest."""
    today = timezone.localdate()
    if sort == PROCESSES:
        return _processes(city, process, today, cursor, size)
    if sort == SERVICES:
        return _services(city, process, cursor, size)
    page = keyset_page(made_of(city, KINDS[sort], process=process), by=["newest_key"], cursor=cursor, size=size)
    keys = [row.pk for row in page.rows]
    counted, courses = counted_by(city, keys), courses_of(city, keys) if sort == CONCEPTS else {}
    return Folio([_made(row, counted.get(row.pk), courses.get(row.pk), today) for row in page.rows], page.next_cursor)


def _services(city: City, process: Process | None, cursor: str, size: int) -> Folio:
    page = keyset_page(services_of(city, process=process), by=["pk"], cursor=cursor, size=size)
    keys = [row.pk for row in page.rows]
    since, voices = states_since(city, keys), voices_behind(city, keys)
    return Folio([_service(row, since.get(row.pk), voices.get(row.pk)) for row in page.rows], page.next_cursor)


def _processes(city: City, process: Process | None, today: dt.date, cursor: str, size: int) -> Folio:
    """Processes, the worst light first among the newest that are not archived; then the others, the newest first.

    A light hangs on the day it is looked at, so those that are compared are read whole: at most `MOST_LIT`, however many there are.
    """
    if process is not None:
        lit = _lit(city, [view for view in [process_view(city, process.slug)] if view is not None], today)
        return Folio([_process(view, light) for view, light in lit], "")
    rows = Process.objects.of(city).select_related("organisation")
    compared = list(rows.exclude(state=Process.State.ARCHIVED).order_by("-made_at", "-pk")[:MOST_LIT])
    others = rows.exclude(pk__in=[each.pk for each in compared])
    if not cursor.startswith(_OTHERS):
        lit = _lit(city, with_rails(city, compared), today)
        at = int(cursor) if cursor.isascii() and cursor.isdigit() and len(cursor) < 5 else 0
        items, after = [_process(view, light) for view, light in lit[at : at + size]], at + size
        follow = others.exists()
        if items or not follow:
            return Folio(items, str(after) if after < len(lit) else _OTHERS if follow else "")
    page = keyset_page(others, by=["pk"], cursor=cursor.removeprefix(_OTHERS), size=size)
    lit = _lit(city, with_rails(city, page.rows), today)
    by_key = {view.process.pk: (view, light) for view, light in lit}
    more = _OTHERS + page.next_cursor if page.next_cursor else ""
    return Folio([_process(*by_key[row.pk]) for row in page.rows], more)


def _lit(city: City, views: Sequence[ProcessView], today: dt.date) -> list[tuple[ProcessView, Light]]:
    """Processes with their lights, the worst first; as many queries for two hundred as for one."""
    keys = [view.process.pk for view in views]
    overdue, voices, last = overdue_by_process(city, today), voices_of(city, keys), last_voices(city, keys, today)
    lit = []
    for view in views:
        key = view.process.pk
        late, late_days = overdue.get(key, (0, 0))
        facts = facts_of(view, today, overdue=late, overdue_days=late_days, voices=voices.get(key, 0), last_week=last.get(key))
        lit.append((view, light_of_process(facts)))
    order = (STUCK, CAUGHT, GOOD, QUIET)
    return sorted(lit, key=lambda pair: (order.index(pair[1].key), pair[0].process.state != Process.State.PUBLISHED))


def _process(view: ProcessView, light: Light) -> Item:
    process = view.process
    return Item(
        str(process.title),
        reverse("staff_process", args=[process.slug]),
        _stage_said(view),
        process.owner_name or (process.organisation.name if process.organisation else ""),
        _when_said(view),
        light,
        [
            Tick({StepState.CLOSED: "done", StepState.OPEN: "now", StepState.PLANNED: "next"}[item.state], str(item.step.title))
            for item in view.rail
        ],
        reverse("cockpit_brief", args=[process.slug]) if process.state != Process.State.DRAFT else "",
    )


def facts_of(view: ProcessView, today: dt.date, *, overdue: int, overdue_days: int, voices: int, last_week: int | None) -> ProcessFacts:
    """What decides about a process's light."""
    process, current, coming = view.process, view.current, view.next
    ends = [timezone.localtime(item.step.closes_at).date() for item in view.rail if item.step.closes_at and item.state is StepState.CLOSED]
    # A week that is over counts from its end: somebody may have been there on its Sunday.
    heard = min(today, monday_of(last_week + 1) - dt.timedelta(days=1)) if last_week is not None else None
    begun = timezone.localtime(current.opens_at).date() if current and current.opens_at else None
    return ProcessFacts(
        is_draft=process.state == Process.State.DRAFT,
        is_archived=process.state == Process.State.ARCHIVED,
        has_owner=bool(process.owner_name or process.organisation_id),
        has_result=bool(str(process.result)),
        is_open=current is not None,
        collects=current is not None and current.method == "collect",
        open_days=days_since(begun, today),
        has_next=coming is not None,
        next_has_day=bool(coming and coming.opens_at),
        over_days=days_since(max(ends), today) if ends else None,
        overdue=overdue,
        overdue_days=overdue_days,
        voices=voices,
        silent_days=days_since(heard, today),
    )


def _stage_said(view: ProcessView) -> str:
    if view.process.state != Process.State.PUBLISHED:
        return str(view.process.get_state_display())
    if view.current:
        return _("Open: %(step)s") % {"step": view.current.title}
    return _("Next: %(step)s") % {"step": view.next.title} if view.next else _("Over")


def _when_said(view: ProcessView) -> str:
    if view.current and view.current.closes_at:
        return _("until %(day)s") % {"day": day(last_day(view.current.closes_at))}
    if not view.current and view.next and view.next.opens_at:
        return _("from %(day)s") % {"day": day(view.next.opens_at)}
    return ""


def _made(row: Contribution, known: Counted | None, course: tuple[str, dt.date | None] | None, today: dt.date) -> Item:
    """A theme or a concept; `course` is a concept's stage and when a gate last decided about it."""
    stage = STAGES[Contribution.Kind(row.kind)]
    reach = known.reach if known else stage
    concept_stage, decided_on = course or ("", None)
    facts = MadeFacts(
        stage,
        waits=known.waits if known else not row.answered,
        age_days=days_since(timezone.localtime(row.given_at).date(), today) or 0,
        voices=known.weight if known else 0,
        course=concept_stage if reach == stage else Concept.Stage.SERVICE,
        decided_days=days_since(decided_on, today),
    )
    said = {CONCEPT: _("in a concept"), SERVICE: _("a service")}
    own = Concept.Stage(concept_stage).label if concept_stage else row.get_status_display()
    owner = row.organisation.name if row.organisation else str(row.process.title)
    return Item(
        row.title,
        localized(row.path),
        _("now %(what)s") % {"what": said[reach]} if reach > stage else str(own),
        owner,
        _("since %(day)s") % {"day": day(row.given_at)},
        light_of_made(facts),
        _ticks(reach),
    )


def _service(row: Service, since: dt.datetime | None, voices: int | None) -> Item:
    """A service, with the voices behind it where it grew out of a concept."""
    facts = ServiceFacts(row.status, row.is_offered, left_on=row.provider_left_on, has_owner=row.answers is not None, voices=voices or 0)
    begun = since or (row.started_on if row.is_offered else None)
    return Item(
        str(row.name),
        localized(row.path),
        str(row.get_status_display()),
        row.answers.name if row.answers else "",
        _("since %(day)s") % {"day": day(begun)} if begun else "",
        light_of_service(facts),
        _ticks(SERVICE) if voices is not None else (),
    )


def _ticks(reach: int) -> list[Tick]:
    return [Tick("done" if at < reach else "now" if at == reach else "next", str(name)) for at, name in _MADE_TICKS.items()]


_MADE_TICKS = {0: gettext_lazy("Voices"), THEME: gettext_lazy("Theme"), CONCEPT: gettext_lazy("Concept"), SERVICE: gettext_lazy("Service")}
