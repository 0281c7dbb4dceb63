"""Who answers by when: by rule when something new arrives, by hand afterwards; settled by what was said officially."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.answering.models import Assignment, due_key
from civitas.answering.queries.desk import with_nobody_to_answer
from civitas.answering.queries.keeping import experts_of, first_fitting, rules_in_order
from civitas.answering.queries.one import assignment_of, promised_on
from civitas.answering.rules import may_assign
from civitas.answering.wording import WITHOUT_WORDS
from civitas.contributions.models import Contribution, StatusEvent
from civitas.journal.actions import record
from civitas.kit.verdicts import Refused
from civitas.notices.actions import notify
from civitas.people.actors import actor_of
from civitas.team.queries import deputy_of

if TYPE_CHECKING:
    from uuid import UUID

    from civitas.cities.models import City
    from civitas.people.actors import Actor
    from civitas.people.models import Organisation, Participant

Status = Contribution.Status
State = Assignment.State
# Of what came in longer ago, by a load or a repair, nobody is told.
NEWS_FOR = dt.timedelta(days=2)
_MENDED_AT_ONCE = 500


@transaction.atomic
def assign_new(city: City, rows: list[Contribution]) -> None:
    """Put what is new on the desk, by the first rule that fits, with the day that was promised; safe to run twice.

    Nothing for comments, for what was brought in from elsewhere and for what a step made: this city promised nothing there.
    """
    wanted = [row for row in rows if row.number is not None and not (row.is_from_elsewhere or row.is_made)]
    known = set(Assignment.objects.of(city).filter(contribution__in=wanted).values_list("contribution_id", flat=True))
    rules = rules_in_order(city) if len(known) < len(wanted) else []
    for row in wanted:
        if row.pk in known:
            continue
        rule = first_fitting(city, rules, row)
        organisation, person = (rule.organisation, on_duty(rule.person)) if rule else (None, None)
        assignment = _create(city, row, organisation=organisation, person=person, due_on=promised_on(city, row))
        if rule:
            Assignment.objects.of(city).filter(pk=assignment.pk).update(rule=rule)
        if timezone.now() - row.given_at < NEWS_FOR:
            _tell(city, assignment)
        if row.status != Status.RECEIVED:
            settle(city, row.pk)


def on_duty(person: Participant | None) -> Participant | None:
    """The person, or their deputy while they are away."""
    return (deputy_of(person) or person) if person else None


def _create(
    city: City,
    row: Contribution,
    *,
    organisation: Organisation | None,
    person: Participant | None,
    due_on: dt.date,
    by: Participant | None = None,
) -> Assignment:
    made: Assignment = Assignment.objects.create(
        city=city, contribution=row, organisation=organisation, person=person, due_on=due_on, due_key=due_key(due_on, row.pk), by=by
    )
    return made


def _tell(city: City, assignment: Assignment, *, but: UUID | None = None) -> None:
    """Tell the person who has it now, or the department's experts."""
    if assignment.person:
        people = [assignment.person.uid]
    elif assignment.organisation_id:
        people = experts_of(city, assignment.organisation_id)
    else:
        return
    subject = f"contribution:{assignment.contribution_id}"
    notify(city, [uid for uid in people if uid != but], "answering.assigned", subject, f"assigned-{assignment.pk}")


def assign(
    actor: Actor,
    contribution: Contribution,
    *,
    organisation: Organisation | None,
    person: Participant | None,
    due_on: dt.date | None = None,
    quiet: str = "",
) -> Assignment:
    """Give a contribution to a department, a person, both, or back to nobody. The earlier assignment stays as passed on.

    The same again changes nothing. A deputy gets it while the person is away. `quiet` names the batch that tells them of all at once.
    """
    may_assign(actor, contribution, assignment_of(actor.city, contribution)).require()
    _check(actor, organisation, person)
    person = on_duty(person)
    with transaction.atomic():
        row = Contribution.objects.of(actor.city).select_for_update(of=("self",)).select_related("process").get(pk=contribution.pk)
        now = assignment_of(actor.city, row)
        may_assign(actor, row, now).require()
        day = due_on or (now.due_on if now else max(promised_on(actor.city, row), timezone.localdate()))
        same = now and (now.organisation_id, now.person_id, now.due_on) == (
            organisation.pk if organisation else None, person.pk if person else None, day,
        )  # fmt: skip
        if now and same:
            return now
        state = now.state if now else State.OPEN
        if now:
            Assignment.objects.of(actor.city).filter(pk=now.pk).update(state=State.MOVED, closed_at=timezone.now())
        made = _create(actor.city, row, organisation=organisation, person=person, due_on=day, by=actor.participant)
        if state != State.OPEN:
            Assignment.objects.of(actor.city).filter(pk=made.pk).update(state=state)
        if not quiet:
            _tell(actor.city, made, but=actor.uid)
        details = {"organisation": made.organisation_id, "assignment": made.pk}
        record(actor.city, by=actor.uid, verb="answer.assigned", subject=f"contribution:{row.pk}", details=details)
    return made


def _check(actor: Actor, organisation: Organisation | None, person: Participant | None) -> None:
    for each in (organisation, person):
        if each is not None and each.city_id != actor.city.pk:
            raise Refused(_("We cannot find this in this city."), status=404)
    if organisation is not None and not organisation.is_department:
        sentence = _("Only a department of the city answers.")
        raise Refused(sentence, status=400, fields={"organisation": sentence})
    if person is not None and not actor_of(person).is_staff:
        sentence = _("This person does not work for the city here.")
        raise Refused(sentence, status=400, fields={"person": sentence})


def settle(city: City, contribution: int) -> None:
    """Bring a contribution's assignment in line with what was said officially; safe to run twice.

    Without words yet it stays as it is. A promised day keeps it on the desk until then; all else ends it.
    """
    with transaction.atomic():
        row = Contribution.objects.of(city).select_for_update(of=("self",)).filter(pk=contribution).first()
        now = assignment_of(city, row) if row else None
        if row is None or now is None:
            return
        last = StatusEvent.objects.of(city).filter(contribution=row).order_by("-at", "-pk").first()
        ends = row.status in {Status.DONE, Status.NOT_POSSIBLE, Status.PART_OF}
        waits = row.status in WITHOUT_WORDS and not row.answered and not (last and last.handed_to)
        rows = Assignment.objects.of(city).filter(pk=now.pk)
        if last and last.due_on and not ends:
            if now.state == State.OPEN or now.due_on != last.due_on:
                rows.update(state=State.PROMISED, due_on=last.due_on, due_key=due_key(last.due_on, row.pk))
        elif not waits:
            rows.update(state=State.ANSWERED, closed_at=timezone.now())


def put_on_desk(city: City) -> None:
    """Put contributions that wait for an answer and have never been on the desk there, some at a time."""
    while rows := list(with_nobody_to_answer(city).select_related("process").order_by("pk")[:_MENDED_AT_ONCE]):
        with transaction.atomic():
            assign_new(city, rows)
