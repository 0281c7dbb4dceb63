"""Seeing the city as citizens do: the team lays its roles down for a while, in this browser's session alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.urls import get_script_prefix
from django.views.decorators.http import require_POST

from civitas.kit.redirects import SeeOther, own_address
from civitas.people.actors import AS_CITIZEN
from civitas.team.rules import may_see_team

if TYPE_CHECKING:
    from django.http import HttpRequest

_CAME_FROM = "as_citizen_from"


@require_POST
def see_as_citizen(request: HttpRequest) -> HttpResponse:
    """Lay the roles down ('an'), or take them up again. It can only ever take rights away: the roles stay what they are."""
    if request.city is None:
        raise Http404
    here = own_address(request, request.POST.get("hier", "")) or get_script_prefix()
    if request.POST.get("sehen") == "an":
        if request.session.get(AS_CITIZEN) != request.city.slug:  # pressed twice, they are laid down already
            may_see_team(request.actor).require()
            request.session[AS_CITIZEN] = request.city.slug
            request.session[_CAME_FROM] = here
        # The team's own pages are closed to citizens.
        return SeeOther(get_script_prefix() if "/verwaltung" in here else here)
    request.session.pop(AS_CITIZEN, None)
    came_from = request.session.pop(_CAME_FROM, "")
    return SeeOther(came_from or here)
