"""A list of contributions as an Atom feed (RFC 4287), for a reader's programme or another website."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from civitas.kit.languages import html_language
from civitas.kit.templatetags.kit import localized

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from civitas.contributions.models import Contribution


def feed_of(request: HttpRequest, rows: Iterable[Contribution], *, title: str, page: str) -> HttpResponse:
    """The contributions in their order, each with its title, how it begins, who gave it and where.

    `page` is the address of the same list as a page, without a host. The feed is the same for everybody: it may be kept for five
    minutes by whoever fetches it.
    """
    host = request.build_absolute_uri("/").rstrip("/")
    feed = Atom1Feed(
        title=title,
        link=f"{host}{page}",
        description="",
        language=html_language(request.language),
        feed_url=request.build_absolute_uri(),
        feed_guid=request.build_absolute_uri(),
    )
    for row in rows:
        feed.add_item(
            title=row.title,
            link=f"{host}{localized(row.path)}",
            description=escape(row.teaser),  # a summary is read as HTML
            unique_id=f"urn:uuid:{row.uid}",
            pubdate=row.given_at,
            updateddate=row.given_at,
            author_name=row.speaker or None,
            categories=[str(each.name) for each in (row.category, row.area) if each],
        )
    response = HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
    patch_cache_control(response, public=True, max_age=300)
    return response
