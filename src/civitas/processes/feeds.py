"""What a city's processes ask and tell as Atom feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from civitas.kit.days import day_and_time
from civitas.kit.feeds import FeedItem, atom
from civitas.kit.ids import made_at
from civitas.kit.texts import rendered
from civitas.processes.calendars import where_of
from civitas.processes.models import Process
from civitas.processes.queries import newest_events, newest_processes, news_of, process_view

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from civitas.processes.models import Event


@login_not_required
@require_safe
@conditional_page
def show_processes(request: HttpRequest) -> HttpResponse:
    """The city's processes, the last published first, each with what it asks."""
    city = request.city
    if city is None or not city.has_module("processes"):
        raise Http404
    items = (
        FeedItem(
            key=f"urn:uuid:{row.uid}",
            path=reverse("process", args=[row.slug]),
            title=str(row.title),
            summary=escape(str(row.question)),
            at=row.published_at or row.made_at,
            author=row.organisation.name if row.organisation else "",
        )
        for row in newest_processes(city)
    )
    return atom(request, items, title=_("Take part: %(city)s") % {"city": city}, page=reverse("processes"))


@login_not_required
@require_safe
@conditional_page
def show_events(request: HttpRequest) -> HttpResponse:
    """The coming dates of the city's processes, the last announced first."""
    city = request.city
    if city is None or not city.has_module("processes"):
        raise Http404
    items = (event_item(event, reverse("process", args=[event.process.slug])) for event in newest_events(city))
    return atom(request, items, title=_("Dates: %(city)s") % {"city": city}, page=reverse("processes"))


def event_item(event: Event, page: str, *, town: str = "") -> FeedItem:
    """A date as an entry of a feed: when and where before what it is about; `page` is that of its process."""
    when = f"{day_and_time(event.starts_at)}: {where}" if (where := where_of(event)) else day_and_time(event.starts_at)
    return FeedItem(
        key=f"urn:uuid:{event.uid}",
        path=page,
        title=str(event.title),
        summary="<br>".join(escape(text) for text in (when, str(event.description), str(event.process)) if text),
        at=made_at(event.uid),
        author=town,
    )


@login_not_required
@require_safe
@conditional_page
def show_news(request: HttpRequest, slug: str) -> HttpResponse:
    """The news of a process, newest first; the same for everybody, so there is none of a draft."""
    city = request.city
    view = process_view(city, slug) if city and city.has_module("processes") else None
    if view is None or view.process.state == Process.State.DRAFT:
        raise Http404
    page = reverse("process", args=[slug])
    items = (
        FeedItem(
            key=request.build_absolute_uri(f"{page}#{row.key}"),
            path=f"{page}#news",
            title=str(row.title),
            summary=str(rendered(str(row.body))),
            at=row.published_at,
        )
        for row in news_of(view.process.city, view.process)
    )
    return atom(request, items, title=_("News of “%(process)s”") % {"process": view.process.title}, page=page)
