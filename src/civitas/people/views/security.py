"""One page on how one signs in and where one is signed in: passkeys, second step, password, browsers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

from allauth.mfa.adapter import get_adapter as get_second_step
from allauth.mfa.totp.internal.auth import clear_totp_secret, get_totp_secret
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civitas.kit.qr import qr_code
from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import carry_out
from civitas.kit.verdicts import Refused
from civitas.people.devices import open_devices, sign_out_device, sign_out_others
from civitas.people.forms import FactorForm, PasswordForm
from civitas.people.identities import identities_of
from civitas.people.models import Passkey, User
from civitas.people.passkeys import add_passkey, ask_for_new, remove_passkey, rename_passkey
from civitas.people.provider import provider_of
from civitas.people.second_factor import (
    choose_password,
    end_factor,
    factor_since,
    recovery_codes,
    remove_password,
    renew_codes,
    start_factor,
)
from civitas.people.signed_in import door_of, is_fresh, is_fresh_everywhere, note_browser
from civitas.people.tabs import account_tabs

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_NEW_KEY_STATE = "new_passkey_state"


def _user(request: HttpRequest) -> User:
    if request.city is None:
        raise Http404
    assert isinstance(request.user, User)  # the middleware asks for a login
    return request.user


def fresh_user(request: HttpRequest) -> User:
    """The user, who has lately proved who they are; raises Refused for a window that was left open."""
    user = _user(request)
    if not is_fresh(request, user):
        raise Refused(_("You signed in some time ago. Please sign in once more before you change how you sign in."))
    return user


def _known_everywhere(request: HttpRequest) -> User:
    """The user, for what holds in all cities; raises Refused where only this city's sign-in service says who they are."""
    user = fresh_user(request)
    if not is_fresh_everywhere(request, user):
        raise Refused(_("This holds in all cities. Please sign in once with a mailed code or a passkey before you change it."))
    return user


def _context(request: HttpRequest, user: User, **more: Any) -> dict[str, Any]:
    fresh = {"fresh": is_fresh(request, user), "fresh_everywhere": is_fresh_everywhere(request, user)}
    return {"tabs": account_tabs(request, "security"), **fresh, **more}


@never_cache
@require_safe
def show_security(request: HttpRequest) -> HttpResponse:
    """How one signs in, and where one is signed in now."""
    return _page(request)


def _page(request: HttpRequest, *, refusal: str = "", status: int = 200) -> HttpResponse:
    user = _user(request)
    context = _context(
        request,
        user,
        refusal=refusal,
        passkeys=list(Passkey.objects.filter(user=user, host=door_of(request).host).order_by("pk")),
        factor_since=factor_since(user),
        codes_left=len(recovery_codes(user)),
        has_password=user.has_usable_password(),
        mail=user.email,
        here=request.session.session_key,
        devices=open_devices(user),
        **_services(request, user),
    )
    return render(request, "people/security.html", context, status=status)


def _services(request: HttpRequest, user: User) -> dict[str, Any]:
    """The city's sign-in service, and with which ones the account is connected; one that the city has left is called by its host."""
    provider, rows = provider_of(request.city), identities_of(request.city, user)
    issuer, name = (provider.config.issuer, provider.name) if provider else ("", "")
    return {
        "service": name,
        "connected": [{"row": row, "name": name if row.issuer == issuer else urlsplit(row.issuer).hostname} for row in rows],
        "can_connect": provider is not None and issuer not in {row.issuer for row in rows},
    }


@require_POST
def ask_new_passkey(request: HttpRequest) -> HttpResponse:
    """What the browser needs to make a passkey."""
    options, request.session[_NEW_KEY_STATE] = ask_for_new(door_of(request), fresh_user(request))
    return JsonResponse(options)


@require_POST
def take_new_passkey(request: HttpRequest) -> HttpResponse:
    """Keep the passkey that the browser made."""
    user = fresh_user(request)
    state = request.session.pop(_NEW_KEY_STATE, None)
    try:
        name, answer = request.POST.get("name", ""), request.POST.get("answer", "")
        key = add_passkey(request.city, door_of(request), user, name=name, answer=answer, state=state)
    except Refused as refused:
        return _page(request, refusal=str(refused.reason), status=422)
    messages.success(request, _("Added: {name}. Next time you can sign in with it.").format(name=key.name))
    return SeeOther(reverse("security"))


@require_POST
def change_passkey(request: HttpRequest, passkey: int) -> HttpResponse:
    """Call a passkey otherwise, or remove it."""
    user = fresh_user(request)
    if request.POST.get("do") == "remove":
        remove_passkey(request.city, user, passkey)
        messages.success(request, _("Removed. This passkey opens nothing here any more. You can delete it in your device too."))
    else:
        rename_passkey(user, passkey, request.POST.get("name", ""))
        messages.success(request, _("Saved."))
    return SeeOther(reverse("security"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_up_factor(request: HttpRequest) -> HttpResponse:
    """Show the code to scan; the app's first code proves that it was taken."""
    if request.method != "POST" and not is_fresh_everywhere(request, _user(request)):
        return SeeOther(reverse("security"))
    user = _known_everywhere(request)
    secret = get_totp_secret()
    form = FactorForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status, _done = carry_out(form, lambda: start_factor(request.city, user, secret=secret, code=form.cleaned_data["code"]))
        if status == 200:
            clear_totp_secret(request)
            messages.success(request, _("The second step is set up. Please keep your recovery codes now."))
            return SeeOther(reverse("recovery_codes"))
    address = get_second_step().build_totp_url(user, secret)
    spaced = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return render(request, "people/factor.html", _context(request, user, form=form, code=qr_code(address), secret=spaced), status=status)


@require_POST
def stop_factor(request: HttpRequest) -> HttpResponse:
    """Ask for no second step any more; the password goes too."""
    end_factor(request.city, _known_everywhere(request))
    _keep_session(request)
    messages.success(request, _("The second step is switched off. A mailed code or a passkey is enough again."))
    return SeeOther(reverse("security"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes that are still good; on POST, new ones."""
    if request.method != "POST" and not is_fresh_everywhere(request, _user(request)):
        return SeeOther(reverse("security"))
    user = _known_everywhere(request)
    if request.method == "POST":
        renew_codes(request.city, user)
        messages.success(request, _("These are new. The codes from before are worth nothing any more."))
        return SeeOther(reverse("recovery_codes"))
    if not factor_since(user):
        return SeeOther(reverse("security"))
    return render(request, "people/recovery_codes.html", _context(request, user, codes=recovery_codes(user)))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_password(request: HttpRequest) -> HttpResponse:
    """Choose a password, or remove it. Whoever is signed in elsewhere has to sign in anew."""
    if request.method != "POST" and not is_fresh_everywhere(request, _user(request)):
        return SeeOther(reverse("security"))
    user = _known_everywhere(request)
    if request.method == "POST" and request.POST.get("do") == "remove":
        remove_password(request.city, user)
        _keep_session(request)
        messages.success(request, _("The password is gone. A mailed code or a passkey is enough."))
        return SeeOther(reverse("security"))
    form = PasswordForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status, _done = carry_out(form, lambda: choose_password(request.city, user, form.cleaned_data["password"]))
        if status == 200:
            _keep_session(request)
            messages.success(request, _("Your password is set. You are signed out everywhere else."))
            return SeeOther(reverse("security"))
    elif not factor_since(user):
        return SeeOther(reverse("security"))
    return render(request, "people/password.html", _context(request, user, form=form), status=422 if form.errors else status)


def _keep_session(request: HttpRequest) -> None:
    """Another password ends every session but this one, which goes on under a new key."""
    user = _user(request)
    update_session_auth_hash(request, user)
    request.session.save()
    note_browser(request, user, came_before=False)
    sign_out_others(user, but=request.session.session_key or "")


@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Sign one browser out, or all others."""
    user = _user(request)
    which = request.POST.get("device", "")
    if which == "others":
        gone = sign_out_others(user, but=request.session.session_key or "")
        messages.success(request, ngettext("One browser is signed out.", "%(number)d browsers are signed out.", gone) % {"number": gone})
        return SeeOther(reverse("security"))
    try:
        sign_out_device(user, UUID(which))
    except ValueError:
        raise Http404 from None
    messages.success(request, _("This browser is signed out."))
    return SeeOther(reverse("security"))
