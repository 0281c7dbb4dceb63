"""Shutting somebody out from giving, for a time or for good, and letting them in again; who decides that, the rooms above know."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civitas.cities.queries import stored_rules
from civitas.kit.verdicts import YES, Verdict, no
from civitas.people.models import Participant, Suspension
from civitas.people.sources import lies_in

if TYPE_CHECKING:
    from collections.abc import Collection

    from civitas.cities.models import City
    from civitas.people.actors import Actor

# What `suspended_until` says of somebody who is shut out for good.
FOR_GOOD = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


# For so many days somebody is new, where the city's rules say nothing else.
NEW_DAYS = 7


def may_take_part(actor: Actor) -> Verdict:
    """Whoever the team has shut out gives, comments, writes and joins nothing until then; nor does a guest or a new account at an address
    that the city does not take. No query."""
    let_in = may_come_in(actor)
    return may_write_from_here(actor) if let_in else let_in


def may_write_from_here(actor: Actor) -> Verdict:
    """Whether the city takes texts from the address at which this request began: always from the team, from who is known here or has an
    account for as long, and from who came with the code of a class. Signing in and reading ask nobody."""
    stored = stored_rules(actor.city)
    ranges: Any = stored.get("blocked_ranges")
    if not ranges or actor.address is None or actor.is_staff or not lies_in(actor.address, ranges):
        return YES
    days: Any = stored.get("new_days", NEW_DAYS)
    person = actor.participant
    if person is not None and person.is_pupil:
        return YES
    since = [at for at in (actor.joined_at, person.created_at if person is not None and not person.is_guest else None) if at is not None]
    if since and timezone.now() - min(since) >= dt.timedelta(days=days):
        return YES
    return no(
        ngettext(
            "The city takes no texts of guests and new accounts from your network: too much was sent from there that harms others. "
            "With another connection it works, and with an account that is older than %(days)s day. Your text is kept.",
            "The city takes no texts of guests and new accounts from your network: too much was sent from there that harms others. "
            "With another connection it works, and with an account that is older than %(days)s days. Your text is kept.",
            days,
        )
        % {"days": days}
    )


def may_come_in(actor: Actor) -> Verdict:
    """Whether the team lets somebody in, be it to look on at a board; no query."""
    until = actor.participant.suspended_until if actor.participant else None
    if until is None or until <= timezone.now():
        return YES
    if until == FOR_GOOD:
        return no(_("The team of this city has shut you out from taking part. Your notices say why, and how you object."))
    day = date_format(localtime(until), "DATE_FORMAT")
    return no(_("The team of this city has shut you out until %(day)s. Your notices say why, and how you object.") % {"day": day})


@transaction.atomic
def suspend(
    city: City, people: Collection[Participant], *, reason: str, until: dt.datetime | None, by: Participant | None
) -> list[Suspension]:
    """Shut people out until then, or for good; who is shut out longer already stays so. A few queries for many."""
    rows = Suspension.objects.bulk_create(
        [Suspension(city=city, participant=person, reason=reason, until=until, by=by) for person in people], batch_size=500
    )
    _keep(city, {person.pk for person in people})
    return list(rows)


@transaction.atomic
def lift(city: City, suspensions: Collection[Suspension], *, by: Participant | None) -> int:
    """Let people in again; returns how many suspensions that lifted."""
    keys = [row.pk for row in suspensions]
    lifted: int = Suspension.objects.of(city).filter(pk__in=keys, lifted_at=None).update(lifted_at=timezone.now(), lifted_by=by)
    _keep(city, {row.participant_id for row in suspensions})
    return lifted


def adopt_suspensions(city: City, old: Participant, new: Participant) -> None:
    """Who was shut out as a guest stays so with the account that claims what the guest gave."""
    if Suspension.objects.of(city).filter(participant=old).update(participant=new):
        _keep(city, {new.pk})


def _keep(city: City, people: set[int]) -> None:
    """Let `suspended_until` say the longest of what holds."""
    ends: dict[int, dt.datetime] = {}
    for person, until in (
        Suspension.objects.of(city).filter(participant__in=people, lifted_at=None).order_by("pk").values_list("participant", "until")
    ):
        ends[person] = max(ends.get(person, until or FOR_GOOD), until or FOR_GOOD)
    for end in {*ends.values(), None}:
        same = [person for person in people if ends.get(person) == end]
        if same:
            Participant.objects.of(city).filter(pk__in=same).update(suspended_until=end)


def suspensions_of(city: City) -> Any:
    """All suspensions with who is meant and who decided."""
    return Suspension.objects.of(city).select_related("participant", "by", "lifted_by")
