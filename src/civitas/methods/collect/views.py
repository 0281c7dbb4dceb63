"""The page of a collect step: the give form in the process's own context."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civitas.contributions.giving import give
from civitas.processes.registry import method_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from civitas.processes.models import Step


def show_step(request: HttpRequest, step: Step) -> HttpResponse:
    """Give something, or read when that was or will be possible."""
    waits = method_of(step).settings_of(step).moderation == "before"
    return give(request, step, template="methods/collect.html", context={"waits": waits})
