"""The team's pages of themes: the list, a new one, and the work on one: its words, its voices, whether it is published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civitas.contributions.models import Contribution
from civitas.contributions.sections import cards_of
from civitas.kit.ids import uuid7
from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import carry_out, take_up
from civitas.kit.templatetags.kit import number as numbered
from civitas.kit.verdicts import Refused
from civitas.processes.models import STANDING_SLUG, Process, Step
from civitas.processes.windows import StepState, state_of
from civitas.themes.actions import change_words, make_theme, publish_theme, put_back, take_out, undo_gathering
from civitas.themes.faces import concept_url
from civitas.themes.forms import NewThemeForm, WordsForm
from civitas.themes.queries import (
    A_PAGE,
    VOICES_A_PAGE,
    count_themes,
    gathering_by_key,
    gatherings_of,
    is_from_board,
    refused_in,
    staff_themes_page,
    theme_by_number,
    theme_row,
    voices_of,
    with_rows,
)
from civitas.themes.rules import may_change, may_gather, may_put_back, may_show

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.cities.models import City
    from civitas.themes.models import Gathering

MOST_TICKS = 200
Visibility = Contribution.Visibility


def entered(request: HttpRequest) -> City:
    """The city whose team this is; everybody else is turned away."""
    if request.city is None:
        raise Http404
    may_gather(request.actor).require()
    city: City = request.city
    return city


def theme_here(request: HttpRequest, number: int) -> Contribution:
    """The theme of this address, for the team."""
    row = theme_by_number(entered(request), number)
    if row is None:
        raise Http404
    may_gather(request.actor, row).require()
    return row


def ticked(request: HttpRequest) -> list[int]:
    """The keys that a form has ticked, at most 200 of a list or 10,000 of several pages."""
    return [int(text) for text in request.POST.getlist("c")[:10_000] if text.isascii() and text.isdecimal() and len(text) < 19]


@never_cache
@require_safe
def show_desk(request: HttpRequest) -> HttpResponse:
    """The themes of the city: drafts, published ones, hidden ones."""
    city = entered(request)
    states = [
        (Visibility.PUBLISHED, _("Published")),
        (Visibility.DRAFT, _("Drafts")),
        (Visibility.HIDDEN, _("Hidden")),
    ]
    asked = request.GET.get("ansicht", "")
    current = next((state for state, _word in states if state == asked), Visibility.PUBLISHED)
    page = staff_themes_page(city, current, cursor=request.GET.get("nach", ""))
    address = reverse("theme_desk")
    context = {
        "tabs": [
            {"label": word, "url": f"{address}?ansicht={state}", "current": state == current, "count": count_themes(city, state)}
            for state, word in states
        ],
        "themes": with_rows(city, page.rows),
        "state": current,
        "next_url": f"?{urlencode({'ansicht': current, 'nach': page.next_cursor})}" if page.next_cursor else "",
        "size": A_PAGE,
    }
    return render(request, "themes/desk.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_theme(request: HttpRequest) -> HttpResponse:
    """Begin a theme: its name and where it belongs. What was found by a search comes along and is gathered next."""
    city = entered(request)
    processes = list(Process.objects.of(city).exclude(state=Process.State.ARCHIVED).order_by("pk")[:200])
    initial = {"uid": uuid7(), "process": STANDING_SLUG}  # most voices are given there, and it never closes
    form = NewThemeForm(processes, request.POST if request.method == "POST" else None, initial=initial)
    status = 200
    if request.method == "POST":

        def begin() -> Contribution:
            words = form.cleaned_data
            step = _step_of(city, next(process for process in processes if process.slug == words["process"]))
            return make_theme(request.actor, step, uid=words["uid"], title=words["title"], text=words["text"])

        status, made = carry_out(form, begin)
        if made is not None:
            messages.success(request, _("The theme is begun. Now look for the voices that belong to it."))
            return SeeOther(reverse("gather", args=[made.number]))
    return render(request, "themes/new.html", {"form": form}, status=status)


def _step_of(city: City, process: Process) -> Step:
    """The step in which a theme stands: the last that is open, else the last that has begun, else the first."""
    steps = list(Step.objects.of(city).filter(process=process).select_related("process", "process__organisation").order_by("position"))
    if not steps:
        raise Refused(_("This process has no steps yet. Please give it one first."), status=409)
    opened = [step for step in steps if state_of(step) is StepState.OPEN]
    begun = [step for step in steps if state_of(step) is not StepState.PLANNED]
    return (opened or begun or steps[:1])[-1]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def work_on(request: HttpRequest, number: int) -> HttpResponse:
    """The work on one theme; a POST saves its words."""
    row = theme_here(request, number)
    form = WordsForm(row, request.POST if request.method == "POST" else None)
    status = 200
    now: Contribution | None = None
    if request.method == "POST":

        def save() -> Contribution:
            words = form.cleaned_data
            return change_words(request.actor, row, title=words["title"], text=words["text"], version=words["version"])

        status, changed = carry_out(form, save)
        if changed is not None:
            messages.success(request, _("Saved."))
            return SeeOther(reverse("theme_work", args=[number]))
        if status == 409:
            now = theme_here(request, number)
            take_up(form, now.version)
    return _page(request, row, form, now=now, status=status)


def _page(request: HttpRequest, row: Contribution, form: WordsForm, *, now: Contribution | None, status: int) -> HttpResponse:
    kept = theme_row(row)
    page = voices_of(row.city, row, cursor=request.GET.get("nach", ""))
    voices = kept.voice_count if kept else len(page.rows)
    context = {
        "theme": row,
        "row": kept,
        "form": form,
        "now": now,
        "voices": max(voices, len(page.rows)),
        "items": cards_of(page.rows),
        "next_url": f"?nach={page.next_cursor}" if page.next_cursor else "",
        "size": VOICES_A_PAGE,
        "from_board": is_from_board(row),
        "runs": [_run(run) for run in gatherings_of(kept)] if kept else [],
        "may_change": may_change(request.actor, row),
        "may_show": may_show(request.actor, row, len(page.rows)),
        "may_put_back": may_put_back(request.actor, row),
        "concept_url": concept_url(row),
    }
    return render(request, "themes/work.html", context, status=status)


def _run(run: Gathering) -> dict[str, Any]:
    return {"run": run, "refused": refused_in(run) if run.refused_count and not run.is_moving else []}


@never_cache
@require_safe
def show_gathering(request: HttpRequest, number: int, key: int) -> HttpResponse:
    """How far a gathering is: a part that the page fetches again and again, or the way back to the page."""
    row = theme_here(request, number)
    kept = theme_row(row)
    run = gathering_by_key(row.city, kept, key) if kept else None
    if run is None:
        raise Http404
    if "HX-Request" not in request.headers:
        return redirect("theme_work", number)
    return render(request, "themes/_run.html", {"each": _run(run), "theme": row, "may_change": may_change(request.actor, row)})


@require_POST
def take_out_here(request: HttpRequest, number: int) -> HttpResponse:
    """Take the ticked voices out of a theme."""
    row = theme_here(request, number)
    try:
        gone = take_out(request.actor, row, ticked(request)[:MOST_TICKS])
    except Refused as refused:
        if refused.status != 400:
            raise
        messages.error(request, str(refused.reason))
    else:
        sentence = ngettext("%(shown)s voice is out of the theme.", "%(shown)s voices are out of the theme.", gone)
        messages.success(request, sentence % {"shown": numbered(gone)})
    return SeeOther(reverse("theme_work", args=[number]))


@require_POST
def undo_here(request: HttpRequest, number: int, key: int) -> HttpResponse:
    """Take out again what one press brought in."""
    row = theme_here(request, number)
    kept = theme_row(row)
    run = gathering_by_key(row.city, kept, key) if kept else None
    if run is None:
        raise Http404
    undo_gathering(request.actor, row, run)
    messages.success(request, _("Taken back. What was in the theme before stays."))
    return SeeOther(reverse("theme_work", args=[number]))


@require_POST
def publish_here(request: HttpRequest, number: int) -> HttpResponse:
    """Publish a theme."""
    row = publish_theme(request.actor, theme_here(request, number))
    messages.success(request, _("The theme is published. Who gave a voice hears of it."))
    return SeeOther(reverse("theme_work", args=[row.number]))


@require_POST
def put_back_here(request: HttpRequest, number: int) -> HttpResponse:
    """Make a published theme a draft again."""
    put_back(request.actor, theme_here(request, number))
    messages.success(request, _("The theme is a draft again. Only the team sees it."))
    return SeeOther(reverse("theme_work", args=[number]))
