"""Keeping a draft while somebody types, and throwing one away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from civitas.contributions.drafts import draft_of, drop_draft, keep_draft
from civitas.contributions.forms import GiveForm
from civitas.kit.redirects import SeeOther
from civitas.kit.sealed_forms import sealed
from civitas.kit.verdicts import Refused
from civitas.people.actions import participant_of
from civitas.people.actors import Actor
from civitas.processes.queries import step_of
from civitas.processes.registry import method_of
from civitas.processes.rules import may_see_process

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.contributions.models import Draft

# What is not kept: files, what the person is asked anew each time, and what only guards the form.
_LEFT_OUT = {"uid", "seal", "homepage", "mail", "rights", "people", "draft_version", "spot"}


@login_not_required
@require_POST
@never_cache
def keep(request: HttpRequest, slug: str, position: int) -> HttpResponse:
    """Keep the form as typed: {version, said}. When another window was quicker (409): {said, version, typed} of what it kept."""
    if request.city is None:
        raise Http404
    step = step_of(request.city, slug, position)
    if step is None:
        raise Http404
    may_see_process(request.actor, step.process).require()
    try:
        uid = UUID(request.POST.get("uid", ""))
        # A draft gets a seal whenever it is opened: only a form of ours may become one.
        if not constant_time_compare(request.POST.get("seal", ""), sealed(uid)):
            raise ValueError
        version = int(request.POST.get("draft_version") or 0)
    except ValueError:
        return JsonResponse({"said": _("This form cannot be kept.")}, status=400)
    actor = request.actor
    if actor.participant is None and request.user.is_authenticated:
        actor = Actor(request.city, participant_of(request.city, request.user, language=request.language), source=actor.source)
    try:
        draft = keep_draft(
            actor,
            step,
            uid=uid,
            typed=typed_in(GiveForm(actor, step, settings=method_of(step).settings_of(step)), request.POST),
            version=version,
        )
    except Refused as refused:
        other = draft_of(actor.participant, uid) if refused.status == 409 else None
        return JsonResponse({"said": str(refused.reason), **(_kept(other) if other else {})}, status=refused.status)
    said = _("Draft saved at %(time)s.") % {"time": time_format(localtime(draft.changed_at), "TIME_FORMAT")}
    return JsonResponse({"version": draft.version, "said": said})


def _kept(draft: Draft) -> dict[str, Any]:
    return {"version": draft.version, "typed": draft.typed, "time": time_format(localtime(draft.changed_at), "TIME_FORMAT")}


def typed_in(form: GiveForm, data: Any) -> dict[str, str]:
    """What was typed into the form's fields, as it stands there."""
    kept = (name for name, field in form.fields.items() if name not in _LEFT_OUT and not field.widget.needs_multipart_form)
    return {name: data[name] for name in kept if data.get(name)}


@login_not_required
@require_POST
def drop(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Throw a draft away and go back to where it was listed."""
    if request.city is None:
        raise Http404
    drop_draft(request.actor, uid)
    messages.success(request, _("The draft is thrown away."))
    back = request.POST.get("back", "")
    return SeeOther(back if back.startswith("/") and not back.startswith("//") and "\\" not in back else "/")
