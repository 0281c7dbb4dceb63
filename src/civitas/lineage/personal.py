"""What the lineage keeps of a person: what they were told of, erased with them, handed over on claiming."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from civitas.lineage.models import Letter, Line, News

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.people.models import Participant


def export_told(city: City, participant: Participant) -> dict[str, Any]:
    """Of what a participant was told, or will be: what became of which of their contributions."""
    lines = Line.objects.of(city).filter(recipient=participant.uid).order_by("pk")
    return {"told": list(lines.values("letter__day", "contribution__number", "news__event", "news__target__number", "correction"))}


@transaction.atomic
def erase_told(city: City, participant: Participant) -> None:
    """Forget what somebody who leaves was told, and what still waits."""
    Line.objects.of(city).filter(recipient=participant.uid).delete()
    Letter.objects.of(city).filter(recipient=participant.uid).delete()
    News.objects.of(city).filter(by=participant.uid).update(by=None)


@transaction.atomic
def adopt_told(city: City, old: Participant, new: Participant) -> None:
    """Hand what a guest was told over to the account; what both hear of is told once."""
    News.objects.of(city).filter(by=old.uid).update(by=new.uid)
    known = {(line.news_id, line.correction): line for line in Line.objects.of(city).filter(recipient=new.uid)}
    for line in Line.objects.of(city).filter(recipient=old.uid).order_by("pk"):
        same = known.get((line.news_id, line.correction))
        if same is not None:  # what one of them was told already, the other need not hear again
            spare = same if _is_told(line) and not _is_told(same) else line
            Line.objects.of(city).filter(pk=spare.pk).delete()
    Line.objects.of(city).filter(recipient=old.uid).update(recipient=new.uid)
    days = Letter.objects.of(city).filter(recipient=new.uid).values("day")
    letters = Letter.objects.of(city).filter(recipient=old.uid)
    letters.filter(day__in=days).update(day=None)
    letters.update(recipient=new.uid)


def _is_told(line: Line) -> bool:
    return line.letter_id is not None and not line.left_out
