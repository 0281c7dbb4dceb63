"""Taking decisions back: everything stands as it stood before, and who was told of the decision is told of that."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.contributions.actions import index_later, look_later, show_rows
from civitas.contributions.counts import keeping_counts
from civitas.contributions.models import Contribution
from civitas.contributions.moving import MOVED, move_back
from civitas.contributions.rules import held_hidden
from civitas.journal.actions import record_many
from civitas.kit.refusals import in_source_words
from civitas.kit.verdicts import Refused
from civitas.moderation.counts import count_decisions
from civitas.moderation.learning import learn
from civitas.moderation.models import Appeal, Case, Decision, Signal, Verb
from civitas.moderation.rules import may_undo
from civitas.moderation.signals import text_of
from civitas.moderation.weighing import weight_of
from civitas.notices.actions import notify_each
from civitas.notices.models import Notice
from civitas.people.suspensions import lift
from civitas.processes.models import Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from civitas.cities.models import City
    from civitas.people.actors import Actor

_RESTORED = ("category_id", "step_id")


def undo_decision(actor: Actor, decision: Decision) -> Decision:
    """Take one decision back. Raises Refused (409) where something else happened since."""
    found = undo_many(actor, [decision.pk])[decision.pk]
    if isinstance(found, Refused):
        raise found
    return found


@transaction.atomic
def undo_many(actor: Actor, keys: Sequence[int], *, in_run: bool = False) -> dict[int, Decision | Refused]:
    """Take back the decisions with these keys; what is not possible is refused by itself, the rest goes through.

    For a run reasons come in source words, to be kept (`kit.refusals`).
    """
    city = actor.city
    rows = Decision.objects.of(city).select_for_update(of=("self",)).select_related("case", "case__letter", "suspension")
    decisions = list(rows.filter(pk__in=keys).order_by("pk"))
    contributions = Contribution.objects.of(city).select_for_update(of=("self",)).select_related("author", "root", "process", "step")
    things = contributions.in_bulk({decision.contribution_id for decision in decisions if decision.contribution_id})
    last, appealed = _last_of(city, decisions), _answers_to(city, decisions)
    chosen = []
    with in_source_words(when=in_run):
        held = held_hidden(city, things.values())
        found: dict[int, Decision | Refused] = {key: Refused(_("We cannot find this."), status=404) for key in keys}
        for decision in decisions:
            decision.contribution = things.get(decision.contribution_id or 0)
            verdict = may_undo(
                actor, decision, decision.contribution, is_last=last.get(decision.case.subject) == decision.pk,
                appealed=appealed.get(decision.pk, set()), held=held.get(decision.contribution_id or 0),
            )  # fmt: skip
            if verdict:
                chosen.append(decision)
                found[decision.pk] = decision
            else:
                found[decision.pk] = Refused(verdict.reason, status=verdict.status)
    if chosen:
        _take_back(actor, chosen)
    return found


def _last_of(city: City, decisions: Sequence[Decision]) -> dict[str, int]:
    """The last decision that stands about each of these things, by the thing's name."""
    standing = Decision.objects.of(city).filter(undone_at=None)
    things = {decision.contribution_id for decision in decisions if decision.contribution_id}
    by_thing = standing.filter(contribution__in=things).order_by("contribution").values_list("contribution").annotate(last=Max("pk"))
    found = {f"contribution:{key}": last for key, last in by_thing}
    letters = {decision.case_id: decision.case.subject for decision in decisions if not decision.contribution_id}
    if letters:
        by_case = standing.filter(case__in=letters).order_by("case").values_list("case").annotate(last=Max("pk"))
        found |= {letters[key]: last for key, last in by_case}
    return found


def _answers_to(city: City, decisions: Sequence[Decision]) -> dict[int, set[int | None]]:
    """Who decided what was objected to, by the decision that answered the objection; one query."""
    found: defaultdict[int, set[int | None]] = defaultdict(set)
    rows = Appeal.objects.of(city).filter(outcome_decision__in=decisions).order_by("pk")
    for answer, decider in rows.values_list("outcome_decision", "decision__by"):
        found[answer].add(decider)
    return found


def _take_back(actor: Actor, decisions: Sequence[Decision]) -> None:
    city, now = actor.city, timezone.now()
    _show_as_before(city, decisions)
    _move_back(city, [decision for decision in decisions if decision.verb == Verb.MOVE])
    for verb, spam, fine in ((Verb.SPAM, -1, 0), (Verb.PUBLISH, 0, -1)):
        texts = [text_of(each.contribution) for each in decisions if each.verb == verb and each.contribution]
        learn(city, texts, spam=spam, fine=fine)
    suspensions = [decision.suspension for decision in decisions if decision.suspension]
    if suspensions:
        lift(city, suspensions, by=actor.participant)
    for decision in decisions:
        decision.undone_at, decision.undone_by = now, actor.participant
    Decision.objects.of(city).bulk_update(decisions, ["undone_at", "undone_by"], batch_size=200)
    count_decisions(city, decisions, by=-1)
    _reopen(city, decisions)
    _reopen_appeals(city, decisions)
    _tell(city, decisions)
    record_many(
        city,
        by=actor.uid,
        verb="moderation.undone",
        rows=[(decision.case.subject, {"case": decision.case_id, "decision": decision.pk, "was": decision.verb}) for decision in decisions],
    )


def _show_as_before(city: City, decisions: Sequence[Decision]) -> None:
    before: defaultdict[tuple[str, str], list[Contribution]] = defaultdict(list)
    for decision in decisions:
        row = decision.contribution
        shows = decision.hides or decision.verb == Verb.PUBLISH
        if row is not None and shows and decision.was_visibility and row.visibility != decision.was_visibility:
            before[decision.was_visibility, decision.was_reason].append(row)
    for (visibility, reason), rows in sorted(before.items()):
        show_rows(city, rows, visibility, reason=reason)
        if visibility == Contribution.Visibility.HIDDEN:  # who reported it meanwhile hears that it is out of sight
            look_later(city, rows)


def _move_back(city: City, decisions: Sequence[Decision]) -> None:
    rows = [decision.contribution for decision in decisions if decision.contribution is not None]
    if not rows:
        return
    steps = Step.objects.of(city).select_related("process").in_bulk({decision.was_step for decision in decisions if decision.was_step})
    with keeping_counts(city, *rows):
        for decision, row in zip(decisions, rows, strict=True):
            for name in _RESTORED:
                setattr(row, name, getattr(decision, f"was_{name.removesuffix('_id')}"))
            if row.step_id in steps:
                row.process = steps[row.step_id].process
            row.version, row.changed_at = row.version + 1, timezone.now()
        move_back(city, rows, {row.pk: each.was_revision for each, row in zip(decisions, rows, strict=True) if each.was_revision})
        fields = ["category", "step", "process", "version", "changed_at", *MOVED]
        Contribution.objects.of(city).bulk_update(rows, fields, batch_size=100)
    by_process: defaultdict[int, list[int]] = defaultdict(list)
    for row in rows:
        by_process[row.process_id].append(row.pk)
    for process, keys in sorted(by_process.items()):
        Contribution.objects.of(city).filter(root__in=keys).update(process=process)
    index_later(city, rows)


def _reopen(city: City, decisions: Sequence[Decision]) -> None:
    """Each case waits again for the same reason, unless the thing has come into the queue anew since."""
    cases = {decision.case_id: decision for decision in decisions}
    things = {decision.contribution_id for decision in decisions if decision.contribution_id}
    open_now = Case.objects.of(city).filter(contribution__in=things).exclude(state=Case.State.CLOSED).exclude(pk__in=cases)
    taken = set(open_now.values_list("contribution", flat=True))
    signals: defaultdict[int, list[str]] = defaultdict(list)
    for case, kind in Signal.objects.of(city).filter(case__in=cases).order_by("pk").values_list("case", "kind"):
        signals[case].append(kind)
    rows = [
        decision.case
        for decision in decisions
        # What was reported as illegal waits for that decision, or has it.
        if decision.contribution_id not in taken and Case.Why.REPORT not in {decision.case.why, decision.was_why}
    ]
    for case in rows:
        case.state, case.closed_at, case.closed_by, case.asked_at = Case.State.OPEN, None, None, None
        case.why, case.version = cases[case.pk].was_why, case.version + 1
        case.weight = weight_of(case.why, flags=case.flag_count, signals=signals[case.pk])
    fields = ["state", "closed_at", "closed_by", "asked_at", "why", "version", "weight"]
    Case.objects.of(city).bulk_update(rows, fields, batch_size=200)


def _reopen_appeals(city: City, decisions: Sequence[Decision]) -> None:
    """An objection whose decision is taken back waits again; one to what is taken back itself has got what it wanted."""
    keys = [decision.pk for decision in decisions]
    Appeal.objects.of(city).filter(outcome_decision__in=keys).update(outcome="", outcome_decision=None)
    granted = list(Appeal.objects.of(city).select_related("participant").filter(decision__in=keys, outcome="").order_by("pk"))
    if not granted:
        return
    Appeal.objects.of(city).filter(pk__in=[appeal.pk for appeal in granted]).update(outcome=Appeal.Outcome.CHANGED)
    why = {appeal.case_id: next(each.was_why for each in decisions if each.pk == appeal.decision_id) for appeal in granted}
    cases = list(Case.objects.of(city).filter(pk__in=why, why=Case.Why.APPEAL).order_by("pk"))
    for case in cases:
        case.why, case.weight, case.version = why[case.pk], weight_of(why[case.pk], flags=case.flag_count), case.version + 1
    Case.objects.of(city).bulk_update(cases, ["why", "weight", "version"], batch_size=200)


def _tell(city: City, decisions: Sequence[Decision]) -> None:
    """Only who has been told of the decision needs to hear that it was taken back; what is still unsent says nothing any more."""
    subjects = [f"decision:{decision.pk}" for decision in decisions]
    authors = {each.contribution.author.uid for each in decisions if each.contribution and each.contribution.author}
    told = Notice.objects.of(city).filter(recipient__in=authors, kind="moderation.decision", subject__in=subjects)
    told = told.filter(routed_at__isnull=False).order_by("pk")
    notify_each(city, [(uid, "moderation.undone", subject, "undone") for uid, subject in told.values_list("recipient", "subject")])
