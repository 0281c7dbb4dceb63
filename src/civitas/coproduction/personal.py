"""What coproduction keeps of a person: handed out, erased, handed over on claiming."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q

from civitas.contributions.models import Contribution, Revision
from civitas.coproduction.models import Concept, Decider, Gate, GateDecision, Member, SectionText, Wording

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.people.models import Participant


def export_concepts(city: City, participant: Participant) -> dict[str, Any]:
    """Where a participant writes along, what they wrote in sections, and what they decided."""
    wordings = Wording.objects.of(city).filter(by=participant).order_by("pk")
    members = Member.objects.of(city).filter(participant=participant).order_by("pk")
    decisions = GateDecision.objects.of(city).filter(by=participant).order_by("pk")
    return {
        "concepts": list(members.values("concept__contribution__number", "state", "words", "organisation_name", "at")),
        "sections": list(wordings.values("concept__contribution__number", "key", "version", "text", "at")),
        "decisions": list(decisions.values("gate__title", "verdict", "reason", "decided_on", "at")),
    }


@transaction.atomic
def erase_concepts(city: City, participant: Participant) -> None:
    """A person goes, what several wrote stays without their name: a section is of all who wrote it.

    Decisions of the city stay, too, with the body that decided. Who only asked to write along is forgotten.
    """
    _leave_to_others(city, participant)
    leave_concepts(city, participant)


@transaction.atomic
def leave_concepts(city: City, participant: Participant) -> None:
    """A person goes, everything they wrote in concepts stays without their name."""
    Wording.objects.of(city).filter(by=participant).update(by=None, organisation=None)
    Member.objects.of(city).filter(participant=participant).delete()
    GateDecision.objects.of(city).filter(by=participant).update(by=None)
    waiting = Decider.objects.of(city).filter(participant=participant).exclude(gate__state=Gate.State.DECIDED)
    Decider.objects.of(city).filter(pk__in=list(waiting.values_list("pk", flat=True))).delete()


def _leave_to_others(city: City, participant: Participant) -> None:
    """A concept on which others wrote, or about which was decided, stays without the name of who began it; one written alone goes."""
    begun = Concept.objects.of(city).filter(contribution__author=participant)
    written = Wording.objects.of(city).filter(concept__in=begun, by__isnull=False).exclude(by=participant).values("concept")
    leads = Revision.objects.of(city).filter(contribution__in=begun.values("contribution"), by__isnull=False, moved=False)
    led = leads.exclude(by=participant).values("contribution")
    decided = Gate.objects.of(city).filter(concept__in=begun, state=Gate.State.DECIDED).values("concept")
    shared = begun.filter(Q(pk__in=written) | Q(contribution__in=led) | Q(pk__in=decided))
    kept = set(shared.values_list("pk", flat=True))
    rows = dict(begun.values_list("pk", "contribution_id"))
    Contribution.objects.of(city).filter(pk__in=[row for pk, row in rows.items() if pk in kept]).update(author=None)
    alone = [pk for pk in rows if pk not in kept]
    SectionText.objects.of(city).filter(concept__in=alone).update(text="", from_canvas="")
    Wording.objects.of(city).filter(concept__in=alone).update(text="")


@transaction.atomic
def adopt_concepts(city: City, old: Participant, new: Participant) -> None:
    """Give `new` what `old` wrote and where they write along."""
    Wording.objects.of(city).filter(by=old).update(by=new)
    GateDecision.objects.of(city).filter(by=old).update(by=new)
    for model, name in ((Member, "concept"), (Decider, "gate")):
        there = model.objects.of(city).filter(participant=new).values(name)
        model.objects.of(city).filter(participant=old, **{f"{name}__in": there}).delete()
        model.objects.of(city).filter(participant=old).update(participant=new)
