"""Deciding about cases: one, or hundreds at once under the same rule, in as many queries.

What a decision does to a contribution it does by the contributions' own actions; here stand the reason, the news and the way back.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civitas.contributions.actions import index_later, look_later, show_rows
from civitas.contributions.counts import keeping_counts
from civitas.contributions.models import Contribution
from civitas.contributions.moving import MOVED, move_to
from civitas.contributions.rules import held_hidden
from civitas.journal.actions import record_many
from civitas.kit.refusals import in_source_words
from civitas.kit.verdicts import Refused
from civitas.meeting.letters import take_out_letter
from civitas.moderation.claims import taken_by
from civitas.moderation.counts import count_decisions
from civitas.moderation.learning import learn
from civitas.moderation.models import Appeal, Case, Decision, Flag, Reason, Verb
from civitas.moderation.orders import Order, checked
from civitas.moderation.rules import is_held_by_another, may_decide_so
from civitas.moderation.signals import text_of
from civitas.notices.actions import notify_each
from civitas.people.suspensions import suspend

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from civitas.cities.models import Area, City, Place
    from civitas.kit.verdicts import Verdict
    from civitas.moderation.models import Run
    from civitas.people.actors import Actor
    from civitas.people.models import Participant
    from civitas.processes.models import Category, Step

Visibility = Contribution.Visibility
# What a decision makes of a thing's visibility; the others leave it.
SHOWS = {Verb.PUBLISH: Visibility.PUBLISHED, Verb.HIDE: Visibility.HIDDEN, Verb.SPAM: Visibility.HIDDEN}


def decide(
    actor: Actor,
    case: Case,
    verb: str,
    *,
    reason: str = "",
    text: str = "",
    stamp: str = "",
    category: Category | None = None,
    area: Area | None = None,
    place: Place | None = None,
    step: Step | None = None,
    suspend_days: int | None = None,
    takes_over: str = "",
) -> Decision:
    """Decide about one case. `stamp` is what was looked at (`Case.stamp`); see `Order` for the rest. The same form sent twice is decided
    once.

    Raises Refused: 409 when it changed or somebody else is on it, 400 with a sentence per field.
    """
    order = checked(
        actor,
        Order(verb, reason, text, category=category, area=area, place=place, step=step, suspend_days=suspend_days, takes_over=takes_over),
    )
    with transaction.atomic():
        found = decide_many(actor, {case.pk: stamp}, order)[case.pk]
        if isinstance(found, Refused) and (twin := _sent_twice(actor, case, order, stamp)):
            return twin
    if isinstance(found, Refused):
        raise found
    return found


def _sent_twice(actor: Actor, case: Case, order: Order, stamp: str) -> Decision | None:
    """The actor's own decision that this order has made already, if nothing else has happened since what was looked at.

    Where something goes is not kept with its decision, so that a move is looked at again.
    """
    seen = stamp.partition("-")[0]
    if actor.participant is None or not seen.isdecimal() or order.verb == Verb.MOVE:
        return None
    standing = Decision.objects.of(actor.city).filter(case=case, undone_at=None).select_related("case")
    last: Decision | None = standing.order_by("-pk").first()
    if last is None or last.by_id != actor.participant.pk or last.case.version != int(seen[:18]) + 1:
        return None
    said = (last.verb, last.reason, last.text, last.suspension_id is not None)
    return last if said == (order.verb, order.reason, order.text, order.suspend_days is not None) else None


@transaction.atomic
def decide_many(actor: Actor, stamps: Mapping[int, str], order: Order, *, run: Run | None = None) -> dict[int, Decision | Refused]:
    """Carry out a checked order on the cases with these keys; what is not possible is refused by itself, the rest goes through.

    `stamps` map each key to what was looked at, '' where nobody looked at that one.
    """
    city = actor.city
    cases = {case.pk: case for case in _locked_cases(city, list(stamps))}
    contributions = _locked_rows(city, [case.contribution_id for case in cases.values() if case.contribution_id])
    appealed = _appealed(city, list(cases))
    found: dict[int, Decision | Refused] = {}
    chosen: list[Case] = []
    with in_source_words(when=run is not None):
        held = held_hidden(city, contributions.values()) if order.verb == Verb.PUBLISH else {}
        for key, stamp in stamps.items():
            case = cases.get(key)
            if case is None:
                found[key] = Refused(_("We cannot find this."), status=404)
                continue
            row = contributions.get(case.contribution_id) if case.contribution_id else None
            case.contribution = row
            ruled: dict[str, Any] = {"appealed": appealed.get(key, set()), "held": held.get(case.contribution_id or 0)}
            refusal = _refusal(actor, case, order, stamp, may_decide_so(actor, case, row, order.verb, **ruled), in_run=run is not None)
            if refusal is not None:
                found[key] = refusal
            else:
                chosen.append(case)
    if chosen:
        for decision in _carry_out(actor, chosen, order, run):
            found[decision.case_id] = decision
    return found


def _locked_cases(city: City, keys: list[int]) -> list[Case]:
    rows = Case.objects.of(city).select_for_update(of=("self",)).select_related("letter", "held_by").filter(pk__in=keys)
    return list(rows.order_by("pk"))


def _locked_rows(city: City, keys: list[int]) -> dict[int, Contribution]:
    rows = Contribution.objects.of(city).select_for_update(of=("self",)).select_related("author", "root", "process", "step")
    return {row.pk: row for row in rows.filter(pk__in=keys).order_by("pk")}


def _appealed(city: City, cases: list[int]) -> dict[int, set[int | None]]:
    """Who decided what is objected to in each of these cases."""
    found: dict[int, set[int | None]] = {}
    rows = Appeal.objects.of(city).filter(case__in=cases, outcome="").order_by("pk")
    for case, decider in rows.values_list("case", "decision__by"):
        found.setdefault(case, set()).add(decider if decider is not None else -1)
    return found


def _refusal(actor: Actor, case: Case, order: Order, stamp: str, verdict: Verdict, *, in_run: bool) -> Refused | None:
    if not verdict:
        return Refused(verdict.reason, status=verdict.status)
    if stamp and stamp != case.stamp:
        return Refused(_("This has changed since you looked at it. Please look again; what you typed is kept."), status=409)
    if order.takes_over != "yes" and is_held_by_another(actor, case):
        return Refused(_("Somebody else of the team was on this.") if in_run else taken_by(case), status=409)
    return None


def _carry_out(actor: Actor, cases: Sequence[Case], order: Order, run: Run | None) -> list[Decision]:
    city, now, verb = actor.city, timezone.now(), Verb(order.verb)
    decisions = [_noted(actor, case, order, now, run) for case in cases]
    rows = [case.contribution for case in cases if case.contribution is not None]
    shown = _shown(city, rows, order)
    if verb == Verb.MOVE:
        kept = move_rows(city, rows, order, by=actor.participant)
        for decision in decisions:
            decision.was_revision = kept.get(decision.contribution_id or 0)
    for case in cases:
        if case.letter is not None and verb == Verb.HIDE:
            take_out_letter(actor, case.letter)
    if order.suspend_days is not None:
        _shut_out(actor, decisions, order, now)
    if verb in {Verb.SPAM, Verb.PUBLISH}:
        learn(city, map(text_of, rows), spam=int(verb == Verb.SPAM), fine=int(verb == Verb.PUBLISH))
    made = Decision.objects.bulk_create(decisions, batch_size=200)
    count_decisions(city, made)
    appeals = _settle_appeals(city, made, shown)
    _close(actor, cases, verb, now)
    # Who reported what is hidden now hears it from the room of reports.
    look_later(city, [row for case in cases if case.why == Case.Why.REPORT and (row := case.contribution) is not None])
    notify_each(
        city,
        [*_news_of_authors(made, shown, {appeal.case_id for appeal in appeals}), *_news_of_appeals(appeals), *_news_of_flags(city, made)],
    )
    noted = [(decision.case.subject, _details(decision, run)) for decision in made]
    record_many(city, by=actor.uid, verb=f"moderation.{verb}", rows=noted)
    return made


def _details(decision: Decision, run: Run | None) -> dict[str, Any]:
    """What the record keeps of a decision: ids and codes."""
    named: dict[str, int | str] = {
        "case": decision.case_id,
        "decision": decision.pk,
        "reason": decision.reason,
        "run": run.pk if run else 0,
    }
    return {name: value for name, value in named.items() if value}


def _noted(actor: Actor, case: Case, order: Order, now: dt.datetime, run: Run | None) -> Decision:
    decision = Decision(
        city=actor.city, case=case, contribution=case.contribution, verb=order.verb, reason=order.reason, text=order.text,
        by=actor.participant, at=now, run=run, was_why=case.why,
    )  # fmt: skip
    row = case.contribution
    if row is not None:
        decision.was_visibility, decision.was_reason = row.visibility, row.hidden_reason
        decision.was_category, decision.was_step = row.category_id, row.step_id
    return decision


def _shown(city: City, rows: Sequence[Contribution], order: Order) -> set[int]:
    """Show or hide what the order says and is not so yet; returns which."""
    visibility = SHOWS.get(Verb(order.verb))
    changing = [row for row in rows if visibility and row.visibility != visibility]
    if visibility and changing:
        show_rows(city, changing, visibility, reason=reason_shown(order.reason, order.text) if visibility == Visibility.HIDDEN else "")
    return {row.pk for row in changing}


def reason_shown(reason: str, text: str) -> str:
    """The reason that stands on a hidden contribution's page, for its author and the team."""
    return (text or str(dict(Reason.choices).get(reason, "")))[:300]


def move_rows(city: City, rows: Sequence[Contribution], order: Order, *, by: Participant | None) -> dict[int, int]:
    """Bring contributions to another subject, district, place or process; returns the revisions that keep how they lay (`move_to`)."""
    kept: dict[int, int] = {}
    with keeping_counts(city, *rows):
        if order.place is not None or order.area is not None:
            kept = move_to(city, rows, place=order.place, area=order.area, by=by)
        for row in rows:
            row.version, row.changed_at = row.version + 1, timezone.now()
            if order.category is not None:
                row.category = order.category
            if order.step is not None:
                row.step, row.process = order.step, order.step.process
        fields = ["version", "changed_at", "category", "step", "process", *MOVED]
        try:
            with transaction.atomic():
                Contribution.objects.of(city).bulk_update(rows, fields, batch_size=100)
        except IntegrityError as error:  # an import has brought the same row into both processes
            raise Refused(gettext_lazy("The other process already has this contribution."), status=409) from error
    if order.step is not None:
        Contribution.objects.of(city).filter(root__in=[row.pk for row in rows]).update(process=order.step.process)
    index_later(city, rows)
    return kept


def _shut_out(actor: Actor, decisions: Sequence[Decision], order: Order, now: dt.datetime) -> None:
    authors = {
        decision.contribution.author_id: decision for decision in decisions if decision.contribution and decision.contribution.author
    }
    people = [decision.contribution.author for decision in authors.values() if decision.contribution and decision.contribution.author]
    until = now + dt.timedelta(days=order.suspend_days) if order.suspend_days else None
    for decision, suspension in zip(
        authors.values(), suspend(actor.city, people, reason=order.reason, until=until, by=actor.participant), strict=True
    ):
        decision.suspension = suspension


def _close(actor: Actor, cases: Sequence[Case], verb: Verb, now: dt.datetime) -> None:
    for case in cases:
        case.version, case.held_by, case.held_until = case.version + 1, None, None
        waits = case.contribution is not None and case.contribution.visibility == Visibility.WAITING
        if case.why == Case.Why.REPORT:  # hidden for now; what was reported is still to be decided
            continue
        if verb == Verb.ASK:
            case.state, case.asked_at = Case.State.ASKED, now
        elif verb != Verb.MOVE or not waits:  # what was moved before it was shown still waits for that
            case.state, case.closed_at, case.closed_by = Case.State.CLOSED, now, actor.participant
    fields = ["version", "held_by", "held_until", "state", "asked_at", "closed_at", "closed_by"]
    Case.objects.of(actor.city).bulk_update(cases, fields, batch_size=200)


def _settle_appeals(city: City, decisions: Sequence[Decision], shown: set[int]) -> list[Appeal]:
    by_case = {decision.case_id: decision for decision in decisions if decision.was_why == Case.Why.APPEAL and decision.verb != Verb.ASK}
    if not by_case:
        return []
    appeals = list(Appeal.objects.of(city).select_related("participant").filter(case__in=by_case, outcome="").order_by("pk"))
    for appeal in appeals:
        decision = by_case[appeal.case_id]
        changed = decision.contribution_id in shown or decision.verb == Verb.MOVE
        appeal.outcome = Appeal.Outcome.CHANGED if changed else Appeal.Outcome.STAYS
        appeal.outcome_decision = decision
    Appeal.objects.of(city).bulk_update(appeals, ["outcome", "outcome_decision"], batch_size=200)
    return appeals


def _news_of_authors(decisions: Sequence[Decision], shown: set[int], appealed: set[int]) -> list[tuple[Any, str, str, str]]:
    return [
        (decision.contribution.author.uid, "moderation.decision", f"decision:{decision.pk}", "made")
        for decision in decisions
        if decision.contribution is not None
        and decision.contribution.author is not None
        and decision.case_id not in appealed
        and (decision.contribution_id in shown or decision.verb in {Verb.MOVE, Verb.ASK} or decision.suspension is not None)
    ]


def _news_of_appeals(appeals: Sequence[Appeal]) -> list[tuple[Any, str, str, str]]:
    return [
        (appeal.participant.uid, "moderation.appeal", f"appeal:{appeal.pk}", f"decided-{appeal.outcome_decision_id}")
        for appeal in appeals
        if appeal.participant is not None
    ]


def _news_of_flags(city: City, decisions: Sequence[Decision]) -> list[tuple[Any, str, str, str]]:
    by_case = {decision.case_id: decision for decision in decisions if decision.case.flag_count and decision.verb != Verb.ASK}
    if not by_case:
        return []
    flags = Flag.objects.of(city).filter(case__in=by_case, participant__isnull=False).order_by("pk")
    return [
        (uid, "moderation.decided", f"case:{case}", f"decided-{by_case[case].pk}")
        for uid, case in flags.values_list("participant__uid", "case")
    ]
