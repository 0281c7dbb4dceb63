"""What waits for whoever steers, of answers: how many are overdue, with whom, since when; what wants to be released."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civitas.answering.queries.desk import count_of, overdue_by_department
from civitas.contributions.rules import may_work
from civitas.kit.rooms import Call
from civitas.kit.templatetags.kit import number

if TYPE_CHECKING:
    from civitas.people.actors import Actor

NAMED = 3


def calls_of(actor: Actor) -> list[Call]:
    """Overdue answers by department in one call, and drafts that wait for release in another."""
    if not may_work(actor):
        return []
    lines = overdue_by_department(actor.city)
    found = []
    if lines:
        count = sum(line.count for line in lines)
        days = (timezone.localdate() - min(line.oldest_on for line in lines)).days
        title = ngettext("%(shown)s answer is overdue", "%(shown)s answers are overdue", count) % {"shown": number(count)}
        since = ngettext("the oldest for %(days)s day", "the oldest for %(days)s days", days) % {"days": number(days)}
        named = [f"{line.organisation.name if line.organisation else _('With nobody yet')}: {number(line.count)}" for line in lines[:NAMED]]
        more = len(lines) - NAMED
        named += [ngettext("%(count)s more department", "%(count)s more departments", more) % {"count": number(more)}] if more > 0 else []
        path = reverse("answer_desk") + "?ansicht=overdue"
        found.append(Call(f"{title}, {since}", " · ".join(named), path, _("Give the answers"), late=True, weight=90))
    if waiting := count_of(actor, "release"):
        title = ngettext("%(shown)s answer waits for your yes", "%(shown)s answers wait for your yes", waiting) % {"shown": number(waiting)}
        path = reverse("answer_desk") + "?ansicht=release"
        found.append(Call(title, _("They are written. People read them once they are released."), path, _("Read"), "check", weight=60))
    return found
