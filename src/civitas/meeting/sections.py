"""The band on a contribution's page where people meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string

from civitas.contributions.models import Contribution
from civitas.contributions.rules import is_author, may_moderate
from civitas.meeting.models import Joining
from civitas.meeting.queries import joinings_page, standing, turnout
from civitas.meeting.rules import SIGN_IN, may_join, may_write, reads_first

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.meeting.forms import JoinForm

# How many voices of each role the band shows; the rest is a page of its own.
SHOWN = 4


def render_meeting(request: HttpRequest, row: Contribution) -> str:
    """Who joins in and who helps, and what one can do oneself; nothing on what is not published.

    One query for a stranger where nobody has joined, five at most.
    """
    if row.visibility != Contribution.Visibility.PUBLISHED or row.kind == Contribution.Kind.COMMENT:
        return ""
    return render_to_string("meeting/_meet.html", meeting_context(request, row), request=request)


def meeting_context(
    request: HttpRequest, row: Contribution, *, form: JoinForm | None = None, refusal: str = "", thanks: str = ""
) -> dict[str, Any]:
    """What the band shows. `form` came back with a reason; `thanks` is the role that was just taken, or 'left'.

    The forms to join in are fetched when one opens them: most who read never do.
    """
    actor = request.actor
    stands = standing(actor, row)
    joins = may_join(actor, row, stands=stands)
    counts = turnout(row)
    mine = {Joining.Role.HELP.value: stands.helps, Joining.Role.JOIN.value: stands.joins}
    moderates, author = bool(may_moderate(actor)), is_author(actor, row)
    shown = [each for role in mine if counts[role] for each in joinings_page(row, role=role, size=SHOWN).rows]
    voices = [each for each in shown if each.words and (moderates or not each.is_private or is_author(actor, each.contribution))]
    writes = may_write(actor, row, row.author, stands=stands)
    return {
        "item": row,
        "voices": voices,
        "quiet": [each for each in shown if each not in voices],
        "joins": counts[Joining.Role.JOIN.value],
        "helps": counts[Joining.Role.HELP.value],
        "more": sum(max(0, count - SHOWN) for count in counts.values()),
        "ways": [
            {"role": role, "form": form if form is not None and form.for_role == role else None, "mine": mine[role]}
            for role in (Joining.Role.JOIN.value, Joining.Role.HELP.value)
        ],
        "may_join": joins,
        "may_write": writes,
        "asks_sign_in": writes.status == SIGN_IN,
        "reads_first": form is not None and bool(joins) and reads_first(actor.city, row),
        "is_mine": author,
        "refusal": refusal,
        "thanks": thanks,
    }
