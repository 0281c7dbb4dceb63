"""The page on which who leads a step turns its work into results: what would change is shown before anything does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from civitas.boards.concluding import conclude, differences, is_hidden, may_conclude, results_of, uncover, wanted_of, was_concluded
from civitas.boards.rules import board_method, may_lead_step
from civitas.contributions.compare import compared
from civitas.contributions.differences import differences as changes_of
from civitas.contributions.models import Contribution
from civitas.kit.redirects import SeeOther
from civitas.processes.models import Step
from civitas.processes.registry import UnknownMethod, method_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from civitas.boards.concluding import Differences, Wanted

Kind = Contribution.Kind


@require_http_methods(["GET", "HEAD", "POST"])
def conclude_step(request: HttpRequest, slug: str, position: int) -> HttpResponse:
    """See the differences, then conclude; as often as one likes."""
    step = _found(request, slug, position)
    may_conclude(request.actor, step).require()
    here = reverse("conclude_step", args=[slug, position])
    if request.method == "POST" and request.POST.get("do") == "uncover":
        uncover(request.actor, step)
        return SeeOther(here)
    if request.method == "POST":
        done = conclude(request.actor, step)
        count = len(done.made)
        said = ngettext("Concluded: %(count)s result stands.", "Concluded: %(count)s results stand.", count) % {"count": count}
        messages.success(request, _("Everything was concluded already; nothing has changed.") if done.again else said)
        return SeeOther(here)
    wanted = wanted_of(step)
    found = differences(step.city, step, wanted)
    joined, left = _moved(step, wanted, found)
    results = results_of(step.city, step)
    listed = {row.pk for row in (*found.own, *found.gone)}  # each has a list of its own
    context = {
        "step": step,
        "process": step.process,
        "found": found,
        "new": [(_kind(each), each) for each in found.new],
        "changed": [(compared(row.title, each.title), changes_of(row.text, each.text)) for row, each in found.changed],
        "language": step.city.config.languages[0],
        "hidden": is_hidden(step),
        "joined": joined,
        "left": left,
        "standing": [row for row in results if row.pk not in listed],
        "after": _step_after(request, step) if results and found.is_empty else None,
        "is_first": not was_concluded(step.city, step),
        "crumbs": [
            {"label": str(step.process.title), "url": reverse("process", args=[slug])},
            {"label": str(step.title), "url": reverse("step", args=[slug, position])},
        ],
        "step_url": reverse("step", args=[slug, position]),
    }
    return render(request, "boards/conclude.html", context)


def _step_after(request: HttpRequest, step: Step) -> Step | None:
    """The next step of the process that somebody can lead on a board; None where there is none."""
    later = Step.objects.of(step.city).filter(process=step.process_id, position__gt=step.position).order_by("position")
    for each in later:
        each.city, each.process = step.city, step.process
        if board_method(each) is not None and may_lead_step(request.actor, each):
            return each
    return None


def _moved(step: Step, wanted: list[Wanted], found: Differences) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What comes to a result that stands already, and what leaves one: pairs of titles, from and to. Two queries at most."""
    coming = {each.key: each.title for each in wanted}
    made = {each.key for each in found.new}
    links = [(each, origin) for each, origin in found.links if each.key not in made]
    numbers = {origin.of for _each, origin in links if isinstance(origin.of, int)}
    keys = {pk for source, target, _kind in found.unlinked for pk in (source, target)}
    rows = Contribution.objects.of(step.city)
    by_number = dict(rows.filter(number__in=numbers).order_by("pk").values_list("number", "title")) if numbers else {}
    by_key = dict(rows.filter(pk__in=keys).order_by("pk").values_list("pk", "title")) if keys else {}
    joined = [
        (by_number.get(origin.of, "") if isinstance(origin.of, int) else coming.get(origin.of, ""), each.title) for each, origin in links
    ]
    return joined, [(by_key[source], by_key[target]) for source, target, _kind in found.unlinked if source in by_key and target in by_key]


def _kind(each: Wanted) -> str:
    return str(Kind(each.kind).label) if each.kind in Kind.values else each.kind


def _found(request: HttpRequest, slug: str, position: int) -> Step:
    steps = Step.objects.of(request.city).select_related("city", "process__organisation") if request.city else Step.objects.none()
    step = steps.filter(process__slug=slug, position=position).first()
    if step is None:
        raise Http404
    step.process.city = step.city
    try:
        method_of(step)
    except UnknownMethod:
        raise Http404 from None
    return step
