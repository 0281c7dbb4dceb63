"""The band on a contribution's page where people meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string

from civitas.contributions.models import Contribution
from civitas.contributions.rules import is_author, may_moderate
from civitas.meeting.forms import JoinForm
from civitas.meeting.models import Joining
from civitas.meeting.queries import joinings_page, standing, turnout
from civitas.meeting.rules import SIGN_IN, may_join, may_write, reads_first

if TYPE_CHECKING:
    from django.http import HttpRequest

# How many voices of each role the band shows; the rest is a page of its own.
SHOWN = 4


def render_meeting(request: HttpRequest, row: Contribution) -> str:
    """Who joins in and who helps, and what one can do oneself; nothing on what is not published.

    Two queries where nobody has joined, four at most, one more for members of organisations.
    """
    if row.visibility != Contribution.Visibility.PUBLISHED or row.kind == Contribution.Kind.COMMENT:
        return ""
    return render_to_string("meeting/_meet.html", meeting_context(request, row), request=request)


def meeting_context(
    request: HttpRequest, row: Contribution, *, form: JoinForm | None = None, refusal: str = "", thanks: str = ""
) -> dict[str, Any]:
    """What the band shows. `form` came back with a reason; `thanks` is the role that was just taken, or 'left'."""
    actor = request.actor
    stands = standing(actor, row)
    joins = may_join(actor, row, stands=stands)
    counts = turnout(row)
    forms = {role: JoinForm(actor, role) for role in Joining.Role.values} if joins else {}
    if form is not None and form.for_role in forms:
        forms[form.for_role] = form
    mine = {Joining.Role.HELP.value: stands.helps, Joining.Role.JOIN.value: stands.joins}
    moderates, author = bool(may_moderate(actor)), is_author(actor, row)
    shown = [each for role in mine if counts[role] for each in joinings_page(row, role=role, size=SHOWN).rows]
    voices = [each for each in shown if each.words and (author or moderates or not each.is_private)]
    writes = may_write(actor, row, row.author, stands=stands)
    return {
        "item": row,
        "voices": voices,
        "quiet": [each for each in shown if each not in voices],
        "joins": counts[Joining.Role.JOIN.value],
        "helps": counts[Joining.Role.HELP.value],
        "more": sum(max(0, count - SHOWN) for count in counts.values()),
        "ways": [
            {"role": role, "form": forms.get(role), "mine": mine[role], "is_open": form is not None and form.for_role == role}
            for role in (Joining.Role.JOIN.value, Joining.Role.HELP.value)
        ],
        "may_join": joins,
        "may_write": writes,
        "asks_sign_in": writes.status == SIGN_IN,
        "reads_first": bool(joins) and reads_first(stands),
        "is_mine": author,
        "refusal": refusal,
        "thanks": thanks,
    }
