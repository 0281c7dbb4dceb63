"""Being away, with a deputy; and coming back earlier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from civitas.journal.actions import record
from civitas.kit.verdicts import Refused
from civitas.notices.actions import notify
from civitas.people.models import Participant
from civitas.team.models import Absence
from civitas.team.queries import can_stand_in, staff_roles
from civitas.team.rules import may_set_absence

if TYPE_CHECKING:
    import datetime as dt

    from civitas.people.actors import Actor

LONGEST_DAYS = 400


@transaction.atomic
def set_absence(
    actor: Actor, participant: Participant, *, starts_on: dt.date, ends_on: dt.date, deputy: Participant | None = None
) -> Absence:
    """Note that somebody is away, both days included, and who stands in. The same first day said again changes what was said.

    Raises Refused with the field for days that do not fit, or a deputy who cannot do this work.
    """
    may_set_absence(actor, participant).require()
    # So that two windows of the same person do not note two absences of the same days.
    Participant.objects.of(actor.city).select_for_update().filter(pk=participant.pk).first()
    _check_days(actor, participant, starts_on, ends_on)
    if deputy is not None:
        _check_deputy(actor, participant, deputy)
    rows = Absence.objects.of(actor.city).filter(participant=participant, starts_on=starts_on).select_related("deputy")
    known: Absence | None = rows.first()
    if known is not None and (known.ends_on, known.deputy_id) == (ends_on, deputy.pk if deputy else None):
        return known  # the same form, sent twice
    row: Absence = Absence.objects.of(actor.city).update_or_create(
        participant=participant, starts_on=starts_on, defaults={"city": actor.city, "ends_on": ends_on, "deputy": deputy}
    )[0]
    if deputy is not None and (actor.participant is None or deputy.pk != actor.participant.pk):
        notify(actor.city, [deputy.uid], "team.deputy", f"absence:{row.pk}", f"until-{ends_on.isoformat()}")
    record(
        actor.city,
        by=actor.uid,
        verb="absence.set",
        subject=f"participant:{participant.pk}",
        details={"from": starts_on.isoformat(), "until": ends_on.isoformat(), "deputy": deputy.pk if deputy else None},
    )
    return row


@transaction.atomic
def remove_absence(actor: Actor, absence: Absence) -> None:
    """Take an absence back: the person is there after all. A second time changes nothing."""
    may_set_absence(actor, absence.participant).require()
    gone, _rows = Absence.objects.of(actor.city).filter(pk=absence.pk).delete()
    if gone:
        record(actor.city, by=actor.uid, verb="absence.removed", subject=f"participant:{absence.participant_id}")


def _check_days(actor: Actor, participant: Participant, starts_on: dt.date, ends_on: dt.date) -> None:
    if ends_on < starts_on:
        raise _refused("ends_on", _("The last day lies before the first. Please check both."))
    if ends_on < actor.city.today:
        raise _refused("ends_on", _("These days are over. Please choose a last day from today on."))
    if (ends_on - starts_on).days >= LONGEST_DAYS:
        raise _refused("ends_on", _("This is longer than a year. Please choose an earlier last day."))
    others = Absence.objects.of(actor.city).filter(participant=participant, starts_on__lte=ends_on, ends_on__gte=starts_on)
    if others.exclude(starts_on=starts_on).exists():
        raise _refused("starts_on", _("Some of these days are already noted. Please take the other absence back first."))


def _check_deputy(actor: Actor, participant: Participant, deputy: Participant) -> None:
    if deputy.pk == participant.pk:
        raise _refused("deputy", _("Nobody can stand in for themselves. Please choose somebody else."))
    roles = staff_roles(actor.city, [participant.pk, deputy.pk])
    if deputy.city_id != actor.city.pk or not can_stand_in(roles.get(participant.pk, ()), held=roles.get(deputy.pk, ())):
        raise _refused("deputy", _("A deputy has to hold the same role or a higher one. Please choose somebody else."))


def _refused(field: str, sentence: str) -> Refused:
    return Refused(sentence, status=400, fields={field: sentence})
