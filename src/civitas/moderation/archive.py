"""Deciding about what nobody has to look at just now: what somebody of the team finds in the archive comes into the queue.

So that there is one way to show and to hide, with one reason, one mail, one objection and one way back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from civitas.moderation.cases import open_case
from civitas.moderation.decisions import decide
from civitas.moderation.models import Case
from civitas.moderation.rules import may_take_up

if TYPE_CHECKING:
    from civitas.contributions.models import Contribution
    from civitas.moderation.models import Decision
    from civitas.people.actors import Actor


def take_up_contribution(actor: Actor, row: Contribution) -> Case:
    """Bring a contribution or comment into the queue, so that it can be decided there; its open case, where it has one."""
    may_take_up(actor, row).require()
    with transaction.atomic():
        return open_case(actor.city, why=Case.Why.TEAM, contribution=row)


def decide_about(actor: Actor, row: Contribution, verb: str, *, version: int | None = None, **order: Any) -> Decision:
    """Take a contribution or comment up and decide about it at once, under the queue's own rules; see `decide` for the order.

    Raises Refused (409) when it changed since `version`; then it is not taken up either.
    """
    with transaction.atomic():
        case = take_up_contribution(actor, row)
        stamp = f"{case.version}-{version}" if version is not None else ""
        return decide(actor, case, verb, stamp=stamp, **order)
