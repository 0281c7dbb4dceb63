"""What lay with somebody who does not answer for the city any more goes to who stands in for them, or back to their department."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from civitas.answering.models import Assignment, AssignmentRule
from civitas.answering.queries.keeping import ANSWERING, editors_of, experts_of
from civitas.journal.actions import record_many
from civitas.notices.actions import notify
from civitas.people.actors import actor_of
from civitas.people.models import Participant
from civitas.team.queries import deputy_of

if TYPE_CHECKING:
    from civitas.cities.models import City

HAND_OVER = "answering.hand_over"
HANDED_OVER = "answering.handed_over"
_AT_ONCE = 200


def hand_over(city: City, participant: int) -> None:
    """Hand over what somebody had to answer once they hold no role that answers; safe to run twice. Their deputy or department is told
    of all at once, the editorial team of what lies with nobody now."""
    person = Participant.objects.of(city).filter(pk=participant).select_related("city").first()
    if person is None or actor_of(person).has(*ANSWERING):
        return
    deputy = deputy_of(person)
    AssignmentRule.objects.of(city).filter(person=person).update(person=deputy)
    while _hand_over_some(city, person, deputy):
        pass


@transaction.atomic
def _hand_over_some(city: City, person: Participant, deputy: Participant | None) -> int:
    rows = Assignment.objects.of(city).filter(active=1, person=person).select_for_update(of=("self",))
    taken = list(rows.order_by("due_key")[:_AT_ONCE])
    if not taken:
        return 0
    Assignment.objects.of(city).filter(pk__in=[row.pk for row in taken]).update(state=Assignment.State.MOVED, closed_at=timezone.now())
    made = [
        Assignment(
            city=city,
            contribution_id=row.contribution_id,
            organisation_id=row.organisation_id,
            person=deputy,
            due_on=row.due_on,
            due_key=row.due_key,
            state=row.state,
        )
        for row in taken
    ]
    Assignment.objects.bulk_create(made)
    told = [deputy.uid] if deputy else []
    for office in {row.organisation_id for row in taken} if deputy is None else ():
        told += experts_of(city, office) if office else editors_of(city)
    notify(city, told, HANDED_OVER, f"participant:{person.pk}", f"handed-{timezone.localdate():%Y%m%d}")
    details = [
        (f"contribution:{row.contribution_id}", {"organisation": row.organisation_id, "deputy": deputy is not None}) for row in taken
    ]
    record_many(city, by=None, verb="answer.handed_over", rows=details)
    return len(taken)
