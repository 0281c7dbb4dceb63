"""What contributions keep of a person: handed out, erased, handed over on claiming."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from civitas.contributions.actions import erase_contribution
from civitas.contributions.drafts import erase_drafts_of, export_drafts_of, hand_over_drafts
from civitas.contributions.models import WORDS, Contribution, Revision, StatusEvent
from civitas.contributions.recognised import drop_recognised, recognised_files

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from civitas.cities.models import City
    from civitas.people.models import Participant

Visibility = Contribution.Visibility
_ERASED_AT_ONCE, _UNNAMED_AT_ONCE = 50, 500


def export_given(city: City, participant: Participant) -> dict[str, Any]:
    """Everything a participant gave, comments included, in any visibility, and their drafts."""
    rows = Contribution.objects.of(city).filter(author=participant).exclude(visibility=Visibility.ERASED).order_by("pk")
    fields = ("number", "kind", *WORDS, "language", "lat", "lon", "drawing", "place_name", "visibility", "status", "given_at", "terms")
    given = [{name: getattr(row, name) for name in fields} for row in rows.iterator(chunk_size=500)]
    return {"contributions": given, **export_drafts_of(city, participant)}


def titles_of(city: City, participant: Participant) -> list[str]:
    """The titles of the newest 20 that a participant gave; a comment's is its thread's."""
    rows = Contribution.objects.of(city).filter(author=participant).exclude(visibility=Visibility.ERASED).select_related("root")
    return [row.title or (row.root.title if row.root else "") for row in rows.order_by("-newest_key")[:20]]


@transaction.atomic
def erase_given(city: City, participant: Participant) -> None:
    """Erase the texts, versions, pictures and places of everything a participant gave, and their drafts.

    Nameless tombstones keep links and threads whole.
    """
    _erase(city, Contribution.objects.of(city).filter(author=participant))
    _forget_traces(city, participant)


@transaction.atomic
def leave_given(city: City, participant: Participant) -> None:
    """Keep what a participant gave and all may read, or the team is to look at, without a name; what they took back or was hidden goes."""
    given = Contribution.objects.of(city).filter(author=participant)
    drop_recognised(city, recognised_files(city, participant))  # nobody could take that consent back any more
    _erase(city, given.exclude(visibility__in=[Visibility.PUBLISHED, Visibility.WAITING]))
    given.update(author=None)
    _forget_traces(city, participant)


def erase_some_given(city: City, participant: Participant, stay: bool) -> int:  # noqa: FBT001  # as `PersonalData` says it
    """Erase some of what goes of what a participant gave, and take the name off some of what stays; how much that was."""
    given = Contribution.objects.of(city).filter(author=participant)
    going = given.exclude(visibility__in=[Visibility.PUBLISHED, Visibility.WAITING]) if stay else given
    gone = _erase(city, going, most=_ERASED_AT_ONCE)
    if gone or not stay:
        return gone
    keys = list(given.order_by("pk").values_list("pk", flat=True)[:_UNNAMED_AT_ONCE])
    Contribution.objects.of(city).filter(pk__in=keys).update(author=None)
    return len(keys)


def _erase(city: City, rows: QuerySet[Contribution], *, most: int | None = None) -> int:
    found = list(rows.exclude(visibility=Visibility.ERASED).order_by("pk")[:most])
    for row in found:
        erase_contribution(city, row)
    return len(found)


def _forget_traces(city: City, participant: Participant) -> None:
    Revision.objects.of(city).filter(by=participant).update(by=None)
    StatusEvent.objects.of(city).filter(person=participant).update(person=None)
    erase_drafts_of(city, participant)


def hand_over_given(city: City, old: Participant, new: Participant) -> None:
    """Make `new` the author of everything that `old` gave or began."""
    Contribution.objects.of(city).filter(author=old).update(author=new)
    Revision.objects.of(city).filter(by=old).update(by=new)
    hand_over_drafts(city, old, new)
