"""The page of what people agree to by sending something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from civitas.cities.config import UsageConfig
from civitas.contributions.models import Terms
from civitas.contributions.terms import house_terms
from civitas.kit.ids import read_key
from civitas.kit.texts import rendered
from civitas.kit.translated import Translated

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@login_not_required
@require_safe
def show_terms(request: HttpRequest) -> HttpResponse:
    """The terms in full, as they are or (`?fassung=`) as they were when something was given."""
    city = request.city
    if city is None:
        raise Http404
    asked = request.GET.get("fassung", "")
    number = read_key(asked) if asked else city.terms_version
    row = Terms.objects.of(city).filter(number=number).first() if number else None
    if row is None and number != city.terms_version:
        raise Http404
    licence = UsageConfig(licence=row.licence) if row else city.config.usage
    text = str(row.text if row else Translated(city.config.usage.text) or house_terms())
    words = text.replace("{licence}", f"[{licence.name}]({licence.url})")
    context = {
        "title": _("Terms of use of what you give"),
        "words": rendered(words),
        "number": number,
        "since": row.since if row else None,
        "is_current": number == city.terms_version,
    }
    return render(request, "contributions/terms.html", context)
