"""Signing in by a passkey or a password: the doors beside the mailed code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, perform_password_login, record_authentication
from allauth.account.models import Login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from civitas.kit.redirects import own_address
from civitas.kit.refusals import carry_out
from civitas.kit.verdicts import Refused
from civitas.people.forms import PasswordSignInForm, SignInForm
from civitas.people.guesses import spend_door
from civitas.people.passkeys import ask_for_key, use_passkey
from civitas.people.signed_in import asker_of, door_of
from civitas.people.views.sign_in import sign_in_page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

KEY_STATE = "passkey_state"


@login_not_required
@never_cache
@require_POST
def ask_passkey(request: HttpRequest) -> HttpResponse:
    """What the browser needs to sign in by a passkey of this host."""
    if request.city is None:
        raise Http404
    options, request.session[KEY_STATE] = ask_for_key(door_of(request))
    return JsonResponse(options)


@login_not_required
@never_cache
@require_POST
def take_passkey(request: HttpRequest) -> HttpResponse:
    """Sign in whose key answered; it counts as both steps, since the device has checked who holds it."""
    if request.city is None:
        raise Http404
    back = own_address(request, request.POST.get("next", ""))
    try:
        spend_door(asker_of(request))
        state = request.session.pop(KEY_STATE, None)
        user = use_passkey(door_of(request), answer=request.POST.get("answer", ""), state=state)
    except Refused as refused:
        return sign_in_page(request, SignInForm(), back, refusal=str(refused.reason), status=refused.status)
    record_authentication(request, user, "mfa", type="webauthn", passwordless=True)
    return perform_login(request, Login(user=user, email=user.email, redirect_url=back or None))


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_password(request: HttpRequest) -> HttpResponse:
    """Sign in by mail address and password; the second step follows."""
    if request.city is None:
        raise Http404
    back = own_address(request, request.POST.get("next", request.GET.get("next", "")))
    form = PasswordSignInForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        credentials = {"email": form.cleaned_data["email"], "password": form.cleaned_data["password"]}
        status, user = carry_out(form, lambda: get_adapter().authenticate(request, **credentials))
        if user is not None:
            return perform_password_login(request, credentials, Login(user=user, email=user.email, redirect_url=back or None))
        if status != 200:
            return sign_in_page(request, form, back, template="people/sign_in_password.html", status=status)
        form.add_error(None, _("Mail address and password do not fit. Please look again, or have a code sent by mail."))
    return sign_in_page(request, form, back, template="people/sign_in_password.html", status=422 if form.errors else 200)
