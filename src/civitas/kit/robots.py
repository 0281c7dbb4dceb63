"""What search engines may look at: everything public; what is a person's own or the team's, they need not ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from civitas.kit.languages import PREFIXES, path_in_language

if TYPE_CHECKING:
    from django.http import HttpRequest

_OWN = ("/konto/", "/mein", "/mitteilungen", "/zuordnen/", "/abmelden/", "/verwaltung/", "/postfach", "/kit/")


@login_not_required
@require_safe
@cache_control(public=True, max_age=86_400)
def show_robots(request: HttpRequest) -> HttpResponse:
    """The rules for search engines."""
    lines = [f"Disallow: {path_in_language(path, code)}" for code in PREFIXES for path in _OWN]
    return HttpResponse("\n".join(["User-agent: *", *lines, ""]), content_type="text/plain; charset=utf-8")
