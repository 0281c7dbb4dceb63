"""Saying how a service was: the form, the thanks, and the poster that leads to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from civitas.contributions.giving import wants_proof
from civitas.contributions.models import Contribution
from civitas.contributions.queries import contribution_by_uid
from civitas.kit.languages import html_language
from civitas.kit.qr import qr_code
from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import show_refusal
from civitas.kit.texts import cleaned
from civitas.kit.verdicts import Refused
from civitas.people.actors import remember_guest
from civitas.people.guests import taking_part
from civitas.provision.actions.feedback import give_feedback
from civitas.provision.forms import FeedbackForm
from civitas.provision.pages import crumbs, faces, rated_context
from civitas.provision.queries import one
from civitas.provision.rules import may_give_feedback
from civitas.provision.views.public import city_with_services, service_or_404

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from civitas.people.guests import Visitor
    from civitas.services.models import Service

Visibility = Contribution.Visibility


def feedback_form(service: Service, data: Any = None, *, place: str = "") -> FeedbackForm:
    """The form about a service, empty or as it was sent; `place` is the key of the place whose poster led here."""
    initial = {"where": f"place:{place}"} if place else {}
    places, areas = one.places_of(service.city, service), one.areas_of_service(service.city, service)
    return FeedbackForm(data, places=places, areas=areas, initial=initial)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def say_how_it_was(request: HttpRequest, key: str) -> HttpResponse:
    """The form alone on its page, where the code on a poster leads; sent, it says thanks."""
    service = service_or_404(city_with_services(request), key)
    if request.method != "POST":
        return _page(request, service, feedback_form(service, place=request.GET.get("ort", "")))
    form = feedback_form(service, request.POST)
    known = _given_before(request, form)
    if known is not None and _same_words(known, form):
        return _thank(service, known, None)
    if not form.is_valid():
        return _page(request, service, form, status=422)
    if known is not None:
        form.renew()
        sentence = _(
            "You have already sent this form, with other words. Your text is kept. Sent again, it becomes a contribution of its own."
        )
        show_refusal(form, Refused(sentence, status=409))
        return _page(request, service, form, status=409)
    data = form.cleaned_data
    try:
        with taking_part(request) as visitor:
            given = give_feedback(
                visitor.actor,
                service,
                uid=data["uid"],
                face=data["face"],
                words=data["words"],
                place=form.place,
                area=form.area,
                language=html_language(request.language),
            )
    except Refused as refused:
        twin = _given_before(request, form)  # the same form, sent twice in the same instant
        if twin is not None:
            return _thank(service, twin, None)
        show_refusal(form, refused)
        return _page(request, service, form, status=422 if refused.fields else refused.status)
    return _thank(service, given, visitor)


def _given_before(request: HttpRequest, form: FeedbackForm) -> Contribution | None:
    """What this very form gave already; whoever holds its seal sent it."""
    try:
        uid = UUID(request.POST.get("uid", ""))
    except ValueError:
        return None
    return contribution_by_uid(request.city, uid) if form.is_sealed else None


def _same_words(known: Contribution, form: FeedbackForm) -> bool:
    """Whether a form that was sent again still says what it said; what was mended or decided on since is nobody's question here."""
    words = cleaned(form.data.get("words", ""))
    return not words or words == known.text or known.version > 1 or known.visibility not in {Visibility.WAITING, Visibility.PUBLISHED}


def _thank(service: Service, given: Contribution | None, visitor: Visitor | None) -> HttpResponse:
    address = reverse("thanks", args=[given.number]) if given else reverse("service_thanks", args=[service.key])
    response = SeeOther(address)
    if visitor is not None:
        visitor.remember(response)
    elif given is not None and given.author is not None and given.author.is_guest:
        remember_guest(response, given.author)
    return response


def _page(request: HttpRequest, service: Service, form: FeedbackForm, *, status: int = 200) -> HttpResponse:
    context = {
        "service": service,
        "form": form,
        "faces": faces(form),
        "verdict": may_give_feedback(request.actor, service),
        "crumbs": crumbs(service),
        "proof": wants_proof(request),
    }
    return render(request, "provision/feedback.html", context, status=status)


@login_not_required
@require_safe
def show_thanks(request: HttpRequest, key: str) -> HttpResponse:
    """Thanks for a rating without words, and that nobody is kept."""
    service = service_or_404(city_with_services(request), key)
    return render(request, "provision/thanks.html", {"service": service, "rated": rated_context(service.city, service)})


@login_not_required
@require_safe
def show_poster(request: HttpRequest, key: str) -> HttpResponse:
    """A sheet for the wall at a place (`?ort=<key>`): its code leads to the form, with the place chosen."""
    service = service_or_404(city_with_services(request), key)
    places = one.places_of(service.city, service)
    place = next((row for row in places if row.key == request.GET.get("ort")), None)
    if request.GET.get("ort") and place is None:
        raise Http404
    path = reverse("service_feedback", args=[service.key]) + (f"?ort={place.key}" if place else "")
    address = f"{settings.SITE_SCHEME}://{request.get_host()}{path}"
    context = {"service": service, "places": places, "place": place, "code": qr_code(address, fits=True), "address": address}
    return render(request, "provision/poster.html", context)
