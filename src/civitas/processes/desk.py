"""The desk of one process: everything about it on one page, each part changed in its place, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civitas.kit.languages import LABELS, path_in_language
from civitas.kit.verdicts import Refused
from civitas.processes import actions, removing, steering
from civitas.processes.checks import misfits
from civitas.processes.desk_parts import (
    acts_of,
    document_rows,
    ends_on,
    event_rows,
    languages_of,
    lines_of,
    news_rows,
    rules_said,
    step_to_extend,
    steps_of,
    topic_rows,
)
from civitas.processes.forms import PARTS, ProcessForm
from civitas.processes.history import course_of
from civitas.processes.mending import mend
from civitas.processes.models import Document, Event, News, Process, Removed, Step
from civitas.processes.queries import process_view
from civitas.processes.rules import may_steer
from civitas.processes.telling_forms import ExtendForm
from civitas.processes.topic_forms import DrawingForm

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest

    from civitas.cities.models import City
    from civitas.processes.queries import ProcessView

_PARTS: dict[type, str] = {Step: "schritte", News: "neuigkeiten", Event: "termine", Document: "unterlagen"}
_PART_OF = {
    Removed.What.STEP: "schritte",
    Removed.What.NEWS: "neuigkeiten",
    Removed.What.EVENT: "termine",
    Removed.What.DOCUMENT: "unterlagen",
}
READ_WRITE = require_http_methods(["GET", "HEAD", "POST"])


def steering_city(request: HttpRequest) -> City:
    """The city, for whoever may steer its processes; others are refused (403)."""
    if request.city is None:
        raise Http404
    may_steer(request.actor).require()
    return request.city


def desk_view(request: HttpRequest, slug: str) -> ProcessView:
    """The process with its rail, for whoever may steer it."""
    view = process_view(steering_city(request), slug)
    if view is None:
        raise Http404
    return view


def step_in(view: ProcessView, position: int) -> Step:
    """The step at a place; Http404 where there is none."""
    for item in view.rail:
        if item.step.position == position:
            return item.step
    raise Http404


@require_safe
def show_desk(request: HttpRequest, slug: str) -> HttpResponse:
    """One process at a glance: what does not fit, all its parts, what can be done next."""
    return render_desk(request, desk_view(request, slug))


def render_desk(request: HttpRequest, view: ProcessView, *, refusal: Refused | None = None, status: int = 0, **edited: Any) -> HttpResponse:
    """The desk, with one part being changed: `editing` names it, `form` is its form (see `processes/_desk_form.html`)."""
    process, city = view.process, view.process.city
    found = misfits(city, process)
    extends = step_to_extend(view) if process.state == Process.State.PUBLISHED else None
    context = {
        "process": process,
        "view": view,
        "state": state_words(view),
        "is_draft": process.state == Process.State.DRAFT,
        "ends_on": ends_on(view),
        "misfits": found,
        "hindering": sum(misfit.hinders for misfit in found),
        "columns": languages_of(city),
        "about": lines_of(city, ((_("Title"), process.title), (_("Question"), process.question), (_("In a few sentences"), process.lead))),
        "result": lines_of(city, ((_("Result"), process.result),)),
        "contact": lines_of(
            city,
            (
                (_("Their office"), process.owner_title),
                (_("How to reach them"), process.contact),
                (_("What that means here"), process.say_note),
            ),
        ),
        "formal": lines_of(city, ((_("Note on the procedure"), process.formal_note),)),
        "steps": steps_of(request.actor, view),
        "news": news_rows(city, process),
        "events": event_rows(city, process),
        "documents": document_rows(city, process),
        "drawing": mark_safe(process.picture),  # noqa: S308  (cleaned by kit.svg when it was loaded)
        "drawing_form": edited.pop("drawing_form", None) or DrawingForm(),
        **topic_rows(city, process),
        "rules_said": rules_said(city, process),
        "own_rules": len(process.rules),
        "gone": _gone(request, process),
        "acts": acts_of(view, found),
        "extends": extends,
        "extend_form": edited.pop("extend_form", None) or (ExtendForm(initial={"closes_at": extends.closes_at}) if extends else None),
        "course": course_of(city, process),
        "previews": [(str(LABELS[code]), path_in_language(f"/beteiligung/{process.slug}", code)) for code in city.config.languages],
        "refused": refusal.reason if refusal else "",
    }
    return render(request, "processes/desk.html", context | edited, status=status or (refusal.status if refusal else 200))


def _gone(request: HttpRequest, process: Process) -> dict[str, dict[str, Any]]:
    """By part of the desk what was taken away lately, and what of it just now."""
    found: dict[str, dict[str, Any]] = {part: {"rows": [], "now": None} for part in _PARTS.values()}
    for row in removing.removed_lately(process.city, process):
        part = found[_PART_OF[Removed.What(row.what)]]
        part["rows"].append(row)
        if request.GET.get("weg") == str(row.pk):
            part["now"] = row
    return found


def state_words(view: ProcessView) -> dict[str, str]:
    """Word, icon and tone of how it stands."""
    process = view.process
    if process.state == Process.State.DRAFT:
        return {"word": _("Draft"), "icon": "edit", "tone": "wait"}
    if process.state == Process.State.ARCHIVED:
        return {"word": _("Archived"), "icon": "book", "tone": "no"}
    if process.is_paused:
        return {"word": _("Takes a break"), "icon": "clock", "tone": "wait"}
    if view.current:
        return {"word": _("Open: %(step)s") % {"step": view.current.title}, "icon": "check", "tone": "ok"}
    return {"word": _("Coming"), "icon": "calendar", "tone": "go"} if view.next else {"word": _("Over"), "icon": "check", "tone": "no"}


@READ_WRITE
def edit_process(request: HttpRequest, slug: str) -> HttpResponse:
    """The texts of one part (`teil`) in its place, language beside language."""
    view, part = desk_view(request, slug), request.GET.get("teil", "worum")
    if part not in PARTS:
        raise Http404
    process = view.process
    form = ProcessForm(process.city, request.POST if request.method == "POST" else None, process=process, part=part)
    status, theirs = 200, []
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                version = form.cleaned_data["version"]
                actions.set_process(request.actor, process, version=version, values=form.values)
            except Refused as refusal:
                form.refuse(refusal)
                status = refusal.status
                theirs = theirs_beside(form, ProcessForm(process.city, process=process, part=part)) if status == 409 else []
            else:
                messages.success(request, _("Saved."))
                return redirect(f"{reverse('staff_process', args=[slug])}#{part}")
    return render_desk(request, view, status=status, editing=part, form=form, version=process.version, theirs=theirs)


def theirs_beside(form: forms.Form, fresh: forms.Form) -> list[tuple[str, str]]:
    """What somebody else saved meanwhile where it differs from what was typed: label and text."""
    said = []
    for name, field in fresh.fields.items():
        theirs, typed = fresh[name].value() or "", form[name].value() or ""
        if name != "version" and str(theirs) != str(typed):
            words = dict(getattr(field, "choices", ()))
            said.append((str(field.label), str(words.get(theirs, theirs)) or "–"))
    return said


@require_POST
def change_state(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish, pause, go on, close, open again, archive; what does not fit is said and nothing changes."""
    view = desk_view(request, slug)
    state = request.POST.get("state", "")
    courses = {
        "paused": (steering.pause_process, _("It takes a break now. People can read everything.")),
        "running": (steering.resume_process, _("It goes on.")),
        "closed": (steering.close_process, _("Every step is closed now. “Open again” takes that back.")),
        "reopened": (steering.reopen_process, _("The steps follow their windows again.")),
    }
    said = {
        "published": _("It is published. Everybody can see it now."),
        "archived": _("It is archived. People can still read it."),
        "draft": _("It is a draft. Only the team sees it."),
    }
    try:
        if state in courses:
            courses[state][0](request.actor, view.process)
        else:
            actions.set_process_state(request.actor, view.process, state)
    except Refused as refusal:
        return render_desk(request, desk_view(request, slug), refusal=refusal)
    messages.success(request, courses[state][1] if state in courses else said[state])
    return redirect("staff_process", slug)


@require_POST
def extend(request: HttpRequest, slug: str) -> HttpResponse:
    """Let the step that is open, or closed last, last longer."""
    view = desk_view(request, slug)
    step, form = step_to_extend(view), ExtendForm(request.POST)
    if step is None:
        return render_desk(request, view, refusal=Refused(_("This step has no end, so there is nothing to extend."), status=409))
    if form.is_valid():
        try:
            following = form.cleaned_data["following"]
            moved = steering.extend_step(request.actor, step, closes_at=form.cleaned_data["closes_at"], following=following)
        except Refused as refusal:
            if not refusal.fields:
                return render_desk(request, view, refusal=refusal)
            form.add_error("closes_at", str(refusal.reason))
        else:
            said = ngettext(
                "“%(step)s” lasts longer now, and the step after it moved along.",
                "“%(step)s” lasts longer now, and %(number)s steps after it moved along.",
                len(moved),
            )
            said = said if moved else _("“%(step)s” lasts longer now.")
            messages.success(request, said % {"step": step.title, "number": len(moved)})
            return redirect("staff_process", slug)
    return render_desk(request, view, status=422, extend_form=form)


@require_POST
def mend_process(request: HttpRequest, slug: str) -> HttpResponse:
    """Carry out what the desk proposes about something that does not fit."""
    view = desk_view(request, slug)
    key, step = request.POST.get("mend", ""), request.POST.get("step", "")
    about = next((item.step for item in view.rail if str(item.step.pk) == step), None)
    try:
        mend(request.actor, view.process, key, about)
    except Refused as refusal:
        return render_desk(request, desk_view(request, slug), refusal=refusal)
    messages.success(request, _("Done. Please look whether it is right like this."))
    return redirect(f"{reverse('staff_process', args=[slug])}#passt")


@require_POST
def move_step(request: HttpRequest, slug: str) -> HttpResponse:
    """Give a step (by key) the place of the one before or after it."""
    view = desk_view(request, slug)
    step, to = _keyed(view, request.POST.get("step", "")), request.POST.get("to", "")
    try:
        steering.move_step(request.actor, step, int(to) if to.isdecimal() else 0)
    except Refused as refusal:
        return render_desk(request, desk_view(request, slug), refusal=refusal)
    messages.success(request, _("“%(step)s” has moved.") % {"step": step.title})
    return redirect(f"{reverse('staff_process', args=[slug])}#schritte")


@require_POST
def remove_step(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a step (by key) away to which nobody has given anything."""
    view = desk_view(request, slug)
    step = _keyed(view, request.POST.get("step", ""))
    version = request.POST.get("version", "")
    try:
        gone = steering.remove_step(request.actor, step, version=int(version) if version.isdecimal() else 0)
    except Refused as refusal:
        return render_desk(request, desk_view(request, slug), refusal=refusal)
    return redirect(gone_address(slug, "schritte", gone))


def gone_address(slug: str, part: str, gone: Removed | None) -> str:
    """The part of the desk from which something was just taken away, with the way back."""
    return reverse("staff_process", args=[slug]) + (f"?weg={gone.pk}" if gone else "") + f"#{part}"


@require_POST
def bring_back(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """Put back what was taken away."""
    view = desk_view(request, slug)
    try:
        row = removing.bring_back(request.actor, view.process, key)
    except Refused as refusal:
        return render_desk(request, desk_view(request, slug), refusal=refusal)
    if row is None:
        messages.info(request, _("It is back already."))
        return redirect("staff_process", slug)
    messages.success(request, _("“%(title)s” is back, as it was.") % {"title": row.title})
    return redirect(f"{reverse('staff_process', args=[slug])}#{_PARTS[type(row)]}")


def _keyed(view: ProcessView, key: str) -> Step:
    for item in view.rail:
        if item.step.key == key:
            return item.step
    raise Http404
