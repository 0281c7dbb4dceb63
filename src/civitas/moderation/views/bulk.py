"""Deciding about many at once: what is chosen, the order, the run and how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civitas.kit.ids import uuid7
from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import show_refusal
from civitas.kit.verdicts import Refused
from civitas.moderation.forms import OrderForm, Places
from civitas.moderation.models import Case, Run, Verb
from civitas.moderation.queries import MOST_CASES, count_under, filters_from, keys_under
from civitas.moderation.runs import faults_of, start_run, undo_run
from civitas.moderation.views.queue import enter, title_of

if TYPE_CHECKING:
    from django.http import HttpRequest

BULK_VERBS = (Verb.PUBLISH, Verb.HIDE, Verb.SPAM, Verb.MOVE)
_LATELY = 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Order one decision for what was ticked, or for all that the filters leave."""
    enter(request)
    actor = request.actor
    filters = filters_from(request.GET)
    everything = request.GET.get("alle") == "1"
    ticked = _ticked(request)
    if not everything and not ticked:
        messages.error(request, _("Please tick at least one."))
        return SeeOther(f"{reverse('queue')}{f'?{filters.query}' if filters.query else ''}")
    places = Places(actor)
    form = OrderForm(actor, request.POST if request.method == "POST" else None, places=places, initial={"verb": "", "reason": ""})
    _leave_out(form)
    uid = request.POST.get("uid") or str(uuid7())
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            stamps = dict.fromkeys(keys_under(actor, filters), "") if everything else ticked
            try:
                run = start_run(actor, form.order, stamps, uid=_uuid(uid))
            except Refused as refused:
                show_refusal(form, refused)
                status = 422 if refused.fields else refused.status
            else:
                return SeeOther(reverse("run", args=[run.pk]))
    cases = Case.objects.of(actor.city).select_related("contribution", "contribution__root", "letter", "letter__conversation__contribution")
    context = {
        "form": form,
        "uid": uid,
        "everything": everything,
        "count": count_under(actor, filters) if everything else len(ticked),
        "most": MOST_CASES,
        "titles": [] if everything else [title_of(case) for case in cases.filter(pk__in=ticked).order_by("pk")],
        "query": filters.query,
        "address": request.get_full_path(),
    }
    return render(request, "moderation/bulk.html", context, status=status)


def _ticked(request: HttpRequest) -> dict[int, str]:
    """What was ticked: each case's key with the stamp of what was looked at ('12:3-4')."""
    found = {}
    for text in request.GET.getlist("c")[:500]:
        key, _colon, stamp = text.partition(":")
        if key.isdecimal() and len(key) < 19:
            found[int(key)] = stamp[:24]
    return found


def _leave_out(form: OrderForm) -> None:
    field: Any = form.fields["verb"]
    field.choices = [(value, label) for value, label in Verb.choices if value in BULK_VERBS]


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid7()


def _found(request: HttpRequest, key: int) -> Run:
    city = enter(request)
    run: Run | None = Run.objects.of(city).select_related("by", "category", "area", "place", "step", "step__process").filter(pk=key).first()
    if run is None:
        raise Http404
    return run


@never_cache
@require_safe
def show_run(request: HttpRequest, key: int) -> HttpResponse:
    """How far a run is, what was not possible, and the way back."""
    run = _found(request, key)
    swapped = "HX-Request" in request.headers
    context = {
        "run": run,
        "swapped": swapped,
        "left": max(run.total - run.done_count - run.failed_count, 0),
        "moving": run.state in {Run.State.RUNNING, Run.State.UNDOING},
        "faults": [(item, title_of(item.case)) for item in faults_of(run.city, run)] if run.failed_count else [],
    }
    template = "moderation/_run.html" if swapped else "moderation/run.html"
    return render(request, template, context)


@require_POST
def take_back(request: HttpRequest, key: int) -> HttpResponse:
    """Take a whole run back."""
    run = _found(request, key)
    try:
        undo_run(request.actor, run)
    except Refused as refused:
        messages.error(request, str(refused.reason))
    return SeeOther(reverse("run", args=[run.pk]))


@never_cache
@require_safe
def show_runs(request: HttpRequest) -> HttpResponse:
    """The last runs of the team."""
    city = enter(request)
    runs = list(Run.objects.of(city).select_related("by").order_by("-pk")[:_LATELY])
    return render(request, "moderation/runs.html", {"runs": runs})
