"""From a concept to the catalogue, and the story of how a service came to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civitas.kit.redirects import SeeOther
from civitas.kit.translated import Translated
from civitas.kit.verdicts import Refused
from civitas.lineage.news import told_of_link
from civitas.lineage.pages import story_page, story_pdf
from civitas.provision.actions.stories import take_into_catalogue, untie_concept
from civitas.provision.forms import StoryForm
from civitas.provision.queries import desk, one
from civitas.provision.queries.concepts import concept_by_number, concept_of_service, has_passed, story_from
from civitas.provision.rules import may_keep
from civitas.provision.views.desk import entered
from civitas.provision.views.public import city_with_services, service_or_404
from civitas.services.models import Service

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from civitas.contributions.models import Contribution


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_in(request: HttpRequest, number: int) -> HttpResponse:
    """Make a concept a service, new or there already; what one did a moment ago leads to the service."""
    city = entered(request)
    may_keep(request.actor).require()
    concept = concept_by_number(city, number)
    if concept is None:
        raise Http404
    if (story := story_from(city, concept)) is not None:
        return SeeOther(reverse("staff_service", args=[story.service.key]))
    if not has_passed(concept):
        raise Refused(_("The last decision about this concept did not say “go on”. Only then does it become a service."), status=409)
    form = StoryForm(
        city,
        request.POST if request.method == "POST" else None,
        organisations=desk.organisations_of(city),
        services=desk.services_of(city),
        initial={"status": Service.Status.TRIAL, "organisation": str(concept.organisation_id or "")},
    )
    form.fill("name", Translated({"de": concept.title}))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            service = form.service_chosen
            try:
                made = take_into_catalogue(
                    request.actor,
                    concept,
                    service=service,
                    name=None if service else form.translated("name"),
                    summary=None if service else form.translated("summary"),
                    status=form.cleaned_data["status"],
                    organisation=form.organisation_chosen,
                )
            except Refused as refused:
                form.refuse(refused)
                status = 422 if refused.fields else refused.status
            else:
                messages.success(request, _("It stands in the catalogue. Everybody whose idea is in it hears of it."))
                return SeeOther(reverse("staff_service", args=[made.service.key]))
    return render(request, "provision/desk_story.html", {"form": form, "concept": concept}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def untie(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Take back that a concept became this service; before that the page says what happens, and how many hear of it."""
    city = entered(request)
    service = service_or_404(city, key)
    may_keep(request.actor, service).require()
    concept = concept_of_service(city, number)
    if concept is None:
        raise Http404
    desk_page = SeeOther(reverse("staff_service", args=[service.key]))
    if request.method == "POST":
        try:
            untie_concept(request.actor, service, concept)
        except Refused as refused:
            if refused.status != 409:
                raise
            messages.info(request, str(refused.reason))
        else:
            messages.success(request, _("They are not tied to each other any more. Whoever was told gets one message that says so."))
        return desk_page
    story = story_from(city, concept)
    if story is None or story.service_id != service.pk:
        raise Http404
    hear = told_of_link(city, concept, story.contribution)
    return render(request, "provision/desk_untie.html", {"service": service, "concept": concept, "story": story, "hear": hear})


def _told(request: HttpRequest, key: str) -> tuple[Service, list[Contribution]]:
    """A service and the contributions that tell how it came to be; without any there is no story (404)."""
    service = service_or_404(city_with_services(request), key)
    rows = [story.contribution for story in one.stories_of(service.city, [service.pk])]
    if not rows:
        raise Http404
    return service, rows


@login_not_required
@require_safe
def show_course(request: HttpRequest, key: str) -> HttpResponse:
    """The whole story of a service: from which voices it came, who decided what, and what became of it since."""
    service, rows = _told(request, key)
    back = (str(service.name), reverse("service", args=[service.key]))
    return story_page(request, rows, title=str(service.name), back=back, pdf_url=reverse("service_course_pdf", args=[service.key]))


@login_not_required
@require_POST
def print_course(request: HttpRequest, key: str) -> HttpResponse:
    """The same as PDF."""
    service, rows = _told(request, key)
    name = f"{request.city.slug}-{service.key}-werdegang"
    return story_pdf(request, rows, title=str(service.name), name=name, path=f"{service.path}/werdegang")
