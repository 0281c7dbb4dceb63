"""What the team room keeps of a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from civitas.team.models import Absence, BarrierReport, Invitation, ShiftNote

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.people.models import Participant


def export_team(city: City, participant: Participant) -> dict[str, Any]:
    """A participant's absences, notes for the next shift, and the invitations they sent and took."""
    absences = Absence.objects.of(city).filter(participant=participant).order_by("starts_on")
    notes = ShiftNote.objects.of(city).filter(by=participant).order_by("pk")
    invitations = Invitation.objects.of(city).order_by("pk")
    return {
        "absences": list(absences.values("starts_on", "ends_on", "deputy__pseudonym")),
        "shift_notes": list(notes.values("text", "at", "done_at")),
        "invited": list(invitations.filter(by=participant).values("role", "made_at", "used_at")),
        "barriers": list(
            BarrierReport.objects.of(city).filter(participant=participant).order_by("pk").values("path", "text", "at", "answer")
        ),
        "accepted": list(invitations.filter(used_by=participant).values("role", "used_at")),
    }


def erase_team(city: City, participant: Participant) -> None:
    """Remove a participant's absences and notes; where they stood in or acted for others, nobody is named any more."""
    BarrierReport.objects.of(city).filter(participant=participant).delete()
    BarrierReport.objects.of(city).filter(answered_by=participant).update(answered_by=None)
    Absence.objects.of(city).filter(participant=participant).delete()
    Absence.objects.of(city).filter(deputy=participant).update(deputy=None)
    ShiftNote.objects.of(city).filter(by=participant).delete()
    ShiftNote.objects.of(city).filter(done_by=participant).update(done_by=None)
    sent = Invitation.objects.of(city).filter(by=participant)
    # An invitation holds as long as who sent it leads the team.
    sent.filter(used_at=None, withdrawn_at=None).update(withdrawn_at=timezone.now(), mail="")
    sent.update(by=None)
    Invitation.objects.of(city).filter(used_by=participant).update(used_by=None)


def adopt_team(city: City, old: Participant, new: Participant) -> None:
    """Reports of barriers belong to the account that a guest signed in with."""
    BarrierReport.objects.of(city).filter(participant=old).update(participant=new)
