"""Set up gates, lay a concept before those who decide, decide once, and correct in the open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.contributions.counts import count_later
from civitas.contributions.models import Contribution
from civitas.contributions.walking import among, walk
from civitas.coproduction.actions.holding import hold_concept
from civitas.coproduction.models import Concept, Decider, Gate, GateDecision, Member
from civitas.coproduction.queries import colleagues, member_of, wrote_in
from civitas.coproduction.rules import may_decide, may_steer
from civitas.coproduction.stages import keep_stage
from civitas.journal.actions import record
from civitas.kit.refusals import too_long
from civitas.kit.texts import cleaned, cleaned_line
from civitas.kit.verdicts import Refused
from civitas.lineage.news import note_hop, recall_hop
from civitas.notices.actions import notify
from civitas.outbox.actions import enqueue
from civitas.people.deeds import deeds_changed

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from civitas.cities.models import City
    from civitas.kit.verdicts import Verdict
    from civitas.people.actors import Actor

MOST_GATES = 12
# The name under which the news of a decision goes to all upstream (`Room.hops`).
HOP = "gate"
LONGEST_TITLE, LONGEST_QUESTION, LONGEST_BODY, LONGEST_REASON = 120, 1_000, 160, 8_000
LONGEST_NUMBER, LONGEST_CORRECTION = 60, 300


@dataclass(frozen=True)
class Plan:
    """What a gate is about, who decides there, and by when."""

    title: str
    question: str
    body: str
    deciders: Collection[int]  # participants of the team, by key
    due_on: dt.date | None = None


@dataclass(frozen=True)
class Decided:
    """A decision as it was typed. `paper_number` and `paper_url` lead to the council's information system."""

    verdict: str
    reason: str
    body: str
    decided_on: dt.date
    paper_number: str = ""
    paper_url: str = ""


def add_gate(actor: Actor, concept: Concept, plan: Plan) -> Gate:
    """Set up one more gate, after those there are; raises Refused."""
    may_steer(actor, concept).require()
    plan = _checked_plan(actor, plan)
    with transaction.atomic():
        hold_concept(actor.city.pk, concept.pk)
        gates = Gate.objects.of(actor.city).filter(concept=concept)
        same = gates.filter(title=plan.title).exclude(state=Gate.State.DECIDED).first()
        if same is not None:
            if _plan_of(same) == plan:  # the button was pressed twice
                return same
            sentence = _("There is a decision point with this name already. Please give this one another name.")
            raise Refused(sentence, status=409, fields={"title": sentence})
        if gates.count() >= MOST_GATES:
            raise Refused(_("A concept has at most %(most)d decision points.") % {"most": MOST_GATES}, status=409)
        position = (gates.aggregate(last=Max("position"))["last"] or 0) + 1
        values = {"title": plan.title, "question": plan.question, "body": plan.body, "due_on": plan.due_on}
        gate = Gate.objects.create(city=actor.city, concept=concept, position=position, **values)
        _name_deciders(gate, plan.deciders)
        record(actor.city, by=actor.uid, verb="gate.set_up", subject=f"gate:{gate.pk}", details={"deciders": len(plan.deciders)})
    return gate


def _plan_of(gate: Gate) -> Plan:
    people = Decider.objects.of(gate.city_id).filter(gate=gate).order_by("participant").values_list("participant", flat=True)
    return Plan(gate.title, gate.question, gate.body, list(people), gate.due_on)


def change_gate(actor: Actor, gate: Gate, plan: Plan) -> Gate:
    """Change what a gate is about and who decides, as long as nothing is decided; new names hear that it waits."""
    may_steer(actor, gate.concept).require()
    plan = _checked_plan(actor, plan)
    with transaction.atomic():
        hold_concept(actor.city.pk, gate.concept_id)
        row = _held_gate(gate)
        if row.state == Gate.State.DECIDED:
            raise Refused(_("This was decided meanwhile. A decision is corrected, and its point stays as it is."), status=409)
        row.title, row.question, row.body, row.due_on = plan.title, plan.question, plan.body, plan.due_on
        row.save(update_fields=["title", "question", "body", "due_on"])
        new = _name_deciders(row, plan.deciders)
        if row.state == Gate.State.WAITING:
            tell_deciders(row, new)
        record(actor.city, by=actor.uid, verb="gate.changed", subject=f"gate:{row.pk}", details={"deciders": len(plan.deciders)})
    return row


def remove_gate(actor: Actor, gate: Gate) -> None:
    """Take a gate away that was not decided."""
    may_steer(actor, gate.concept).require()
    with transaction.atomic():
        hold_concept(actor.city.pk, gate.concept_id)
        row = _held_gate(gate)
        if row.state == Gate.State.DECIDED:
            raise Refused(_("What was decided stays readable, so this point cannot be taken away."), status=409)
        Decider.objects.of(actor.city).filter(gate=row).delete()
        Gate.objects.of(actor.city).filter(pk=row.pk).delete()
        _came_on(actor.city, row.concept_id)
        record(actor.city, by=actor.uid, verb="gate.removed", subject=f"gate:{row.pk}")


def lay_before(actor: Actor, gate: Gate) -> Gate:
    """Lay the concept before those who decide at this gate: they hear of it, and it is before a decision from now on."""
    may_steer(actor, gate.concept).require()
    with transaction.atomic():
        hold_concept(actor.city.pk, gate.concept_id)
        row = _held_gate(gate)
        if row.state == Gate.State.WAITING:
            return row
        if row.state == Gate.State.DECIDED:
            raise Refused(_("This was decided already. Please set up another decision point."), status=409)
        waiting = Gate.objects.of(actor.city).filter(concept=row.concept_id, state=Gate.State.WAITING)
        if waiting.exists():
            raise Refused(_("The concept waits at another decision point already. One after the other."), status=409)
        people = list(Decider.objects.of(actor.city).filter(gate=row).values_list("participant", flat=True))
        if not people:
            raise Refused(_("Please name first who decides here."), status=409)
        row.state, row.laid_at = Gate.State.WAITING, timezone.now()
        row.save(update_fields=["state", "laid_at"])
        tell_deciders(row, people)
        _came_on(actor.city, row.concept_id)
        record(actor.city, by=actor.uid, verb="gate.laid", subject=f"gate:{row.pk}")
    return row


def take_back(actor: Actor, gate: Gate) -> Gate:
    """The concept does not wait at this gate any more."""
    may_steer(actor, gate.concept).require()
    with transaction.atomic():
        hold_concept(actor.city.pk, gate.concept_id)
        row = _held_gate(gate)
        if row.state == Gate.State.DECIDED:
            raise Refused(_("This was decided meanwhile."), status=409)
        if row.state == Gate.State.PLANNED:
            return row
        row.state, row.laid_at = Gate.State.PLANNED, None
        row.save(update_fields=["state", "laid_at"])
        _came_on(actor.city, row.concept_id)
        record(actor.city, by=actor.uid, verb="gate.taken_back", subject=f"gate:{row.pk}")
    return row


def decide(actor: Actor, gate: Gate, decided: Decided, *, edition: int) -> GateDecision:
    """Decide at a gate, once. `edition` is the concept as whoever decides has read it.

    Raises Refused: 409 when somebody was quicker or the concept was changed since, 400 with a sentence per field.
    """
    _may_decide(actor, gate).require()
    decided = _checked_decision(decided)
    with transaction.atomic():
        now = hold_concept(actor.city.pk, gate.concept_id).edition
        row = _held_gate(gate)
        if row.state == Gate.State.DECIDED:
            raise Refused(_("This was decided meanwhile. Your text is kept; what was decided stands above it."), status=409)
        if row.state == Gate.State.PLANNED:
            raise Refused(_("The concept was not laid before you yet, or was taken back."), status=409)
        if now != edition:
            raise Refused(_("The concept was changed while you decided. Please look at what changed, then send again."), status=409)
        return _note(actor, row, decided, edition=now)


def correct(actor: Actor, gate: Gate, decided: Decided, *, why: str, version: int) -> GateDecision:
    """Correct what was decided: another version, with the reason; the earlier one stays readable. `version` is the one corrected."""
    _may_decide(actor, gate).require()
    decided, why = _checked_decision(decided), cleaned_line(why)
    sentence = _("Please say why it is corrected.") if not why else too_long(why, LONGEST_CORRECTION)
    if sentence:
        raise Refused(sentence, status=400, fields={"correction": sentence})
    with transaction.atomic():
        hold_concept(actor.city.pk, gate.concept_id)
        row = _held_gate(gate)
        if row.state != Gate.State.DECIDED or row.version != version:
            raise Refused(_("This was corrected meanwhile. Your text is kept; what counts now stands above it."), status=409)
        edition = GateDecision.objects.of(actor.city).values_list("edition", flat=True).get(gate=row, version=version)
        return _note(actor, row, decided, edition=edition, correction=why)


def _note(actor: Actor, row: Gate, decided: Decided, *, edition: int, correction: str = "") -> GateDecision:
    row.state, row.version, row.decided_on = Gate.State.DECIDED, row.version + 1, decided.decided_on
    row.save(update_fields=["state", "version", "decided_on"])
    made = GateDecision.objects.create(
        city=actor.city, gate=row, version=row.version, verdict=decided.verdict, reason=decided.reason, body=decided.body,
        decided_on=decided.decided_on, paper_number=decided.paper_number, paper_url=decided.paper_url, correction=correction,
        edition=edition, by=actor.participant, at=timezone.now(),
    )  # fmt: skip
    _came_on(actor.city, row.concept_id)
    deeds_changed(actor.city, "decide", [made.pk])
    enqueue(actor.city, "coproduction.tell_of_decision", {"decision": made.pk})
    for earlier in GateDecision.objects.of(actor.city).filter(gate=row).exclude(pk=made.pk).order_by("pk"):
        recall_hop(actor.city, HOP, earlier.pk)
    note_hop(actor.city, Contribution.objects.of(actor.city).get(concept__pk=row.concept_id), HOP, made.pk, by=actor.uid)
    details: dict[str, Any] = {"verdict": made.verdict, "version": made.version, "edition": edition}
    record(actor.city, by=actor.uid, verb="gate.corrected" if correction else "gate.decided", subject=f"gate:{row.pk}", details=details)
    return made


def _came_on(city: City, concept: int) -> None:
    """Keep a concept's stage; whether it waits for a decision is counted anew."""
    keep_stage(city, concept)
    count_later(city, list(Concept.objects.of(city).filter(pk=concept).values_list("contribution_id", flat=True)))


def _may_decide(actor: Actor, gate: Gate) -> Verdict:
    wrote = wrote_in(actor, gate.concept)
    return may_decide(actor, gate, member_of(actor, gate.concept), named=_is_named(actor, gate), wrote=wrote)


def _is_named(actor: Actor, gate: Gate) -> bool:
    if actor.participant is None:
        return False
    return Decider.objects.of(actor.city).filter(gate=gate, participant=actor.participant).exists()


def _held_gate(gate: Gate) -> Gate:
    """The gate's row, held until the transaction ends: of two who decide at once the second meets what the first decided."""
    row: Gate | None = Gate.objects.of(gate.city_id).select_for_update(of=("self",)).filter(pk=gate.pk).first()
    if row is None:
        raise Refused(_("This decision point was taken away."), status=404)
    return row


def _name_deciders(gate: Gate, people: Collection[int]) -> list[int]:
    """Name exactly these; gives who is new."""
    there = set(Decider.objects.of(gate.city_id).filter(gate=gate).values_list("participant", flat=True))
    Decider.objects.of(gate.city_id).filter(gate=gate).exclude(participant__in=people).delete()
    new = [pk for pk in people if pk not in there]
    Decider.objects.bulk_create([Decider(city_id=gate.city_id, gate=gate, participant_id=pk) for pk in new])
    return new


def tell_deciders(gate: Gate, people: Collection[int]) -> None:
    """Tell these (by key) that a concept waits for their decision."""
    rows = Decider.objects.of(gate.city_id).filter(gate=gate, participant__in=people, participant__erased_at=None)
    told = list(rows.order_by("pk").values_list("participant__uid", flat=True))
    notify(gate.city, told, "coproduction.gate_waits", f"gate:{gate.pk}", f"laid-{gate.laid_at:%Y%m%d%H%M%S}")


def _checked_plan(actor: Actor, plan: Plan) -> Plan:
    title, question, body = cleaned_line(plan.title), cleaned(plan.question), cleaned_line(plan.body)
    fields = {
        "title": _("Please give the decision point a name.") if not title else too_long(title, LONGEST_TITLE),
        "question": too_long(question, LONGEST_QUESTION),
        "body": _("Please say which body decides.") if not body else too_long(body, LONGEST_BODY),
        "deciders": "" if plan.deciders else _("Please name at least one person who decides."),
    }
    known = {person.pk for person, _roles in colleagues(actor.city)}
    if not set(plan.deciders) <= known:
        fields["deciders"] = _("Only people of the city's team decide here.")
    _refuse(fields)
    return Plan(title, question, body, sorted(set(plan.deciders)), plan.due_on)


def _checked_decision(decided: Decided) -> Decided:
    reason, body, number = cleaned(decided.reason), cleaned_line(decided.body), cleaned_line(decided.paper_number)
    url = decided.paper_url.strip()
    fields = {
        "verdict": "" if decided.verdict in GateDecision.Verdict.values else _("Please choose how it goes on."),
        "reason": _("Please give the reason: it is published.") if not reason else too_long(reason, LONGEST_REASON),
        "body": _("Please say which body decided.") if not body else too_long(body, LONGEST_BODY),
        "paper_number": too_long(number, LONGEST_NUMBER),
        "paper_url": "" if not url or _is_address(url) else _("This is no address of a web page. It begins with https://"),
        "decided_on": _("This day is still to come.") if decided.decided_on > timezone.localdate() else "",
    }
    _refuse(fields)
    return Decided(decided.verdict, reason, body, decided.decided_on, number, url)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and "." in (parts.hostname or "") and len(url) <= 500 and not any(map(str.isspace, url))


def _refuse(fields: dict[str, str]) -> None:
    wrong = {name: sentence for name, sentence in fields.items() if sentence}
    if wrong:
        raise Refused(_("Something is missing. Please look at the marked fields."), status=400, fields=wrong)


def told_of_decision(city: City, concept: Concept) -> list[int]:
    """Who hears of a decision since they write along, by key; its author and those upstream hear of it as all upstream do."""
    before = walk(city, {concept.contribution_id}, "earlier")
    upstream = before.generations.keys() | before.heads.keys()
    inside = Member.objects.of(city).filter(concept=concept, state=Member.State.IN)
    shown = Contribution.objects.of(city).filter(pk__in=among(upstream), visibility=Contribution.Visibility.PUBLISHED)
    given = shown.filter(author__in=inside.values("participant"))
    return sorted(set(inside.values_list("participant", flat=True)) - set(given.values_list("author", flat=True)))
