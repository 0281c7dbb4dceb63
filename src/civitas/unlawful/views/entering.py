"""The way into the team's pages of this room."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.http import Http404

from civitas.unlawful.rules import may_handle

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.cities.models import City

Row = TypeVar("Row")


def enter(request: HttpRequest) -> City:
    """The city, for who handles reports in it; 404 on the bare host, a refusal for everybody else."""
    if request.city is None:
        raise Http404
    may_handle(request.actor).require()
    city: City = request.city
    return city


def found(row: Row | None) -> Row:
    """The row, or 404 where the city has none of this key."""
    if row is None:
        raise Http404
    return row
