"""Lists as files, as they are filtered: for everybody what explore shows, for the team what its own list shows."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404
from django.utils import timezone
from django.views.decorators.http import require_POST

from civitas.contributions.models import Contribution
from civitas.contributions.queries import listed, staff_rows
from civitas.contributions.rules import may_moderate, may_work
from civitas.interop.exports import MOST_OF_A_LIST, export_dipas_list, export_list
from civitas.people.rates import spend
from civitas.sensor.exploring import asked_of
from civitas.sensor.views import city_with_sensor

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from civitas.cities.models import City
    from civitas.processes.models import Process

TABS = ("waiting", "published", "hidden", "withdrawn")
_CSV = "text/csv; charset=utf-8"
# As the address ends -> how the file ends, what it is, and who writes it.
KINDS = {
    "csv": ("csv", _CSV, export_list),
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", export_list),
    "geojson": ("geojson", "application/geo+json", export_list),
}
TEAM_KINDS = KINDS | {"dipas": ("csv", _CSV, export_dipas_list)}  # for a team that works with both


@login_not_required
@require_POST
def export_explore(request: HttpRequest, ending: str) -> FileResponse:
    """What explore shows under the filters of the address. Making it costs a second: so by POST and counted."""
    city = city_with_sensor(request)
    if ending not in KINDS:
        raise Http404
    asked, _offer = asked_of(request, city)
    spend(request.actor, "export")
    rows = listed(city, asked.filters, most=MOST_OF_A_LIST)
    return _file(city, rows, ending, name=f"{city.slug}-{timezone.localdate():%Y-%m-%d}", process=asked.filters.process)


@require_POST
def export_staff_list(request: HttpRequest, ending: str) -> FileResponse:
    """What the team's list shows: one visibility, and words or a number."""
    tab = request.GET.get("ansicht", "published")
    if request.city is None or ending not in TEAM_KINDS or tab not in TABS:
        raise Http404
    may_work(request.actor).require()
    if tab != Contribution.Visibility.PUBLISHED:
        may_moderate(request.actor).require()
    spend(request.actor, "export")
    words = " ".join(request.GET.get("q", "").split())[:100]
    rows = staff_rows(request.city, visibility=tab, words=words).exclude(kind=Contribution.Kind.COMMENT)
    return _file(request.city, rows, ending, name=f"{request.city.slug}-{timezone.localdate():%Y-%m-%d}")


def _file(city: City, rows: QuerySet[Contribution], ending: str, *, name: str, process: Process | None = None) -> FileResponse:
    suffix, mime, write = TEAM_KINDS[ending]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"list.{suffix}"
        write(city, rows, path, process=process)
        file = path.open("rb")  # it stays readable when its folder is gone
    return FileResponse(file, as_attachment=True, filename=f"{name}.{suffix}", content_type=mime)
