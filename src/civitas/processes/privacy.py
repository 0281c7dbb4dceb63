"""The notice on privacy of each step: why and on which basis, what the step really takes, how long it stays, and what one can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from civitas.kit.rooms import Taken, rooms
from civitas.kit.texts import rendered
from civitas.kit.translated import Translated
from civitas.people.consents import purposes
from civitas.processes.models import Step
from civitas.processes.registry import UnknownMethod, method_of
from civitas.processes.retention import kept_lines
from civitas.processes.rules import may_see_process

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString


@dataclass(frozen=True)
class PrivacyNotice:
    """What the page of a step's notice says. `own` are the city's words for it in place of `why`, as safe HTML ('' = it has none)."""

    own: SafeString | str
    why: list[str]
    takes: list[str]
    consents: list[str]
    kept: list[dict[str, Any]]


def notice_of(step: Step) -> PrivacyNotice:
    """The notice of a step in the active language, made from its method, its settings and what is kept for how long; no query.

    Words of the city's own stand in place of why and on which basis. What the step takes is never worded by hand, so that it stays true.
    """
    takes, consents = _taken(step)
    return PrivacyNotice(rendered(str(step.privacy)) if step.privacy else "", _why(step), takes, consents, kept_lines(step.process.city))


def _why(step: Step) -> list[str]:
    city, process = step.process.city, step.process
    who = process.organisation.name if process.organisation else str(city)
    law = str(Translated(city.config.privacy.law))
    basis = (
        _("This is a public task: Art. 6 (1) (e) GDPR together with %(law)s. It needs no consent of yours.") % {"law": law}
        if law
        else _("This is a public task: Art. 6 (1) (e) GDPR together with the law of the city. It needs no consent of yours.")
    )
    return [
        _("%(who)s asks you here to involve you in “%(title)s”. Your data serves that and nothing else.")
        % {"who": who, "title": process.title},
        basis,
        _("You take part because you want to. If you do not, you have no disadvantage."),
    ]


def _taken(step: Step) -> tuple[list[str], list[str]]:
    """What the step takes, as its building block and the rooms say it, and for what of it consent is asked."""
    try:
        method = method_of(step)
        settings = method.settings_of(step)
    except (UnknownMethod, ValueError):  # it takes nothing as long as its building block is missing or does not fit
        return [], []
    declared = [each for room in rooms() if room.takes for each in room.takes(step, method, settings)]
    declared += [*(method.asks(settings) if method.asks else ()), *_of_everybody(settings)]
    asked = dict.fromkeys(each.purpose for each in declared if each.purpose in purposes())
    return [each.said for each in declared], [str(purposes()[key].label) for key in asked]


def _of_everybody(settings: Any) -> list[Taken]:
    name = (
        _("Your mail address, since you sign in for this step. Nobody else sees it.")
        if settings.who == "signed_in"
        else _("A name and a mail address, if you give them. You can take part without both. Nobody else sees the address.")
    )
    mark = _("A mark in your browser that knows you again, and for a few days a checksum of your connection, against floods of spam.")
    return [Taken(name), Taken(mark)]


@login_not_required
@require_safe
def show_privacy(request: HttpRequest, key: int) -> HttpResponse:
    """The notice on privacy of one step."""
    if request.city is None:
        raise Http404
    rows = Step.objects.of(request.city).select_related("process", "process__organisation", "process__city")
    step = rows.filter(pk=key, process__city=request.city).first()
    if step is None:
        raise Http404
    may_see_process(request.actor, step.process).require()
    has_pages = request.city.has_module("processes")
    context = {"step": step, "process": step.process, "has_pages": has_pages, "notice": notice_of(step)}
    return render(request, "processes/step_privacy.html", context)
