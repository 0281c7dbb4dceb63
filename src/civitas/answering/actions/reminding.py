"""Telling those who have an answer to give that its promised day is over: once for each such day, however often the worker looks."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction

from civitas.answering.models import due_key
from civitas.answering.queries.desk import active_ones
from civitas.answering.queries.keeping import editors_of, experts_of
from civitas.notices.actions import notify_each
from civitas.people.models import Participant
from civitas.team.queries import absences_on, staff_roles, stand_in

if TYPE_CHECKING:
    from uuid import UUID

    from civitas.cities.models import City

# A day on which the worker stood still is made up for; what is overdue for longer was told.
LOOKS_BACK = dt.timedelta(days=7)
MOST_OVERDUE = 10_000


def remind_of_overdue(city: City) -> None:
    """Tell each person whose answers became overdue lately, their deputy while they are away, the experts of a department for what lies
    with it, and the editorial team for what lies with nobody."""
    today = city.today
    rows = active_ones(city).filter(due_key__gte=due_key(today - LOOKS_BACK, 0), due_key__lt=due_key(today, 0)).order_by("due_key")
    # The last day of each: one reminder tells of the days before as well.
    days = {(person, office): day for person, office, day in rows.values_list("person", "organisation", "due_on")[:MOST_OVERDUE]}
    if not days:
        return
    people = Participant.objects.of(city).in_bulk({person for person, _office in days if person})
    away, roles = absences_on(city), staff_roles(city)
    told: dict[UUID, dt.date] = {}
    for (person, office), day in days.items():
        if person:
            uids = [(stand_in(people[person], away, roles) or people[person]).uid]
        else:
            uids = experts_of(city, office) if office else editors_of(city)
        for uid in uids:
            told[uid] = max(day, told.get(uid, day))
    with transaction.atomic():
        notify_each(city, [(uid, "answering.overdue", f"due:{day}", "over") for uid, day in told.items()])
