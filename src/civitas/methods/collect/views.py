"""The page of a collect step: the give form in the process's own context."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civitas.contributions.giving import give

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from civitas.processes.models import Step


def show_step(request: HttpRequest, step: Step) -> HttpResponse:
    """Give something, or read when that was or will be possible."""
    return give(request, step, template="methods/collect.html")
