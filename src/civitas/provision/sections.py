"""What this room shows on other pages: the way from a story to its service, from a process to what it is about, and what is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import render_to_string

from civitas.contributions.models import Contribution
from civitas.provision.models import ServiceProcess, ServiceStory
from civitas.provision.pages import state_of
from civitas.provision.queries.concepts import has_passed, story_from
from civitas.provision.queries.desk import due_indicators, left_alone
from civitas.provision.rules import may_keep

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.processes.models import Process

SHOWN = 5


def render_service(request: HttpRequest, row: Contribution) -> str:
    """On the page of a service's story: the service itself, with its state; one query."""
    if row.kind != Contribution.Kind.SERVICE_STORY or not request.city.has_module("services"):
        return ""
    rows = ServiceStory.objects.of(request.city).filter(contribution=row).select_related("service", "service__organisation")
    story = rows.first()
    if story is None:
        return ""
    return render_to_string("provision/_of_story.html", {"service": story.service, "state": state_of(story.service)}, request=request)


def render_next(request: HttpRequest, row: Contribution) -> str:
    """On a concept's page: the service that it became, or, for who keeps the catalogue, the way there once its gates let it through."""
    if row.kind != Contribution.Kind.CONCEPT or not request.city.has_module("services"):
        return ""
    story = story_from(request.city, row)
    if story is not None:
        context = {"service": story.service, "state": state_of(story.service)}
        return render_to_string("provision/_of_story.html", context, request=request)
    if not may_keep(request.actor) or not has_passed(row):
        return ""
    return render_to_string("provision/_to_catalogue.html", {"row": row}, request=request)


def render_about(request: HttpRequest, process: Process) -> str:
    """On a process's page: the service that it asks about; one query."""
    if not request.city.has_module("services"):
        return ""
    row = ServiceProcess.objects.of(request.city).filter(process=process).select_related("service").first()
    if row is None:
        return ""
    return render_to_string("provision/_of_process.html", {"service": row.service, "state": state_of(row.service)}, request=request)


def render_due(request: HttpRequest) -> str:
    """The box of the team's overview: indicators that are due, and services for which nobody answers; '' without any."""
    city = request.city
    if city is None or not request.actor.is_staff or not city.has_module("services"):
        return ""
    due, alone = due_indicators(city), left_alone(city)
    context = {"due": list(due[:SHOWN]), "due_count": due.count(), "alone": list(alone[:SHOWN])}
    return render_to_string("provision/_due.html", context, request=request) if context["due"] or context["alone"] else ""
