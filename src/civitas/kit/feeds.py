"""Lists as Atom feeds (RFC 4287), for a reader's programme or another website."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.feedgenerator import Atom1Feed

from civitas.kit.languages import html_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.http import HttpRequest


@dataclass(frozen=True)
class FeedItem:
    """One entry: `key` tells it apart for good (a URN), `path` is its page without a host, or an address with one where it lies on
    another host, `summary` safe HTML, `at` when it came."""

    key: str
    path: str
    title: str
    summary: str
    at: dt.datetime
    author: str = ""
    labels: Sequence[str] = ()


class _Feed(Atom1Feed):
    """A feed in which nothing stands says the same at every moment, so that nobody fetches it anew."""

    def latest_post_date(self) -> dt.datetime:
        return super().latest_post_date() if self.items else dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def atom(request: HttpRequest, items: Iterable[FeedItem], *, title: str, page: str) -> HttpResponse:
    """The items in their order; `page` is the address of the same list as a page, without a host.

    The feed is the same for everybody, so whoever fetches it may keep it for five minutes.
    """
    host, here = request.build_absolute_uri("/").rstrip("/"), request.build_absolute_uri()
    feed = _Feed(
        title=title, link=f"{host}{page}", description="", language=html_language(request.language), feed_url=here, feed_guid=here,
        author_name=str(request.city or title),  # of entries that name nobody; each needs one
    )  # fmt: skip
    for item in items:
        feed.add_item(
            title=item.title,
            link=item.path if "://" in item.path else f"{host}{item.path}",
            description=item.summary,
            unique_id=item.key,
            pubdate=item.at,
            updateddate=item.at,
            author_name=item.author or None,
            categories=list(item.labels),
        )
    response = HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
    patch_cache_control(response, public=True, max_age=300)
    return response
