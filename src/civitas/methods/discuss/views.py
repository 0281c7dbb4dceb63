"""The page of a discuss step: what lies on the table, in the order people talk about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.translation import gettext as _

from civitas.contributions.queries import Filters, count_listed, listed_page
from civitas.contributions.sections import cards_of
from civitas.kit.translated import Translated
from civitas.processes.registry import method_of
from civitas.processes.rules import is_open
from civitas.processes.windows import StepState, state_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from civitas.processes.models import Step

# Address -> order of the list.
SORTS = {"": "discussed", "supported": "supported", "newest": "newest"}


def show_step(request: HttpRequest, step: Step) -> HttpResponse:
    """Contributions to read and to comment on; closed and planned steps say so with their date."""
    if request.method == "POST":
        return HttpResponseNotAllowed(["GET", "HEAD"])
    opened = is_open(step)
    state = StepState.OPEN if opened else state_of(step)
    if state is StepState.OPEN and not opened:
        state = StepState.CLOSED  # archived, or a draft that the team looks at
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else ""
    filters = Filters(process=step.process)
    page = listed_page(request.city, filters, sort=SORTS[sort], cursor=request.GET.get("cursor", ""))
    labels = {"": _("Most discussed"), "supported": _("Most supported"), "newest": _("Newest")}
    context = {
        "step": step,
        "process": step.process,
        "state": state.value,
        "reason": opened.reason,
        "question": str(Translated(method_of(step).settings_of(step).question)) or str(step.process.question),
        "cards": cards_of(page.rows),
        "count": count_listed(request.city, filters),
        "tabs": [
            {"label": label, "url": f"?sort={key}" if key else "?", "current": key == sort, "count": None} for key, label in labels.items()
        ],
        "next_url": f"?sort={sort}&cursor={page.next_cursor}" if page.next_cursor else "",
        "size": 20,
    }
    return render(request, "methods/discuss.html", context)
