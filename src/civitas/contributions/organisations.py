"""An organisation's page: who it is, what it answered and said lately, who speaks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.views.decorators.http import conditional_page, require_safe

from civitas.contributions.queries import answers_of, said_by
from civitas.kit.feeds import FeedItem, atom
from civitas.kit.templatetags.kit import localized
from civitas.people.queries import organisation_by_key, speakers_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.contributions.models import Contribution, StatusEvent
    from civitas.people.models import Organisation


@login_not_required
@require_safe
def show_organisation(request: HttpRequest, key: str) -> HttpResponse:
    """The page of an organisation, in a handful of queries."""
    organisation = _organisation(request, key)
    context = {
        "organisation": organisation,
        "answers": answers_of(organisation),
        "said": said_by(organisation),
        "speakers": speakers_of(organisation),
    }
    return render(request, "contributions/organisation.html", context)


@login_not_required
@require_safe
@conditional_page
def show_feed(request: HttpRequest, key: str) -> HttpResponse:
    """What an organisation answered and said lately as a feed, the newest first."""
    organisation = _organisation(request, key)
    items = [*map(_answer, answers_of(organisation)), *map(_saying, said_by(organisation))]
    items.sort(key=lambda item: item.at, reverse=True)
    return atom(request, items, title=organisation.name, page=reverse("organisation", args=[organisation.key]))


def _organisation(request: HttpRequest, key: str) -> Organisation:
    organisation = organisation_by_key(request.city, key) if request.city else None
    if organisation is None:
        raise Http404
    return organisation


def _answer(event: StatusEvent) -> FeedItem:
    row = event.contribution
    return FeedItem(
        key=f"urn:uuid:{row.uid}#answer-{event.pk}",
        path=localized(row.path),
        title=f"{event.get_status_display()}: {row.title}",
        summary=escape(event.text),
        at=event.at,
    )


def _saying(row: Contribution) -> FeedItem:
    title = row.root.title if row.root else row.title
    return FeedItem(key=f"urn:uuid:{row.uid}", path=localized(row.path), title=title, summary=escape(row.teaser), at=row.given_at)
