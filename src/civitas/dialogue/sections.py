"""What other rooms show on a contribution's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civitas.kit.rooms import rooms

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.contributions.models import Contribution


def sections_of(request: HttpRequest, row: Contribution) -> dict[str, list[str]]:
    """Safe HTML by place ('head', 'body', 'meet', 'foot'), in the order that the rooms ask for."""
    found: dict[str, list[str]] = {"head": [], "body": [], "meet": [], "foot": []}
    for section in sorted((each for room in rooms() for each in room.contribution_sections), key=lambda each: each.order):
        if html := section.render(request, row):
            found[section.place].append(html)
    return found


def paper_sections(request: HttpRequest, row: Contribution) -> list[str]:
    """What other rooms have to say of a contribution on paper, as safe HTML, in the order that they ask for."""
    found = sorted((each for room in rooms() for each in room.contribution_sections), key=lambda each: each.order)
    return [html for section in found if section.paper is not None and (html := section.paper(request, row))]
