"""What a process tells as an Atom feed (RFC 4287), for a reader's programme or another website."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from civitas.kit.languages import html_language
from civitas.kit.texts import rendered
from civitas.processes.models import Process
from civitas.processes.queries import news_of, process_view

if TYPE_CHECKING:
    from django.http import HttpRequest


@login_not_required
@require_safe
@conditional_page
def show_news(request: HttpRequest, slug: str) -> HttpResponse:
    """The news of a process, newest first; the same for everybody, so there is none of a draft. It may be kept for five minutes."""
    city = request.city
    view = process_view(city, slug) if city and city.has_module("processes") else None
    if view is None or view.process.state == Process.State.DRAFT:
        raise Http404
    page = request.build_absolute_uri(reverse("process", args=[slug]))
    here = request.build_absolute_uri(request.path)
    title = _("News of “%(process)s”") % {"process": view.process.title}
    feed = Atom1Feed(title=title, link=page, description="", language=html_language(request.language), feed_url=here, feed_guid=here)
    for row in news_of(view.process.city, view.process):
        feed.add_item(
            title=str(row.title),
            link=f"{page}#news",
            description=str(rendered(str(row.body))),
            unique_id=f"{page}#{row.key}",
            pubdate=row.published_at,
            updateddate=row.published_at,
        )
    response = HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
    patch_cache_control(response, public=True, max_age=300)
    return response
