"""What waits for whoever steers, of concepts: the gates at which they are named to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.coproduction.models import Gate
from civitas.coproduction.queries import SHOWN
from civitas.coproduction.rules import may_see_gates
from civitas.kit.days import day
from civitas.kit.rooms import Call

if TYPE_CHECKING:
    from civitas.people.actors import Actor

MOST = 5


def calls_of(actor: Actor) -> list[Call]:
    """A call for each gate that waits for somebody, the first that are due; one query."""
    if actor.participant is None or not may_see_gates(actor):
        return []
    waiting = Gate.objects.of(actor.city).filter(state=Gate.State.WAITING, deciders__participant=actor.participant, **SHOWN)
    rows = waiting.select_related("concept__contribution").order_by("due_on", "pk")[:MOST]
    today, found = timezone.localdate(), []
    for gate in rows:
        late = gate.due_on is not None and gate.due_on < today
        text = gate.question or gate.title
        if gate.due_on is not None:
            text = (_("Was due on %(day)s.") if late else _("Due on %(day)s.")) % {"day": day(gate.due_on)} + f" {text}"
        title = _("Go on, change or stop? Concept “%(title)s”") % {"title": gate.concept.contribution.title}
        found.append(Call(title, text, reverse("gate", args=[gate.pk]), _("Decide"), "hands", late=late, weight=85))
    return found
