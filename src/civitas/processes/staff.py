"""The staff desk of processes: make one, word it, set its steps, open and close them, publish."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from civitas.kit.schema_forms import SchemaForm
from civitas.kit.verdicts import Refused
from civitas.processes import actions
from civitas.processes.blueprints import blueprint_of, blueprint_of_text, house_blueprints
from civitas.processes.cards import when_of
from civitas.processes.checks import misfits_among, roles_in
from civitas.processes.desk import READ_WRITE, desk_view, state_words, steering_city, step_in, theirs_beside
from civitas.processes.desk_parts import cards_to_choose, ends_on, next_of
from civitas.processes.forms import NewProcessForm, NewStepForm, StepForm
from civitas.processes.models import Process
from civitas.processes.pausing import render_pause
from civitas.processes.policies import in_election_mode, rules_of
from civitas.processes.queries import staff_processes
from civitas.processes.registry import method_of, methods
from civitas.processes.template_files import LARGEST, Blueprint, TemplateFaults, write_template
from civitas.processes.windows import StepState, state_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.cities.models import City
    from civitas.processes.models import Step
    from civitas.processes.queries import ProcessView


@require_safe
def staff_list(request: HttpRequest) -> HttpResponse:
    """Every process of the city, drafts first."""
    city = steering_city(request)
    views, roles = staff_processes(city), roles_in(city)
    groups: dict[str, list[dict[str, Any]]] = {"drafts": [], "running": [], "coming": [], "over": []}
    for view in views:
        found = misfits_among(city, view.process, [item.step for item in view.rail], roles)
        row = {"view": view, "process": view.process, "state": state_words(view), "ends_on": ends_on(view), "next": next_of(view, found)}
        groups[_group_of(view)].append(row)
    titles = {"drafts": _("Drafts"), "running": _("Running"), "coming": _("Coming"), "over": _("Over")}
    shown = [{"key": key, "title": titles[key], "rows": rows} for key, rows in groups.items() if rows]
    return render(
        request,
        "processes/staff_list.html",
        {"groups": shown, "waiting": sum(row["next"].is_due for rows in groups.values() for row in rows)},
    )


def _group_of(view: ProcessView) -> str:
    if view.process.state == Process.State.DRAFT:
        return "drafts"
    if view.current or view.process.is_paused:
        return "running"
    return "coming" if view.next and view.process.state == Process.State.PUBLISHED else "over"


@READ_WRITE
def new_process(request: HttpRequest) -> HttpResponse:
    """A new process from a template of the house, after the pattern of another, or empty."""
    city = steering_city(request)
    existing = [view.process for view in staff_processes(city)]
    form = NewProcessForm(city, *((request.POST, request.FILES) if request.method == "POST" else ()), existing=existing)
    if request.method == "POST" and form.is_valid():
        try:
            like = _blueprint(city, form)
            title, question = form.translated("title"), form.translated("question")
            if form.cleaned_data["like"] == "file" and like is not None:
                title, question = title or like.title, question or like.question or title or like.title
            process = actions.create_process(request.actor, title=title, question=question, like=like)
        except TemplateFaults as faults:
            for each in faults.sentences:
                form.add_error("file", each)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The draft is there. Only the team sees it until you publish it."))
            return redirect("staff_process", process.slug)
    return render(request, "processes/staff_new.html", {"form": form}, status=422 if form.errors else 200)


def _blueprint(city: City, form: NewProcessForm) -> Blueprint | None:
    like = form.cleaned_data["like"]
    if like == "file":
        return blueprint_of_text(form.cleaned_data["file"].read(LARGEST + 1))
    if like in form.existing:
        return blueprint_of(city, form.existing[like])
    return house_blueprints().get(like.removeprefix("house:"))


@require_safe
def download_template(request: HttpRequest, slug: str) -> HttpResponse:
    """A process as a template file, for another city or another year."""
    process = desk_view(request, slug).process
    text = write_template(blueprint_of(process.city, process), slug)
    response = HttpResponse(text, content_type="application/toml; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}.toml"'
    return response


@READ_WRITE
def new_step(request: HttpRequest, slug: str) -> HttpResponse:
    """A further step: choose a building block by its card, give it a title and a window."""
    view = desk_view(request, slug)
    process = view.process
    form = NewStepForm(process.city, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            step = actions.add_step(
                request.actor, process, method=data["method"], title=form.translated("title"), intro=form.translated("intro"),
                opens_at=data["opens_at"], closes_at=data["closes_at"], mode=data["mode"],
            )  # fmt: skip
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The step is there. Now set it as you need it."))
            return redirect("staff_step", slug, step.position)
    context = {"process": process, "form": form, "cards": cards_to_choose(view, form["method"])}
    return render(request, "processes/staff_step_new.html", context, status=422 if form.errors else 200)


@READ_WRITE
def edit_step(request: HttpRequest, slug: str, position: int) -> HttpResponse:
    """A step: open or close it by hand, its texts and window, and its building block's settings."""
    view = desk_view(request, slug)
    step, city = step_in(view, position), view.process.city
    method = methods().get(step.method)
    typed = request.POST if request.method == "POST" else None
    form = StepForm(city, typed, step=step)
    offers = method.offers(request.city) if method and method.offers else None
    settings = SchemaForm(method.settings, typed, value=_fitting(step), languages=form.languages, offers=offers) if method else None
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and settings is not None and all([form.is_valid(), settings.is_valid()]):
        data, version = form.cleaned_data, request.POST.get("version", "")
        try:
            actions.set_step(
                request.actor, step, version=int(version) if version.isdecimal() else 0, settings=settings.value,
                title=form.translated("title", step.title), intro=form.translated("intro", step.intro),
                privacy=form.translated("privacy", step.privacy), opens_at=data["opens_at"], closes_at=data["closes_at"], mode=data["mode"],
            )  # fmt: skip
        except Refused as refusal:
            form.refuse(refusal)
            status = 409 if refusal.status == 409 else 422
        else:
            messages.success(request, _("Saved."))
            return redirect("staff_step", slug, position)
    context = _step_context(view, step, form, settings, render_pause(request, step))
    context["theirs"] = theirs_beside(form, StepForm(city, step=step)) if status == 409 else []
    return render(request, "processes/staff_step.html", context, status=status)


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
    step = step_in(desk_view(request, slug), position)
    override = request.POST.get("override", "")
    actions.override_step(request.actor, step, override)
    said = {"open": _("The step is open now."), "closed": _("The step is closed now."), "": _("The step follows its window again.")}
    messages.success(request, said[override])
    return redirect("staff_step", slug, position)
