"""An organisation's page: who it is, what it answered and said lately, who speaks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from civitas.contributions.queries import answers_of, said_by
from civitas.people.queries import organisation_by_key, speakers_of

if TYPE_CHECKING:
    from django.http import HttpRequest


@login_not_required
@require_safe
def show_organisation(request: HttpRequest, key: str) -> HttpResponse:
    """The page of an organisation, in a handful of queries."""
    organisation = organisation_by_key(request.city, key) if request.city else None
    if organisation is None:
        raise Http404
    context = {
        "organisation": organisation,
        "answers": answers_of(organisation),
        "said": said_by(organisation),
        "speakers": speakers_of(organisation),
    }
    return render(request, "contributions/organisation.html", context)
