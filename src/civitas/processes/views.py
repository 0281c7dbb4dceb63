"""Pages about processes: the list, the poster of one, its calendar, and the way to each step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from civitas.kit.days import last_day
from civitas.kit.rooms import rooms
from civitas.kit.texts import rendered
from civitas.processes.calendars import calendar, calendar_of, where_of
from civitas.processes.cards import call_of, card_of, rail_of
from civitas.processes.effects import election_note
from civitas.processes.following import follow_context
from civitas.processes.models import Process
from civitas.processes.queries import (
    coming_events,
    documents_of,
    events_of,
    news_of,
    process_view,
    public_processes,
    standing_view,
    step_of,
)
from civitas.processes.registry import UnknownMethod, method_of
from civitas.processes.removing import dates_off
from civitas.processes.rules import may_see_process

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from civitas.cities.models import City
    from civitas.processes.models import Event
    from civitas.processes.queries import ProcessView


def _city(request: HttpRequest) -> City:
    if request.city is None or not request.city.has_module("processes"):
        raise Http404
    return request.city


def _visible(request: HttpRequest, slug: str) -> ProcessView:
    view = process_view(_city(request), slug, reader=request.actor.participant)
    if view is None:
        raise Http404
    may_see_process(request.actor, view.process).require()
    return view


@login_not_required
@require_safe
def process_list(request: HttpRequest) -> HttpResponse:
    """What is open now, what is coming, and what is over."""
    city = _city(request)
    views = public_processes(city)
    always = standing_view(city) if city.has_module("sensor") else None
    groups = {
        "open": [card_of(view) for view in views if _goes_on(view)],
        "coming": [card_of(view) for view in views if not _goes_on(view) and view.next],
        "over": [card_of(view) for view in views if not _goes_on(view) and not view.next],
    }
    return render(
        request,
        "processes/process_list.html",
        {**groups, "always": always, "any": bool(views)},
    )


def _goes_on(view: ProcessView) -> bool:
    return view.current is not None or view.process.is_paused


@login_not_required
@require_safe
def show_process(request: HttpRequest, slug: str) -> HttpResponse:
    """The poster: question, owner, how much say, the steps, what is asked of people now, what was given, told and planned."""
    view = _visible(request, slug)
    process, city, now = view.process, view.process.city, timezone.now()
    dates = [_date(event, now) for event in events_of(city, process)]
    coming = [date for date in dates if date["coming"]]
    context = {
        "view": view,
        "process": process,
        "is_draft": process.state == Process.State.DRAFT,
        "election": election_note(city),
        "statutory": process.formality == Process.Formality.STATUTORY,
        "rail": rail_of(view),
        "current": view.current,
        "ask_url": _step_url(view),
        "call": call_of(view.current) if view.current else "",
        "ends_on": last_day(view.ends_at) if view.ends_at else None,
        "closes_on": last_day(view.closes_at) if view.closes_at else None,
        "coming_dates": coming,
        "past_dates": [date for date in dates if not date["coming"]],
        "next_date": coming[0] if coming else None,
        "news": [{"title": row.title, "at": row.published_at, "body": rendered(str(row.body))} for row in news_of(city, process)],
        "documents": documents_of(city, process),
        "result": rendered(str(process.result)) if process.result and view.is_over else "",
        "sections": [html for room in rooms() for section in room.process_sections if (html := section(request, process))],
    }
    return render(request, "processes/process.html", context | follow_context(request, process))


def _step_url(view: ProcessView) -> str:
    return reverse("step", args=[view.process.slug, view.current.position]) if view.current else ""


def _date(event: Event, now: Any) -> dict[str, Any]:
    return {
        "event": event,
        "where": where_of(event),
        "coming": event.ends_at > now,
        "ics": reverse("process_event", args=[event.process.slug, event.uid]),
    }


@login_not_required
@require_safe
def show_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """All dates of a process, for people's own calendars; what was taken away lately is there as cancelled."""
    view = _visible(request, slug)
    city, process = view.process.city, view.process
    return _calendar(request, process, [*events_of(city, process), *dates_off(city, process)], process.slug)


@login_not_required
@require_safe
def show_event(request: HttpRequest, slug: str, uid: UUID) -> HttpResponse:
    """One date of a process."""
    view = _visible(request, slug)
    events = [event for event in events_of(view.process.city, view.process) if event.uid == uid]
    if not events:
        raise Http404
    return _calendar(request, view.process, events, f"{view.process.slug}-{events[0].key}")


@login_not_required
@require_safe
def show_dates(request: HttpRequest) -> HttpResponse:
    """The coming dates of all processes of the city, for people's own calendars."""
    city = _city(request)
    events = (*coming_events(city), *dates_off(city))
    entries = [(city, event, request.build_absolute_uri(reverse("process", args=[event.process.slug]))) for event in events]
    response = HttpResponse(calendar(_("Dates: %(city)s") % {"city": city}, entries), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{city.slug}.ics"'
    return response


def _calendar(request: HttpRequest, process: Process, events: list[Event], name: str) -> HttpResponse:
    page = request.build_absolute_uri(reverse("process", args=[process.slug]))
    response = HttpResponse(calendar_of(process.city, str(process.title), events, page=page), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_step(request: HttpRequest, slug: str, position: int) -> HttpResponse:
    """A step: its method's own page, in every state."""
    step = step_of(_city(request), slug, position)
    if step is None:
        raise Http404
    may_see_process(request.actor, step.process).require()
    try:
        method = method_of(step)
    except UnknownMethod:
        return render(request, "processes/step_missing.html", {"step": step, "process": step.process}, status=503)
    return method.screen(request, step)
