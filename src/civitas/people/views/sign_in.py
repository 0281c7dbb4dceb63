"""Asking for a code, and signing out again. Allauth keeps the steps; the pages are ours."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import get_script_prefix, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from civitas.kit.redirects import own_address
from civitas.kit.refusals import carry_out
from civitas.kit.translated import Translated
from civitas.people.forms import SignInForm
from civitas.people.mailed_codes import open_way
from civitas.people.oidc import address_to_sign_out
from civitas.people.on_the_way import forget_waiting, goodbye_of
from civitas.people.provider import provider_of
from civitas.people.queries import demo_logins
from civitas.people.signed_in import door_of

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpRequest

# Where a service leads people back to who signed out there; registered with it, so without a language.
SIGNED_OUT = "/konto/abgemeldet"


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for a mail address and send it a code; one field for those who come back and those who are new."""
    if request.city is None:
        raise Http404
    back = own_address(request, request.POST.get("next", request.GET.get("next", "")))
    if request.user.is_authenticated:
        return redirect(back or "mine")
    form = SignInForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        forget_waiting(request)
    if request.method == "POST" and form.is_valid():
        status, _way = carry_out(form, lambda: open_way(request, form.cleaned_data["email"]))
        if status == 200:
            query = f"?{urlencode({'next': back})}" if back else ""
            return redirect(reverse("account_confirm_login_code") + query)
        return sign_in_page(request, form, back, status=status)
    return sign_in_page(request, form, back, status=422 if form.errors else 200)


def sign_in_page(
    request: HttpRequest, form: Form, back: str, *, template: str = "people/sign_in.html", refusal: str = "", status: int = 200
) -> HttpResponse:
    """The page with the doors; `refusal` says why one of them stayed shut."""
    logins = demo_logins(request.city) if settings.DEMO else []
    provider = provider_of(request.city)
    context = {
        "form": form,
        "next": back,
        "refusal": refusal,
        "demo_logins": logins,
        "service": str(Translated(provider.config.label)) if provider else "",
    }
    return render(request, template, context, status=status)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ask, then sign out; who is not signed in goes to the front page."""
    if request.city is None:
        raise Http404
    if request.method == "POST":
        goodbye = goodbye_of(request)
        get_adapter().logout(request)
        # Who wants to prove anew who they are goes straight on to the sign-in.
        if back := own_address(request, request.POST.get("next", "")):
            return redirect(f"{reverse('account_login')}?{urlencode({'next': back})}")
        if goodbye:
            address = address_to_sign_out(goodbye, back=door_of(request).origin + SIGNED_OUT)
            return render(request, "people/signed_out.html", {"name": goodbye["name"], "address": address})
    if not request.user.is_authenticated:
        return redirect(get_script_prefix())
    return render(request, "people/sign_out.html")


@login_not_required
@require_safe
def show_signed_out(request: HttpRequest) -> HttpResponse:
    """Signed out here and at the city's sign-in service, from which people come back to this page."""
    if request.city is None:
        raise Http404
    if request.user.is_authenticated:
        return redirect("mine")
    return render(request, "people/signed_out.html", {"name": "", "address": ""})


@login_not_required
@require_http_methods(["GET", "HEAD"])
def show_inactive(request: HttpRequest) -> HttpResponse:
    """The account was switched off."""
    return render(request, "people/inactive.html", status=403)
