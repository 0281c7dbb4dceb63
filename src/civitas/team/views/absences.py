"""Saying that somebody is away, and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from civitas.kit.refusals import show_refusal
from civitas.kit.verdicts import Refused
from civitas.team.actions import remove_absence, set_absence
from civitas.team.forms import AbsenceForm
from civitas.team.models import Absence
from civitas.team.queries import colleague_by_uid, coming_absences
from civitas.team.rules import may_see_team, may_set_absence
from civitas.team.views.doors import enter

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_absence(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The form of an absence; sent, the deputy hears of it."""
    city = enter(request, may_see_team)
    colleague = colleague_by_uid(city, uid)
    if colleague is None:
        raise Http404
    person = colleague.person
    may_set_absence(request.actor, person).require()
    form = AbsenceForm(city, person, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                row = set_absence(request.actor, person, **form.chosen)
            except Refused as refused:
                show_refusal(form, refused)
                status = 422 if refused.fields else refused.status
            else:
                messages.success(
                    request,
                    _("Noted. %(deputy)s stands in and hears of it.") % {"deputy": row.deputy.shown_name}
                    if row.deputy
                    else _("Noted. Nobody stands in yet."),
                )
                return redirect("team")
    is_me = request.actor.participant is not None and person.pk == request.actor.participant.pk
    context = {"form": form, "person": person, "is_me": is_me, "absences": coming_absences(city, person)}
    return render(request, "team/absence.html", context, status=status)


@require_POST
def drop_absence(request: HttpRequest, key: int) -> HttpResponse:
    """They are there after all."""
    city = enter(request, may_see_team)
    row = Absence.objects.of(city).filter(pk=key).select_related("participant").first()
    if row is None:
        raise Http404
    remove_absence(request.actor, row)
    messages.success(request, _("Taken back. Everything comes to the person again."))
    return redirect("colleague", uid=row.participant.uid)
