"""Reading the team: who is away and who does their work, who works here, what the next shift should know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F
from django.utils import timezone

from civitas.people.models import Membership, Role
from civitas.team.models import Absence, BarrierReport, Invitation, ShiftNote

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection
    from uuid import UUID

    from civitas.cities.models import City
    from civitas.people.models import Organisation, Participant

STAFF_ROLES = (Role.ADMINISTRATOR, Role.OWNER, Role.MODERATOR, Role.EXPERT, Role.FACILITATOR)
MOST_INVITATIONS = 100
MOST_NOTES = 30
MOST_BARRIERS, MOST_ANSWERED = 200, 30
MOST_SPEAKERS = 200
FEW_NOTES = 5

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


def absences_on(city: City, on: dt.date | None = None) -> dict[int, Absence]:
    """Who is away on a day (today), by participant, each with the deputy; one query."""
    day = on or city.today
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
    day = on or participant.city.today
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


@dataclass(frozen=True)
class Colleague:
    """Somebody who works for the city: their roles, whether they are away or soon will be, and who does their work meanwhile."""

    person: Participant
    memberships: list[Membership]
    absence: Absence | None = None
    deputy: Participant | None = None
    coming: Absence | None = None

    @property
    def department(self) -> Organisation | None:
        """Where they work: the organisation of their first staff role that has one."""
        return next((row.organisation for row in self.memberships if row.organisation), None)


def team_of(city: City) -> list[Colleague]:
    """Everybody with a staff role, by name; two queries."""
    rows = Membership.objects.of(city).filter(role__in=STAFF_ROLES, participant__erased_at=None)
    held: dict[int, list[Membership]] = {}
    for row in rows.select_related("participant", "organisation").order_by("pk"):
        held.setdefault(row.participant_id, []).append(row)
    roles = {key: {row.role for row in rows} for key, rows in held.items()}
    today = city.today
    away, coming = _absences_from(city, today)
    team = []
    for key, memberships in held.items():
        person = memberships[0].participant
        team.append(Colleague(person, memberships, away.get(key), stand_in(person, away, roles), coming.get(key)))
    return sorted(team, key=lambda each: (each.person.shown_name.casefold(), each.person.pk))


def _absences_from(city: City, today: dt.date) -> tuple[dict[int, Absence], dict[int, Absence]]:
    away: dict[int, Absence] = {}
    coming: dict[int, Absence] = {}
    for row in Absence.objects.of(city).filter(ends_on__gte=today).select_related("deputy").order_by("starts_on", "pk"):
        (away if row.covers(today) else coming).setdefault(row.participant_id, row)
    return away, coming


def colleague_by_uid(city: City, uid: UUID) -> Colleague | None:
    """One of the team, with what the whole team's list says of them."""
    return next((each for each in team_of(city) if each.person.uid == uid), None)


def coming_absences(city: City, participant: Participant) -> list[Absence]:
    """When somebody is away, now and later; one query."""
    rows = Absence.objects.of(city).filter(participant=participant, ends_on__gte=city.today)
    return list(rows.select_related("deputy", "participant").order_by("starts_on"))


def possible_deputies(city: City, participant: Participant) -> list[Participant]:
    """Who could stand in for somebody: the same role or a higher one, by name; one query."""
    team = team_of(city)
    needed = next(({row.role for row in each.memberships} for each in team if each.person.pk == participant.pk), set())
    return [
        each.person
        for each in team
        if each.person.pk != participant.pk and can_stand_in(needed, held={row.role for row in each.memberships})
    ]


def open_invitations(city: City) -> list[Invitation]:
    """Invitations that nobody has accepted yet, the newest first; one query."""
    rows = Invitation.objects.of(city).filter(used_at=None, withdrawn_at=None, until__gt=timezone.now())
    return list(rows.select_related("by", "organisation").order_by("-renewed_at", "-pk")[:MOST_INVITATIONS])


def open_notes(city: City) -> list[ShiftNote]:
    """Notes that wait for somebody, the pinned first, then the newest; one query."""
    rows = ShiftNote.objects.of(city).filter(done_at=None).select_related("by")
    return list(rows.order_by(F("pinned_at").desc(nulls_last=True), "-pk")[:MOST_NOTES])


def done_notes(city: City) -> list[ShiftNote]:
    """What was ticked off last; one query."""
    rows = ShiftNote.objects.of(city).filter(done_at__isnull=False).select_related("by", "done_by")
    return list(rows.order_by("-done_at", "-pk")[:FEW_NOTES])


def speakers(city: City) -> list[Membership]:
    """Who speaks for an organisation, by its name; one query."""
    rows = Membership.objects.of(city).filter(role=Role.MEMBER, participant__erased_at=None)
    return list(rows.select_related("participant", "organisation").order_by("organisation__name", "pk")[:MOST_SPEAKERS])


def barrier_by_key(city: City, key: int) -> BarrierReport | None:
    """A report of a barrier, with who reported and who answered."""
    return BarrierReport.objects.of(city).select_related("participant", "answered_by").filter(pk=key).first()


def barriers_of(city: City) -> dict[str, list[BarrierReport]]:
    """The reports that wait, the oldest first, and the newest answered ones; two queries."""
    rows = BarrierReport.objects.of(city)
    waiting = rows.filter(answered_at=None).order_by("pk")[:MOST_BARRIERS]
    answered = rows.filter(answered_at__isnull=False).select_related("answered_by").order_by("-answered_at", "-pk")[:MOST_ANSWERED]
    return {"waiting": list(waiting), "answered": list(answered)}
