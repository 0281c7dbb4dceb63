"""What merging keeps of a person: handed out, erased, handed over on claiming."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from civitas.merging.actions import questions_gone
from civitas.merging.models import Consent, Merge, Proposal, Split, Suggestion

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.people.models import Participant


def export_merging(city: City, participant: Participant) -> dict[str, Any]:
    """What a participant was asked and answered, and what of theirs was put together with what."""
    asked = Consent.objects.of(city).filter(author=participant).order_by("pk")
    merged = Merge.objects.of(city).filter(contribution__author=participant).order_by("pk")
    return {
        "questions": list(
            asked.values("contribution__number", "proposal__head__number", "proposal__reason", "answer", "words", "answered_at")
        ),
        "merged": list(merged.values("contribution__number", "head__number", "at", "undone_at", "objected_at", "objection")),
    }


def erase_merging(city: City, participant: Participant) -> None:
    """Settle what somebody who leaves was asked; their words to the team and the team's traces of them go."""
    questions_gone(city, participant)
    _traces(city, participant, None)


def adopt_merging(city: City, old: Participant, new: Participant) -> None:
    """Ask the account from now on what the guest was asked."""
    Consent.objects.of(city).filter(author=old).update(author=new)
    _traces(city, old, new)


def _traces(city: City, old: Participant, new: Participant | None) -> None:
    Proposal.objects.of(city).filter(by=old).update(by=new)
    for model in (Merge, Split):
        model.objects.of(city).filter(by=old).update(by=new)
        model.objects.of(city).filter(undone_by=old).update(undone_by=new)
    Suggestion.objects.of(city).filter(decided_by=old).update(decided_by=new)
