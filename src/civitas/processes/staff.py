"""The staff desk of processes: make one, word it, set its steps, open and close them, publish."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civitas.kit.schema_forms import SchemaForm
from civitas.kit.verdicts import Refused
from civitas.processes import actions
from civitas.processes.blueprints import Blueprint, blueprint_of, house_blueprints
from civitas.processes.cards import last_day, when_of
from civitas.processes.checks import misfits
from civitas.processes.forms import NewProcessForm, NewStepForm, ProcessForm, StepForm
from civitas.processes.models import Process
from civitas.processes.pausing import render_pause
from civitas.processes.policies import in_election_mode, rules_of
from civitas.processes.queries import process_view, staff_processes
from civitas.processes.registry import UnknownMethod, method_of, methods
from civitas.processes.rules import are_paused, may_steer
from civitas.processes.windows import StepState, state_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.cities.models import City
    from civitas.processes.models import Step
    from civitas.processes.queries import ProcessView

_READ_WRITE = require_http_methods(["GET", "HEAD", "POST"])


def _steering(request: HttpRequest) -> City:
    """The city, for whoever may steer its processes; others are refused (403)."""
    if request.city is None:
        raise Http404
    may_steer(request.actor).require()
    return request.city


def _view(request: HttpRequest, slug: str) -> ProcessView:
    view = process_view(_steering(request), slug)
    if view is None:
        raise Http404
    return view


def _step(view: ProcessView, position: int) -> Step:
    for item in view.rail:
        if item.step.position == position:
            return item.step
    raise Http404


@require_safe
def staff_list(request: HttpRequest) -> HttpResponse:
    """Every process of the city, drafts first."""
    city = _steering(request)
    rows = [
        {"view": view, "process": view.process, "state": _state_words(view), "ends_on": last_day(view.ends_at) if view.ends_at else None}
        for view in staff_processes(city)
    ]
    return render(request, "processes/staff_list.html", {"rows": rows})


def _state_words(view: ProcessView) -> str:
    if view.process.state != Process.State.PUBLISHED:
        return str(view.process.get_state_display())
    if view.current:
        return _("Open: %(step)s") % {"step": view.current.title}
    return _("Coming") if view.next else _("Over")


@_READ_WRITE
def new_process(request: HttpRequest) -> HttpResponse:
    """A new process from a template of the house, after the pattern of another, or empty."""
    city = _steering(request)
    existing = [view.process for view in staff_processes(city)]
    form = NewProcessForm(city, request.POST if request.method == "POST" else None, existing=existing)
    if request.method == "POST" and form.is_valid():
        like = _blueprint(city, form)
        try:
            process = actions.create_process(request.actor, title=form.translated("title"), question=form.translated("question"), like=like)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The draft is there. Only the team sees it until you publish it."))
            return redirect("staff_process", process.slug)
    return render(request, "processes/staff_new.html", {"form": form, "blueprints": house_blueprints()}, status=422 if form.errors else 200)


def _blueprint(city: City, form: NewProcessForm) -> Blueprint | None:
    like = form.cleaned_data["like"]
    if like in form.existing:
        return blueprint_of(city, form.existing[like])
    return house_blueprints().get(like.removeprefix("house:"))


@require_safe
def show_desk(request: HttpRequest, slug: str) -> HttpResponse:
    """One process at a glance: what does not fit, its steps, what can be done next."""
    view = _view(request, slug)
    return _desk(request, view)


def _desk(request: HttpRequest, view: ProcessView, *, refusal: Refused | None = None) -> HttpResponse:
    process = view.process
    rail = [
        {
            "step": item.step,
            "state": item.state.value,
            "when": when_of(item.step, item.state),
            "method": _method_name(item.step),
            "paused": are_paused(item.step),
        }
        for item in view.rail
    ]
    context = {
        "process": process,
        "rail": rail,
        "misfits": misfits(process.city, process),
        "state": process.get_state_display(),
        "is_draft": process.state == Process.State.DRAFT,
        "is_published": process.state == Process.State.PUBLISHED,
        "refused": refusal.reason if refusal else "",
    }
    return render(request, "processes/staff_process.html", context, status=refusal.status if refusal else 200)


def _method_name(step: Step) -> str:
    try:
        return str(method_of(step).name)
    except UnknownMethod:
        return step.method


@require_POST
def change_state(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish or archive; what does not fit is said and nothing changes."""
    view = _view(request, slug)
    state = request.POST.get("state", "")
    try:
        actions.set_process_state(request.actor, view.process, state)
    except Refused as refusal:
        return _desk(request, _view(request, slug), refusal=refusal)
    said = {
        "published": _("It is published. Everybody can see it now."),
        "archived": _("It is archived. People can still read it."),
        "draft": _("It is a draft. Only the team sees it."),
    }
    messages.success(request, said[state])
    return redirect("staff_process", slug)


@_READ_WRITE
def edit_process(request: HttpRequest, slug: str) -> HttpResponse:
    """The texts of a process, language beside language."""
    process = _view(request, slug).process
    form = ProcessForm(process.city, request.POST if request.method == "POST" else None, process=process)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.set_process(request.actor, process, version=form.cleaned_data["version"], values=form.values)
            except Refused as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                messages.success(request, _("Saved."))
                return redirect("staff_process", slug)
    return render(request, "processes/staff_texts.html", {"process": process, "form": form}, status=status)


@_READ_WRITE
def new_step(request: HttpRequest, slug: str) -> HttpResponse:
    """A further step: choose a building block by its card, give it a title and a window."""
    process = _view(request, slug).process
    form = NewStepForm(process.city, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            step = actions.add_step(
                request.actor, process, method=data["method"], title=form.translated("title"), intro=form.translated("intro"),
                opens_at=data["opens_at"], closes_at=data["closes_at"],
            )  # fmt: skip
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The step is there. Now set it as you need it."))
            return redirect("staff_step", slug, step.position)
    cards = [method for _key, method in sorted(methods().items())]
    return render(
        request, "processes/staff_step_new.html", {"process": process, "form": form, "methods": cards}, status=422 if form.errors else 200
    )


@_READ_WRITE
def edit_step(request: HttpRequest, slug: str, position: int) -> HttpResponse:
    """A step: open or close it by hand, its texts and window, and its building block's settings."""
    view = _view(request, slug)
    step, city = _step(view, position), view.process.city
    method = methods().get(step.method)
    typed = request.POST if request.method == "POST" else None
    form = StepForm(city, typed, step=step)
    offers = method.offers(request.city) if method and method.offers else None
    settings = SchemaForm(method.settings, typed, value=_fitting(step), languages=form.languages, offers=offers) if method else None
    if request.method == "POST" and settings is not None and all([form.is_valid(), settings.is_valid()]):
        data = form.cleaned_data
        try:
            actions.set_step(
                request.actor, step, settings=settings.value,
                title=form.translated("title", step.title), intro=form.translated("intro", step.intro),
                opens_at=data["opens_at"], closes_at=data["closes_at"],
            )  # fmt: skip
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("staff_step", slug, position)
    faulty = bool(form.errors or (settings and settings.errors))
    return render(
        request,
        "processes/staff_step.html",
        _step_context(view, step, form, settings, render_pause(request, step)),
        status=422 if faulty else 200,
    )


def _fitting(step: Step) -> dict[str, Any]:
    """The step's settings, or none where the building block does not take them any more."""
    try:
        method_of(step).settings_of(step)
    except ValueError:  # pydantic's ValidationError is one
        return {}
    return dict(step.settings)


def _step_context(view: ProcessView, step: Step, form: StepForm, settings: SchemaForm | None, pause: str) -> dict[str, Any]:
    state = state_of(step)
    return {
        "process": view.process,
        "step": step,
        "method": methods().get(step.method),
        "form": form,
        "settings_form": settings,
        "is_open": state is StepState.OPEN,
        "state": state.value,
        "when": when_of(step, state),
        "pause": pause,
        "ruled": _is_ruled(view.process),
    }


def _is_ruled(process: Process) -> bool:
    """Whether the rules of city or process decide what waits, whatever the step is set to."""
    rules = rules_of(process.city, process)
    return rules.check_contributions != "step" or rules.check_comments != "step" or in_election_mode(process.city)


@require_POST
def change_opening(request: HttpRequest, slug: str, position: int) -> HttpResponse:
    """Open or close a step by hand, or leave it to its window."""
    step = _step(_view(request, slug), position)
    override = request.POST.get("override", "")
    actions.override_step(request.actor, step, override)
    said = {"open": _("The step is open now."), "closed": _("The step is closed now."), "": _("The step follows its window again.")}
    messages.success(request, said[override])
    return redirect("staff_step", slug, position)
