"""What waits for whoever steers, of the editorial team: what lies longer than was promised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civitas.kit.rooms import Call
from civitas.kit.templatetags.kit import number
from civitas.moderation.alerts import late_count
from civitas.moderation.models import Case
from civitas.moderation.queries import piles
from civitas.moderation.rules import may_decide
from civitas.processes.policies import rules_of

if TYPE_CHECKING:
    from civitas.people.actors import Actor


def calls_of(actor: Actor) -> list[Call]:
    """Texts that wait too long, and objections to decisions of the team."""
    if not may_decide(actor):
        return []
    city, found = actor.city, []
    hours = rules_of(city).look_hours
    if late := late_count(city, timezone.now()):
        title = ngettext("%(shown)s text waits to be looked at", "%(shown)s texts wait to be looked at", late) % {"shown": number(late)}
        text = ngettext("Longer than the promised %(hours)s hour.", "Longer than the promised %(hours)s hours.", hours) % {"hours": hours}
        found.append(Call(title, text, reverse("queue"), _("Look at them"), "eye", late=True, weight=80))
    if appeals := piles(city).get(Case.Why.APPEAL, 0):
        title = ngettext("%(shown)s objection to a decision", "%(shown)s objections to decisions", appeals) % {"shown": number(appeals)}
        text = _("Somebody else than before decides about it.")
        found.append(Call(title, text, f"{reverse('queue')}?why={Case.Why.APPEAL}", _("Decide"), "hands", weight=70))
    return found
