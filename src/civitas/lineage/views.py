"""The whole story of a contribution, as page and on paper, and the voices that flow into it, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from civitas.contributions.models import Contribution
from civitas.contributions.queries import PAGE_SIZE, head_of
from civitas.contributions.rules import may_read
from civitas.kit.templatetags.kit import localized
from civitas.lineage.pages import gone_said, story_page, story_pdf
from civitas.lineage.stories import voice_page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def _found(request: HttpRequest, number: int) -> Contribution:
    """The contribution of this address; another city's, and what this person may not see, do not exist."""
    rows = Contribution.objects.of(request.city).select_related("author", "process", "city") if request.city else None
    row: Contribution | None = rows.filter(number=number).first() if rows is not None else None
    if row is None:
        raise Http404
    may_read(request.actor, row).require()
    return row


@login_not_required
@require_safe
def show_story(request: HttpRequest, number: int) -> HttpResponse:
    """Where a contribution came from and what became of it; of one that was put together with another, the story of both."""
    row = _found(request, number)
    if row.merged_into_id:
        head = head_of(row)
        if head.visibility == head.Visibility.PUBLISHED:
            return HttpResponseRedirect(reverse("story", args=[head.number]))
    pdf_url = reverse("story_pdf", args=[row.number])
    return story_page(request, [row], title=row.title, back=(row.title, localized(row.path)), pdf_url=pdf_url, language=row.language)


@login_not_required
@require_POST
def print_story(request: HttpRequest, number: int) -> HttpResponse:
    """The same as PDF."""
    row = _found(request, number)
    name = f"{request.city.slug}-{row.number}-werdegang"
    return story_pdf(request, [row], title=row.title, name=name, path=f"/beitrag/{row.number}/werdegang", language=row.language)


@login_not_required
@require_safe
def show_voices(request: HttpRequest, number: int) -> HttpResponse:
    """All voices that flow into a contribution, the newest first, page by page."""
    row = _found(request, number)
    page = voice_page(request.city, row, cursor=request.GET.get("nach", ""), size=PAGE_SIZE)
    context = {
        "item": row,
        "count": page.count,
        "rows": page.rows,
        "gone": gone_said(page.gone),
        "next_url": f"?nach={page.next_cursor}" if page.next_cursor else "",
        "size": PAGE_SIZE,
    }
    return render(request, "lineage/voices.html", context)
