"""What the queue keeps of a person: as who gave, flagged, objected or answered, and as one of the team."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from civitas.moderation.models import Appeal, Case, Decision, Flag, Run, RunItem, SavedView

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.people.models import Participant

# Where the team stands by name: model and column.
_TEAM = ((Case, "closed_by"), (Case, "held_by"), (Decision, "by"), (Decision, "undone_by"), (Run, "by"))


def export_person(city: City, participant: Participant) -> dict[str, Any]:
    """What a participant flagged, objected to and answered; what was decided about what they gave; what they decided themselves."""
    flags = Flag.objects.of(city).filter(participant=participant).order_by("pk")
    appeals = Appeal.objects.of(city).filter(participant=participant).order_by("pk")
    theirs = Decision.objects.of(city).filter(contribution__author=participant).order_by("pk")
    own = Decision.objects.of(city).filter(by=participant).order_by("pk")
    views = SavedView.objects.of(city).filter(participant=participant).order_by("pk")
    return {
        "flags": list(flags.values("reason", "words", "at", "case__contribution__number")),
        "objections": list(appeals.values("words", "at", "outcome", "decision__contribution__number")),
        "decisions_about_mine": list(
            theirs.values("verb", "reason", "text", "at", "undone_at", "reply", "replied_at", "contribution__number")
        ),
        "decisions_by_me": list(own.values("verb", "reason", "text", "at", "contribution__number")),
        "saved_views": list(views.values("name", "query")),
    }


@transaction.atomic
def erase_person(city: City, participant: Participant) -> None:
    """Make a participant's flags and objections nameless; their words go, and the team's name with a decision."""
    # Also about what was erased before: it has no author any more.
    about = Decision.objects.of(city).filter(Q(contribution__author=participant) | Q(contribution__visibility="erased"))
    about.filter(contribution__city=city).update(text="", was_reason="", reply="")
    leave_person(city, participant)


@transaction.atomic
def leave_person(city: City, participant: Participant) -> None:
    """The same where what they gave stays: what they said to the team goes, what the team decided about it stays as it was."""
    Decision.objects.of(city).filter(contribution__author=participant).update(reply="")
    _stop_runs(city, participant)
    Flag.objects.of(city).filter(participant=participant).update(participant=None, words="")
    Appeal.objects.of(city).filter(participant=participant).update(participant=None, words="")
    SavedView.objects.of(city).filter(participant=participant).delete()
    for model, name in _TEAM:
        model.objects.of(city).filter(**{name: participant}).update(**{name: None})


def _stop_runs(city: City, participant: Participant) -> None:
    """What somebody ordered and has not been carried out yet stays as it is: who has left the team decides nothing any more."""
    for run in Run.objects.of(city).filter(by=participant, state=Run.State.RUNNING).select_for_update(of=("self",)).order_by("pk"):
        left = RunItem.objects.of(city).filter(run=run, state=RunItem.State.TODO)
        stopped = left.update(state=RunItem.State.FAILED, fault=_("Who began this has left."))
        Run.objects.of(city).filter(pk=run.pk).update(failed_count=F("failed_count") + stopped)


@transaction.atomic
def adopt_person(city: City, old: Participant, new: Participant) -> None:
    """Give `new` the flags and objections of `old`; where both flagged the same, the earlier stays nameless."""
    both = Flag.objects.of(city).filter(participant=new).values("case")
    Flag.objects.of(city).filter(participant=old, case__in=both).update(participant=None)
    Flag.objects.of(city).filter(participant=old).update(participant=new)
    Appeal.objects.of(city).filter(participant=old).update(participant=new)
