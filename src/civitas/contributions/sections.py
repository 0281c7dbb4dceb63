"""What this room shows on a process's page: what was given so far; and the button that pauses comments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string

from civitas.contributions.drafts import drafts_of
from civitas.contributions.gallery import media_of
from civitas.contributions.queries import Filters, listed_page, tallies_shown
from civitas.people.models import Role
from civitas.processes.pausing import render_pause, talking_step
from civitas.processes.queries import categories_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from civitas.contributions.models import Contribution
    from civitas.people.models import Participant
    from civitas.processes.models import Process

NEWEST = 3
# How many of the newest are looked through for a voice on each subject.
LOOKED_THROUGH = 20
# Subjects shown with a bar, the largest first.
SUBJECTS = 5


def render_given(request: HttpRequest, process: Process) -> str:
    """How many contributions a process has, by subject, and the newest ones; six queries at most."""
    city = request.city
    counts = tallies_shown(process)
    total = counts.get("all", {}).get("", 0)
    if not total:
        return ""
    by_subject = counts.get("category", {})
    subjects = [(by_subject[str(row.pk)], str(row.name)) for row in categories_of(city, process) if str(row.pk) in by_subject]
    subjects.sort(reverse=True)
    newest = listed_page(city, Filters(process=process), size=LOOKED_THROUGH).rows
    voices: dict[str, Contribution] = {}
    for row in newest[NEWEST:] + newest[:NEWEST]:  # those that no card shows go first
        if row.category:
            voices.setdefault(str(row.category.name), row)
    context = {
        "total": total,
        "subjects": [
            {"name": name, "count": count, "width": round(100 * count / subjects[0][0]), "voice": voices.get(name)}
            for count, name in subjects[:SUBJECTS]
        ],
        "cards": cards_of(newest[:NEWEST]),
        "process": process,
    }
    return render_to_string("contributions/_process_given.html", context, request=request)


def render_drafts(request: HttpRequest, participant: Participant | None) -> str:
    """For "my page": what a person has begun, to go on with or to let go; one query, '' without any."""
    drafts = drafts_of(participant) if participant else []
    return render_to_string("contributions/_mine_drafts.html", {"drafts": drafts}, request=request) if drafts else ""


def cards_of(rows: Iterable[Contribution]) -> list[dict[str, Any]]:
    """Contributions for `kit/_contribution_card.html`, each with the address of its first picture in a small width."""
    return [{"item": row, "picture": _small_picture(row)} for row in rows]


def _small_picture(row: Contribution) -> str:
    return next((picture["small"] for picture in media_of(row)["pictures"]), "")


def render_pause_of(request: HttpRequest, row: Contribution, *, back: str = "") -> str:
    """The button that pauses comments where this is commented on, as safe HTML; '' for who may not, or where nobody comments. One query."""
    if not request.actor.has(Role.MODERATOR, Role.OWNER):
        return ""
    kind = row.root.kind if row.root else row.kind
    step = talking_step(request.city, row.process_id, row.step_id, kind)
    return render_pause(request, step, back=back) if step else ""
