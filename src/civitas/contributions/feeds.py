"""A list of contributions as an Atom feed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import escape

from civitas.kit.feeds import FeedItem, atom
from civitas.kit.templatetags.kit import localized

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

    from civitas.contributions.models import Contribution


def feed_of(request: HttpRequest, rows: Iterable[Contribution], *, title: str, page: str) -> HttpResponse:
    """The contributions in their order, each with its title, how it begins, who gave it and where.

    Each row comes with its author, organisation, category and area. `page` is the address of the same list as a page, without a host.
    """
    return atom(request, map(_item, rows), title=title, page=page)


def _item(row: Contribution) -> FeedItem:
    return FeedItem(
        key=f"urn:uuid:{row.uid}",
        path=localized(row.path),
        title=row.title,
        summary=escape(row.teaser),  # a summary is read as HTML
        at=row.given_at,
        author=row.speaker,
        labels=[str(each.name) for each in (row.category, row.area) if each],
    )
