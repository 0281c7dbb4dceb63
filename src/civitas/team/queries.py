"""Reading the team: who is away and who does their work, who works here, what the next shift should know."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils import timezone

from civitas.people.models import Membership, Role
from civitas.team.models import Absence

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from civitas.cities.models import City
    from civitas.people.models import Participant

STAFF_ROLES = (Role.ADMINISTRATOR, Role.OWNER, Role.MODERATOR, Role.EXPERT, Role.FACILITATOR)

# Who can do the work of a role: the same role, or one that may do all of it.
_COVERED_BY = {
    Role.EXPERT: {Role.EXPERT, Role.MODERATOR, Role.OWNER, Role.ADMINISTRATOR},
    Role.MODERATOR: {Role.MODERATOR, Role.ADMINISTRATOR},
    Role.FACILITATOR: {Role.FACILITATOR, Role.ADMINISTRATOR},
    Role.OWNER: {Role.OWNER, Role.ADMINISTRATOR},
    Role.ADMINISTRATOR: {Role.ADMINISTRATOR},
}


def can_stand_in(roles: Collection[str], *, held: Collection[str]) -> bool:
    """Whether who holds `held` can do the work of who has `roles`: each staff role is held too, or a higher one."""
    needed = [Role(role) for role in roles if role in _COVERED_BY]
    return bool(needed) and all(not _COVERED_BY[role].isdisjoint(held) for role in needed)


def today_in(city: City) -> dt.date:
    """The day that it is in the city."""
    return timezone.localdate(timezone=ZoneInfo(city.time_zone))


def absences_on(city: City, on: dt.date | None = None) -> dict[int, Absence]:
    """Who is away on a day (today), by participant, each with the deputy; one query."""
    day = on or today_in(city)
    rows = Absence.objects.of(city).filter(starts_on__lte=day, ends_on__gte=day).select_related("deputy")
    return {row.participant_id: row for row in rows.order_by("-starts_on", "pk")}


def staff_roles(city: City, participants: Collection[int] | None = None) -> dict[int, set[str]]:
    """The staff roles of everybody in the team, or of these participants; one query."""
    rows = Membership.objects.of(city).filter(role__in=STAFF_ROLES)
    if participants is not None:
        rows = rows.filter(participant__in=participants)
    found: dict[int, set[str]] = {}
    for participant, role in rows.values_list("participant", "role"):
        found.setdefault(participant, set()).add(role)
    return found


def is_away(participant: Participant, on: dt.date | None = None) -> bool:
    """Whether somebody is away on a day of the city's calendar (today)."""
    day = on or today_in(participant.city)
    rows = Absence.objects.of(participant.city_id).filter(participant=participant, starts_on__lte=day, ends_on__gte=day)
    return bool(rows.exists())


def deputy_of(participant: Participant, on: dt.date | None = None) -> Participant | None:
    """Who does the work of somebody who is away on a day (today): the deputy, or while that one is away too, theirs.

    None for who is there, and where nobody is left: no deputy was named, the deputies go round in a circle, or the last of them
    has left the team. Two queries, however long the chain is.
    """
    away = absences_on(participant.city, on)
    return stand_in(participant, away, staff_roles(participant.city)) if participant.pk in away else None


def stand_in(participant: Participant, away: dict[int, Absence], roles: dict[int, set[str]]) -> Participant | None:
    """The same from what was read for many: who is away, and the roles of the team."""
    seen = {participant.pk}
    person = participant
    while person.pk in away:
        deputy: Participant | None = away[person.pk].deputy
        if deputy is None or deputy.pk in seen or deputy.pk not in roles:
            return None
        seen.add(deputy.pk)
        person = deputy
    return None if person.pk == participant.pk else person
