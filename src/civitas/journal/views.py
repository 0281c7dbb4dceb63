"""The public page about the record, and the list of its seals for whoever wants to keep it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from civitas.journal.queries import anchors, newest_seals
from civitas.kit.ids import read_key

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_SHOWN = 20
_LISTED = 1000


@login_not_required
@require_safe
def seal_list(request: HttpRequest) -> HttpResponse:
    """What the record is, how to check it, and its last seals."""
    if request.city is None:
        raise Http404
    seals = newest_seals(request.city, _SHOWN)
    return render(request, "journal/seal_list.html", {"seals": seals, "last_seal": seals[0] if seals else None})


@login_not_required
@require_safe
def anchor_list(request: HttpRequest) -> HttpResponse:
    """The city's seals, oldest first, a thousand at a time: the file that `civitas journal verify --anchor` takes."""
    if request.city is None:
        raise Http404
    after = read_key(request.GET.get("after", "")) or 0
    seals = list(anchors(request.city, after=after, count=_LISTED))
    more = f"{reverse('anchor_list')}?after={seals[-1]['number']}" if len(seals) == _LISTED else None
    return JsonResponse({"city": request.city.slug, "seals": seals, "next": more})
