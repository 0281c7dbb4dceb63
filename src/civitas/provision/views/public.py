"""The pages that everybody reads: the catalogue and one service whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from civitas.contributions.giving import wants_proof
from civitas.kit.feeds import FeedItem, atom
from civitas.provision.forms import FeedbackForm
from civitas.provision.pages import catalogue_context, crumbs, faces, service_context
from civitas.provision.queries.catalogue import service_by_key
from civitas.provision.queries.one import newest_states

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from civitas.cities.models import City
    from civitas.services.models import Service, ServiceState


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
@conditional_page
def show_feed(request: HttpRequest) -> HttpResponse:
    """What became of the services as a feed: each state that one came into, the newest first, with its reason."""
    city = city_with_services(request)
    items = (_item(request, row) for row in newest_states(city))
    return atom(request, items, title=_("Services: %(city)s") % {"city": city}, page=reverse("services"))


def _item(request: HttpRequest, row: ServiceState) -> FeedItem:
    service = row.service
    page = reverse("service", args=[service.key])
    return FeedItem(
        key=request.build_absolute_uri(f"/dienstleistung/{service.key}#state-{row.pk}"),
        path=page,
        title=_("%(service)s: %(state)s") % {"service": service, "state": row.get_status_display()},
        summary=escape(str(row.reason) or str(service.summary)),
        at=row.at,
        author=row.body or (service.organisation.name if service.organisation else ""),
    )


@login_not_required
@require_safe
def show_service(request: HttpRequest, key: str) -> HttpResponse:
    """One service: what it is, where and when, its state, what it is measured by, how it came to be, what people say."""
    service = service_or_404(city_with_services(request), key)
    context = service_context(request.actor, service) | {"crumbs": crumbs()}
    if context["may_say"]:
        form = FeedbackForm(places=context["places"], areas=context["areas"])
        context |= {"form": form, "faces": faces(form), "proof": wants_proof(request)}
    return render(request, "provision/service.html", context)
