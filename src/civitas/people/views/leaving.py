"""Leaving a city, or all of them: said plainly what happens with what, confirmed by a fresh sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import render
from django.urls import get_script_prefix
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import carry_out
from civitas.people.actors import GUEST_COOKIE
from civitas.people.forms import LeaveForm
from civitas.people.leaving import Texts, leave, leave_everywhere
from civitas.people.models import User
from civitas.people.queries import participants_of
from civitas.people.signed_in import is_fresh, is_fresh_everywhere
from civitas.people.tabs import account_tabs

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from civitas.people.models import Participant


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave_city(request: HttpRequest) -> HttpResponse:
    """What leaving means, and the choice; on POST erase and sign out. Who has an account proves just before who they are."""
    if request.city is None:
        raise Http404
    person = request.actor.participant
    if person is None:
        return redirect_to_login(request.get_full_path())
    user = request.user if isinstance(request.user, User) else None
    cities = _cities(request, user)
    fresh = user is None or (is_fresh if len(cities) == 1 else is_fresh_everywhere)(request, user)
    if request.method == "POST" and not fresh:  # the sign-in grew old while the page lay open
        return SeeOther(request.path)
    form = LeaveForm(cities, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status, _done = carry_out(form, lambda: _leave(form, person, user))
        if status == 200:
            return _outside(request, form)
    by_service = user is not None and not fresh and is_fresh(request, user)
    context = {"form": form, "fresh": fresh, "by_service": by_service, "tabs": account_tabs(request, "account")}
    return render(request, "people/leave.html", context, status=status)


def _cities(request: HttpRequest, user: User | None) -> list[str]:
    """The names of the cities in which somebody takes part, this one first."""
    others = [str(each.city) for each in participants_of(user) if each.city_id != request.city.pk] if user else []
    return [str(request.city), *others]


def _leave(form: LeaveForm, person: Participant, user: User | None) -> None:
    texts = Texts(form.cleaned_data["texts"])
    if user is not None and form.is_everywhere:
        leave_everywhere(user, texts=texts)
    else:
        leave(person.city, person, texts=texts)


def _outside(request: HttpRequest, form: LeaveForm) -> HttpResponse:
    logout(request)
    if form.cleaned_data["texts"] == Texts.STAY:
        messages.success(
            request, _("Your account is closed. Within a day everything about you is erased; your texts stay without your name. Thank you.")
        )
    else:
        messages.success(request, _("Your account is closed. Within a day everything about you is erased, with your texts. Thank you."))
    response = SeeOther(get_script_prefix())
    response.delete_cookie(GUEST_COOKIE)
    return response
