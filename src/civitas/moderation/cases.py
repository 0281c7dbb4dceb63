"""How things come into the queue and leave it without a decision: what is new, mended, taken back or gone."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from civitas.contributions.models import Contribution, newest_key
from civitas.contributions.words import further_words
from civitas.moderation.models import HIDDEN_OTHERWISE, Appeal, Case, Decision, Flag, Signal, Trace, Verb
from civitas.moderation.signals import families_of, forget_traces, signals_in, sizes_of, words_hash
from civitas.moderation.weighing import PER_FLAG, weight_of
from civitas.notices.actions import notify_each

if TYPE_CHECKING:
    from collections.abc import Sequence

    from civitas.cities.models import City
    from civitas.meeting.models import Letter
    from civitas.people.models import Participant

Visibility = Contribution.Visibility
_GONE = {Visibility.ERASED, Visibility.WITHDRAWN, Visibility.DRAFT}
_MACHINE_WHY = {Case.Why.WAITING, Case.Why.NEW}
_AT_ONCE = 500
# A case whose author was asked comes back after this time without an answer.
PATIENCE = dt.timedelta(days=7)
_HEALED = dt.timedelta(days=7)


def take_up(city: City, rows: Sequence[Contribution]) -> None:
    """Look at contributions and comments that are new, were mended, shown, hidden or taken back, and bring the queue in line.

    In a transaction, safe to run twice; as many queries for hundreds as for one.
    """
    gone = [row for row in rows if row.visibility in _GONE]
    if gone:
        flagged = Case.objects.of(city).filter(contribution__in=[row.pk for row in gone], flag_count__gt=0)
        _tell_flaggers(city, list(flagged.exclude(state=Case.State.CLOSED).order_by("pk")))
    _settle(city, {row.pk for row in gone})
    forget_traces(city, {row.pk for row in gone if row.visibility == Visibility.ERASED})
    live = [row for row in rows if row.visibility not in _GONE]
    if not live:
        return
    keys = [row.pk for row in live]
    known = dict(Trace.objects.of(city).filter(contribution__in=keys).values_list("contribution", "words"))
    cases = {case.contribution_id: case for case in Case.objects.of(city).filter(contribution__in=keys).exclude(state=Case.State.CLOSED)}
    further = further_words(city, live)
    other = [row for row in live if known.get(row.pk) != words_hash(row, further.get(row.pk, ""))]
    settled = [row for row in live if row.pk in cases and _is_settled(cases[row.pk], row)]
    _settle(city, {row.pk for row in settled})
    _tell_flaggers(city, [cases[row.pk] for row in settled if row.visibility == Visibility.HIDDEN])
    healed = [row for row in live if row.visibility == Visibility.WAITING and row.pk not in cases]
    looked = {row.pk: row for row in (*other, *healed)}
    if not looked:
        return
    signals = signals_in(city, list(looked.values()))
    families = families_of(city, list(looked.values()))
    sizes = sizes_of(city, set(families.values()))
    for key, family in families.items():
        if sizes[family] > 1:
            signals[key].add(Signal.Kind.SAME)
    opened = [row for row in looked.values() if row.pk not in cases and _comes_in(row)]
    now = timezone.now()
    Case.objects.bulk_create(
        [
            Case(city=city, contribution=row, why=_why(row), weight=weight_of(_why(row), signals=signals[row.pk]), opened_at=now)
            for row in opened
        ],
        batch_size=500,
        ignore_conflicts=True,
    )
    _keep_signals(city, signals, mended=looked.keys() & cases.keys())
    _note_copies(city, {family for key, family in families.items() if family != key})


def look_anew(city: City, rows: Sequence[Contribution]) -> None:
    """Words of these were blacked out: what is kept of their texts and noticed in them is made anew; no case is opened for it."""
    forget_traces(city, {row.pk for row in rows})
    signals, families = signals_in(city, rows), families_of(city, rows)
    sizes = sizes_of(city, set(families.values()))
    for key, family in families.items():
        if sizes[family] > 1:
            signals[key].add(Signal.Kind.SAME)
    _keep_signals(city, signals, mended=set(signals))


def _comes_in(row: Contribution) -> bool:
    # What an organisation or the city says under its own name is not looked through.
    return row.visibility == Visibility.WAITING or (row.visibility == Visibility.PUBLISHED and row.organisation_id is None)


def _why(row: Contribution) -> str:
    return Case.Why.WAITING if row.visibility == Visibility.WAITING else Case.Why.NEW


def _is_settled(case: Case, row: Contribution) -> bool:
    """Whether somebody has decided elsewhere, in the archive or by a command, what the case was open for."""
    decided = (case.why == Case.Why.WAITING and row.visibility != Visibility.WAITING) or row.visibility == Visibility.HIDDEN
    return decided and case.why in {*_MACHINE_WHY, Case.Why.FLAGGED} and not (case.flag_count and row.visibility == Visibility.PUBLISHED)


def _keep_signals(city: City, signals: dict[int, set[str]], *, mended: set[int]) -> None:
    cases = list(Case.objects.of(city).filter(contribution__in=signals.keys()).exclude(state=Case.State.CLOSED).order_by("pk"))
    Signal.objects.of(city).filter(case__in=[case.pk for case in cases]).delete()
    Signal.objects.bulk_create(
        [Signal(city=city, case=case, kind=kind) for case in cases for kind in sorted(signals[case.contribution_id])], batch_size=500
    )
    changed = [case for case in cases if case.contribution_id in mended]
    for case in changed:
        case.weight, case.version = weight_of(case.why, flags=case.flag_count, signals=signals[case.contribution_id]), case.version + 1
    Case.objects.of(city).bulk_update(changed, ["weight", "version"], batch_size=200)


def _note_copies(city: City, families: set[int]) -> None:
    """The first text of a family learns that others read like it."""
    heads = Case.objects.of(city).filter(contribution__in=families).exclude(state=Case.State.CLOSED)
    heads = heads.exclude(Exists(Signal.objects.of(city).filter(case=OuterRef("pk"), kind=Signal.Kind.SAME)))
    found = list(heads.order_by("pk").values_list("pk", flat=True))
    Signal.objects.bulk_create([Signal(city=city, case_id=key, kind=Signal.Kind.SAME) for key in found], ignore_conflicts=True)
    Case.objects.of(city).filter(pk__in=found).update(weight=F("weight") + weight_of(Case.Why.NEW, signals=[Signal.Kind.SAME]))


def _settle(city: City, contributions: set[int]) -> None:
    if contributions:
        rows = Case.objects.of(city).filter(contribution__in=contributions).exclude(state=Case.State.CLOSED)
        rows.update(
            state=Case.State.CLOSED, closed_at=timezone.now(), closed_by=None, held_by=None, held_until=None, version=F("version") + 1
        )


def open_case(city: City, *, why: str, contribution: Contribution | None = None, letter: Letter | None = None) -> Case:
    """The open case of a thing; where it is open for a lesser reason it gets this one. Call it in a transaction."""
    about: dict[str, Any] = {"contribution": contribution} if contribution is not None else {"letter": letter}
    rows = Case.objects.of(city).filter(**about).exclude(state=Case.State.CLOSED)
    case: Case | None = rows.select_for_update().first()
    if case is None:
        try:
            with transaction.atomic():
                made: Case = Case.objects.create(city=city, why=why, weight=weight_of(why), opened_at=timezone.now(), **about)
        except IntegrityError:  # two people in the same instant
            case = rows.select_for_update().get()
        else:
            if contribution is not None:
                row = Contribution.objects.of(city).select_related("author", "process").get(pk=contribution.pk)
                found = signals_in(city, [row])[contribution.pk]
                Signal.objects.bulk_create([Signal(city=city, case=made, kind=kind) for kind in sorted(found)])
                made.weight = weight_of(why, signals=found)
                made.save(update_fields=["weight"])
            return made
    if weight_of(why) > weight_of(case.why):
        case.weight += weight_of(why) - weight_of(case.why)
        case.why, case.state, case.version = why, Case.State.OPEN, case.version + 1
        case.save(update_fields=["why", "state", "weight", "version"])
    return case


def _tell_flaggers(city: City, cases: Sequence[Case]) -> None:
    """Who flagged hears, once, that it is out of sight without a decision of the queue; who heard a decision about the flag does not."""
    keys = [case.pk for case in cases if case.flag_count]
    if not keys:
        return
    decided = Decision.objects.of(city).filter(case__in=keys, undone_at=None).exclude(verb=Verb.ASK).values("case")
    flags = Flag.objects.of(city).filter(case__in=keys, participant__isnull=False).exclude(case__in=decided).order_by("pk")
    told = flags.values_list("participant__uid", "case")
    notify_each(city, [(uid, "moderation.decided", f"case:{case}", HIDDEN_OTHERWISE) for uid, case in told])


def hold_cases(city: City, contribution: int) -> list[Case]:
    """The open cases of a contribution, locked; who locks the contribution as well locks them first, as the queue does."""
    rows = Case.objects.of(city).filter(contribution=contribution).exclude(state=Case.State.CLOSED)
    return list(rows.select_for_update().order_by("pk"))


def settle_report(city: City, contribution: Contribution, *, by: Participant | None) -> None:
    """The room of reports has decided about it: out of the queue it goes, unless it still waits, is shown and flagged, or objected to.

    In its transaction. That room tells author and reporters; who flagged what is hidden now hears it from the queue.
    """
    for case in hold_cases(city, contribution.pk):
        if case.why != Case.Why.REPORT:
            continue
        why = ""
        if Appeal.objects.of(city).filter(case=case, outcome="").exists():
            why = Case.Why.APPEAL
        elif contribution.visibility == Visibility.WAITING:
            why = Case.Why.WAITING
        elif case.flag_count and contribution.visibility == Visibility.PUBLISHED:
            why = Case.Why.FLAGGED
        if why:
            case.weight += weight_of(why) - weight_of(case.why)
            case.why = why
        else:
            case.state, case.closed_at, case.closed_by = Case.State.CLOSED, timezone.now(), by
            if contribution.visibility == Visibility.HIDDEN:
                _tell_flaggers(city, [case])
        case.version, case.held_by, case.held_until = case.version + 1, None, None
        case.save(update_fields=["why", "weight", "state", "closed_at", "closed_by", "version", "held_by", "held_until"])


def count_flag(city: City, case: Case) -> None:
    """Count one more flag of a case."""
    case.flag_count += 1
    Case.objects.of(city).filter(pk=case.pk).update(flag_count=F("flag_count") + 1, weight=F("weight") + PER_FLAG)


def heal(city: City) -> int:
    """Bring in what a kill left out, close what is gone, fetch back what its author does not answer; returns how many rows that was."""
    now = timezone.now()
    standing = Case.objects.of(city).exclude(state=Case.State.CLOSED)
    rows = Contribution.objects.of(city).select_related("author", "process", "step", "root")
    waiting = rows.filter(visibility=Visibility.WAITING).exclude(Exists(standing.filter(contribution=OuterRef("pk"))))
    lately = rows.filter(visibility=Visibility.PUBLISHED, newest_key__gt=newest_key(now - _HEALED, 0))
    unseen = lately.exclude(Exists(Trace.objects.of(city).filter(contribution=OuterRef("pk"))))
    found = [*waiting.order_by("pk")[:_AT_ONCE], *unseen.order_by("pk")[:_AT_ONCE]]
    with transaction.atomic():
        take_up(city, found)
        gone = set(standing.filter(contribution__visibility__in=_GONE).order_by("pk").values_list("contribution", flat=True)[:_AT_ONCE])
        _settle(city, gone)
        back = Case.objects.of(city).filter(state=Case.State.ASKED, asked_at__lt=now - PATIENCE)
        returned = back.update(state=Case.State.OPEN, version=F("version") + 1)
    return len(found) + len(gone) + int(returned)
