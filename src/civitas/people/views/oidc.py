"""Signing in over the city's service: the way there, the way back, and which account it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civitas.kit.languages import path_in_language
from civitas.kit.redirects import SeeOther, own_address
from civitas.kit.refusals import carry_out
from civitas.kit.verdicts import Refused
from civitas.people.forms import SignInForm
from civitas.people.guesses import spend_door
from civitas.people.identities import link_identity, unlink_identity, user_of_identity
from civitas.people.mailed_codes import open_way
from civitas.people.models import User
from civitas.people.oidc import CANCELLED, begin, finish, old_attempt
from civitas.people.on_the_way import (
    agree,
    forget_waiting,
    keep_attempt,
    language_of_attempt,
    let_wait,
    note_goodbye,
    take_attempt,
    waiting,
)
from civitas.people.provider import provider_of
from civitas.people.signed_in import asker_of, door_of, is_fresh
from civitas.people.views.security import fresh_user
from civitas.people.views.sign_in import sign_in_page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from civitas.people.provider import Provider

# Registered with the service, so without a language; whoever set out in another one is led on.
BACK = "/konto/oidc/zurueck"


def _provider(request: HttpRequest) -> Provider:
    found = provider_of(request.city) if request.city else None
    if found is None:
        raise Http404
    return found


def _user(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


@login_not_required
@never_cache
@require_safe
def set_out(request: HttpRequest) -> HttpResponse:
    """Go to the city's sign-in service. A link and no form, since the house's policy lets no form lead elsewhere.

    Whoever is signed in sets out to connect the two; on the way back they are asked before it is done.
    """
    provider, user = _provider(request), _user(request)
    go_on = own_address(request, request.GET.get("next", ""))
    if user is not None and not is_fresh(request, user):
        return SeeOther(reverse("security"))
    # Before a door is changed people show themselves anew: else whoever finds the device open would be waved through.
    again = go_on.split("?")[0].endswith("/konto/sicherheit") and user is None
    try:
        spend_door(asker_of(request))
        address, attempt = begin(
            provider,
            back=door_of(request).origin + BACK,
            language=request.language,
            go_on=go_on,
            user=user.pk if user else None,
            again=again,
        )
    except Refused as refused:
        if user is None:
            return sign_in_page(request, SignInForm(), go_on, refusal=str(refused.reason), status=refused.status)
        return _led_away(request, refused, "")
    keep_attempt(request, attempt)
    return HttpResponseRedirect(address)


def _led_away(request: HttpRequest, refused: Refused, go_on: str) -> HttpResponse:
    """Say why it did not work on the page with the doors, so that no code of the service stands in the address of what one reads."""
    if refused.status == CANCELLED:  # nothing went wrong: they did not want to
        messages.info(request, str(refused.reason))
    else:
        messages.warning(request, str(refused.reason))
    if request.user.is_authenticated:
        return SeeOther(reverse("security"))
    return SeeOther(reverse("account_login") + (f"?{urlencode({'next': go_on})}" if go_on else ""))


@login_not_required
@never_cache
@require_safe
def come_back(request: HttpRequest) -> HttpResponse:
    """The way back from the service: sign in whom it names, or ask who that is here. An answer counts once, in this browser and city."""
    provider, user = _provider(request), _user(request)
    state, go_on = request.GET.get("state", ""), ""
    language = language_of_attempt(request, state)
    if language and language != request.language:
        return HttpResponseRedirect(f"{path_in_language(BACK, language)}?{request.META['QUERY_STRING']}")
    try:
        spend_door(asker_of(request))
        attempt = take_attempt(request, state)
        go_on = attempt.go_on
        if attempt.user != (user.pk if user else None):
            raise old_attempt()
        said = finish(provider, attempt, request.GET.dict())
    except Refused as refused:
        return _led_away(request, refused, go_on)
    known = None if user else user_of_identity(request.city, said)
    if known is None:
        let_wait(request, said, go_on=go_on, user=user)
        return redirect("ask_address" if user is None else "connect_service")
    forget_waiting(request)
    note_goodbye(request, said, provider)
    # Not now, but when they showed themselves there: the service may have known them from last week.
    record_authentication(request, known, "service", at=said.shown_at)
    return perform_login(request, Login(user=known, email=known.email, redirect_url=go_on or None))


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_address(request: HttpRequest) -> HttpResponse:
    """Ask who is new here for a mail address, and send it a code: what the service says of an address opens nothing."""
    provider = _provider(request)
    found = waiting(request, user=None)
    if request.user.is_authenticated:
        return redirect("mine")
    if found is None:
        return _led_away(request, old_attempt(), "")
    said, go_on = found
    form = SignInForm(request.POST if request.method == "POST" else None, initial={"email": said.mail})
    status = 200
    if request.method == "POST":
        status, _way = carry_out(form, lambda: open_way(request, form.cleaned_data["email"]))
        if status == 200:
            agree(request, form.cleaned_data["email"])
            return redirect(reverse("account_confirm_login_code") + (f"?{urlencode({'next': go_on})}" if go_on else ""))
    return render(request, "people/ask_address.html", {"form": form, "name": provider.name}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def connect_service(request: HttpRequest) -> HttpResponse:
    """Ask whoever is signed in whether the account and whom the service named belong together; connect them when they say so."""
    provider, user = _provider(request), _user(request)
    assert user is not None  # the middleware asks for a login
    found = waiting(request, user=user)
    if found is None:
        return _led_away(request, old_attempt(), "")
    said, _go_on = found
    if request.method != "POST":
        context: dict[str, Any] = {"name": provider.name, "mail": user.email, "their_mail": said.mail}
        return render(request, "people/connect_service.html", context)
    fresh_user(request)
    forget_waiting(request)
    try:
        link_identity(request.city, user, said, name=provider.name)
    except Refused as refused:
        return _led_away(request, refused, "")
    note_goodbye(request, said, provider)
    messages.success(request, _("From now on you can sign in with {name}.").format(name=provider.name))
    return SeeOther(reverse("security"))


@require_POST
def part_service(request: HttpRequest, identity: int) -> HttpResponse:
    """Let a service sign in no more."""
    unlink_identity(request.city, fresh_user(request), identity)
    messages.success(request, _("Disconnected. The mailed code still opens your account."))
    return SeeOther(reverse("security"))
