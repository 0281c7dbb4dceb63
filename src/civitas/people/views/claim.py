"""The claim link of a guest's first mail: confirm the address, or take everything into an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civitas.kit.rooms import rooms
from civitas.kit.verdicts import Refused
from civitas.people.actions import claim_guest, confirm_guest_mail, guest_by_claim, proves_mail
from civitas.people.actors import remember_guest
from civitas.people.models import User
from civitas.people.rates import spend

if TYPE_CHECKING:
    from django.http import HttpRequest


@login_not_required
@never_cache
@require_safe
def show_claim(request: HttpRequest, token: str) -> HttpResponse:
    """What the link is about, with its two buttons; a link that leads nowhere says why."""
    if request.city is None:
        raise Http404
    try:
        guest = guest_by_claim(request.city, token)
    except Refused as refused:
        return render(
            request, "people/claim.html", {"problem": refused.reason, "guest": None, "token": token, "titles": []}, status=refused.status
        )
    titles = [
        title
        for room in rooms()
        if room.personal_data and room.personal_data.titles
        for title in room.personal_data.titles(request.city, guest)
    ]
    return render(
        request, "people/claim.html", {"problem": "", "guest": guest, "token": token, "titles": titles, "proves": proves_mail(guest, token)}
    )


@login_not_required
@require_POST
def confirm_mail(request: HttpRequest, token: str) -> HttpResponse:
    """The address is read by its owner: from now on all news go there. The browser is remembered as this guest's."""
    if request.city is None:
        raise Http404
    spend(request.actor, "claim")
    guest = confirm_guest_mail(request.city, token)
    messages.success(request, _("Thank you, your address is confirmed. You will hear from us as soon as something comes of it."))
    response = redirect("claim", token=token)
    if not request.user.is_authenticated and request.actor.participant is None:
        remember_guest(response, guest)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def take_claim(request: HttpRequest, token: str) -> HttpResponse:
    """Take the guest's contributions into the account; who had to sign in first comes back by GET and presses again."""
    if request.city is None:
        raise Http404
    if request.method != "POST":
        return redirect("claim", token=token)
    spend(request.actor, "claim")
    assert isinstance(request.user, User)  # the page asks for a login
    claim_guest(request.city, request.user, guest_by_claim(request.city, token))
    messages.success(request, _("Done. Everything you gave now belongs to your account."))
    return redirect("account")
