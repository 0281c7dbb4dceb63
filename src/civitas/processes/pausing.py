"""Pausing the comments of a step by one click, from its page, from a contribution or from the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from civitas.kit.redirects import own_address
from civitas.kit.verdicts import Refused
from civitas.processes.actions import pause_comments, reopen_comments
from civitas.processes.models import Step
from civitas.processes.queries import step_of
from civitas.processes.registry import Ability, UnknownMethod, method_of
from civitas.processes.rules import are_paused, may_pause
from civitas.processes.windows import StepState, state_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.cities.models import City


class PauseForm(forms.Form):
    """Until when, if that is known."""

    until = forms.DateTimeField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M"],
        error_messages={"invalid": gettext_lazy("Please give a day and a time, such as 12.05.2026 17:00.")},
    )


def render_pause(request: HttpRequest, step: Step, *, back: str = "", form: PauseForm | None = None) -> str:
    """The buttons that pause the comments of a step or open them again, as safe HTML; '' for who may not. No query."""
    if not may_pause(request.actor, step):
        return ""
    context = {
        "step": step,
        "paused": are_paused(step),
        "form": form or PauseForm(),
        "url": reverse("step_comments", args=[step.process.slug, step.position]),
        "back": back or (request.get_full_path() if request.method == "GET" else ""),
    }
    return render_to_string("processes/_pause.html", context, request=request)


def talking_step(city: City, process: int, own: int | None, kind: str) -> Step | None:
    """The step by which something of this kind is commented on: its own or a later one that takes it, where it is open; first one
    that is not paused. None where comments are closed anyway. One query."""
    steps = Step.objects.of(city).filter(process=process).select_related("process").order_by("position")
    found = [step for step in steps if state_of(step) is StepState.OPEN and _lets_talk(step, kind, own)]
    return next((step for step in found if not are_paused(step)), found[0] if found else None)


def _lets_talk(step: Step, kind: str, own: int | None) -> bool:
    try:
        method = method_of(step)
        return (step.pk == own or kind in method.takes) and Ability.COMMENT in method.abilities and method.settings_of(step).comments
    except (UnknownMethod, ValueError):  # a block that is gone, or settings that it does not take any more
        return False


@require_POST
def change_comments(request: HttpRequest, slug: str, position: int) -> HttpResponse:
    """Pause the comments of a step, or open them again, and back to where it was clicked."""
    step = step_of(request.city, slug, position) if request.city else None
    if step is None:
        raise Http404
    may_pause(request.actor, step).require()
    back = own_address(request, request.POST.get("back", "")) or reverse("staff_process", args=[slug])
    if request.POST.get("do") == "open":
        reopen_comments(request.actor, step)
        messages.success(request, _("People can comment again."))
        return redirect(back)
    form = PauseForm(request.POST)
    if form.is_valid():
        try:
            pause_comments(request.actor, step, until=form.cleaned_data["until"])
        except Refused as refused:
            form.add_error("until", str(refused.reason))
        else:
            messages.success(request, _("Comments are paused. People read that, and can still read everything."))
            return redirect(back)
    context = {"step": step, "pause": render_pause(request, step, back=back, form=form)}
    return render(request, "processes/staff_pause.html", context, status=422)
