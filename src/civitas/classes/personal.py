"""What a class keeps of a person: where they sit. It goes with them, and some time after the class's end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from civitas.classes.actions import free_seat_of
from civitas.classes.models import SchoolClass, Seat
from civitas.kit.rooms import Going, PersonalData, Postponing, Retention
from civitas.people.leaving import Texts, leave

if TYPE_CHECKING:
    import datetime as dt

    from civitas.cities.models import City
    from civitas.people.models import Participant

KEPT_DAYS = 91
_AT_ONCE = 20


def export_seat(city: City, participant: Participant) -> dict[str, Any]:
    """Where somebody sits, and the classes that they made for the city."""
    seat = Seat.objects.of(city).filter(participant=participant).select_related("school_class").first()
    made = SchoolClass.objects.of(city).filter(made_by=participant).order_by("pk").values("name", "made_at")
    found: dict[str, Any] = {"made": list(made)} if made else {}
    if seat is not None:
        found["seat"] = {
            "class": seat.school_class.name,
            "number": seat.number,
            "since": seat.taken_at,
            "until": seat.school_class.closes_at,
        }
    return found


def erase_seat(city: City, participant: Participant) -> None:
    """The seat is free again, and no slip opens it."""
    free_seat_of(participant)
    SchoolClass.objects.of(city).filter(made_by=participant).update(made_by=None)


def due(city: City, before: dt.datetime) -> Any:
    """Classes that ended before that moment."""
    return SchoolClass.objects.of(city).filter(closes_at__lt=before).order_by("pk")


def show(rows: Any) -> list[Going]:
    """Classes by their name."""
    return [Going(row.pk, row.name, row.closes_at) for row in rows]


@transaction.atomic
def remove(city: City, over: Any) -> int:
    """Make the seats of these classes nameless, some at a time, then take the classes away; returns how much went."""
    rows = Seat.objects.of(city).filter(school_class__in=over.order_by().values("pk"), participant__isnull=False)
    seats = list(rows.select_related("participant").order_by("pk")[:_AT_ONCE])
    for seat in seats:
        seat.participant.city = city
        leave(city, seat.participant, texts=Texts.STAY)
        free_seat_of(seat.participant)
    if seats:
        return len(seats)
    taken = Seat.objects.of(city).filter(school_class=OuterRef("pk"), participant__isnull=False)
    keys = list(over.filter(~Exists(taken)).values_list("pk", flat=True)[:_AT_ONCE])
    Seat.objects.of(city).filter(school_class__in=keys).delete()
    gone = SchoolClass.objects.of(city).filter(pk__in=keys)
    gone._raw_delete(gone.db)  # its seats are gone, and Django would ask for them without naming the city
    return len(keys)


PERSONAL = PersonalData(export_seat, erase_seat)
SEATS = Retention(
    _("School classes and who sat in them, after their end"),
    due,
    remove,
    days=KEPT_DAYS,
    said=_("Seats of school classes, counted from their end; what the class gave stays without names"),
    postponing=Postponing("classes.seats", show, "process"),
)
