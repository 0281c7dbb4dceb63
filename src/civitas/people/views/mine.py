"""My page: what is new, what I gave and what became of it, my quarter. Each room brings its own part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from civitas.cities.queries import areas_of
from civitas.kit.rooms import MySection, rooms
from civitas.notices.queries import unseen_notices, worded
from civitas.people.actions import choose_home_area
from civitas.people.actors import guest_of
from civitas.people.forms import HomeForm
from civitas.people.guests import taking_part
from civitas.people.tabs import account_tabs

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

NEWS = 4


@login_not_required
@never_cache
@require_safe
def show_mine(request: HttpRequest) -> HttpResponse:
    """What a person gave, keeps and waits for in this city; who is not known here yet is invited."""
    city = request.city
    if city is None:
        raise Http404
    person = request.actor.participant
    if person is None and not request.user.is_authenticated:
        return render(request, "people/mine_unknown.html", {"has_sensor": city.has_module("sensor")})
    unseen = unseen_notices(city, person.uid, most=NEWS + 1) if person else []
    context = {
        "tabs": account_tabs(request, "mine"),
        "person": person,
        "guest": guest_of(request) if request.user.is_authenticated else None,
        "news": worded(city, unseen[:NEWS]),
        "more_news": len(unseen) > NEWS,
        "main": _rendered(request, "main"),
        "side": _rendered(request, "side"),
    }
    return render(request, "people/mine.html", context)


def _rendered(request: HttpRequest, column: str) -> list[str]:
    found: list[MySection] = [section for room in rooms() for section in room.my_sections if section.column == column]
    shown = sorted((section for section in found if request.city.has_module(section.module)), key=lambda section: section.order)
    parts = [section.render(request, request.actor.participant) for section in shown]
    return [mark_safe(part) for part in parts if part]  # noqa: S308  (each room renders its part from a template)


@login_not_required
@require_POST
def change_home(request: HttpRequest) -> HttpResponse:
    """Choose the area of the city that is one's own; none with an empty value."""
    if request.city is None:
        raise Http404
    if request.actor.participant is None and not request.user.is_authenticated:
        return redirect("account_login")
    form = HomeForm(request.city, request.POST)
    if not form.is_valid():
        messages.error(request, _("This is no area of this city."))
        return redirect("mine")
    area = next((area for area in areas_of(request.city) if area.key == form.cleaned_data["area"]), None)
    with taking_part(request) as visitor:
        assert visitor.actor.participant is not None
        choose_home_area(visitor.actor.participant, area)
    return redirect("mine")
