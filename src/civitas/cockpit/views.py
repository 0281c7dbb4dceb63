"""The cockpit's page, its figures as CSV, and the brief of a process."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from civitas.cockpit.brief import brief_of
from civitas.cockpit.definitions import DEFINITIONS
from civitas.cockpit.panels import (
    Asked,
    Panel,
    areas_panel,
    channels_panel,
    depth_panel,
    funnel_panel,
    panels_of,
    people_of,
    people_said,
    weeks_panel,
)
from civitas.cockpit.portfolio import PROCESSES, SORTS, folio_of
from civitas.cockpit.queries import areas_of, figures, periods, today_here
from civitas.cockpit.rules import may_steer_city
from civitas.cockpit.tables import Table, overdue_table, portfolio_table
from civitas.kit.cells import defused
from civitas.kit.pdf import pdf_page
from civitas.kit.qr import qr_code
from civitas.kit.rooms import rooms
from civitas.processes.models import Process
from civitas.processes.queries import process_view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from civitas.cities.models import City
    from civitas.kit.rooms import Call
    from civitas.people.actors import Actor

CALLS_SHOWN = 5
YEAR = "jahr"
PERIOD_NAMES = {
    "quartal": gettext_lazy("This quarter"),
    "letztes-quartal": gettext_lazy("Last quarter"),
    "jahr": gettext_lazy("This year"),
    "letztes-jahr": gettext_lazy("Last year"),
    "immer": gettext_lazy("Since the beginning"),
}


def _enter(request: HttpRequest) -> City:
    if request.city is None:
        raise Http404
    may_steer_city(request.actor).require()
    return request.city


def _asked(request: HttpRequest, city: City) -> Asked:
    """What the address asks for; what it does not know shows the whole city this year."""
    today = today_here()
    known = {period.key: period for period in periods(today)}
    slug = request.GET.get("prozess", "")
    process = Process.objects.of(city).filter(slug=slug).first() if slug else None
    return Asked(city, process, known.get(request.GET.get("zeit", ""), known[YEAR]), today)


def _sort(request: HttpRequest) -> str:
    """What the portfolio lists; what the address does not know shows processes."""
    sort = request.GET.get("art", PROCESSES)
    return sort if sort in SORTS else PROCESSES


@never_cache
@require_safe
def show_cockpit(request: HttpRequest) -> HttpResponse:
    """One screen: what needs whoever steers, how it goes, from the voice to the service, who is reached and how deep."""
    city = _enter(request)
    asked = _asked(request, city)
    sort = _sort(request)
    kept, areas = figures(city, asked.scope, asked.period.span), areas_of(city)
    folio = folio_of(city, sort, process=asked.process, cursor=request.GET.get("nach", ""))
    calls = calls_of(request.actor)
    people = people_of(asked, kept)
    query = {"zeit": asked.period.key, **({"prozess": asked.process.slug} if asked.process else {})}
    context = {
        "asked": asked,
        "calls": calls[:CALLS_SHOWN],
        "more_calls": max(0, len(calls) - CALLS_SHOWN),
        "lead": _lead(calls),
        "funnel": funnel_panel(asked, kept),
        "people": people,
        "people_lines": _people_lines(people),
        "areas": areas_panel(asked, kept, areas),
        "channels": channels_panel(asked, kept),
        "depth": depth_panel(asked, kept),
        "weeks": weeks_panel(asked, areas),
        "folio": folio,
        "sorts": [
            {"label": label, "url": f"?{urlencode({**query, 'art': key})}#portfolio", "current": key == sort}
            for key, label in SORTS.items()
        ],
        "more_url": f"?{urlencode({**query, 'art': sort, 'nach': folio.next_cursor})}#portfolio" if folio.next_cursor else "",
        "period_options": [(key, label, key == asked.period.key) for key, label in PERIOD_NAMES.items()],
        "process_options": _process_options(city, asked),
        "period_name": PERIOD_NAMES[asked.period.key],
        "query": urlencode(query),
        "folio_query": urlencode({**query, "art": sort}),
        "definitions": DEFINITIONS,
    }
    return render(request, "cockpit/cockpit.html", context)


def calls_of(actor: Actor) -> list[Call]:
    """What waits for whoever steers, out of all rooms, the most pressing first."""
    return sorted((call for room in rooms() for ask in room.calls for call in ask(actor)), key=lambda call: (not call.late, -call.weight))


def _lead(calls: Sequence[Call]) -> str:
    said = {0: _("Nothing waits for you today. Everything runs."), 1: _("One thing waits for you today. All else runs without you.")}
    if len(calls) in said:
        return said[len(calls)]
    words = {2: _("Two"), 3: _("Three"), 4: _("Four"), 5: _("Five")}
    return _("%(count)s things wait for you today. All else runs without you.") % {"count": words.get(len(calls), str(len(calls)))}


def _people_lines(people: Any) -> list[tuple[str, str]]:
    lines = [(_("took part"), people_said(people.all))]
    if people.new is not None or people.back is not None:
        lines += [(_("for the first time"), people_said(people.new)), (_("again"), people_said(people.back))]
    return lines


def _process_options(city: City, asked: Asked) -> list[tuple[str, str, bool]]:
    rows = Process.objects.of(city).exclude(state=Process.State.DRAFT).only("city_id", "slug", "title").order_by("-made_at", "pk")[:200]
    return [(row.slug, str(row.title), asked.process is not None and row.pk == asked.process.pk) for row in rows]


@never_cache
@require_safe
def show_csv(request: HttpRequest, figure: str) -> HttpResponse:
    """A figure as a table for spreadsheets: the same cells as on the page, and what they mean below."""
    city = _enter(request)
    asked = _asked(request, city)
    table = _table(request, asked, figure)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{city.slug}-{figure}.csv"'
    response.write("\ufeff")
    rows = csv.writer(response, delimiter=";")
    for row in _csv_rows(asked, table):
        rows.writerow([defused(str(cell)) for cell in row])
    return response


def _table(request: HttpRequest, asked: Asked, figure: str) -> Panel | Table:
    if figure == "portfolio":
        return portfolio_table(asked, _sort(request))
    return overdue_table(asked) if figure == "overdue" else panels_of(asked)[figure]


def _csv_rows(asked: Asked, table: Panel | Table) -> list[tuple[str, ...]]:
    # A file is opened years later: it says the day on which it was made, with its year.
    when = asked.today.isoformat() if isinstance(table, Table) else f"{PERIOD_NAMES[asked.period.key]}, {asked.today.isoformat()}"
    about = f"{asked.process.title if asked.process else asked.city.name}, {when}"
    return [table.headings, *table.rows, (), (table.title, about), *((str(sentence),) for sentence in table.definition)]


@never_cache
@require_safe
def show_brief(request: HttpRequest, slug: str) -> HttpResponse:
    """One page about a process for mayor and press, as an accessible PDF."""
    city = _enter(request)
    view = process_view(city, slug)
    if view is None or view.process.state == Process.State.DRAFT:
        raise Http404
    address = request.build_absolute_uri(reverse("process", args=[slug]))
    context = {"brief": brief_of(city, view), "address": address, "code": qr_code(address, fits=True)}
    return pdf_page(request, "cockpit/brief.html", context, name=f"{city.slug}-{slug}")
