"""How every page of the team is entered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from civitas.cities.models import City
    from civitas.kit.verdicts import Verdict


def enter(request: HttpRequest, rule: Callable[[Any], Verdict]) -> City:
    """The city of the page, for whom the rule lets in; raises Http404 on the bare host, Refused for everybody else."""
    if request.city is None:
        raise Http404
    rule(request.actor).require()
    city: City = request.city
    return city
