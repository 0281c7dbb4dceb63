"""The pages that everybody reads: the catalogue and one service whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from civitas.provision.forms import FeedbackForm
from civitas.provision.pages import catalogue_context, crumbs, faces, service_context
from civitas.provision.queries.catalogue import service_by_key

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from civitas.cities.models import City
    from civitas.services.models import Service


def city_with_services(request: HttpRequest) -> City:
    """The request's city; raises Http404 where it shows no services."""
    city: City | None = request.city
    if city is None or not city.has_module("services"):
        raise Http404
    return city


def service_or_404(city: City, key: str) -> Service:
    """The city's service of this key; raises Http404."""
    service = service_by_key(city, key)
    if service is None:
        raise Http404
    return service


@login_not_required
@require_safe
def show_catalogue(request: HttpRequest) -> HttpResponse:
    """What the city and its partners offer, by words and filters, page by page."""
    city = city_with_services(request)
    return render(request, "provision/catalogue.html", catalogue_context(city, request.GET))


@login_not_required
@require_safe
def show_service(request: HttpRequest, key: str) -> HttpResponse:
    """One service: what it is, where and when, its state, what it is measured by, how it came to be, what people say."""
    service = service_or_404(city_with_services(request), key)
    context = service_context(request.actor, service) | {"crumbs": crumbs()}
    if context["may_say"]:
        form = FeedbackForm(places=context["places"], areas=context["areas"])
        context |= {"form": form, "faces": faces(form)}
    return render(request, "provision/service.html", context)
