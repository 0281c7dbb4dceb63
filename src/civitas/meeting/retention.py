"""Letters go when two people have written none for as long as the city's rules say; a nameless row is left of their conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from civitas.kit.rooms import Going, Postponing, Retention, rooms
from civitas.meeting.models import Conversation, Letter, Seat

if TYPE_CHECKING:
    import datetime as dt

    from civitas.cities.models import City

REMOVED_AT_ONCE = 200


def due(city: City, before: dt.datetime) -> Any:
    """Conversations whose last letter is older than that; not those with a letter that the team is looking at."""
    rows = Conversation.objects.of(city).filter(last_at__lt=before)
    for room in rooms():
        if room.needs_letters is not None:
            needed = Letter.objects.of(city).filter(pk__in=room.needs_letters(city)).values("conversation")
            rows = rows.exclude(pk__in=needed)
    return rows.order_by("last_at", "pk")


def _show(rows: Any) -> list[Going]:
    """What the letters are about; who wrote them is nobody else's business."""
    return [Going(row.pk, str(row.contribution), row.last_at) for row in rows.select_related("contribution")]


@transaction.atomic
def remove(city: City, rows: Any) -> int:
    """Take away the letters of some of them: words, writers, and who the two were. Returns how many conversations."""
    keys = list(rows.values_list("pk", flat=True)[:REMOVED_AT_ONCE])
    Letter.objects.of(city).filter(conversation__in=keys).update(text="", author=None, organisation=None)
    Seat.objects.of(city).filter(conversation__in=keys).delete()
    nobody = Concat(Value("gone-"), Cast("pk", CharField()))
    Conversation.objects.of(city).filter(pk__in=keys).update(pair=nobody, last_at=None)
    return len(keys)


LETTERS = Retention(
    _("Letters between two people, after the last one"),
    due,
    remove,
    setting="keep_letters_months",
    said=_("Letters between two people, counted from the last one"),
    postponing=Postponing("meeting.letters", _show, "contribution__process"),
)
