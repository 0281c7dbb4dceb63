"""What this room shows on "my page": what I gave and where it stands, what I support and follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import render_to_string

from civitas.dialogue.queries import followed_by, given_by, supported_by
from civitas.processes.followers import processes_followed_by

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.people.models import Participant

GIVEN, LIKED = 5, 3


def render_given(request: HttpRequest, participant: Participant | None) -> str:
    """The latest five that a person gave, each with where it stands; one query. Who gave nothing is invited."""
    page = given_by(participant, size=GIVEN) if participant else None
    context = {"rows": page.rows if page else [], "has_more": bool(page and page.next_cursor), "city": request.city}
    return render_to_string("dialogue/_mine_given.html", context, request=request)


def render_liked(request: HttpRequest, participant: Participant | None) -> str:
    """The latest three that a person supports, and of processes and contributions the latest three followed; three queries."""
    if participant is None:
        return ""
    supported, followed = supported_by(participant, size=LIKED), followed_by(participant, size=LIKED)
    processes = processes_followed_by(participant, most=LIKED)
    context = {"supported": supported.rows, "followed": followed.rows, "processes": processes}
    return render_to_string("dialogue/_mine_liked.html", context, request=request)
