"""Who is shut out from giving, since when and why, and letting them in again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from civitas.kit.keyset import keyset_page
from civitas.kit.redirects import SeeOther
from civitas.kit.verdicts import Refused
from civitas.moderation.models import Reason
from civitas.moderation.suspending import let_in
from civitas.moderation.views.queue import enter
from civitas.people.suspensions import suspensions_of

if TYPE_CHECKING:
    from django.http import HttpRequest

_A_PAGE = 50


@never_cache
@require_safe
def show_suspensions(request: HttpRequest) -> HttpResponse:
    """Everybody who was shut out, the latest first."""
    city = enter(request)
    page = keyset_page(suspensions_of(city), by=("pk",), cursor=request.GET.get("nach", ""), size=_A_PAGE)
    reasons = dict(Reason.choices)
    context = {
        "lines": [{"row": row, "reason": reasons.get(row.reason, "")} for row in page.rows],
        "next_url": f"?nach={page.next_cursor}" if page.next_cursor else "",
        "size": _A_PAGE,
    }
    return render(request, "moderation/suspensions.html", context)


@require_POST
def lift(request: HttpRequest, key: int) -> HttpResponse:
    """Let somebody in again."""
    city = enter(request)
    row = suspensions_of(city).filter(pk=key).first()
    if row is None:
        raise Http404
    try:
        let_in(request.actor, row)
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        messages.success(request, _("This person can take part again."))
    return SeeOther(reverse("suspensions"))
