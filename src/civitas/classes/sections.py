"""What this room shows on "my page": where a pupil sits, and how they come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import render_to_string

from civitas.classes.queries import seat_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.people.models import Participant


def render_mine(request: HttpRequest, participant: Participant | None) -> str:
    """Where a pupil sits and how they come back; one query, none for everybody else."""
    if participant is None or not participant.is_pupil:
        return ""
    return render_to_string("classes/_mine.html", {"seat": seat_of(participant)}, request=request)
