"""What changes about roles: given, taken, with an end or without; what follows when one is lost. Each change is in the journal."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.journal.actions import record
from civitas.kit.rooms import rooms
from civitas.kit.verdicts import Refused
from civitas.outbox.actions import enqueue
from civitas.people.models import Membership, Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from civitas.cities.models import City
    from civitas.people.actors import Actor
    from civitas.people.models import Organisation, Participant

LONGEST_YEARS = 10
_ENDED_AT_ONCE = 200


def check_end(city: City, ends_on: dt.date | None) -> None:
    """Raise Refused with the field when a role cannot end on this day of the city's calendar."""
    if ends_on is None:
        return
    today = city.today
    sentence = ""
    if ends_on < today:
        sentence = _("This day is over. Please choose a last day from today on, or leave the field empty.")
    elif ends_on.year > today.year + LONGEST_YEARS:
        sentence = _("This is more than ten years away. Please choose an earlier day, or leave the field empty.")
    if sentence:
        raise Refused(sentence, status=400, fields={"ends_on": sentence})


def _end_of(city: City, ends_on: dt.date | None) -> dt.datetime | None:
    """The midnight in the city after the last day."""
    return city.begins(ends_on + dt.timedelta(days=1)) if ends_on else None


def _require_lead(actor: Actor) -> None:
    if not actor.has(Role.ADMINISTRATOR):
        raise Refused(_("Only the city's administrators give roles."))


def _details(row: Membership) -> dict[str, str | int | None]:
    details = {"role": row.role, "organisation": row.organisation_id}
    return details if row.ends_at is None else {**details, "until": row.ends_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}


@transaction.atomic
def give_role(
    actor: Actor, participant: Participant, role: str, *, organisation: Organisation | None = None, ends_on: dt.date | None = None
) -> Membership:
    """Let a participant hold a role until the end of a day or for good, for an organisation where it has one; only administrators may.

    Who holds it already keeps it, with this end. Raises Refused for an end that leaves the city without an administrator.
    """
    _require_lead(actor)
    check_end(actor.city, ends_on)
    ends_at = _end_of(actor.city, ends_on)
    rows = Membership.every.of(actor.city).filter(participant=participant, role=role, organisation=organisation)
    over = list(rows.filter(ends_at__lte=timezone.now()))
    _end(actor.city, over)  # the worker was not there yet, and the new one takes its place
    if role == Role.ADMINISTRATOR and ends_at is not None:
        _refuse_only_with_end(actor.city, participant.pk)
    row, made = rows.get_or_create(
        defaults={
            "city": actor.city,
            "participant": participant,
            "role": role,
            "organisation": organisation,
            "ends_at": ends_at,
            "by": actor.participant,
        }
    )
    if made:
        record(actor.city, by=actor.uid, verb="role.given", subject=f"participant:{participant.pk}", details=_details(row))
    elif row.ends_at != ends_at:
        _set_end(actor, row, ends_at)
    given: Membership = row
    return given


@transaction.atomic
def change_end(actor: Actor, membership: Membership, ends_on: dt.date | None) -> None:
    """Let a role end with another day, or never; only administrators may. The same day again changes nothing.

    Raises Refused for an end that leaves the city without an administrator, and (409) when the role is over.
    """
    _require_lead(actor)
    if membership.city_id != actor.city.pk:
        raise Refused(_("We cannot find this person."), status=404)
    check_end(actor.city, ends_on)
    row = Membership.objects.of(actor.city).select_for_update(of=("self",)).filter(pk=membership.pk).first()
    if row is None:
        raise Refused(_("This role is over. Please give it anew."), status=409)
    ends_at = _end_of(actor.city, ends_on)
    if row.ends_at != ends_at:
        if row.role == Role.ADMINISTRATOR and ends_at is not None:
            _refuse_only_with_end(actor.city, row.participant_id)
        _set_end(actor, row, ends_at)


def _set_end(actor: Actor, row: Membership, ends_at: dt.datetime | None) -> None:
    row.ends_at, row.told_at, row.by = ends_at, None, actor.participant
    row.save(update_fields=["ends_at", "told_at", "by"])
    record(actor.city, by=actor.uid, verb="role.end_changed", subject=f"participant:{row.participant_id}", details=_details(row))


@transaction.atomic
def take_role(actor: Actor, membership: Membership) -> None:
    """Take a role away; only administrators may, and the last of them stays. A second time changes nothing."""
    _require_lead(actor)
    if membership.city_id != actor.city.pk:
        raise Refused(_("We cannot find this person."), status=404)
    if membership.role == Role.ADMINISTRATOR:
        refuse_last_administrator(actor.city, membership.participant_id)
    gone, _rows = Membership.every.of(actor.city).filter(pk=membership.pk).delete()
    if gone:
        record(
            actor.city, by=actor.uid, verb="role.taken", subject=f"participant:{membership.participant_id}", details=_details(membership)
        )
        _hand_over(actor.city, membership.participant_id)


def leave_roles(city: City, participant: Participant) -> None:
    """Somebody who leaves lays their roles down; their own doing, and said so in the journal. Asks nothing."""
    for row in Membership.every.of(city).filter(participant=participant).order_by("pk"):
        Membership.every.of(city).filter(pk=row.pk).delete()
        record(city, by=participant.uid, verb="role.left", subject=f"participant:{participant.pk}", details=_details(row))


def refuse_last_administrator(city: City, participant: int) -> None:
    """Raise Refused (409) when nobody else could give roles in the city, now or once the others' roles have ended.

    In a transaction, so that two do not go at the same time: a city that has administrators always has one without an end.
    """
    mine, others = _administrators(city, participant)
    if mine and not others:
        raise Refused(_("This is the last administrator. Please give the role to somebody else first; then it can be taken away here."))
    if mine and None not in others:
        raise Refused(
            _(
                "All other administrators have an end date, and after it nobody would lead this city. "
                "Please take that from one of them first."
            )
        )


def _refuse_only_with_end(city: City, participant: int) -> None:
    """The same (with the field) for an administrator who is to have an end."""
    _mine, others = _administrators(city, participant)
    if None not in others:
        sentence = _("After this day nobody would lead this city. Please leave the field empty, or make somebody else administrator first.")
        raise Refused(sentence, status=409, fields={"ends_on": sentence})


def _administrators(city: City, participant: int) -> tuple[bool, list[dt.datetime | None]]:
    """Whether this person is one, and when the role of each other one ends; held until the transaction ends."""
    rows = Membership.objects.of(city).filter(role=Role.ADMINISTRATOR, participant__erased_at=None).select_for_update(of=("self",))
    held = list(rows.order_by("pk").values_list("participant", "ends_at"))
    return any(person == participant for person, _at in held), [ends_at for person, ends_at in held if person != participant]


def end_roles(city: City) -> None:
    """Take away the roles whose end has come, some at a time; safe to run twice."""
    while True:
        with transaction.atomic():
            rows = Membership.every.of(city).filter(ends_at__lte=timezone.now()).select_for_update(of=("self",))
            over = list(rows.order_by("pk")[:_ENDED_AT_ONCE])
            _end(city, over)
        if not over:
            return


def _end(city: City, rows: Iterable[Membership]) -> None:
    for row in rows:
        Membership.every.of(city).filter(pk=row.pk).delete()
        record(city, by=None, verb="role.ended", subject=f"participant:{row.participant_id}", details=_details(row))
        _hand_over(city, row.participant_id)


def _hand_over(city: City, participant: int) -> None:
    """Let the rooms see to the work that lay with somebody."""
    for room in rooms():
        for kind in room.on_role_lost:
            enqueue(city, kind, {"participant": participant})
