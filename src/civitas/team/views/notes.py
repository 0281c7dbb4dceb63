"""Notes for who comes next: on the team's page, and as a box of the overview."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from civitas.kit.redirects import SeeOther, own_address
from civitas.kit.refusals import show_refusal
from civitas.kit.verdicts import Refused
from civitas.team.actions import finish_note, leave_note, pin_note, reopen_note, unpin_note
from civitas.team.forms import NoteForm
from civitas.team.models import ShiftNote
from civitas.team.queries import open_notes
from civitas.team.rules import may_note, may_see_team
from civitas.team.views.colleagues import team_page
from civitas.team.views.doors import enter

if TYPE_CHECKING:
    from django.http import HttpRequest

_CHANGES = {"anheften": pin_note, "loesen": unpin_note, "erledigt": finish_note, "offen": reopen_note}
# So many stand in the box of the overview.
SHOWN = 4


def _back(request: HttpRequest) -> HttpResponse:
    return SeeOther(own_address(request, request.POST.get("back", "")) or f"{reverse('team')}#notizen")


@require_POST
def write_note(request: HttpRequest) -> HttpResponse:
    """Leave a note."""
    enter(request, may_note)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return team_page(request, note=form)
    try:
        leave_note(request.actor, **form.cleaned_data)
    except Refused as refused:
        show_refusal(form, refused)
        return team_page(request, note=form)
    messages.success(request, _("Noted. Who comes next finds it here and on the overview."))
    return redirect(f"{reverse('team')}#notizen")


@require_POST
def change_note(request: HttpRequest, key: int, change: str) -> HttpResponse:
    """Pin a note, let it go, tick it off, or open it again."""
    city = enter(request, may_note)
    note = ShiftNote.objects.of(city).filter(pk=key).first()
    if note is None or change not in _CHANGES:
        raise Http404
    _CHANGES[change](request.actor, note)
    return _back(request)


def render_notes(request: HttpRequest) -> str:
    """The box of the team's overview: what the last shift left for this one; a link alone where there is nothing."""
    if not may_see_team(request.actor):
        return ""
    notes = open_notes(request.city)
    context = {"notes": notes[:SHOWN], "more": len(notes) > SHOWN, "back": request.path}
    return render_to_string("team/_notes_card.html", context, request=request)
