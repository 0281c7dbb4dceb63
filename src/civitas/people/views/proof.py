"""The question of the proof of work, for the script of a form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from civitas.people.proofs import ask

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_LONGEST = 300


@login_not_required
@never_cache
@require_safe
def ask_proof(request: HttpRequest) -> HttpResponse:
    """A question for the form whose address is named."""
    form = request.GET.get("form", "")
    if request.city is None or not form.startswith("/") or len(form) > _LONGEST:
        raise Http404
    return JsonResponse(ask(request.city, form))
