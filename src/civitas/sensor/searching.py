"""The pages of saved searches: keep one from the explore page, and all of them in "my account"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civitas.kit.refusals import show_refusal
from civitas.kit.verdicts import Refused
from civitas.people.tabs import account_tabs
from civitas.sensor.actions import KEPT, change_search, drop_search, save_search
from civitas.sensor.exploring import asked_of
from civitas.sensor.models import NAME_LENGTH
from civitas.sensor.queries import searches_of
from civitas.sensor.rules import may_save_search
from civitas.sensor.views import city_with_sensor

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from civitas.sensor.filters import Asked

# Of what is new nobody knows yet how it will stand.
LATER = ("status", "answered", "period")


class SearchForm(forms.Form):
    """A search's name, and whether to be told."""

    name = forms.CharField(label=gettext_lazy("What shall the search be called?"), max_length=NAME_LENGTH)
    tells = forms.BooleanField(label=gettext_lazy("Tell me of each new contribution that fits"), required=False)


def _name_of(asked: Asked) -> str:
    words = [label for name, label in asked.labels.items() if name in KEPT]
    return ", ".join(words)[:NAME_LENGTH] or _("Everything new")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def save_search_here(request: HttpRequest) -> HttpResponse:
    """Keep the search that the address asks for."""
    city = city_with_sensor(request)
    asked, _offer = asked_of(request, city)
    form = SearchForm(request.POST if request.method == "POST" else None, initial={"name": _name_of(asked), "tells": True})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                save_search(request.actor, asked, **form.cleaned_data)
            except Refused as refused:
                show_refusal(form, refused)
                status = refused.status if refused.status != 400 else 422
            else:
                messages.success(request, _("Kept. You find your searches here again."))
                return redirect("my_searches")
    verdict = may_save_search(request.actor)
    context: dict[str, Any] = {
        "form": form,
        "verdict": verdict,
        "chips": [label for name, label in asked.labels.items() if name in KEPT],
        "later": any(name in asked.values for name in LATER),
        "back_url": asked.url(reverse("explore")),
        "sign_in_url": f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}",
    }
    return render(request, "sensor/save_search.html", context, status=status)


@login_not_required
@never_cache
@require_safe
def my_searches(request: HttpRequest) -> HttpResponse:
    """The searches a person keeps."""
    city = city_with_sensor(request)
    person = request.actor.participant
    if person is None and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    rows = searches_of(city, person) if person else []
    path = reverse("explore")
    context = {"tabs": account_tabs(request, "my_searches"), "rows": [{"search": row, "url": f"{path}?{row.asked}"} for row in rows]}
    return render(request, "sensor/my_searches.html", context)


@login_not_required
@require_POST
def change_my_search(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Another name, told or not; or let it go."""
    city_with_sensor(request)
    if "drop" in request.POST:
        drop_search(request.actor, uid)
        messages.success(request, _("The search is gone."))
        return redirect("my_searches")
    try:
        change_search(request.actor, uid, name=request.POST.get("name", ""), tells="tells" in request.POST)
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        messages.success(request, _("Saved."))
    return redirect("my_searches")
