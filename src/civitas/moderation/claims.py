"""Who is on which case just now, so that two of the team never work on the same one unknowingly."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.kit.verdicts import Refused
from civitas.moderation.models import Case
from civitas.moderation.rules import may_decide

if TYPE_CHECKING:
    from civitas.people.actors import Actor
    from civitas.people.models import Participant

HELD = timedelta(minutes=5)


def holder_of(case: Case) -> Participant | None:
    """Who is on the case just now."""
    return case.held_by if case.held_until and case.held_until > timezone.now() else None


def free_for(actor: Actor) -> Q:
    """What of the queue nobody else is on."""
    mine = Q(held_by=actor.participant) if actor.participant else Q(pk__in=[])
    return Q(held_until=None) | Q(held_until__lte=timezone.now()) | mine


def claim_case(actor: Actor, case: Case, *, takes_over: str = "") -> Case:
    """Take a case for the next minutes, or hold it longer; 'yes' takes it over from somebody else on purpose.

    Raises Refused (409) with the name of who is on it.
    """
    may_decide(actor, case).require()
    rows = Case.objects.of(actor.city).filter(pk=case.pk).exclude(state=Case.State.CLOSED)
    free = rows if takes_over == "yes" else rows.filter(free_for(actor))
    with transaction.atomic():
        claimed = free.update(held_by=actor.participant, held_until=timezone.now() + HELD)
        if claimed and actor.participant is not None:  # who goes on to the next lets go of the last
            held = Case.objects.of(actor.city).filter(held_by=actor.participant).exclude(pk=case.pk)
            held.update(held_by=None, held_until=None)
    now = Case.objects.of(actor.city).select_related("held_by", "contribution").get(pk=case.pk)
    if not claimed:
        raise Refused(taken_by(now) if now.is_open else _("Somebody of the team has already decided this."), status=409)
    return now


def taken_by(case: Case) -> str:
    """That somebody else is on it, as a sentence."""
    name = case.held_by.shown_name if case.held_by else _("Someone")
    return _("%(name)s is on this just now. You can take it over on purpose.") % {"name": name}


def release_case(actor: Actor, case: Case) -> None:
    """Let go of a case that one holds."""
    Case.objects.of(actor.city).filter(pk=case.pk, held_by=actor.participant).update(held_by=None, held_until=None)
